"""Two cases become one, and the way back. Both numbers stay alive: a receipt shows what happens to the other case."""

from uuid import UUID

from backend.cases import notices, pair_queries, queries, records, timeline
from backend.cases.holding import Held, hold, unknown
from backend.cases.loop_refusals import CannotMerge
from backend.cases.schemas import CaseRecord
from backend.cases.steps import Decided, take
from backend.cases.visibility import sight
from backend.core import clock
from backend.core.database import transaction
from backend.people.actors import Actor


@transaction
async def merge(*, case_id: UUID, into_case_id: UUID, id: UUID, reason: str, by: Actor) -> CaseRecord:
    """Let a case go on in another one that is open. Its clocks stop; who asked reads why, and follows the other.

    by   the desk of the place of the case that ends, who sees the other too

    Raises ReasonNeeded (400), NotYourStep (403), CaseUnknown (404), CannotMerge, StepNotOpen, DifferentArguments (409).
    """
    await lock_both(case_id, into_case_id)

    async def decide(case: Held) -> Decided:
        into = await _target(case, into_case_id, by=by)
        return Decided(changes={"merged_into": into.id}, facts={"into_number": into.number})

    said = {"into": str(into_case_id), "words": reason.strip()}
    taken = await take("merged", case_id=case_id, id=id, by=by, said=said, reason=reason, decide=decide)
    if taken.new:
        await notices.settle_all(taken.before, by=by)
        await pair_queries.settle([case_id, into_case_id], by=by.person_id, at=taken.at)
        await _tell_other(into_case_id, "took_in", taken.before, by=by)
    return await records.read(case_id)


@transaction
async def unmerge(*, case_id: UUID, id: UUID, reason: str, by: Actor) -> CaseRecord:
    """Part what was merged, by a supervisor: the case is open again, with new clocks; the two are never paired again.

    Raises ReasonNeeded (400), NotYourStep (403), CaseUnknown (404), StepNotOpen, DifferentArguments (409).
    """
    row = await queries.held(case_id)
    into = row["merged_into"] if row else None
    await lock_both(case_id, into or case_id)

    async def decide(_: Held) -> Decided:
        changes = dict.fromkeys(("merged_into", "outcome", "assignee", "responded_at", "resolved_at"))
        return Decided(changes=changes)

    said = {"words": reason.strip()}
    taken = await take("unmerged", case_id=case_id, id=id, by=by, said=said, reason=reason, decide=decide)
    if taken.new and taken.before.merged_into is not None:
        pair = [case_id, taken.before.merged_into]
        await pair_queries.never_again(pair, by=by.person_id, at=clock.now())
        await _tell_other(taken.before.merged_into, "gave_back", taken.before, by=by)
    return await records.read(case_id)


async def lock_both(*case_ids: UUID) -> None:
    """Hold cases in one order for everybody, so that two who merge crosswise do not wait for each other."""
    for case_id in sorted(set(case_ids)):
        await queries.lock(case_id)


async def _target(case: Held, into_case_id: UUID, *, by: Actor) -> Held:
    """Raises CannotMerge (409), CaseUnknown (404)."""
    if into_case_id == case.id:
        raise CannotMerge("A case cannot go on in itself.")
    into = await hold(into_case_id)
    if not sight(by).sees(into):
        raise unknown(into_case_id)
    if into.closed_at is not None:
        raise CannotMerge("Case {number} is not open any more. Merge into one that is.", number=into.number)
    return into


async def _tell_other(case_id: UUID, kind: str, case: Held, *, by: Actor) -> None:
    """A line for staff on the other case: its citizen is not told other people's numbers."""
    await timeline.append(
        case_id=case_id, kind=kind, public=False, payload={"case": str(case.id), "number": case.number}, by=by.person_id
    )
