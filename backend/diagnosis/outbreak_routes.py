"""Outbreaks over HTTP."""

from typing import Annotated

from litestar import Router, get
from litestar.params import QueryParameter

from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.diagnosis import (
    outbreak_watch,  # noqa: F401 - its jobs register
    outbreaks,
)
from backend.diagnosis.outbreak_schemas import OutbreakRecord
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.territory.coordinates import Crs

Word = Annotated[str | None, QueryParameter(pattern=r"^[A-Za-z0-9_.:-]+$", max_length=60)]
Division = Annotated[
    str | None, QueryParameter(name="division_code", pattern=r"^[0-9]{12}([0-9]{3})?$", description="and all below it")
]


@get(
    "/diagnosis/outbreaks",
    operation_id="listOutbreaks",
    summary="The same diagnosis on the same crop, rising in one neighbourhood",
    description="Of one's county, the latest raised first: five households or more within a radius and a week, and "
    "far more than the week before. Nothing in it points at fewer than five households.",
)
async def list_outbreaks(
    by: SignedIn,
    crop: Word = None,
    condition: Word = None,
    division: Division = None,
    is_open: Annotated[bool | None, QueryParameter(name="open", description="true: that go on")] = None,
    crs: Annotated[Crs, QueryParameter(description="of the middle of the cell")] = Crs.WGS84,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[OutbreakRecord]:
    """For everybody signed in."""
    return await outbreaks.list_outbreaks(
        by=by,
        crop_code=crop,
        condition_code=condition,
        division_code=division,
        open=is_open,
        crs=crs,
        limit=limit,
        cursor=cursor,
    )


router = Router(path="/api/v1", route_handlers=[list_outbreaks], dependencies=NEEDS_SIGN_IN, tags=["diagnosis"])
