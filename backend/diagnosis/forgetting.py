"""A farmer has himself forgotten: what he said about his field goes, in every table of this room that holds it.

Which crop, what it had, where about and when stays as a fact without a story; what the expert said stays, so that the
farmer may still read it.
"""

from datetime import timedelta
from uuid import UUID

from backend.core import clock, ids
from backend.core.database import fetch, transaction
from backend.core.jobs import schedule
from backend.diagnosis import calling_off, likeness
from backend.diagnosis.words import ConsentPurpose
from backend.media.forgetting import destroy
from backend.push.addresses import revoke_subject


@transaction
async def erase(*, request_id: UUID) -> None:
    """Take his words, photos and voice notes, the number we wrote to, and his leave to learn from it. Done twice it is
    the same.

    The caller has the case's contact, title and description erased beside it (`cases.ending.erase_contact`).
    """
    await fetch(_REQUEST, request_id)
    await fetch("UPDATE diagnosis_question SET answer = NULL WHERE request = $1", request_id)
    await fetch("UPDATE diagnosis_outcome SET words = NULL, value_method = NULL WHERE request = $1", request_id)
    await fetch(_LEAVE_TAKEN_BACK, request_id, ids.uuid7(), clock.now(), ConsentPurpose.LEARNING.value)
    await destroy(kind="case", record_id=request_id)
    await revoke_subject(subject_id=request_id)
    await likeness.forget(request_id=request_id)
    await calling_off.call_off_telling(request_id)


SEEN_AGAIN = timedelta(days=3)
"""How far back a round looks: after a stop of the worker nothing is forgotten to be forgotten."""


@schedule("diagnosis/forget-with-cases", "7 * * * *")
async def forget_with_cases() -> None:
    """Every hour: where staff had a closed case forgotten for somebody, its request is forgotten too."""
    for row in await fetch(_FORGOTTEN, clock.now() - SEEN_AGAIN):
        await erase(request_id=row["id"])


_FORGOTTEN = """
SELECT r.id FROM cases_event e JOIN cases_case c ON c.id = e."case" JOIN diagnosis_request r ON r.id = c.id
WHERE e.public AND e.at >= $1 AND e.kind = 'contact_erased' AND c.closed_at IS NOT NULL
"""

_REQUEST = "UPDATE diagnosis_request SET weather_note = NULL, treatments = NULL, learning = FALSE WHERE id = $1"

_LEAVE_TAKEN_BACK = """
INSERT INTO diagnosis_consent (id, request, purpose, text_version, text_sha256, channel, method, given, at)
SELECT $2, request, purpose, text_version, text_sha256, channel, method, FALSE, $3 FROM (
    SELECT * FROM diagnosis_consent WHERE request = $1 AND purpose = $4 ORDER BY at DESC, id DESC LIMIT 1
) last WHERE last.given
"""
