"""/console/outreach/gaps: villages without a visit, a talk, a poster or a letter. Nobody's name, no door, no victim."""

from datetime import timedelta
from typing import Annotated

from litestar import Response, get
from litestar.params import FromQuery, QueryParameter

from backend.antifraud import outreach_gaps as gaps
from backend.antifraud.outreach_places import RECORDERS
from backend.console.outreach import outreach_labels as says
from backend.console.outreach.outreach_places import full_names, townships
from backend.console.outreach.talks import TownshipQuery
from backend.console.pages import page
from backend.core import clock
from backend.people.guards import SignedIn

SPANS = (30, 90, 180)
MOST_SHOWN = 40

Days = Annotated[int, QueryParameter(ge=1, le=366)]


@get("/outreach/gaps", include_in_schema=False)
async def show_gaps(
    by: SignedIn, days: Days = 90, township: TownshipQuery = "", every: FromQuery[bool] = False
) -> Response[str]:
    """Those in which the most is missing first."""
    since = clock.today() - timedelta(days=days)
    found = await gaps.list_gaps(by=by, since=since, division_code=township or None)
    rows = found if every else found[:MOST_SHOWN]
    return page(
        "outreach/gaps.html",
        by=by,
        says=says,
        rows=rows,
        all_n=len(found),
        missing={kind: sum(kind in each.missing for each in found) for kind in gaps.KINDS},
        kinds=gaps.KINDS,
        names=await full_names([each.division_code for each in rows]),
        days=days,
        spans=SPANS,
        since=since,
        townships=await townships(by),
        township=township,
        may_record=by.has(*RECORDERS),
    )


HANDLERS = (show_gaps,)
