"""/console/round: from door to door with one hand. Without signal it goes on; without scripts it is forms."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromQuery, QueryParameter

from backend.antifraud import round_marks
from backend.antifraud.round_marks import ASSISTANTS
from backend.console.outreach import round_labels as says
from backend.console.outreach.round_shown import Standing, standing, walked
from backend.console.pages import page
from backend.core import clock
from backend.people.actors import Actor
from backend.people.guards import SignedIn

Typed = Annotated[str, QueryParameter(max_length=24)]
VillageQuery = Annotated[str, QueryParameter(pattern=r"^\d{0,15}$")]


@get("/round", include_in_schema=False)
async def show_round(
    by: SignedIn,
    round: FromQuery[UUID | None] = None,
    village: VillageQuery = "",
    find: Typed = "",
    saved: FromQuery[UUID | None] = None,
    leaving: FromQuery[bool] = False,
) -> Response[str]:
    """The round that runs today, and the doors of a village that are still to knock.

    find      a part of a card's number
    saved     the door that was just written down
    leaving   somebody wants to sign out, and the phone has not sent everything yet
    """
    by.must_have(*ASSISTANTS)
    found = await standing(round, by=by)
    if found.walking is None:
        return page(
            "outreach/round_rest.html", by=by, says=says, found=found, leaving=leaving, words=says.script_words()
        )
    return await _doors(by, found, village, find.strip(), saved, leaving)


async def _doors(
    by: Actor, found: Standing, village: str, find: str, saved: UUID | None, leaving: bool
) -> Response[str]:
    assert found.walking is not None  # noqa: S101 - asked above
    plan = found.walking
    return page(
        "outreach/round.html",
        by=by,
        says=says,
        found=found,
        plan=plan,
        find=find,
        leaving=leaving,
        made=clock.now(),
        saved=await _saved(plan.id, saved, by),
        words=says.script_words(),
        **await walked(plan, village=village, find=find, by=by),
    )


async def _saved(round_id: UUID, household_id: UUID | None, by: Actor) -> Any:
    """The door that was just written down; what became of it stands in no address and on no page."""
    if household_id is None:
        return None
    return await round_marks.get_door(round_id=round_id, household_id=household_id, by=by)


HANDLERS = (show_round,)
