"""/console/roster: who is on duty now, my shifts, what waits for my word, and the week that hangs on the wall."""

from collections.abc import Awaitable
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery, QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from backend.console import roster_labels, roster_publish
from backend.console.pages import page
from backend.console.refused import told
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.refusals import Refusal
from backend.core.words import say
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.rosters import duty, leaves, shifts, swaps
from backend.rosters.schemas import DutyAnswer, LeaveDecision, NewLeave, NewSwap
from backend.rosters.tables import LeaveReason, ShiftState
from backend.rosters.units import DutyUnit, may_lead, readable_units, staff
from backend.rosters.weeks import week_of

FORM = RequestEncodingType.URL_ENCODED
FIELD = "%Y-%m-%dT%H:%M"
NEAR = 3
"""Of my shifts, how many stand on the page with everything one can do; the later ones are a line each."""
LOOK_BACK, LOOK_AHEAD = timedelta(days=7), timedelta(days=35)
SAID = {
    "confirmed": "Confirmed. Thank you.",
    "offered": "Your colleague has been asked. The shift is yours until he says yes.",
    "accepted": "The shift is yours now.",
    "declined": "Said no. The shift stays where it was.",
    "asked": "Your leave is asked for. Your shifts stay yours until it is approved.",
    "decided": "Decided, and told.",
    "published": "The roster is published, and everybody on it is told.",
}


class SwapForm(Struct, kw_only=True):
    """Whom to ask, and for which of his shifts."""

    id: UUID
    to: str = ""
    in_return: str = ""
    remark: str = ""


class LeaveForm(Struct, kw_only=True):
    """From when to when, by the clock in Shandong, and why."""

    id: UUID
    unit: UUID
    begins: str = ""
    ends: str = ""
    reason: str = ""
    shift: UUID | None = None


class _Missing(Refusal):
    status, code, title = 400, "console/roster-missing", "Something is missing"


@get("/roster", include_in_schema=False)
async def show_roster(
    by: SignedIn,
    unit: FromQuery[UUID | None] = None,
    week: Annotated[str, QueryParameter(max_length=10)] = "",
    did: Annotated[str, QueryParameter(max_length=20)] = "",
) -> Response[str]:
    """The whole page; `did` says what was just done."""
    return await _page(by, unit=unit, day=_day(week), did=did)


async def _page(
    by: Actor, *, unit: UUID | None = None, day: date | None = None, did: str = "", problem: str | None = None
) -> Response[str]:
    units = await readable_units(by=by)
    chosen = next((each for each in units if each.id == unit), units[0] if units else None)
    now = clock.now()
    mine = (await shifts.list_shifts(by=by, mine=True, starts_from=now - LOOK_BACK, starts_to=now + LOOK_AHEAD)).items
    coming = [one for one in mine if one.ends_at > now or one.state is ShiftState.MISSED]
    return page(
        "roster/roster.html",
        by=by,
        says=roster_labels,
        told=say(SAID[did]) if did in SAID else None,
        problem=problem,
        units=units,
        chosen=chosen,
        leads=bool(chosen and may_lead(chosen.division_code, by=by)),
        answer=await _on_duty(by, chosen),
        mine=coming,
        near=NEAR,
        unconfirmed=sum(one.state is ShiftState.PUBLISHED for one in coming),
        offers=await swaps.my_offers(by=by),
        my_leaves=await leaves.my_leaves(by=by),
        to_decide=await leaves.leaves_to_decide(by=by),
        week=await week_of(unit_id=chosen.id, day=day or clock.today(), by=by) if chosen else None,
        new_id=uuid7,
        moment=now,
        today=clock.today(),
        one_week=timedelta(days=7),
    )


async def _on_duty(by: Actor, chosen: DutyUnit | None) -> DutyAnswer | None:
    """Of the unit chosen; for somebody without one, of the units that serve his place."""
    if chosen:
        return await duty.who_is_on_duty(by=by, unit_id=chosen.id)
    if not by.held:
        return None
    return await duty.who_is_on_duty(by=by, division_code=by.held[0].division_code)


@get("/roster/shifts/{shift_id:uuid}", include_in_schema=False)
async def show_shift(by: SignedIn, shift_id: FromPath[UUID]) -> Response[str]:
    """One of my shifts: find somebody for it, or ask for leave."""
    return await _shift_page(by, shift_id)


async def _shift_page(by: Actor, shift_id: UUID, problem: str | None = None) -> Response[str]:
    shift = await shifts.get_shift(shift_id=shift_id, by=by)
    ahead = clock.now() + timedelta(days=14)
    theirs = await shifts.list_shifts(by=by, unit_id=shift.unit_id, starts_to=ahead, limit=200)
    people = await staff(shift.unit_id, on=clock.local(shift.starts_at).date())
    return page(
        "roster/shift.html",
        by=by,
        says=roster_labels,
        shift=shift,
        problem=problem,
        people=[one for one in people if one.person_id != shift.person_id],
        theirs=[one for one in theirs.items if one.person_id != shift.person_id and one.state != "missed"],
        reasons=roster_labels.reasons(),
        new_id=uuid7,
        begins=clock.local(shift.starts_at).strftime(FIELD),
        ends=clock.local(shift.ends_at).strftime(FIELD),
    )


