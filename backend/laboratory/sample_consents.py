"""What a farmer agrees to about his sample: lines are added, never altered; the newest line of a purpose counts."""

from uuid import UUID

from msgspec.structs import replace

from backend.cases.reading import person
from backend.core import clock, ids
from backend.core.creates import Outcome
from backend.core.database import fetch, fetch_row, transaction
from backend.core.refusals import DifferentArguments
from backend.laboratory import sample_records, sample_storing
from backend.laboratory.sample_refusals import NotReceived, NotYourSample
from backend.laboratory.sample_schemas import NewSampleConsent, SampleConsentRecord
from backend.laboratory.visibility import reader, sees
from backend.laboratory.words import SampleConsentPurpose, SampleState
from backend.people.actors import Actor
from backend.people.household_tables import ConsentChannel, ConsentMethod


@transaction
async def record(*, sample_id: UUID, new: NewSampleConsent, by: Actor | None) -> Outcome[SampleConsentRecord]:
    """One line. `given=False` takes back what was agreed to. The same id again is the same line.

    by   None: the farmer himself, on the page of his slip. Else whoever took it in, has it in hand, or serves the
         household: who only oversees does not write down what would let him read on

    Raises SampleUnknown (404), NotYourSample (403), NotReceived, DifferentArguments (409).
    """
    await _check(sample_id, by)
    id = new.id or ids.uuid7()
    known = await _line(id)
    if known is None:
        lines, recorded_by = [replace(new, id=id)], by.person_id if by else None
        await sample_storing.insert_consents(sample_id, lines, at=clock.now(), recorded_by=recorded_by)
    written = await _line(id)
    if written is None or not _says_the_same(written, new, sample_id):
        raise DifferentArguments("Line {id} was written before with other content; it stays.", id=str(id))
    return Outcome(written, created=known is None)


async def agreed(*, sample_id: UUID) -> dict[SampleConsentPurpose, bool]:
    """What the farmer says today, by purpose; a purpose without a line is a no."""
    rows = await fetch(
        "SELECT DISTINCT ON (purpose) purpose, given FROM laboratory_consent WHERE sample = $1 "
        "ORDER BY purpose, at DESC, id DESC",
        sample_id,
    )
    said = {row["purpose"]: row["given"] for row in rows}
    return {purpose: said.get(purpose.value, False) for purpose in SampleConsentPurpose}


async def _check(sample_id: UUID, by: Actor | None) -> None:
    reading = await reader(by) if by else None
    row = await fetch_row("SELECT * FROM laboratory_sample WHERE id = $1 FOR UPDATE", sample_id)
    if row is None or (reading and not await sees(reading, sample_id)):
        raise sample_records.unknown(sample_id)
    if row["state"] != SampleState.RECEIVED:
        raise NotReceived("Receive the sample first; only its file told of it so far.")
    if reading is None:
        return
    his = row["received_by"] == reading.person_id or row["household"] in reading.served
    if not (his or sample_records.handles(row, reading)):
        raise NotYourSample("Only who speaks with the farmer writes down what he agrees to.")


async def _line(id: UUID) -> SampleConsentRecord | None:
    row = await fetch_row(
        "SELECT k.*, p.name FROM laboratory_consent k LEFT JOIN people_person p ON p.id = k.recorded_by "
        "WHERE k.id = $1",
        id,
    )
    if row is None:
        return None
    return SampleConsentRecord(
        id=row["id"],
        sample_id=row["sample"],
        purpose=SampleConsentPurpose(row["purpose"]),
        text_version=row["text_version"],
        text_sha256=row["text_sha256"].hex(),
        given=row["given"],
        method=ConsentMethod(row["method"]),
        channel=ConsentChannel(row["channel"]),
        at=row["at"],
        recorded_by=person(row["recorded_by"], row["name"]),
    )


def _says_the_same(line: SampleConsentRecord, new: NewSampleConsent, sample_id: UUID) -> bool:
    told = ("purpose", "text_version", "text_sha256", "given", "method", "channel")
    return line.sample_id == sample_id and all(getattr(line, name) == getattr(new, name) for name in told)
