"""Shapes of plain values on the wire: moments that know their zone, text that a database can hold."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeAlias

from litestar.params import QueryParameter
from msgspec import Meta

NO_NUL = r"^[^\x00]*$"

Moment = Annotated[datetime, Meta(tz=True, description="RFC 3339 with an offset; a time without one is refused")]
Name = Annotated[str, Meta(min_length=1, max_length=60, pattern=NO_NUL)]
Line = Annotated[str, Meta(max_length=200, pattern=NO_NUL)]
Prose = Annotated[str, Meta(max_length=4000, pattern=NO_NUL)]
Code = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_.:-]+$")]
DivisionCode = Annotated[str, Meta(pattern=r"^[0-9]{12}([0-9]{3})?$", description="12 digits, 15 for a grid cell")]
Phone = Annotated[str, Meta(min_length=5, max_length=20, pattern=r"^[+0-9 -]+$")]


@dataclass(frozen=True)
class MomentParameter(QueryParameter):
    """A query parameter that is a moment. `tz` travels into msgspec's Meta by its name, as Litestar's own bounds do."""

    tz: bool | None = True

    def __hash__(self) -> int:
        return super().__hash__()


# Litestar drops msgspec's Meta from a query parameter, so `FromQuery[Moment]` would take a time without an offset.
MomentQuery: TypeAlias = Annotated[
    datetime | None, MomentParameter(description="RFC 3339 with an offset; a time without one is refused")
]
