"""What an import reads and writes of results and samples: a handful of statements for however many rows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any
from uuid import UUID

from backend.core.database import connection, fetch
from backend.laboratory.import_judging import RESULT
from backend.laboratory.import_matching import Match
from backend.laboratory.import_rows import RowTold
from backend.laboratory.import_work import Work
from backend.laboratory.words import RowOutcome, SampleState

Row = Mapping[str, Any]


async def stored(row_keys: Sequence[bytes], import_id: UUID) -> dict[bytes, Row]:
    """What is there under these keys; reasons only of this import's own, whose job runs again."""
    return {row["row_key"]: row for row in await fetch(_STORED, list(row_keys), import_id)}


async def store(results: Sequence[tuple[Any, ...]], samples: Mapping[UUID, Match], work: Work) -> None:
    """Write results and the samples they belong to.

    asyncpg's UniqueViolationError where a row, or a sample that nobody knew of, came in meanwhile.
    """
    counted = Counter(row[_SAMPLE] for row in results)
    known = sorted((id for id, match in samples.items() if not match.is_new), key=_number)
    async with connection() as acquired:
        new = [_held(id, match.sample, counted[id], work) for id, match in samples.items() if match.is_new]
        if new:
            await acquired.copy_records_to_table("laboratory_sample", records=new, columns=(*_TOLD, *_HELD))
        if known:
            await acquired.execute(_COUNT_ON, known, [counted[id] for id in known], work.received_at)
        await acquired.copy_records_to_table("laboratory_result", records=results, columns=RESULT)


def _held(id: UUID, told: Row, results_n: int, work: Work) -> tuple[Any, ...]:
    at = work.received_at
    mine = (id, SampleState.HELD.value, work.desk.id, work.desk.division_code, at, at, False, results_n)
    return (*[told[name] for name in _TOLD], *mine)


async def count(rows: Sequence[RowTold], work: Work) -> None:
    """How far the import has come."""
    counts = Counter(row.outcome for row in rows)
    outcomes = (counts[outcome] for outcome in (RowOutcome.STORED, RowOutcome.DUPLICATE, RowOutcome.REFUSED))
    await fetch(_COUNT, work.id, max((row.line for row in rows), default=0), *outcomes)


_SAMPLE = RESULT.index("sample")
_number = attrgetter("int")
"""In one order, so that two imports of the same samples wait for each other and do not lock."""
_STORED = """
SELECT r.id, r.row_key, r.content, r.line, r.sheet, r.import_file, r.sample, r.received_at, r.verdict, r.grade,
       r.ph_class, r.category, r.instrument_disagrees,
       CASE WHEN r.import_file = $2 THEN r.reasons ELSE '[]' END AS reasons,
       s.state = 'held' AS held, s.run_kind <> 'supervision' AS free
FROM laboratory_result r JOIN laboratory_sample s ON s.id = r.sample WHERE r.row_key = ANY($1::bytea[])
"""
_TOLD = ("code", "kind", "run_kind", "crop_code", "crop_said", "land_use", "sampled_on")
_HELD = ("id", "state", "unit", "division_code", "received_at", "last_result_at", "wants_call", "results_n")
_COUNT_ON = """
UPDATE laboratory_sample s SET results_n = least(32767, s.results_n::int + given.n), last_result_at = $3
FROM unnest($1::uuid[], $2::int[]) AS given (id, n) WHERE s.id = given.id
"""
_COUNT = """
UPDATE laboratory_import SET read_n = greatest(read_n, $2), stored_n = stored_n + $3, duplicate_n = duplicate_n + $4,
    refused_n = refused_n + $5 WHERE id = $1
"""
