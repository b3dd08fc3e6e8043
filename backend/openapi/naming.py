"""Components under names that a generated client can live with.

Litestar names a generic `Page_backend.visits.schemas.VisitRecord_` and tells namesakes apart by their modules,
`visits_tables_Channel`; and both of these have the title `Channel`, by which generators name classes.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

_REF = "#/components/schemas/"


def named(whole: dict[str, Any]) -> dict[str, Any]:
    """The document with each schema under a word of letters and digits, which is its title too."""
    schemas = whole["components"]["schemas"]
    names = short_names(schemas)
    renamed: dict[str, Any] = _with_references(whole, names)
    renamed["components"]["schemas"] = {
        names[key]: {**schema, "title": names[key]} for key, schema in renamed["components"]["schemas"].items()
    }
    return renamed


def short_names(keys: Iterable[str]) -> dict[str, str]:
    """A short name for each: room and class where only these two tell it apart, else all of its modules.

    >>> short_names(["Crs", "Page_backend.visits.schemas.VisitRecord_", "Feature_typing.Any_"])
    {'Crs': 'Crs', 'Page_backend.visits.schemas.VisitRecord_': 'VisitRecordPage', 'Feature_typing.Any_': 'Feature'}
    >>> short_names(["visits_tables_Channel", "cases_spine_Channel"])
    {'visits_tables_Channel': 'VisitsChannel', 'cases_spine_Channel': 'CasesChannel'}
    """
    keys = list(keys)
    short = {key: _short(key) for key in keys}
    seen = Counter(short.values())
    return {key: name if seen[name] == 1 else _camel(key) for key, name in short.items()}


def _short(key: str) -> str:
    outer, generic, inner = key.partition("_backend.") if "_backend." in key else key.partition("_typing.")
    if generic:
        held = inner.rstrip("_").rpartition(".")[2]
        return outer if held == "Any" else held + outer
    room, _, rest = key.partition("_")
    return room.capitalize() + rest.rpartition("_")[2] if rest and room.islower() else _camel(key)


def _camel(key: str) -> str:
    words = "".join(each if each.isalnum() else " " for each in key).split()
    return "".join(word[0].upper() + word[1:] for word in words)


def _with_references(node: Any, names: dict[str, str]) -> Any:
    if isinstance(node, list):
        return [_with_references(each, names) for each in node]
    if not isinstance(node, dict):
        return node
    told = {key: _with_references(value, names) for key, value in node.items()}
    if isinstance(reference := told.get("$ref"), str) and reference.startswith(_REF):
        told["$ref"] = _REF + names[reference.removeprefix(_REF)]
    return told
