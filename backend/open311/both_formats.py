"""What handlers of GeoReport's addresses share: an address in .json and one in .xml, and the jurisdiction."""

from collections.abc import Callable
from typing import Annotated, Any

from litestar import Request
from litestar.params import QueryParameter

from backend.core.refusals import Unknown

Anything = Request[Any, Any, Any]
Jurisdiction = Annotated[
    str, QueryParameter(name="jurisdiction_id", description="the code of a division; empty: all", max_length=60)
]


def both(method: Callable[..., Any], path: str, name: str, **options: Any) -> Callable[[Any], list[Any]]:
    """A handler for an address in both formats; an operation each, because a client's generator wants one answer."""

    def handlers(handler: Any) -> list[Any]:
        return [
            method(f"{path}.{each}", operation_id=f"open311{name}{each.title()}", **options)(handler)
            for each in ("json", "xml")
        ]

    return handlers


def name_of(file: str) -> str:
    """What an address names, without its format. Raises Unknown (404) without one: GeoReport asks for it."""
    name, dot, ending = file.rpartition(".")
    if not dot or ending not in ("json", "xml"):
        raise Unknown("End the address in .json or .xml.")
    return name
