"""/console/outreach: the rounds of one's territory, and everything else that is done against fraud in the villages."""

from typing import Annotated

from litestar import Response, get
from litestar.params import QueryParameter

from backend.antifraud import checks, rounds
from backend.antifraud.outreach_places import PLANNERS, RECORDERS
from backend.antifraud.round_schemas import RoundRecord
from backend.console.outreach import outreach_labels as says
from backend.console.outreach.rounds_shown import Counts, whole
from backend.console.pages import page
from backend.core import clock
from backend.core.paging import MAX_LIMIT
from backend.people.actors import OVERSEERS, Actor
from backend.people.guards import SignedIn
from backend.people.tables import Role

RUNNING, OVER = 30, 10
WITH_BAR = 4
"""Rounds that run and are counted on this page, 50 ms each of a county; more than that are a tap away."""

After = Annotated[str, QueryParameter(max_length=400)]


@get("/outreach", include_in_schema=False)
async def show_outreach(by: SignedIn, older: After = "") -> Response[str]:
    """`older` pages through rounds that are over."""
    running = (await rounds.list_rounds(by=by, running=True, limit=RUNNING)).items
    over = await rounds.list_rounds(by=by, running=False, limit=OVER, cursor=older or None)
    to_fix = (await checks.list_checks(by=by, to_fix=True, limit=MAX_LIMIT)).items
    return page(
        "outreach/outreach.html",
        by=by,
        says=says,
        running=running,
        counted=await _counted(running, by),
        over=over.items,
        older=over.next_cursor,
        to_fix_n=len(to_fix),
        overdue_n=sum(each.overdue for each in to_fix),
        walks=by.has(Role.ASSISTANT),
        records=by.has(*RECORDERS),
        plans=by.has(*PLANNERS),
        checks=by.has(*OVERSEERS),
    )


async def _counted(running: list[RoundRecord], by: Actor) -> dict[str, Counts]:
    begun = [each for each in running if each.begins_on <= clock.today()][:WITH_BAR]
    return {str(each.id): whole(await rounds.get_round(round_id=each.id, by=by)) for each in begun}


HANDLERS = (show_outreach,)
