"""Up, one step at a time: three loops (闭环), and the five levels (层层反映). Number and owner unit stay.

    loop    1 inside the trade, 2 between departments, 3 joint meeting; each with its time box (`loop_clocks`)
    level   cell, village, community, township, county, prefecture: to a unit of the next one

Only an emergency skips, and says why. It is no hop: going up is not being sent on.
"""

from typing import Any
from uuid import UUID

from backend.cases import loop_clocks, loop_queries, notices, queries, records
from backend.cases.holding import Held
from backend.cases.loop_refusals import NotUp, UnitNeeded
from backend.cases.loop_rules import check_loop, check_rung
from backend.cases.loop_words import Way
from backend.cases.refusals import UnitUnknown
from backend.cases.schemas import CaseRecord
from backend.cases.steps import Decided, Taken, take
from backend.core.database import transaction
from backend.core.refusals import FieldError, Invalid
from backend.core.words import Term
from backend.people.actors import Actor
from backend.territory.tables import Level


@transaction
async def escalate(
    *,
    case_id: UUID,
    id: UUID,
    reason: str,
    by: Actor,
    to_loop: int | None = None,
    to_level: Level | None = None,
    to_unit_id: UUID | None = None,
) -> CaseRecord:
    """Take a case one loop or one level up.

    to_loop, to_level   one of the two: where it shall be, so that two at once do not take it up twice
    to_unit_id          who acts there: for a loop, nobody else than now unless told; for a level, its government unit
    reason              the citizen reads it

    Raises Invalid, ReasonNeeded (400), NotYourStep (403), CaseUnknown, UnitUnknown (404), NotUp, LoopSkipped,
    UnitNeeded, StepNotOpen, DifferentArguments (409).
    """
    if (to_loop is None) == (to_level is None):
        wrong = FieldError(pointer="/to_loop", detail="Give to_loop or to_level, not both.", code="required")
        raise Invalid("Say how far up: a loop, or a level.", errors=[wrong])

    async def decide(case: Held) -> Decided:
        if to_loop is not None:
            return await _to_loop(case, to_loop, to_unit_id)
        return await _to_level(case, Level(to_level or ""), to_unit_id)

    taken = await take(
        "escalated",
        case_id=case_id,
        id=id,
        by=by,
        said={"reason": reason.strip()},
        asked=[to_loop, to_level, to_unit_id],
        reason=reason,
        decide=decide,
    )
    record = await records.read(case_id)
    if taken.new:
        await _follow(taken, record, id, by=by)
        record = await records.read(case_id)
    return record


async def _to_loop(case: Held, to: int, to_unit_id: UUID | None) -> Decided:
    skipped = check_loop(case.loop, to, policy_code=case.policy_code)
    changes: dict[str, Any] = {"loop": to}
    facts: dict[str, object] = {"way": Way.LOOP.value, "from_loop": case.loop, "loop": to, "skipped": skipped}
    if to_unit_id is not None:
        facts |= await _unit(to_unit_id)
        changes |= {"assignee_unit": to_unit_id, "assignee": None}
    return Decided(changes=changes, facts=facts)


async def _to_level(case: Held, to: Level, to_unit_id: UUID | None) -> Decided:
    now = await loop_queries.unit_division(case.assignee_unit) if case.assignee_unit else None
    rung = check_rung(await loop_queries.ladder(now or case.division), to, policy_code=case.policy_code)
    unit_id = to_unit_id or await _government(rung.division_id)
    if await loop_queries.unit_division(unit_id) != rung.division_id:
        raise NotUp("This unit is not of the {level} above the place.", level=Term(to))
    facts: dict[str, object] = {"way": Way.LEVEL.value, "to_level": to.value, "skipped": rung.steps > 1}
    changes = {"assignee_unit": unit_id, "assignee": None}
    return Decided(changes=changes, facts=facts | await _unit(unit_id))


async def _government(division_id: UUID) -> UUID:
    found = await loop_queries.governments(division_id)
    if len(found) != 1:
        raise UnitNeeded("There are {n} government units up there. Say which one shall act.", n=len(found))
    return found[0]


async def _unit(unit_id: UUID) -> dict[str, object]:
    """What the line says of who acts from now on. Raises UnitUnknown (404)."""
    found = await queries.unit(unit_id)
    if found is None:
        raise UnitUnknown("There is no open unit {id}.", id=str(unit_id))
    return {"to_unit": str(unit_id), "to_unit_name": found["name"]}


async def _follow(taken: Taken, now: CaseRecord, id: UUID, *, by: Actor) -> None:
    before = taken.before
    if now.loop != before.loop:
        await loop_clocks.enter(
            case_id=before.id,
            number=before.number,
            division_code=before.division_code,
            loop=now.loop,
            unit_id=_acting(now),
            link=notices.link(before.id),
            by=by,
            at=taken.at,
        )
    if now.assignee_unit is not None and now.assignee_unit.id != before.assignee_unit:
        await notices.tell_unit(before, unit_id=now.assignee_unit.id, step_id=id, by=by)


def _acting(case: CaseRecord) -> UUID | None:
    unit = case.assignee_unit or case.owner_unit
    return unit.id if unit else None
