"""What the room's addresses take in their query and headers.

Litestar drops msgspec's constraints on an optional parameter, so they are said again here.
"""

from typing import Annotated
from uuid import UUID

from litestar.params import FromQuery, HeaderParameter, QueryParameter

from backend.core.refusals import FieldError, Invalid
from backend.tasks.tables import TaskState
from backend.territory.coordinates import Crs
from backend.territory.points import Point

Longitude = Annotated[float | None, QueryParameter(ge=-180, le=180, description="degrees east; with latitude and crs")]
Latitude = Annotated[float | None, QueryParameter(ge=-90, le=90, description="degrees north")]
System = Annotated[Crs | None, QueryParameter(description="of the point given, and of the points in the answer")]
InState = Annotated[TaskState | None, QueryParameter(name="state")]
Division = Annotated[
    str | None,
    QueryParameter(description="this division and all below it", pattern=r"^[0-9]{12}([0-9]{3})?$", max_length=15),
]
Room = Annotated[str | None, QueryParameter(pattern=r"^[a-z0-9_]+$", max_length=20)]
Id = FromQuery[UUID | None]
Key = Annotated[str | None, HeaderParameter(name="Idempotency-Key", min_length=1, max_length=200)]


def near(longitude: float | None, latitude: float | None, crs: Crs | None) -> Point | None:
    """The point asked from. Raises Invalid (400) for half a point, or one that does not say its system."""
    if longitude is None and latitude is None:
        return None
    if longitude is None or latitude is None or crs is None:
        wrong = FieldError(pointer="crs", detail="longitude, latitude and crs belong together: give all three or none.")
        raise Invalid("A place needs longitude, latitude and crs.", errors=[wrong])
    return Point(crs=crs, longitude=longitude, latitude=latitude)
