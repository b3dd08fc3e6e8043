"""The places somebody chooses from: the townships around those of his roles."""

from collections.abc import Iterable, Sequence

from backend.console import labels
from backend.people.actors import Actor
from backend.territory import queries as territory
from backend.territory.queries import DivisionFilters
from backend.territory.rules import PREFIX_DIGITS, prefix_of
from backend.territory.tables import Level

TOWNSHIP_DIGITS = PREFIX_DIGITS[Level.TOWNSHIP]


async def townships(by: Actor) -> list[tuple[str, str]]:
    """Code and name: those of a county or above that holds a role of his, else his own. By code."""
    found: dict[str, str] = {}
    for held in by.held:
        filters = DivisionFilters(under=township_of(held.division_code), level=Level.TOWNSHIP)
        found |= {
            one.code: labels.place(one.name) for one in await territory.list_divisions(filters=filters, limit=400)
        }
    return sorted(found.items())


def first_of(townships: Sequence[tuple[str, str]], held: Iterable[str]) -> str:
    """The first township in which something is held, else the first; empty where there is none.

    held   codes of the divisions of what is held

    >>> first_of([("371526001000", "鱼邱湖"), ("371526101000", "梁村")], ["371526101335"])
    '371526101000'
    """
    codes, with_some = [code for code, _ in townships], {township_of(code) for code in held}
    return next((code for code in codes if code in with_some), next(iter(codes), ""))


def township_of(division_code: str) -> str:
    """A village's township, else the place itself.

    >>> township_of("371526101335"), township_of("371526000000")
    ('371526101000', '371526000000')
    """
    prefix = prefix_of(division_code)
    return prefix[:TOWNSHIP_DIGITS].ljust(12, "0") if len(prefix) > TOWNSHIP_DIGITS else division_code
