"""/console/hot-spots: places and topics that people bring up more than they used to: taken up, or dropped."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from backend.cases import hot_spots, units
from backend.cases.areas import DECIDERS, READERS
from backend.cases.hot_spot_schemas import HotSpotDecision, HotSpotRecord
from backend.cases.loop_words import HotSpotState
from backend.console import case_labels, labels
from backend.console.pages import page
from backend.console.refused import told
from backend.console.typed import Typed, shaped, typed
from backend.core.refusals import Refusal
from backend.core.words import Term, say
from backend.people.actors import Actor, visible_to
from backend.people.guards import SignedIn

HERE = "/console/hot-spots"
SHOWN = 20
STATES = {
    HotSpotState.PROPOSED: Term("waits for a word"),
    HotSpotState.TAKEN_UP: Term("taken up"),
    HotSpotState.DROPPED: Term("dropped"),
    HotSpotState.EXPIRED: Term("expired"),
}
DID = {
    "yes": Term("Taken up. Its cases are one matter now."),
    "no": Term("Dropped. It is not proposed again for a while."),
}
Word = Annotated[str, QueryParameter(name="state", max_length=20)]
After = Annotated[str, QueryParameter(max_length=400)]
Did = Annotated[str, QueryParameter(max_length=20)]


@get("/hot-spots", include_in_schema=False)
async def show_hot_spots(by: SignedIn, in_state: Word = "proposed", after: After = "", did: Did = "") -> Response[str]:
    """Those that wait unless told; `state=all` for all."""
    return await _page(by, in_state, after=after, did=did)


@post("/hot-spots/{hot_spot_id:uuid}", include_in_schema=False, status_code=200)
async def decide(by: SignedIn, hot_spot_id: FromPath[UUID], request: Request[Any, Any, Any]) -> Response[Any]:
    """Take it up or drop it."""
    form = await typed(request)
    take_up = form.get("take_up") == "yes"
    try:
        lead = form.get("unit") if take_up else ""
        decision = shaped(HotSpotDecision, take_up=take_up, reason=form.get("reason"), lead_unit_id=lead)
        await hot_spots.decide_hot_spot(hot_spot_id=hot_spot_id, decision=decision, by=by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _page(by, "proposed", tried=hot_spot_id, form=form, problem=refusal)
    return Redirect(f"{HERE}?did={'yes' if take_up else 'no'}", status_code=303)


async def _page(
    by: Actor,
    in_state: str,
    *,
    after: str = "",
    did: str = "",
    tried: UUID | None = None,
    form: Typed | None = None,
    problem: Refusal | None = None,
) -> Response[str]:
    by.must_have(*READERS)
    state = HotSpotState(in_state) if in_state in tuple(HotSpotState) else None
    found = await hot_spots.list_hot_spots(by=by, state=state, limit=SHOWN, cursor=after or None)
    scope = visible_to(by, roles=DECIDERS)
    return page(
        "hot_spots/hot_spots.html",
        status=problem.status if problem else 200,
        by=by,
        spots=found.items,
        chosen=state or "all",
        states=[*((value.value, say(name)) for value, name in STATES.items()), ("all", say("all"))],
        state_of=lambda one: say(STATES[one.state]),
        category=case_labels.category,
        place=labels.place,
        decides=lambda one: one.state is HotSpotState.PROPOSED and scope.covers(one.division.code),
        units=await _units(found.items),
        next_page=found.next_cursor and f"{HERE}?state={in_state}&after={found.next_cursor}",
        tried=tried,
        typed=form or Typed(),
        told=say(DID[did]) if did in DID else None,
        problem=problem and told(problem),
    )


async def _units(spots: list[HotSpotRecord]) -> list[Any]:
    """Of the county of the first that waits: a page is of one county, but for the prefecture's."""
    waiting = [one for one in spots if one.state is HotSpotState.PROPOSED]
    return list(await units.of_county(waiting[0].division.code)) if waiting else []


router = Router(path="/console", route_handlers=[show_hot_spots, decide])
