"""Judging results again: because we know more of the circumstances, or because somebody asks by another day's limits.

What is learnt (a held sample joined, a calibration answered for, a run recorded) makes a new judgement that counts, and
the old one is kept. What is asked stands beside: a table that changed changes nothing old by itself.
"""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from msgspec.structs import replace

from backend.core.database import transaction
from backend.laboratory import rejudging_queries as queries
from backend.laboratory import retesting
from backend.laboratory.calibrations import standings
from backend.laboratory.context import Told, context_of, day_of_test
from backend.laboratory.judgement_rows import columns
from backend.laboratory.judgements import Judgement
from backend.laboratory.judging import judge
from backend.laboratory.limits import Tables, current_tables
from backend.laboratory.readings import Reading
from backend.laboratory.rejudging_queries import Row
from backend.laboratory.words import Calibration, Comparator, JudgedBecause, Method, SampleKind
from backend.people.actors import Actor

BATCH = 1_000


@transaction
async def judge_again(*, result_ids: Collection[UUID], because: JudgedBecause, by: Actor | None = None) -> int:
    """Judge results by all that is known now; the new judgement counts, and the old one is kept in `JudgedAgain`.

    A result whose judgement stays the same is left alone, so that a repeat is harmless. How many changed. Those that
    became positive or suspect open their repeats; repeats of those that are neither any more are withdrawn.

    because   not ASKED: that one stands beside (`rejudge_beside`)
    """
    if because is JudgedBecause.ASKED:
        raise ValueError("What somebody asked for stands beside and does not count")
    ids, changed = sorted(set(result_ids)), 0
    for start in range(0, len(ids), BATCH):
        changed += await _batch(ids[start : start + BATCH], because, by)
    return changed


async def _batch(ids: Sequence[UUID], because: JudgedBecause, by: Actor | None) -> int:
    rows = await queries.hold(ids)
    changed = [(row, judged) for row, judged in await judged_now(rows) if queries.differs(row, judged)]
    if changed:
        await queries.keep([row for row, _ in changed], because=because, by=by.person_id if by else None)
        await queries.replace_judgements([(row["id"], columns(judged)) for row, judged in changed])
        await retesting.withdraw_moot([row["id"] for row, _ in changed])
        await retesting.open_for([row["id"] for row, _ in changed])
    return len(changed)


async def judged_now(rows: Sequence[Row], *, on: date | None = None) -> list[tuple[Row, Judgement]]:
    """Each row with its judgement by the tables of today.

    on   by the limits of this day instead of those of the day of sampling
    """
    tables, states = await current_tables(), await _calibrations(rows)
    return [(row, _judged(row, tables, states, on)) for row in rows]


async def _calibrations(rows: Sequence[Row]) -> dict[tuple[UUID, date], Calibration]:
    """Of each instrument on each day on which it measured."""
    asked = {(row["instrument"], day_of_test(row)) for row in rows if row["instrument"]}
    told = await standings({instrument for instrument, _ in asked})
    return {(instrument, day): told[instrument].on(day) for instrument, day in asked}


def _judged(row: Row, tables: Tables, states: dict[tuple[UUID, date], Calibration], on: date | None) -> Judgement:
    context = context_of(
        row,
        told=told_of(row),
        received_on=day_of_test({"tested_at": None, "received_at": row["received_at"]}),
        lod=row["lod"],
        blank_delta=row["run_blank_delta"],
        run_invalid=row["run_invalid"] or (),
        calibration=states.get((row["instrument"], day_of_test(row)), Calibration.UNKNOWN),
    )
    if on is not None:
        context = replace(context, sampled_on=on)
    return judge(reading_of(row), context=context, limits=tables.limits, cutoffs=tables.cutoffs)


def told_of(row: Row) -> Told:
    """What was said of the whole file that a row came in."""
    return Told(
        crop=row["told_crop"],
        on=date.fromisoformat(row["told_on"]) if row["told_on"] else None,
        kind=SampleKind(row["told_kind"]) if row["told_kind"] else None,
    )


def reading_of(row: Row) -> Reading:
    """The reading again, as it was taken from its file."""
    same = (
        *("line", "sheet", "record_id", "analyte", "analyte_text", "value", "unit_implied", "lod", "blank_delta"),
        *("sample_delta", "tc_ratio", "control_line", "limit_text", "channel", "instrument_verdict", "tested_at"),
    )
    return Reading(
        method=Method(row["method"]),
        comparator=Comparator(row["comparator"]),
        unit=row["unit_said"],
        sample_name=row["sample_said"],
        **{name: row[name] for name in same},
    )
