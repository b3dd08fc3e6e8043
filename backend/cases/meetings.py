"""Joint meetings (会商), the third loop: an agenda of cases, the units asked, minutes, a lead unit, sub-tasks.

Opening one takes its cases from loop 2 into loop 3. Concluding one gives them to the lead unit; it may stop or renew
their clocks, and move who answers for them: the only way besides a supervisor's own word (`move_owner`).
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from backend.cases import loop_clocks, loop_queries, loops, meeting_queries, records, unit_tasks
from backend.cases.areas import decided_in
from backend.cases.holding import Held, hold
from backend.cases.loop_refusals import MeetingConcluded, MeetingUnknown
from backend.cases.loop_schemas import Conclusion, Decision, MeetingRecord, NewMeeting, SubTask
from backend.cases.loop_words import ClockChange, MeetingState
from backend.cases.refusals import CaseUnknown, UnitUnknown
from backend.cases.rules import WORKED_ON
from backend.cases.schemas import CaseRecord
from backend.cases.steps import Decided, take
from backend.cases.words import CaseState
from backend.core import clock, creates, ids
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.deadlines.tables import SuspensionReason
from backend.people.actors import Actor

LAST_LOOP = 3


@transaction
async def open_meeting(*, new: NewMeeting, by: Actor) -> Outcome[MeetingRecord]:
    """Call a meeting: by a supervisor of the whole division, over cases of it. The units' duty persons are asked.

    Raises NotYourArea (403), DivisionUnknown, CaseUnknown, UnitUnknown (404), LoopSkipped, StepNotOpen,
    DifferentArguments (409).
    """
    id = new.id or ids.uuid7()
    division, prefixes = await decided_in(new.division_code, by=by)
    asked = [by.person_id, new.title, new.division_code, new.meets_at, new.case_ids, new.unit_ids]
    created = await meeting_queries.insert(
        new, id=id, division=division, digest=creates.digest(asked), by=by.person_id, at=clock.now()
    )
    if not created:
        if not creates.same(await meeting_queries.digest(id), asked):
            raise DifferentArguments("Meeting {id} was called with other content; it stays.", id=str(id))
        return Outcome(await get_meeting(meeting_id=id, by=by), created=False)
    await _check_units(new.unit_ids)
    for case_id in sorted(set(new.case_ids)):
        await _call(case_id, id, new, prefixes, by=by)
    await meeting_queries.add_agenda(id, new.case_ids)
    await meeting_queries.add_parties(id, new.unit_ids)
    for unit_id in dict.fromkeys(new.unit_ids):
        await unit_tasks.ask_unit(
            unit_id,
            title_zh="请参加会商会议",
            title_en="Come to a joint meeting",
            origin_id=id,
            division_code=new.division_code,
            by=by,
            id=uuid5(id, f"come {unit_id}"),
            due_at=new.meets_at,
        )
    return Outcome(await get_meeting(meeting_id=id, by=by), created=True)


async def _call(case_id: UUID, meeting_id: UUID, new: NewMeeting, prefixes: tuple[str, ...], *, by: Actor) -> None:
    case = await hold(case_id)
    if not case.division_code.startswith(prefixes):
        raise CaseUnknown("Case {id} is not of this division.", id=str(case_id))
    if case.loop < LAST_LOOP:
        await loops.escalate(
            case_id=case_id, id=uuid5(meeting_id, f"up {case_id}"), reason=new.title, to_loop=LAST_LOOP, by=by
        )
    said = {"meeting": str(meeting_id), "meets_at": new.meets_at.isoformat(), "units": [str(u) for u in new.unit_ids]}
    await take("called_to_meeting", case_id=case_id, id=uuid5(meeting_id, f"call {case_id}"), by=by, said=said)


@transaction
async def conclude_meeting(*, meeting_id: UUID, conclusion: Conclusion, by: Actor) -> MeetingRecord:
    """Write down how it ended, and let it happen. The same again changes nothing.

    Raises Invalid (400), NotYourArea (403), MeetingUnknown, UnitUnknown (404), MeetingConcluded, StepNotOpen (409).
    """
    meeting = await meeting_queries.locked(meeting_id)
    if meeting is None:
        raise _unknown(meeting_id)
    await decided_in(meeting["division_code"], by=by)
    if meeting["state"] == MeetingState.CONCLUDED:
        if not creates.same(meeting["conclusion_digest"], conclusion):
            raise MeetingConcluded("It was concluded with other words; they stay. Call another meeting.")
        return await get_meeting(meeting_id=meeting_id, by=by)
    agenda = await meeting_queries.agenda_ids(meeting_id)
    _check_conclusion(conclusion, agenda)
    units = await _check_units(
        [
            *(conclusion.lead_unit_id, *conclusion.attended_unit_ids, *(each.unit_id for each in conclusion.sub_tasks)),
            *(each.owner_unit_id for each in conclusion.decisions if each.owner_unit_id),
        ]
    )
    decisions = {each.case_id: each for each in conclusion.decisions}
    lead_name = units[conclusion.lead_unit_id]
    for case_id in sorted(agenda):
        decision = decisions.get(case_id) or Decision(case_id=case_id)
        await _confer(case_id, meeting_id, conclusion, decision, lead_name, by=by)
    digest = creates.digest(conclusion)
    await meeting_queries.conclude(meeting_id, conclusion, digest=digest, by=by.person_id, at=clock.now())
    for task in conclusion.sub_tasks:
        await _ask(task, meeting_id, meeting["division_code"], by=by)
    return await get_meeting(meeting_id=meeting_id, by=by)


async def _confer(
    case_id: UUID, meeting_id: UUID, conclusion: Conclusion, decision: Decision, lead_name: str, *, by: Actor
) -> None:
    """One case of the agenda. One that ended before the meeting is only noted in the minutes."""
    case = await hold(case_id)
    if case.closed_at is not None:
        return
    reason = (decision.reason or "").strip() or None

    async def decide(held: Held) -> Decided:
        changes: dict[str, Any] = {"assignee_unit": conclusion.lead_unit_id}
        facts: dict[str, object] = {"to_unit_name": lead_name}
        if held.assignee_unit != conclusion.lead_unit_id:
            changes["assignee"] = None
        if decision.owner_unit_id is not None:
            changes["owner_unit"] = decision.owner_unit_id
            facts |= {"from_owner": held.owner_unit and str(held.owner_unit), "to_owner": str(decision.owner_unit_id)}
        return Decided(changes=changes, facts=facts)

    said = {"meeting": str(meeting_id), "lead_unit": str(conclusion.lead_unit_id), "clocks": decision.clocks.value}
    await take(
        "conferred",
        case_id=case_id,
        id=uuid5(meeting_id, f"confer {case_id}"),
        by=by,
        said=said | {"reason": reason},
        reason=reason,
        decide=decide,
    )
    await _change_clocks(case, meeting_id, decision, by=by)


async def _change_clocks(case: Held, meeting_id: UUID, decision: Decision, *, by: Actor) -> None:
    if decision.clocks is ClockChange.SUSPEND and case.state in WORKED_ON:
        await take(
            "suspended",
            case_id=case.id,
            id=uuid5(meeting_id, f"suspend {case.id}"),
            by=by,
            said={"words": (decision.reason or "").strip(), "reason_code": SuspensionReason.WAITING_FOR_SUPERIOR.value},
            reason=decision.reason,
            by_rule=True,
        )
    if decision.clocks is ClockChange.RENEW:
        if case.state is CaseState.SUSPENDED:
            await take(
                "resumed", case_id=case.id, id=uuid5(meeting_id, f"resume {case.id}"), by=by, said={}, by_rule=True
            )
        await loop_clocks.renew(case.id, by=by, at=clock.now())


async def _ask(task: SubTask, meeting_id: UUID, division_code: str, *, by: Actor) -> None:
    tasked = await unit_tasks.ask_unit(
        task.unit_id,
        title_zh="会商确定的任务",
        title_en="A task that a joint meeting gave",
        detail_zh=task.what,
        origin_id=meeting_id,
        division_code=division_code,
        by=by,
        id=task.id,
        due_at=task.due_at,
    )
    await meeting_queries.add_task(meeting_id, task, tasked)


def _check_conclusion(conclusion: Conclusion, agenda: Sequence[UUID]) -> None:
    """Raises Invalid (400)."""
    wrong = []
    for n, each in enumerate(conclusion.decisions):
        if each.case_id not in agenda:
            detail = "This case is not on the agenda."
            wrong.append(FieldError(pointer=f"/decisions/{n}/case_id", detail=detail, code="unknown"))
        changes = each.owner_unit_id is not None or each.clocks is not ClockChange.LEAVE
        if changes and not (each.reason or "").strip():
            detail = "Say why: whoever asked will read it."
            wrong.append(FieldError(pointer=f"/decisions/{n}/reason", detail=detail, code="required"))
    if wrong:
        raise Invalid("The meeting cannot be concluded like this; see errors.", errors=wrong)


@transaction
async def move_owner(*, case_id: UUID, id: UUID, unit_id: UUID, reason: str, by: Actor) -> CaseRecord:
    """Another unit answers for the case from now on, by a supervisor's word.

    Raises ReasonNeeded (400), NotYourStep (403), CaseUnknown, UnitUnknown (404), StepNotOpen, DifferentArguments (409).
    """

    async def decide(case: Held) -> Decided:
        names = await _check_units([unit_id])
        facts = {"from_owner": case.owner_unit and str(case.owner_unit), "to_unit_name": names[unit_id]}
        return Decided(changes={"owner_unit": unit_id}, facts=facts)

    said = {"to_owner": str(unit_id), "reason": reason.strip()}
    await take("owner_moved", case_id=case_id, id=id, by=by, said=said, reason=reason, decide=decide)
    return await records.read(case_id)


async def get_meeting(*, meeting_id: UUID, by: Actor) -> MeetingRecord:
    """A meeting of one's territory, or one that one's unit was asked to. Raises MeetingUnknown (404)."""
    found = await meeting_queries.record(meeting_id, by=by)
    if found is None:
        raise _unknown(meeting_id)
    return found


async def _check_units(unit_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Their names. Raises UnitUnknown (404)."""
    known = await loop_queries.units(unit_ids)
    missing = [each for each in unit_ids if each not in known]
    if missing:
        raise UnitUnknown("There is no open unit {id}.", id=str(missing[0]))
    return {id: row["name"] for id, row in known.items()}


def _unknown(meeting_id: UUID) -> MeetingUnknown:
    return MeetingUnknown("There is no meeting {id} that you may see.", id=str(meeting_id))
