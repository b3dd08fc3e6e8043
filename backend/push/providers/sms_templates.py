"""Approved SMS templates: what may be filled in, and never a link where people are warned of links."""

import re
from collections.abc import Mapping

from msgspec import Struct

from backend.push.providers.fates import refused

_LINK = re.compile(r"(?ai)://|\bwww\.|[a-z0-9]\.[a-z]{2,}|\b\d{1,3}(?:\.\d{1,3}){3}\b")


class Template(Struct, frozen=True, kw_only=True):
    """One template as the operator approved it.

    code        the gateway's name for it
    parameters  name → the most characters it may hold
    no_links    for warnings of fraud: a parameter that looks like an address on the web is refused
    """

    code: str
    parameters: Mapping[str, int] = {}
    no_links: bool = False


def filled(template: Template, given: Mapping[str, str]) -> dict[str, str]:
    """Exactly the template's parameters. Raises Fate (REFUSED) naming the rule, never the value."""
    if missing := sorted(template.parameters.keys() - given.keys()):
        raise refused(f"parameter_missing:{missing[0]}")
    for name, most in template.parameters.items():
        if len(given[name]) > most:
            raise refused(f"parameter_too_long:{name}")
        if template.no_links and _LINK.search(given[name]):
            raise refused(f"parameter_has_link:{name}")
    return {name: given[name] for name in template.parameters}
