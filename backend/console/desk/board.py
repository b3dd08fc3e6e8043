"""/console/desk: what the duty desk has before it, the most urgent first; `stream` says when to look again."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from backend.cases.due_counts import count_by_due
from backend.cases.filters import CaseFilters, Sort
from backend.cases.lists import list_cases
from backend.console import case_labels
from backend.console.cases import clock_of
from backend.console.desk import call_labels, notes
from backend.console.desk.callbacks import words
from backend.console.desk.due import urgency
from backend.console.form_refusals import Tried, fitting, tried
from backend.console.pages import page
from backend.console.typed import Typed, identity, typed
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.logs import request_id
from backend.core.refusals import DifferentArguments, Refusal
from backend.core.words import Term, say
from backend.hotline import call_reading, calls, shift_notes
from backend.hotline.call_reading import CallFilters
from backend.hotline.call_schemas import CallRecord, NewTypedCall
from backend.hotline.callback_schemas import CallbackRecord
from backend.hotline.callbacks import list_callbacks
from backend.hotline.words import CallDirection, CallState
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.tables import Role
from backend.rosters import duty
from backend.rosters.duty_schemas import DutyAnswer
from backend.rosters.units import readable_units

Did = Annotated[str, QueryParameter(max_length=20)]
CASES = 10
CALLS = 10
CALLBACKS = 5
LOOKED_AT = 100
"""Callbacks read to find the most urgent: they come by time, whose call was missed goes first."""


@get("/", include_in_schema=False)
async def show_board(by: SignedIn, did: Did = "") -> Response[str]:
    """The whole page; `did` says what was just done."""
    return await _page(by, Typed(), did=did)


@post("/calls", include_in_schema=False, status_code=200)
async def enter_call(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """A call that no exchange tells of: it begins now, at one's own desk. A second tap is the same call."""
    form = await typed(request)
    id = identity(form.get("id"))
    try:
        await calls.enter_call(id=id, new=_call(form, by), by=by, request_id=request_id.get())
    except DifferentArguments:
        pass
    except Refusal as refusal:
        if refusal.status != 400:
            raise
        return await _page(by, form, tried(refusal, names={}), step="call")
    return Redirect(f"/console/desk/calls/{id}?did=entered", status_code=303)


@post("/notes", include_in_schema=False, status_code=200)
async def leave_note(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """What the next shift has to know."""
    form = await typed(request)
    try:
        await notes.leave(form, by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _page(by, form, tried(refusal, names={}), step="note")
    return Redirect("/console/desk?did=left", status_code=303)


@post("/notes/{note_id:uuid}/taking", include_in_schema=False, status_code=200)
async def take_note(by: SignedIn, note_id: FromPath[UUID]) -> Response[Any]:
    """Read, and gone on with."""
    await shift_notes.take_shift_note(note_id=note_id, by=by)
    return Redirect("/console/desk?did=taken", status_code=303)


def _call(form: Typed, by: Actor) -> NewTypedCall:
    """Raises Invalid (400)."""
    now = clock.now()
    given = {
        "direction": CallDirection.IN.value,
        "unit_id": _own_desk(by),
        "began_at": now,
        "answered_at": now,
        "caller": form.get("caller") or None,
    }
    return fitting(NewTypedCall, given, wrong=WRONG)


def _own_desk(by: Actor) -> UUID | None:
    """The unit for which he answers calls."""
    return next((held.unit_id for held in by.held if held.role is Role.OPERATOR and held.unit_id), None)


async def _page(
    by: Actor, form: Typed, refused: Tried | None = None, *, step: str = "", did: str = ""
) -> Response[str]:
    return page(
        "desk/board.html",
        status=refused.status if refused else 200,
        by=by,
        opens_cases=by.has(*OPENS_CASES),
        answers=_own_desk(by) is not None,
        form=Typed({"id": [str(uuid7())], "note": [str(uuid7())]} | form.fields),
        refused=refused,
        step=step,
        told=say(SAID[did]) if did in SAID else None,
        **await shown(by),
    )


@get("/lists", include_in_schema=False)
async def show_lists(by: SignedIn) -> Response[str]:
    """What changes, for the page's script."""
    return page("desk/_lists.html", by=by, **await shown(by))


async def shown(by: Actor) -> dict[str, Any]:
    """Whom to ring first, the queue of cases by clock, who is on duty, and what the last shift left."""
    ringing = await _to_ring(by)
    return {
        **await notes.shown(by),
        "ringing": ringing[:CALLBACKS],
        "more_to_ring": max(len(ringing) - CALLBACKS, 0),
        "counts": await count_by_due(by=by),
        "queue": (await list_cases(by=by, filters=CaseFilters(open=True), sort=Sort.DUE, limit=CASES)).items,
        "clock_of": clock_of,
        "cases": case_labels,
        "duty": await _on_duty(by),
        "calling": await _calling(by),
        "call_says": call_labels,
        **words(),
    }


async def _calling(by: Actor) -> list[CallRecord]:
    """What rings at the desk, and one's own calls of which nobody said yet what became of them."""
    if not by.has(*call_reading.READERS):
        return []
    rings = (await call_reading.list_calls(by=by, filters=CallFilters(state=CallState.RINGING), limit=CALLS)).items
    mine = (await call_reading.list_calls(by=by, filters=CallFilters(mine=True), limit=CALLS)).items
    unsaid = [each for each in mine if each.wrap_up is None and each.state != CallState.MISSED]
    return list({each.id: each for each in [*rings, *unsaid]}.values())


async def _to_ring(by: Actor) -> list[CallbackRecord]:
    """Those whose time has come."""
    found = (await list_callbacks(by=by, limit=LOOKED_AT)).items
    return sorted((each for each in found if each.due_at <= clock.now()), key=urgency)


async def _on_duty(by: Actor) -> DutyAnswer | None:
    """In the first unit whose roster he reads, his own before others; else in those that serve his place."""
    units = await readable_units(by=by)
    if units:
        return await duty.who_is_on_duty(by=by, unit_id=units[0].id)
    return await duty.who_is_on_duty(by=by, division_code=by.held[0].division_code) if by.held else None


SAID = {
    "left": Term("Left for the next shift."),
    "taken": Term("Taken over: you go on with it."),
}
WRONG = {"caller": Term("This is no telephone number. Look at it again, or leave it out.")}
OPENS_CASES = (Role.OPERATOR, Role.SUPERVISOR, Role.ADMIN)
HANDLERS = (show_board, show_lists, enter_call, leave_note, take_note)
