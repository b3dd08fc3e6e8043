"""What the farmer says of his own accord after he asked: that it got worse, that it did not help, another question.

It stands on his case's timeline. Whoever looks at his crop reads it, and whoever has it hears at once that it is there.
"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from backend.cases import numbers
from backend.cases import queries as cases
from backend.cases.reading import said
from backend.core.words import Term
from backend.diagnosis import answer_queries, queries
from backend.diagnosis.moving import hold
from backend.diagnosis.words import RequestState
from backend.people.actors import Actor
from backend.push import actions as push
from backend.push.provider import Category

HIS = ("relayed", "reopened", "contested", "evaluated")
ADDED = Term("The farmer has added something about {crop} ({number}).")
HAS_IT = frozenset({RequestState.CLAIMED, RequestState.ASKED})


class FarmerWords(Struct, frozen=True):
    """Something he said; `kind`: of the line, so that a page can say what it was."""

    id: UUID
    kind: str
    at: datetime
    words: str


async def said_later(*, request_id: UUID, by: Actor) -> list[FarmerWords]:
    """What he said, the newest first, but for what answers a question and stands there; the caller has looked that
    `by` sees the request. Nothing to whoever still owes a blind opinion.
    """
    if request_id in await answer_queries.blind_in([request_id], by=by):
        return []
    answered = "\n".join(each["answer"] or "" for each in await queries.questions(request_id)).splitlines()
    lines = [each for each in await cases.lines(request_id, public_only=True) if each["kind"] in HIS]
    told = [FarmerWords(each["id"], each["kind"], each["at"], _words(each["payload"])) for each in lines]
    return [each for each in reversed(told) if each.words and each.words.splitlines()[0] not in answered]


def _words(payload: str | None) -> str:
    return str((said(payload) or {}).get("words") or "")


async def tell_expert(*, request_id: UUID, key: str) -> None:
    """Tell whoever has it that there is more to read, in the caller's transaction; nobody, while nobody has it.

    Raises RequestUnknown (404).
    """
    held = await hold(request_id)
    if held.expert is None or held.state not in HAS_IT:
        return
    case = await answer_queries.case_facts(request_id)
    await push.notify(
        to=held.expert,
        text=push.text(ADDED, crop=case.crop_zh, number=numbers.grouped(case.number)),
        category=Category.SERVICE,
        dedupe_key=f"diagnosis added {key}",
        link=f"/console/clinic/{request_id}",
        origin_room="diagnosis",
        origin_id=request_id,
    )
