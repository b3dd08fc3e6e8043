"""Lists paged by an opaque cursor: the place in the order after which the next page begins, never an offset."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import UTC
from typing import Annotated, Generic, TypeAlias, TypeVar
from uuid import UUID

import msgspec
from litestar.params import QueryParameter

from backend.core.refusals import FieldError, Invalid
from backend.core.shapes import Moment

T = TypeVar("T")
P = TypeVar("P", bound=msgspec.Struct)

DEFAULT_LIMIT = 50
MAX_LIMIT = 1000

# Litestar drops msgspec's Meta from a query parameter: the bounds have to stand in QueryParameter.
LimitQuery: TypeAlias = Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT, description="How many rows at most")]
CursorQuery: TypeAlias = Annotated[
    str | None, QueryParameter(max_length=400, description="`next_cursor` of the page before")
]


class Page(msgspec.Struct, Generic[T], frozen=True):
    """One page. `next_cursor` is null on the last one."""

    items: list[T]
    next_cursor: str | None


class Position(msgspec.Struct, frozen=True, array_like=True):
    """The place of one row in a list sorted by a moment and then an id."""

    at: Moment
    id: UUID


def cursor(position: msgspec.Struct) -> str:
    """A position as opaque text. Lists that are not sorted by a moment bring a struct of their own."""
    return urlsafe_b64encode(msgspec.json.encode(position)).decode().rstrip("=")


def position(text: str | None) -> Position | None:
    """The position a cursor stands for. Raises Invalid when it is not one of ours."""
    found = position_of(text, Position)
    try:
        return found and Position(found.at.astimezone(UTC), found.id)
    except OverflowError as error:
        raise _not_ours() from error


def position_of(text: str | None, kind: type[P]) -> P | None:
    """The same for a list with its own kind of position."""
    if not text:
        return None
    try:
        return msgspec.json.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=kind)
    except (ValueError, msgspec.MsgspecError) as error:
        raise _not_ours() from error


def _not_ours() -> Invalid:
    return Invalid(errors=[FieldError(pointer="cursor", detail="Not a cursor that this list gave out.")])


def page(rows: Sequence[T], limit: int, place: Callable[[T], msgspec.Struct]) -> Page[T]:
    """A page out of `limit + 1` rows: the extra row only tells that there is more."""
    kept = list(rows[:limit])
    return Page(kept, cursor(place(kept[-1])) if len(rows) > limit else None)
