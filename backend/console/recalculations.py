"""/console/deadlines/recalculations: which deadlines a new calendar would move, and the one button that moves them."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from backend.console.clock_labels import KINDS
from backend.console.pages import page
from backend.console.refused import told
from backend.core.ids import uuid7
from backend.core.refusals import Refusal
from backend.core.words import Term, say
from backend.deadlines.publishing import list_calendars
from backend.deadlines.recalculation_tables import RecalculationState
from backend.deadlines.recalculations import (
    APPLIERS,
    apply_recalculation,
    list_recalculations,
    propose_recalculation,
)
from backend.deadlines.schemas import MovedClock, RecalculationRecord
from backend.people.actors import OVERSEERS, Actor
from backend.people.guards import SignedIn

HERE = "/console/deadlines/recalculations"
SHOWN = 10
ROOMS = {"cases": "/console/cases/{id}"}
DID = {
    "applied": Term("Applied. Each deadline's history says who moved it, and when."),
    "proposed": Term("Looked at. What would move stands below; nothing has been changed."),
}


class ProposeForm(Struct, kw_only=True):
    """Where to look. `id` was made with the page, so that a second tap is the same proposal."""

    id: UUID
    division: str = ""


@get("/deadlines/recalculations", include_in_schema=False)
async def show_recalculations(
    by: SignedIn,
    did: Annotated[str, QueryParameter(max_length=20)] = "",
    after: Annotated[str, QueryParameter(max_length=400)] = "",
) -> Response[str]:
    """Proposals of one's territory, the newest first."""
    return await _page(by, did=did, after=after)


@post("/deadlines/recalculations", include_in_schema=False, status_code=200)
async def propose(
    by: SignedIn, data: Annotated[ProposeForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[Any]:
    """Look at the open clocks of a division anew."""
    try:
        await propose_recalculation(id=data.id, division_code=data.division, by=by)
    except Refusal as refusal:
        return await _page(by, problem=refusal)
    return Redirect(f"{HERE}?did=proposed", status_code=303)


@post("/deadlines/recalculations/{recalculation_id:uuid}/application", include_in_schema=False, status_code=200)
async def apply(by: SignedIn, recalculation_id: FromPath[UUID]) -> Response[Any]:
    """As it was proposed, or not at all: then the page says why."""
    try:
        await apply_recalculation(recalculation_id=recalculation_id, by=by)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return await _page(by, problem=refusal)
    return Redirect(f"{HERE}?did=applied", status_code=303)


async def _page(by: Actor, *, did: str = "", after: str = "", problem: Refusal | None = None) -> Response[str]:
    by.must_have(*OVERSEERS)
    found = await list_recalculations(by=by, limit=SHOWN, cursor=after or None)
    newest = (await list_calendars())[0]
    return page(
        "deadlines/recalculations.html",
        status=problem.status if problem else 200,
        by=by,
        proposals=found.items,
        is_stale=lambda one: _is_stale(one, newest.version),
        newest=newest,
        link=_link,
        kind=lambda one: say(KINDS.get(one.kind, KINDS["loop"])),
        next_page=found.next_cursor and f"{HERE}?after={found.next_cursor}",
        divisions=_divisions(by),
        applies=by.has(*APPLIERS),
        new_id=uuid7(),
        told=say(DID[did]) if did in DID else None,
        problem=problem and told(problem),
    )


def _is_stale(one: RecalculationRecord, newest: int) -> bool:
    """Whether a newer calendar came: then it is not applied any more, whatever its clocks did."""
    return one.state is RecalculationState.PROPOSED and one.calendar_version != newest


def _link(moved: MovedClock) -> str | None:
    address = ROOMS.get(moved.subject_room)
    return address and address.format(id=moved.subject_id)


def _divisions(by: Actor) -> list[tuple[str, str]]:
    """The divisions of which one is supervisor or administrator."""
    return sorted({(held.division_code, held.division_name) for held in by.held if held.role in APPLIERS})


router = Router(path="/console", route_handlers=[show_recalculations, propose, apply])
