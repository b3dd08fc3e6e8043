"""The text of a suggestion, written anew: who signed before signed something else, and is asked again.

What it said before stays in a line for staff. After the hearing the text stays: it is what the three met about.
"""

from uuid import UUID

from backend.cases import records
from backend.cases import suggestion_queries as queries
from backend.cases.holding import Held
from backend.cases.loop_refusals import HeardBefore, NotASuggestion
from backend.cases.queries import lock
from backend.cases.steps import Decided, take
from backend.cases.suggestion_records import current_sha256, record
from backend.cases.suggestion_rules import text_of, text_sha256
from backend.cases.suggestion_schemas import NewText, SuggestionRecord
from backend.cases.timeline import NewLine
from backend.cases.words import CaseKind
from backend.core import ids
from backend.core.database import transaction
from backend.people.actors import Actor


@transaction
async def amend_suggestion(*, case_id: UUID, new: NewText, by: Actor) -> SuggestionRecord:
    """Let it read otherwise. The signatures for the text before are void, and the timeline says whose these were.

    The same id again, and the same text again, change nothing.

    Raises ReasonNeeded (400), NotYourStep (403), CaseUnknown (404), NotASuggestion, HeardBefore, StepNotOpen,
    DifferentArguments (409).
    """
    title, description = new.title.strip(), new.description.strip()
    sha256 = text_sha256(text_of(title, description)).hex()
    id = new.id or ids.uuid7()

    async def decide(case: Held) -> Decided:
        stored = await queries.text(case.id)
        if stored is None or stored["kind"] != CaseKind.SUGGESTION:
            raise NotASuggestion("Case {number} is no suggestion: it takes no signatures.", number=case.number)
        if await queries.hearing(case.id) is not None:
            raise HeardBefore("It was heard on the spot as it reads. What is new is another suggestion.")
        before = current_sha256(stored)
        signed = [row["signatory"] for row in await queries.signatures(case.id) if row["text_sha256"] == before]
        was = {"about": "amended", "title": stored["title"], "description": stored["description"]}
        return Decided(
            changes={"title": title, "description": description},
            facts={"before_sha256": before.hex(), "voided": signed},
            lines=[NewLine(kind="noted", public=False, payload=was)],
        )

    if not await _reads_so(case_id, sha256, by=by):
        said = {"text_sha256": sha256, "reason": new.reason.strip()}
        await take("amended", case_id=case_id, id=id, by=by, said=said, reason=new.reason, decide=decide)
    return await record(case_id)


async def _reads_so(case_id: UUID, sha256: str, *, by: Actor) -> bool:
    await records.get_case(case_id=case_id, by=by)
    await lock(case_id)
    stored = await queries.text(case_id)
    return stored is not None and current_sha256(stored).hex() == sha256
