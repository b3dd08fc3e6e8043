"""Joining: a sample that only a file told of turns out to be one that was received.

Its results move over and everything of the sample is judged again by what is known of it now; the judgements of before
are kept. Who joined what and when stays on the row of the held one.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from backend.core import clock
from backend.core.database import fetch, transaction
from backend.core.words import Term
from backend.laboratory import rejudging, retesting, sample_records
from backend.laboratory.reference import analytes
from backend.laboratory.sample_refusals import CannotJoin, JoinedAlready, NotReceived, NotYourSample
from backend.laboratory.sample_schemas import SampleRecord
from backend.laboratory.visibility import LabReader, reader, sees
from backend.laboratory.words import JudgedBecause, SampleKind, SampleState
from backend.people.actors import Actor

Row = Mapping[str, Any]

KINDS = {SampleKind.PRODUCE: Term("sample of produce"), SampleKind.SOIL: Term("sample of soil")}


@transaction
async def join(*, held_id: UUID, sample_id: UUID, by: Actor) -> SampleRecord:
    """The held sample is that one: the sample as it is now. Said again it is the same.

    For technicians and experts of the desk that tests both.

    Raises SampleUnknown (404), NotYourSample (403), NotReceived, JoinedAlready, CannotJoin (409).
    """
    reading = await reader(by)
    held, sample = await _locked(held_id, sample_id, reading)
    if held["joined_to"] == sample_id:
        return await sample_records.read(sample_id, by=by)
    await _check(held, sample, reading)
    moved = await _move(held_id, sample_id, by)
    every = [row["id"] for row in await fetch("SELECT id FROM laboratory_result WHERE sample = $1", sample_id)]
    await rejudging.judge_again(result_ids=every, because=JudgedBecause.JOINED, by=by)
    await retesting.open_for(moved)
    return await sample_records.read(sample_id, by=by)


async def _locked(held_id: UUID, sample_id: UUID, reading: LabReader) -> tuple[Row, Row]:
    """Both rows, held in the order of their ids, so that two joins never wait for each other."""
    rows = await fetch(
        "SELECT * FROM laboratory_sample WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE", [held_id, sample_id]
    )
    found = {row["id"]: row for row in rows}
    for id in (held_id, sample_id):
        if id not in found or not await sees(reading, id):
            raise sample_records.unknown(id)
    return found[held_id], found[sample_id]


async def _check(held: Row, sample: Row, reading: LabReader) -> None:
    if not {held["unit"], sample["unit"]} <= set(reading.tests):
        raise NotYourSample("Only the desk that tests both joins them.")
    if held["state"] == SampleState.JOINED:
        raise JoinedAlready("It was joined to another sample on {at}; it stays there.", at=held["joined_at"])
    if held["state"] != SampleState.HELD:
        raise CannotJoin("Somebody received this sample; only one that a file alone told of is joined to another.")
    if sample["state"] != SampleState.RECEIVED:
        raise NotReceived("Join it to a sample that was received; this one only a file told of.")
    kinds = await _kinds(held)
    if kinds and sample["kind"] is not None and sample["kind"] not in kinds:
        measured, other = (KINDS[SampleKind(each)] for each in (sorted(kinds)[0], sample["kind"]))
        raise CannotJoin(
            "What was measured is a {measured}, and this one is a {other}.", measured=measured, other=other
        )


async def _kinds(held: Row) -> set[str]:
    """What a held sample can be, as far as its file or what was measured tells."""
    if held["kind"] is not None:
        return {held["kind"]}
    rows = await fetch(
        "SELECT DISTINCT analyte FROM laboratory_result WHERE sample = $1 AND analyte IS NOT NULL", held["id"]
    )
    return {analytes()[row["analyte"]].sample_kind.value for row in rows if row["analyte"] in analytes()}


async def _move(held_id: UUID, sample_id: UUID, by: Actor) -> list[UUID]:
    """Results go over; the held one keeps nothing but where it went."""
    moved = await fetch("UPDATE laboratory_result SET sample = $2 WHERE sample = $1 RETURNING id", held_id, sample_id)
    await fetch(_JOINED, held_id, sample_id, clock.now(), by.person_id)
    await fetch(_GROWN, sample_id)
    return [row["id"] for row in moved]


_JOINED = """
UPDATE laboratory_sample SET state = 'joined', joined_to = $2, joined_at = $3, joined_by = $4, results_n = 0
WHERE id = $1
"""
_GROWN = """
UPDATE laboratory_sample s SET results_n = r.n, last_result_at = r.last
FROM (SELECT least(32767, count(*)) AS n, max(received_at) AS last FROM laboratory_result WHERE sample = $1) r
WHERE s.id = $1
"""
