"""How a case ends for the one who asked: he is answered, says what he thinks, contests, comes back, or withdraws it.

The citizen does it with his receipt (`by=None`, the caller has checked it); the desk or the cadre of today writes it
down for him.
"""

from datetime import datetime
from uuid import UUID

from backend.cases import contacts, notices, queries, records, timeline
from backend.cases.holding import Held
from backend.cases.rules import ReasonNeeded
from backend.cases.schemas import CaseRecord
from backend.cases.steps import Decided, take
from backend.cases.words import Satisfaction
from backend.core.database import transaction
from backend.people.actors import Actor

ERASED_TITLE = "（已应本人要求删除）"
HIS_WORDS = frozenset({"evaluated", "contested", "reopened", "withdrawn", "relayed"})
"""The lines that hold what the citizen said."""


@transaction
async def answer(*, case_id: UUID, id: UUID, remark: str, by: Actor) -> CaseRecord:
    """The citizen is told how it ended. Raises what `steps.take` raises."""
    await take("answered", case_id=case_id, id=id, by=by, said={"words": remark.strip()})
    return await records.read(case_id)


@transaction
async def evaluate(
    *, case_id: UUID, id: UUID, satisfaction: Satisfaction, remark: str = "", by: Actor | None
) -> CaseRecord:
    """What the citizen says of it. Raises what `steps.take` raises."""
    said = {"satisfaction": satisfaction.value, "words": remark.strip()}

    async def decide(_: Held) -> Decided:
        return Decided(changes={"satisfaction": satisfaction.value})

    await take("evaluated", case_id=case_id, id=id, by=by, said=said, decide=decide)
    return await records.read(case_id)


@transaction
async def contest(*, case_id: UUID, id: UUID, reason: str, by: Actor | None, at: datetime | None = None) -> CaseRecord:
    """The citizen does not accept it: it is reopened, with new clocks. Raises what `steps.take` raises."""
    return await _again("contested", case_id, id, reason, by, at)


@transaction
async def reopen(*, case_id: UUID, id: UUID, reason: str, by: Actor | None, at: datetime | None = None) -> CaseRecord:
    """It did not help, or not for long: it is reopened, with new clocks. Raises what `steps.take` raises."""
    return await _again("reopened", case_id, id, reason, by, at)


@transaction
async def withdraw(*, case_id: UUID, id: UUID, remark: str = "", by: Actor | None) -> CaseRecord:
    """It is no longer wanted. Raises what `steps.take` raises."""
    taken = await take("withdrawn", case_id=case_id, id=id, by=by, said={"words": remark.strip()})
    if taken.new:
        await notices.settle_all(taken.before, by=by)
    return await records.read(case_id)


@transaction
async def add_words(*, case_id: UUID, id: UUID, words: str, by: Actor | None) -> CaseRecord:
    """What the citizen adds to what he said. Raises ReasonNeeded (400) without words, and what `steps.take` raises."""
    if not words.strip():
        raise ReasonNeeded("Write what you want to add.")
    await take("relayed", case_id=case_id, id=id, by=by, said={"words": words.strip()})
    return await records.read(case_id)


@transaction
async def erase_contact(*, case_id: UUID, id: UUID, by: Actor | None) -> CaseRecord:
    """The citizen has himself forgotten: his name and phone, his own words on the timeline, and of a case that nobody
    works on any more what it was about. The chain holds, and says "erased". Raises what `steps.take` raises.
    """

    async def decide(case: Held) -> Decided:
        changes: dict[str, object] = dict.fromkeys(contacts.COLUMNS)
        if case.closed_at is not None:
            changes |= {"title": ERASED_TITLE, "description": "", "place_note": None}
        return Decided(changes=changes)

    taken = await take("contact_erased", case_id=case_id, id=id, by=by, said={}, decide=decide)
    if taken.new:
        await timeline.erase(case_id=case_id, event_ids=await queries.lines_of_kinds(case_id, sorted(HIS_WORDS)))
    return await records.read(case_id)


async def _again(step: str, case_id: UUID, id: UUID, reason: str, by: Actor | None, at: datetime | None) -> CaseRecord:
    async def decide(case: Held) -> Decided:
        nothing = dict.fromkeys(("outcome", "satisfaction", "resolved_at", "responded_at"))
        return Decided(changes={**nothing, "reopened_n": case.reopened_n + 1})

    taken = await take(
        step, case_id=case_id, id=id, by=by, said={"words": reason.strip()}, reason=reason, decide=decide, at=at
    )
    if taken.new:
        await notices.tell_again(taken.before, step_id=id, by=by)
    return await records.read(case_id)
