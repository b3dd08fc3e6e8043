"""A word to the farmer's own phone, where he left its number and agreed that we use what he sends.

A text message says that there is something to read and never what: that stands on his receipt. Whoever called or came
is not written to; somebody rings him.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from backend.cases import numbers
from backend.cases.contacts import opened
from backend.core.database import fetch_row
from backend.diagnosis.words import ConsentPurpose
from backend.push import actions as push
from backend.push.addresses import reach_by_phone
from backend.push.provider import Category

ROOM = "diagnosis"

_FARMER = """
SELECT c.number, c.contact_phone_sealed, r.wants_call, k.text_version
FROM cases_case c JOIN diagnosis_request r ON r.id = c.id
LEFT JOIN LATERAL (
    SELECT given, text_version FROM diagnosis_consent WHERE request = c.id AND purpose = $2 ORDER BY at DESC, id DESC
    LIMIT 1
) k ON k.given
WHERE c.id = $1
"""


async def tell(*, request_id: UUID, message: str, key: str) -> bool:
    """Write to him, in the caller's transaction; whether there is a number to write to.

    message   a msgid with a place for {number}; the words are seen on a locked screen, so they tell nothing else
    key       said once: what it is about, such as `answer {id}`
    """
    farmer = await _farmer(request_id)
    if farmer is None:
        return False
    to = await reach_by_phone(
        citizen_id=request_id,
        phone=str(opened(farmer)["contact_phone"]),
        opted_in_text=farmer["text_version"],
    )
    await push.notify(
        to=to,
        text=push.text(message, public=True, number=numbers.grouped(farmer["number"])),
        category=Category.SERVICE,
        dedupe_key=f"diagnosis farmer {key}",
        link=f"/r/{farmer['number']}",
        origin_room=ROOM,
        origin_id=request_id,
    )
    return True


async def can_be_written_to(request_id: UUID) -> bool:
    """Whether he left a number for it, and did not ask to be rung."""
    return await _farmer(request_id) is not None


async def _farmer(request_id: UUID) -> Mapping[str, Any] | None:
    row = await fetch_row(_FARMER, request_id, ConsentPurpose.HANDLING.value)
    there = row is not None and row["contact_phone_sealed"] and row["text_version"] and not row["wants_call"]
    return row if there else None
