"""A talk as it is typed: the case by its number, the unit out of those of the county, the case's own units first."""

from typing import Any
from uuid import UUID

from backend.cases import units
from backend.cases.filters import CaseFilters
from backend.cases.lists import CaseSummary, list_cases
from backend.console.form_refusals import at_field, fitting
from backend.console.typed import Incomplete, Typed, moment
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.refusals import Invalid
from backend.core.words import Term, say
from backend.hotline import unit_talks as talks
from backend.hotline.unit_talk_schemas import NewUnitTalk
from backend.people.actors import Actor

MOST = {"office": 60, "reason": 400, "agreed": 1000}
WRONG = {
    "unit_id": Term("Choose the unit that was talked with."),
    "office": Term("Name the office, such as its head; up to 60 characters, no names."),
    "reason": Term("Say why; up to 400 characters."),
    "agreed": Term("Say what was agreed; up to 1,000 characters."),
    "fix_by": Term("A day looks like this: 2026-11-30."),
}


def blank(number: str, unit_id: UUID | None, reason: str) -> Typed:
    """An empty form, with what the page one comes from knows."""
    given = {"id": str(uuid7()), "case": number, "unit": str(unit_id or ""), "reason": reason}
    given["held_at"] = clock.local(clock.now()).strftime("%Y-%m-%dT%H:%M")
    return Typed({name: [value] for name, value in given.items()})


async def new_talk(form: Typed, by: Actor) -> NewUnitTalk:
    """Raises Invalid (400)."""
    case = await case_of(form.get("case"), by)
    if case is None:
        raise Invalid(
            "Please look at the marked fields.",
            errors=[at_field("case", say("There is no case with this number here. Look at it again."))],
        )
    given: dict[str, Any] = {name: form.get(name) for name in MOST}
    given |= {"case_id": str(case.id), "unit_id": form.get("unit"), "fix_by": form.get("fix_by") or None}
    return fitting(NewUnitTalk, given | {"held_at": _held_at(form)}, wrong=WRONG)


def _held_at(form: Typed) -> Any:
    try:
        return moment(form.get("held_at"))
    except Incomplete as refusal:
        raise Invalid(
            "Please look at the marked fields.", errors=[at_field("held_at", say(refusal.detail))]
        ) from refusal


async def case_of(number: str, by: Actor) -> CaseSummary | None:
    """By its number, among those one may see."""
    if not number:
        return None
    return next(iter((await list_cases(by=by, filters=CaseFilters(number=number), limit=1)).items), None)


async def units_of(form: Typed, by: Actor) -> dict[str, Any]:
    """The case as far as its number is known, its own units, and all others of the county."""
    case = await case_of(form.get("case"), by)
    own = [each for each in (case.assignee_unit, case.owner_unit) if each] if case else []
    code = case.division.code if case else _divisions(by)[0]
    own = list({each.id: each for each in own}.values())
    return {"case": case, "own": own, "others": [each for each in await units.of_county(code) if each not in own]}


def _divisions(by: Actor) -> list[str]:
    return sorted(held.division_code for held in by.held if held.role in talks.HOLDERS)
