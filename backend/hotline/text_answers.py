"""What is answered by text message: to the number that wrote, about its own matter, in words that tell no secret."""

from typing import Any
from uuid import UUID

from backend.cases.numbers import grouped
from backend.cases.rules import STAGES
from backend.cases.words import CaseState, Stage
from backend.core.words import Term
from backend.hotline.call_numbers import takes_texts
from backend.hotline.desk_asks import ROOM
from backend.push import actions as push
from backend.push.addresses import reach_by_phone
from backend.push.provider import Category
from backend.push.wording import Text

CONSENT_TEXT = "texted-2026-11"
"""He wrote to us: we answer him about that, and nothing else goes to the number."""

GOT = Term("Received. Your number is {number}. To ask how it stands, send CX{plain}.")
STANDS = Term("No. {number}: {stage} ({unit}).")
NONE = Term("No case under this number was opened from your phone. Compare the digits, or ring us.")
HOW = Term("Write what it is about after MQ, for example: MQ the pipe in the east of the village is broken.")
DIAL = Term("If anybody is in danger now, dial {line} at once; do not wait for us.")
STAGE_WORDS = {
    Stage.RECEIVED: Term("received, being passed on"),
    Stage.DISPATCHED: Term("passed on, being worked on"),
    Stage.RESOLVED: Term("resolved, you will be told"),
    Stage.ANSWERED: Term("resolved and answered"),
    Stage.EVALUATED: Term("resolved, and you told us what you think"),
}


async def answer(phone: str, message: str, *, text_id: UUID, key: str = "answer", **facts: Any) -> bool:
    """Answer a msgid, in the caller's transaction, once a key; whether the number takes text messages."""
    return await write(phone, push.text(message, public=True, **facts), text_id=text_id, key=key)


async def write(phone: str, words: Text, *, text_id: UUID, key: str) -> bool:
    """The same with words of one's own. He wrote just now and waits: at night, too."""
    if not takes_texts(phone):
        return False
    to = await reach_by_phone(citizen_id=text_id, phone=phone, opted_in_text=CONSENT_TEXT)
    await push.notify(
        to=to,
        text=words,
        category=Category.SERVICE,
        dedupe_key=f"{ROOM} text {text_id} {key}",
        origin_room=ROOM,
        origin_id=text_id,
        no_links=True,
        on_duty=True,
    )
    return True


def standing(number: str, state: CaseState, unit: str | None) -> dict[str, Any]:
    """The facts of STANDS."""
    return {"number": grouped(number), "stage": STAGE_WORDS[STAGES[state]], "unit": unit or "—"}
