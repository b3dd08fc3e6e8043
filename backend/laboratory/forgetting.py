"""A farmer has himself forgotten: who he is and what he said goes, in every table of this room that holds it.

Which crop or soil, what was found, in which village and when stays as a fact without a story. The file that an
instrument wrote holds the rows of others as well; it stays sealed until its own time (`retention_rules`).
"""

from uuid import UUID

from backend.core import clock, ids
from backend.core.database import fetch, fetch_row, transaction
from backend.core.logs import request_id
from backend.laboratory import farmer_notices, sample_records
from backend.laboratory.sample_refusals import KeptByLaw, NotYourSample
from backend.laboratory.sample_schemas import SampleRecord
from backend.laboratory.second_looks import STRIP_PHOTO
from backend.laboratory.visibility import reader, sees
from backend.laboratory.words import RunKind, SampleConsentPurpose
from backend.media import forgetting as media_forgetting
from backend.people.access_log import note_access
from backend.people.actors import Actor
from backend.people.tables import Role
from backend.push.addresses import revoke_subject


@transaction
async def forget(*, sample_id: UUID, by: Actor) -> SampleRecord:
    """The farmer of a free test asked for it; the sample as it is afterwards. Done twice it is the same.

    For technicians of its desk or of where he handed it in, and administrators of the place.

    Raises SampleUnknown (404), NotYourSample (403), KeptByLaw (409).
    """
    reading = await reader(by)
    row = await fetch_row("SELECT * FROM laboratory_sample WHERE id = $1 FOR UPDATE", sample_id)
    if row is None or not await sees(reading, sample_id):
        raise sample_records.unknown(sample_id)
    his = row["unit"] in reading.desks or row["drop_off"] in reading.desks
    if not (his or row["division_code"].startswith(by.prefixes([Role.ADMIN]))):
        raise NotYourSample("The desk where he handed it in does that, or the administrator of the place.")
    if row["run_kind"] == RunKind.SUPERVISION:
        raise KeptByLaw("The authority sampled it; its record is kept. Only a free test is forgotten.")
    await erase(sample_id=sample_id)
    await note_access(
        by=by, subject_kind="sample", subject_id=sample_id, fields=["forgotten"], request_id=request_id.get()
    )
    return await sample_records.read(sample_id, by=by)


@transaction
async def erase(*, sample_id: UUID) -> None:
    """The same, for callers that have looked: his contact, card, field, words and reports; his leave to tell others;
    the number we wrote to; photos of his strips. His slip opens nothing any more.
    """
    for statement in _ERASED:
        await fetch(statement, sample_id)
    for row in await fetch(_LOOKED_AT, sample_id):
        await media_forgetting.destroy(kind=STRIP_PHOTO, record_id=row["result"])
    await fetch(_LEAVE_TAKEN_BACK, sample_id, ids.uuid7(), clock.now(), SampleConsentPurpose.SHARE.value)
    await revoke_subject(subject_id=sample_id)
    await farmer_notices.call_off(sample_id)


_ERASED = (
    """
    UPDATE laboratory_sample SET contact_name_sealed = NULL, contact_phone_sealed = NULL, contact_phone_index = NULL,
        household = NULL, market_lot = NULL, plot = NULL, note = NULL, wants_call = FALSE, slip_sha256 = NULL
    WHERE id = $1
    """,
    "UPDATE laboratory_sample SET code = left(id::text, 8), crop_said = NULL WHERE joined_to = $1",
    "UPDATE laboratory_hand_over SET note = NULL WHERE sample = $1",
    "UPDATE laboratory_retest SET reason = '' WHERE result IN (SELECT id FROM laboratory_result WHERE sample = $1)",
    "UPDATE laboratory_second_look SET remark = NULL "
    "WHERE result IN (SELECT id FROM laboratory_result WHERE sample = $1)",
    "UPDATE laboratory_result SET sample_said = NULL WHERE sample = $1",
    "UPDATE laboratory_report SET contents = NULL WHERE sample = $1",
    "UPDATE laboratory_fertiliser_advice SET signed_note = NULL WHERE sample = $1",
)

_LOOKED_AT = """
SELECT DISTINCT k.result FROM laboratory_second_look k JOIN laboratory_result r ON r.id = k.result WHERE r.sample = $1
"""
_LEAVE_TAKEN_BACK = """
INSERT INTO laboratory_consent (id, sample, purpose, text_version, text_sha256, channel, method, given, at)
SELECT $2, sample, purpose, text_version, text_sha256, channel, method, FALSE, $3 FROM (
    SELECT * FROM laboratory_consent WHERE sample = $1 AND purpose = $4 ORDER BY at DESC, id DESC LIMIT 1
) last WHERE last.given
"""
