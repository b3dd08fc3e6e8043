"""A farmer has himself forgotten: what he said about his field goes, in every table of this room that holds it.

Which crop, what it had, where about and when stays as a fact without a story; what the expert said stays, so that the
farmer may still read it.
"""

from uuid import UUID

from backend.core import clock, ids
from backend.core.database import fetch, transaction
from backend.diagnosis import likeness
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


_REQUEST = "UPDATE diagnosis_request SET weather_note = NULL, treatments = NULL, learning = FALSE WHERE id = $1"

_LEAVE_TAKEN_BACK = """
INSERT INTO diagnosis_consent (id, request, purpose, text_version, text_sha256, channel, method, given, at)
SELECT $2, request, purpose, text_version, text_sha256, channel, method, FALSE, $3 FROM (
    SELECT * FROM diagnosis_consent WHERE request = $1 AND purpose = $4 ORDER BY at DESC, id DESC LIMIT 1
) last WHERE last.given
"""
