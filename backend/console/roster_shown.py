"""What stands on the roster's page and on that of one of my shifts, and where one comes back to."""

from collections.abc import Awaitable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.enums import RequestEncodingType
from litestar.response import Redirect

from backend.console import roster_labels
from backend.console.pages import page
from backend.console.refused import told
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.refusals import Refusal
from backend.core.words import say
from backend.people.actors import Actor
from backend.rosters import duty, leaves, shifts, swaps
from backend.rosters.duty_schemas import DutyAnswer
from backend.rosters.tables import ShiftState
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


class Missing(Refusal):
    status, code, title = 400, "console/roster-missing", "Something is missing"


async def roster_page(
    by: Actor, *, unit: UUID | None = None, day: date | None = None, did: str = "", problem: str | None = None
) -> Response[str]:
    """The page of a unit and a week; after `did`, or with the reason why not."""
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


async def shift_page(by: Actor, shift_id: UUID, problem: str | None = None) -> Response[str]:
    """The page of one of my shifts. Raises ShiftUnknown (404)."""
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


async def after(by: Actor, did: str, verb: Awaitable[Any], *, of: UUID | None = None) -> Response[Any]:
    """Back to the page with what was done; or the page (or that `of` a shift) with the reason why not."""
    try:
        await verb
    except Refusal as refusal:
        return await (shift_page(by, of, told(refusal)) if of else roster_page(by, problem=told(refusal)))
    return Redirect(f"/console/roster?did={did}", status_code=303)
