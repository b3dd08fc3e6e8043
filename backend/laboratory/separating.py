"""Separating: a held sample was joined to the wrong one. It is held again, with exactly the results that came with it.

Its id follows from what a row said of its sample, so every result tells by itself whether it came with it. Both are
judged again; a repeat that one's result answered for the other waits again. What was handed out stays: no way back once
a report or signed advice was made of both, or somebody settled a retest of one by a result of the other.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from backend.core import clock
from backend.core.database import fetch, fetch_row, transaction
from backend.core.logs import request_id
from backend.laboratory import rejudging, retesting, sample_records
from backend.laboratory.import_matching import came_with, code_of
from backend.laboratory.sample_refusals import CannotSeparate, NotYourSample
from backend.laboratory.sample_schemas import SampleRecord
from backend.laboratory.visibility import reader, sees
from backend.laboratory.words import JudgedBecause, SampleState
from backend.people.access_log import note_access
from backend.people.actors import Actor

Row = Mapping[str, Any]


@transaction
async def separate(*, held_id: UUID, by: Actor) -> SampleRecord:
    """The held sample is not the one it was joined to: it as it is now, held again. Said again it is the same.

    For technicians and experts of the desk that tests both.

    Raises SampleUnknown (404), NotYourSample (403), CannotSeparate (409).
    """
    held, sample = await _locked(held_id, by)
    if sample is None:
        return await sample_records.read(held_id, by=by)
    moved = await _moving(held, sample)
    await _check(held, sample, moved)
    await _move_back(held_id, sample["id"], moved)
    every = [row["id"] for row in await fetch(_OF_BOTH, [held_id, sample["id"]])]
    await retesting.wait_again(every)
    await rejudging.judge_again(result_ids=every, because=JudgedBecause.JOINED, by=by)
    await retesting.open_for(every)
    for id in (held_id, sample["id"]):
        await note_access(
            by=by, subject_kind="sample", subject_id=id, fields=["separated"], request_id=request_id.get()
        )
    return await sample_records.read(held_id, by=by)


async def _locked(held_id: UUID, by: Actor) -> tuple[Row, Row | None]:
    """The held one and the one it was joined to, in the order of their ids as joining does; None: it is held."""
    reading = await reader(by)
    told = await fetch_row("SELECT joined_to FROM laboratory_sample WHERE id = $1", held_id)
    if told is None or not await sees(reading, held_id):
        raise sample_records.unknown(held_id)
    rows = await fetch(
        "SELECT * FROM laboratory_sample WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE",
        [held_id, told["joined_to"] or held_id],
    )
    found = {row["id"]: row for row in rows}
    held = found[held_id]
    if not {row["unit"] for row in rows} <= set(reading.tests):
        raise NotYourSample("Only the desk that tests both separates them.")
    if held["state"] == SampleState.RECEIVED:
        raise CannotSeparate("This sample was received; only one that a file alone told of is joined and separated.")
    return held, found[held["joined_to"]] if held["state"] == SampleState.JOINED else None


async def _moving(held: Row, sample: Row) -> list[UUID]:
    """Results that came with the held one.

    Where both have one code, rows under it went to the received one by themselves as soon as it was there: of those,
    what came after the last result of the held one is not of it.
    """
    rows = await fetch(_TOLD, sample["id"])
    its = [row for row in rows if held["id"] in came_with(held["unit"], row)]
    if code_of(sample["code"]) == held["code"] and held["last_result_at"] is not None:
        its = [row for row in its if row["received_at"] <= held["last_result_at"]]
    return [row["id"] for row in its]


async def _check(held: Row, sample: Row, moved: list[UUID]) -> None:
    if not moved:
        raise CannotSeparate("Nothing tells any more which of the results came with it; they stay together.")
    report = await fetch_row(_REPORTED, sample["id"], held["joined_at"])
    if report is not None:
        raise CannotSeparate(
            "Report {number} was handed out since and holds its results: what is signed stays. Measure the sample "
            "again and issue a new report, which supersedes it.",
            number=report["number"],
        )
    if await fetch_row(_ADVISED, sample["id"], held["joined_at"]):
        raise CannotSeparate("Advice on fertiliser was signed since the join; what is signed stays.")
    if await fetch_row(_SETTLED, sample["id"], moved):
        raise CannotSeparate(
            "Somebody settled a retest of one by a result of the other since the join; they stay together."
        )


async def _move_back(held_id: UUID, sample_id: UUID, moved: list[UUID]) -> None:
    """Results go back. Drafts of advice made of both are withdrawn."""
    await fetch("UPDATE laboratory_result SET sample = $1 WHERE id = ANY($2::uuid[])", held_id, moved)
    await fetch(_DRAFTS, sample_id, clock.now(), held_id)
    await fetch(_HELD_AGAIN, held_id)
    await fetch(_COUNTED, [held_id, sample_id])


_TOLD = """
SELECT r.id, r.sample_said, r.record_id, r.channel, r.line, r.tested_at, r.received_at, i.serial
FROM laboratory_result r LEFT JOIN laboratory_instrument i ON i.id = r.instrument WHERE r.sample = $1
"""
_OF_BOTH = "SELECT id FROM laboratory_result WHERE sample = ANY($1::uuid[])"
_REPORTED = """
SELECT number FROM laboratory_report WHERE sample = $1 AND issued_at >= $2 ORDER BY issued_at DESC LIMIT 1
"""
_ADVISED = """
SELECT 1 FROM laboratory_fertiliser_advice
WHERE sample = $1 AND made_at >= $2 AND signed_at IS NOT NULL AND withdrawn_at IS NULL LIMIT 1
"""
_SETTLED = """
SELECT 1 FROM laboratory_retest t JOIN laboratory_result o ON o.id = t.result
WHERE o.sample = $1 AND t.answered_by IS NOT NULL AND t.answered_by_result IS NOT NULL
    AND (t.result = ANY($2::uuid[])) <> (t.answered_by_result = ANY($2::uuid[])) LIMIT 1
"""
_DRAFTS = """
UPDATE laboratory_fertiliser_advice a SET withdrawn_at = $2 FROM laboratory_sample h
WHERE h.id = $3 AND a.sample = $1 AND a.made_at >= h.joined_at AND a.signed_at IS NULL AND a.withdrawn_at IS NULL
"""
_HELD_AGAIN = """
UPDATE laboratory_sample SET state = 'held', joined_to = NULL, joined_at = NULL, joined_by = NULL WHERE id = $1
"""
_COUNTED = """
UPDATE laboratory_sample s SET results_n = r.n, last_result_at = r.last FROM (
    SELECT g.id, least(32767, count(r.id)) AS n, max(r.received_at) AS last
    FROM unnest($1::uuid[]) AS g(id) LEFT JOIN laboratory_result r ON r.sample = g.id GROUP BY g.id
) r WHERE s.id = r.id
"""
