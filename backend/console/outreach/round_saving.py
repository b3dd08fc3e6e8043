"""/console/round/{round}/doors/{household}: one door for browsers without scripts; mark and letter together."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct
from msgspec.structs import replace

from backend.antifraud import letters, round_marks, rounds
from backend.antifraud.letter_schemas import NewLetters
from backend.antifraud.outreach_places import holds
from backend.antifraud.outreach_words import AgeBand, HouseholdMark, LetterMove
from backend.antifraud.round_marks import ASSISTANTS
from backend.antifraud.round_schemas import DoorToKnock, NewHouseholdMark
from backend.console import typed as forms
from backend.console.form_refusals import Tried, at_field, fitting, tried
from backend.console.outreach import round_labels as says
from backend.console.outreach.round_shown import stock_of, suggested, what_to_say
from backend.console.pages import page
from backend.console.typed import Typed, identity
from backend.core import clock
from backend.core.database import transaction
from backend.core.ids import uuid7
from backend.core.refusals import DifferentArguments, Invalid, Refusal
from backend.core.words import say
from backend.people.actors import Actor
from backend.people.guards import SignedIn

VILLAGE_DIGITS = 12
WRONG = {"mark": "Tap one of the three big buttons.", "age_band": "Choose an age from the list."}


class DoorSaid(Struct, frozen=True, kw_only=True):
    """What was typed, as two records: the door, and the letter if there was one."""

    mark: NewHouseholdMark
    letter: NewLetters | None


@get("/round/{round_id:uuid}/doors/{household_id:uuid}", include_in_schema=False)
async def show_door(by: SignedIn, round_id: FromPath[UUID], household_id: FromPath[UUID]) -> Response[str]:
    """What became of it?"""
    door = await round_marks.get_door(round_id=round_id, household_id=household_id, by=by)
    return await _form(by, round_id, door, await _fresh(door, by))


@post("/round/{round_id:uuid}/doors/{household_id:uuid}", include_in_schema=False, status_code=200)
async def save_door(
    by: SignedIn, request: Request[Any, Any, Any], round_id: FromPath[UUID], household_id: FromPath[UUID]
) -> Response[Any]:
    """Saved, and back to the doors; or the form again with the reason, and nothing saved."""
    door = await round_marks.get_door(round_id=round_id, household_id=household_id, by=by)
    form = await forms.typed(request)
    try:
        await _save(round_id, _said(form, round_id, door), by=by)
    except DifferentArguments:  # a page from before: the next tap changes what is saved
        made = (await _fresh(door, by)).fields
        fresh = Typed(form.fields | {name: made[name] for name in _MADE})
        note = say("This door is saved already. Tap again if it should be changed.")
        return await _form(by, round_id, door, fresh, Tried(note, {}, 409))
    except Refusal as refusal:
        return await _form(by, round_id, door, form, tried(refusal, names={"first": "serial", "at": "on"}))
    village = door.division_code[:VILLAGE_DIGITS]
    return Redirect(f"/console/round?round={round_id}&village={village}&saved={door.household_id}", status_code=303)


@transaction
async def _save(round_id: UUID, said: DoorSaid, *, by: Actor) -> None:
    """Both or none."""
    await round_marks.record_mark(round_id=round_id, new=said.mark, by=by)
    if said.letter is not None:
        await letters.issue_letters(new=said.letter, by=by)


_MADE = ("id", "letter_id", "at")


async def _fresh(door: DoorToKnock, by: Actor) -> Typed:
    """An empty form. Ids and the moment are made with the page, so that a second tap is the same door."""
    stock = await stock_of(door.division_code[:VILLAGE_DIGITS], by)
    made = {
        "id": uuid7(),
        "letter_id": uuid7(),
        "at": clock.now().isoformat(),
        "age_band": "unsaid",
        "letter": says.NO_LETTER,
    }
    return Typed({name: [str(each)] for name, each in (made | {"serial": suggested(stock)}).items()})


def _said(form: Typed, round_id: UUID, door: DoorToKnock) -> DoorSaid:
    """Raises Invalid, Incomplete (400)."""
    at = forms.moment(form.get("on")) or _made_at(form)
    given = {"id": identity(form.get("id")), "household_id": door.household_id, "at": at}
    mark = fitting(
        NewHouseholdMark, given | {"mark": form.get("mark"), "age_band": form.get("age_band") or None}, wrong=WRONG
    )
    if mark.mark == HouseholdMark.ABSENT:
        mark = replace(mark, age_band=AgeBand.UNSAID)
    return DoorSaid(mark=mark, letter=_letter(form, round_id, door, mark))


def _made_at(form: Typed) -> datetime:
    try:
        return datetime.fromisoformat(form.get("at"))
    except ValueError:
        return clock.now()


def _letter(form: Typed, round_id: UUID, door: DoorToKnock, mark: NewHouseholdMark) -> NewLetters | None:
    move, serial = form.get("letter"), form.get("serial")
    if move in ("", says.NO_LETTER):
        return None
    if mark.mark == HouseholdMark.ABSENT:
        raise _wrong("letter", "Nobody was home, so nobody took a letter: tap “no letter”.")
    if not serial:
        raise _wrong("serial", "Which letter? Type its serial.")
    given = {"id": identity(form.get("letter_id")), "move": move, "first": serial, "at": mark.at, "round_id": round_id}
    if move not in (LetterMove.SIGNED, LetterMove.DECLINED):
        raise _wrong("letter", "Choose from the list what became of the letter.")
    place = {"division_code": door.division_code[:VILLAGE_DIGITS]}
    return fitting(
        NewLetters, given | place, wrong={"first": "A serial ends in up to twelve digits, such as GX2026-004120."}
    )


def _wrong(field: str, detail: str) -> Invalid:
    return Invalid("Please look at the marked fields.", errors=[at_field(field, detail)])


async def _form(by: Actor, round_id: UUID, door: DoorToKnock, form: Typed, tried: Tried | None = None) -> Response[str]:
    village = door.division_code[:VILLAGE_DIGITS]
    plan = await rounds.get_round(round_id=round_id, by=by)
    return page(
        "outreach/round_door.html",
        status=tried.status if tried else 200,
        by=by,
        says=says,
        plan=plan,
        door=door,
        form=form,
        tried=tried,
        village=village,
        ranges=await stock_of(village, by),
        letters=holds(by, village, ASSISTANTS),
        card=await what_to_say(plan),
        back=f"/console/round?round={round_id}&village={village}",
    )


HANDLERS = (show_door, save_door)