@post("/roster/shifts/{shift_id:uuid}/confirmation", include_in_schema=False, status_code=200)
async def confirm(by: SignedIn, shift_id: FromPath[UUID]) -> Response[Any]:
    """确认, or afterwards: I was there."""
    return await _after(by, "confirmed", shifts.confirm_shift(shift_id=shift_id, by=by))


@post("/roster/confirmation", include_in_schema=False, status_code=200)
async def confirm_all(by: SignedIn) -> Response[Any]:
    """Every shift of mine that waits for it."""

    async def verb() -> None:
        mine = await shifts.list_shifts(by=by, mine=True, state=ShiftState.PUBLISHED, limit=200)
        for shift in mine.items:
            await shifts.confirm_shift(shift_id=shift.id, by=by)

    return await _after(by, "confirmed", verb())


@post("/roster/shifts/{shift_id:uuid}/swap", include_in_schema=False, status_code=200)
async def offer(
    by: SignedIn, shift_id: FromPath[UUID], data: Annotated[SwapForm, Body(media_type=FORM)]
) -> Response[Any]:
    """找人换班."""

    async def verb() -> None:
        in_return = await shifts.get_shift(shift_id=UUID(data.in_return), by=by) if data.in_return else None
        to = in_return.person_id if in_return else _id(data.to)
        new = NewSwap(to_person_id=to, in_return_shift_id=in_return and in_return.id, remark=data.remark[:200] or None)  # type: ignore[arg-type]
        await swaps.swap_shift(id=data.id, shift_id=shift_id, new=new, by=by)

    return await _after(by, "offered", verb(), of=shift_id)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise _Missing("Choose a colleague, then send.") from error


@post("/roster/swaps/{swap_id:uuid}/acceptance", include_in_schema=False, status_code=200)
async def accept(by: SignedIn, swap_id: FromPath[UUID]) -> Response[Any]:
    """我来值."""
    return await _after(by, "accepted", swaps.accept_swap(swap_id=swap_id, by=by))


@post("/roster/swaps/{swap_id:uuid}/refusal", include_in_schema=False, status_code=200)
async def decline(by: SignedIn, swap_id: FromPath[UUID]) -> Response[Any]:
    """换不了."""
    return await _after(by, "declined", swaps.decline_swap(swap_id=swap_id, by=by))


@post("/roster/leaves", include_in_schema=False, status_code=200)
async def ask_leave(by: SignedIn, data: Annotated[LeaveForm, Body(media_type=FORM)]) -> Response[Any]:
    """请假."""

    async def verb() -> None:
        if data.reason not in tuple(LeaveReason):
            raise _Missing("Choose a reason, then send.")
        begins, ends = _moment(data.begins), _moment(data.ends)
        new = NewLeave(unit_id=data.unit, reason=LeaveReason(data.reason), starts_at=begins, ends_at=ends)
        await leaves.request_leave(id=data.id, new=new, by=by)

    return await _after(by, "asked", verb(), of=data.shift)


@post("/roster/leaves/{leave_id:uuid}/decision", include_in_schema=False, status_code=200)
async def decide(
    by: SignedIn, leave_id: FromPath[UUID], data: Annotated[dict[str, str], Body(media_type=FORM)]
) -> Response[Any]:
    """Yes or no by the button; for each shift touched the substitute chosen, as `shift-…`."""
    chosen = {
        UUID(name.removeprefix("shift-")): UUID(value)
        for name, value in data.items()
        if name.startswith("shift-") and value
    }
    decision = LeaveDecision(
        approve=data.get("answer") == "yes", substitutes=chosen, remark=data.get("remark", "")[:200] or None
    )
    return await _after(by, "decided", leaves.decide_leave(leave_id=leave_id, decision=decision, by=by))


async def _after(by: Actor, did: str, verb: Awaitable[Any], *, of: UUID | None = None) -> Response[Any]:
    """Back to the page with what was done; or the page (or that `of` a shift) with the reason why not."""
    try:
        await verb
    except Refusal as refusal:
        return await (_shift_page(by, of, told(refusal)) if of else _page(by, problem=told(refusal)))
    return Redirect(f"/console/roster?did={did}", status_code=303)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI)
    except ValueError as error:
        raise _Missing("Say from when to when.") from error


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


router = Router(
    path="/console",
    route_handlers=[
        *(show_roster, show_shift, confirm, confirm_all, offer, accept, decline, ask_leave, decide),
        *roster_publish.HANDLERS,
    ],
)
