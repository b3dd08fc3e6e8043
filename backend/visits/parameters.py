"""What several addresses of this room take in their query and headers.

Litestar drops msgspec's constraints on an optional parameter, so they are said again here.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar.params import FromQuery, HeaderParameter, QueryParameter

from backend.core import creates
from backend.core.paging import MAX_LIMIT
from backend.core.refusals import FieldError, Invalid
from backend.people.actors import Actor
from backend.territory.coordinates import Crs

OneDivision = Annotated[
    str, QueryParameter(description="this division and all below it", pattern=r"^[0-9]{12}([0-9]{3})?$", max_length=15)
]
Word = Annotated[str | None, QueryParameter(pattern=r"^[A-Za-z0-9_.:-]+$", max_length=40)]
At = FromQuery[datetime | None]
Limit = Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT)]
Cursor = Annotated[str | None, QueryParameter(max_length=400)]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", pattern=r'^(W/)?"[0-9]{1,9}"$', max_length=14)]
ShownIn = Annotated[Crs, QueryParameter(description="the system in which points are given back")]
Bbox = Annotated[str | None, QueryParameter(description="west,south,east,north in WGS-84 degrees", max_length=100)]


def with_zone(name: str, moment: datetime | None) -> datetime | None:
    """The moment itself. Raises Invalid (400) where it has no offset."""
    if moment is not None and moment.tzinfo is None:
        wrong = FieldError(pointer=name, detail="Give the offset too, such as 2026-03-01T08:00:00+08:00.", code="shape")
        raise Invalid("A time without an offset could be any of 24.", errors=[wrong])
    return moment


def id_of(given: UUID | None, key: str | None, *, operation: str, by: Actor) -> UUID:
    """The id of what is being created: the maker's, else the one its Idempotency-Key stands for, else a new one."""
    return creates.id_for(given=given, key=key, by=by.person_id, operation=operation)


def bbox_of(text: str | None) -> tuple[float, float, float, float] | None:
    """`west,south,east,north` as numbers. Raises Invalid (400)."""
    if text is None:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west = south = east = north = float("nan")
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        wrong = FieldError(pointer="bbox", detail="Four numbers: west,south,east,north, in degrees.", code="shape")
        raise Invalid("This is no box on the earth.", errors=[wrong])
    return west, south, east, north
