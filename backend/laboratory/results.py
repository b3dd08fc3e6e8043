"""One result: read with its judgements, looked at and let stand, judged beside by another day's limits."""

from datetime import date
from uuid import UUID

from msgspec.structs import replace

from backend.core import clock
from backend.core.database import transaction
from backend.laboratory import rejudging, rejudging_queries, retest_records, sample_records
from backend.laboratory import result_queries as queries
from backend.laboratory.judgements import Judgement
from backend.laboratory.refusals_results import NotThisBench, ResultUnknown
from backend.laboratory.result_queries import Row
from backend.laboratory.result_records import counting, kept, record, said
from backend.laboratory.result_schemas import Rejudged, ResultRecord
from backend.laboratory.visibility import LabReader, reader, sees
from backend.laboratory.words import Comparator, JudgedBecause
from backend.people.actors import Actor


async def get_result(*, result_id: UUID, by: Actor) -> ResultRecord:
    """A result with the judgements of before and beside, for whoever reads what was found.

    An expert who owes a second look at its strip is told what was measured, and nothing of what came out.

    Raises ResultUnknown (404), also where it is withheld.
    """
    reading = await reader(by)
    row = await queries.read_by(result_id, reading)
    if row is not None:
        return await _read(row)
    return _hidden(await _of_his_look(result_id, reading))


async def _read(row: Row) -> ResultRecord:
    earlier = [kept(each) for each in await queries.judgements_of(row["id"])]
    retests = await retest_records.of_results([row["id"]])
    return record(row, retests.get(row["id"], []), earlier)


async def _of_his_look(result_id: UUID, reading: LabReader) -> Row:
    row = await queries.one(result_id)
    if row is None or row["sample"] not in reading.blind_to:
        raise unknown(result_id)
    return row


def unknown(result_id: UUID) -> ResultUnknown:
    """There is none, or none that he may read."""
    return ResultUnknown("There is no result {id} that you may read.", id=str(result_id))


def _hidden(row: Row) -> ResultRecord:
    """What somebody reads who has still to say what he sees."""
    return replace(
        record(row, []),
        comparator=Comparator.EQUAL,
        value=None,
        blank_delta=None,
        sample_delta=None,
        tc_ratio=None,
        control_line=None,
        instrument_verdict=None,
        disagrees=False,
        ban_found=False,
        judgement=said(Judgement(), at=row["judged_at"], because=None),
        reviewed_by=None,
        reviewed_at=None,
    )


@transaction
async def review(*, result_id: UUID, by: Actor) -> ResultRecord:
    """A technician of the desk or an expert of its studio looked at it and lets it stand; the first one stays.

    Raises ResultUnknown (404), NotThisBench (403).
    """
    row = await at_his_bench(result_id, by)
    await queries.review(row["id"], by=by.person_id, at=clock.now())
    return await get_result(result_id=result_id, by=by)


async def at_his_bench(result_id: UUID, by: Actor) -> Row:
    """A result that he reads because he tests it. Raises ResultUnknown (404), NotThisBench (403)."""
    reading = await reader(by)
    row = await queries.read_by(result_id, reading)
    if row is None:
        raise unknown(result_id)
    if row["sample_unit"] not in reading.tests:
        raise NotThisBench("This is for the technicians of the desk and the experts of its studio.")
    return row


@transaction
async def rejudge_beside(*, sample_id: UUID, by: Actor, on: date | None = None) -> list[Rejudged]:
    """All results of a sample by the limits of a day (today) beside the judgements that count, which stay.

    Each is kept as ASKED; the same again is not kept twice.

    Raises SampleUnknown (404), NotThisBench (403).
    """
    await _must_test(sample_id, by)
    rows = await rejudging_queries.of_sample(sample_id)
    judged = await rejudging.judged_now(rows, on=on or clock.today())
    known = await rejudging_queries.asked_before([row["id"] for row in rows])
    fresh = [
        (row["id"], rejudging_queries.judgement_json(each), each.rule)
        for row, each in judged
        if rejudging_queries.told_columns(each) not in known.get(row["id"], ())
    ]
    await rejudging_queries.insert(fresh, because=JudgedBecause.ASKED, by=by.person_id)
    return [
        Rejudged(
            result_id=row["id"],
            sample_code=row["sample_code"],
            analyte=row["analyte"] or row["analyte_text"],
            counts=counting(row),
            beside=said(each, at=clock.now()),
            differs=rejudging_queries.says_otherwise(row, each),
        )
        for row, each in judged
    ]


async def _must_test(sample_id: UUID, by: Actor) -> None:
    reading = await reader(by)
    if not await sees(reading, sample_id):
        raise sample_records.unknown(sample_id)
    unit_id = await queries.desk_of(sample_id)
    if unit_id not in reading.tests or sample_id in reading.blind_to:
        raise NotThisBench("This is for the technicians of the desk and the experts of its studio.")
