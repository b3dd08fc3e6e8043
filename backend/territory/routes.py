"""Divisions for anyone who is signed in: they are public data, so no territory narrows them."""

from datetime import date
from typing import Annotated

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, PathParameter, QueryParameter, SkipValidation

from backend.core.paging import DEFAULT_LIMIT, CursorQuery, LimitQuery, Page, page, position_of
from backend.territory import queries
from backend.territory.coordinates import Crs, to_wgs84
from backend.territory.queries import DivisionFilters
from backend.territory.schemas import DivisionPlace, DivisionRecord, NearDivision
from backend.territory.tables import Level

SignedIn = NamedDependency[SkipValidation[object]]
"""Whoever `people` says is asking. People stands above this room, so the application brings `by`, or does not start."""

# The bounds of a query parameter stand in QueryParameter: Litestar 2.25 drops those of a msgspec Meta inside `| None`.
_CODE = {"pattern": r"^[0-9]{12}([0-9]{3})?$", "min_length": 12, "max_length": 15}

ParentCode = Annotated[str | None, QueryParameter(description="only the children of this division", **_CODE)]
UnderCode = Annotated[str | None, QueryParameter(description="this division and all below it", **_CODE)]
PartOfName = Annotated[
    str | None,
    QueryParameter(description="part of a name", min_length=1, max_length=60, pattern=r"^[^\x00]*$"),
]
OnDay = Annotated[date | None, QueryParameter(description="the tree as it was on this day; today unless told")]


@get("/", operation_id="listDivisions", summary="Divisions by parent, level or name, in the order of their codes")
async def list_divisions(
    by: SignedIn,  # noqa: ARG001 - asking for it is what refuses strangers
    parent_code: ParentCode = None,
    under: UnderCode = None,
    level: FromQuery[Level | None] = None,
    q: PartOfName = None,
    on: OnDay = None,
    limit: LimitQuery = DEFAULT_LIMIT,
    cursor: CursorQuery = None,
) -> Page[DivisionRecord]:
    """One page of divisions; `next_cursor` is null on the last."""
    filters = DivisionFilters(parent_code=parent_code, under=under, level=level, name=q)
    after = position_of(cursor, DivisionPlace)
    rows = await queries.list_divisions(filters=filters, limit=limit, after=after.prefix if after else None, on=on)
    return page(rows, limit, lambda division: DivisionPlace(division.prefix))


@get("/nearest", operation_id="nearestDivisions", summary="The divisions whose points are nearest")
async def nearest_divisions(
    by: SignedIn,  # noqa: ARG001
    crs: Annotated[Crs, QueryParameter(description="what the point is in; there is no default")],
    longitude: Annotated[float, QueryParameter(ge=-180, le=180)],
    latitude: Annotated[float, QueryParameter(ge=-90, le=90)],
    level: FromQuery[Level] = Level.VILLAGE,
    limit: Annotated[int, QueryParameter(ge=1, le=50)] = 5,
) -> list[NearDivision]:
    """Nearest first, at most 100 km away. A division without a point cannot be near."""
    x, y = to_wgs84(longitude, latitude, crs)
    return await queries.nearest(longitude=x, latitude=y, level=level, limit=limit)


@get("/{code:str}", operation_id="getDivision", summary="One division by its code")
async def get_division(
    by: SignedIn,  # noqa: ARG001
    code: Annotated[str, PathParameter(**_CODE)],
    on: OnDay = None,
) -> DivisionRecord:
    """The division that had this code on that day."""
    return await queries.division(code=code, on=on)


router = Router(
    "/api/v1/divisions", route_handlers=[list_divisions, nearest_divisions, get_division], tags=["territory"]
)
