"""What addresses of several rooms take in their query: a division, and a point asked from.

Litestar drops msgspec's constraints on an optional parameter, so they are said again here.
"""

from typing import Annotated

from litestar.params import QueryParameter

from backend.core.refusals import FieldError, Invalid
from backend.territory.coordinates import Crs
from backend.territory.points import Point

Division = Annotated[
    str | None,
    QueryParameter(description="this division and all below it", pattern=r"^[0-9]{12}([0-9]{3})?$", max_length=15),
]
Longitude = Annotated[float | None, QueryParameter(ge=-180, le=180, description="degrees east; with latitude and crs")]
Latitude = Annotated[float | None, QueryParameter(ge=-90, le=90, description="degrees north")]
System = Annotated[Crs | None, QueryParameter(description="of the point given, and of the points in the answer")]


def near(longitude: float | None, latitude: float | None, crs: Crs | None) -> Point | None:
    """The point asked from. Raises Invalid (400) for half a point, or one that does not say its system."""
    if longitude is None and latitude is None:
        return None
    if longitude is None or latitude is None or crs is None:
        wrong = FieldError(pointer="crs", detail="longitude, latitude and crs belong together: give all three or none.")
        raise Invalid("A place needs longitude, latitude and crs.", errors=[wrong])
    return Point(crs=crs, longitude=longitude, latitude=latitude)
