"""A file from its first row to its last: judged and stored chunk by chunk, every row's answer kept beside it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from tempfile import SpooledTemporaryFile
from typing import IO
from uuid import UUID

from msgspec import Struct

from backend.core import clock
from backend.laboratory import import_batches, import_evidence, import_queries, import_rows
from backend.laboratory.import_rows import RowTold
from backend.laboratory.import_work import Work
from backend.laboratory.words import ImportState, RowOutcome

IN_MEMORY_BYTES = 1 << 20
STOPPED = frozenset({"cut_off", "line_too_long", "columns_without_end", "workbook_broken", "workbook_too_heavy"})
"""Codes of `unread_reasons` after which nothing more comes; before it rows may have been stored."""


class Tally(Struct):
    """What a file came to."""

    outcomes: Counter[RowOutcome]
    problem: str | None = None

    def add(self, row: RowTold) -> None:
        """One row more."""
        self.outcomes[row.outcome] += 1
        if row.line == 0 or row.code in STOPPED:
            self.problem = row.code

    @property
    def state(self) -> ImportState:
        """Failed: nothing but the file as a whole was refused."""
        failed = self.problem and self.problem != "cut_off" and self.outcomes.total() == 1
        return ImportState.FAILED if failed else ImportState.DONE


async def run(source: IO[bytes], work: Work, *, key: bytes) -> AsyncIterator[list[RowTold]]:
    """What became of the rows, a chunk at a time. When it ends the import is done, its answers kept and flushed."""
    await import_queries.begin(work.id, clock.now())
    tally = Tally(Counter())
    with SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as answers:
        async for chunk in import_batches.rows(source, work):
            await asyncio.to_thread(_written, chunk, answers, tally)
            yield chunk
        path = await import_evidence.keep_rows(work.id, answers, key=key)
    await import_queries.finish(
        work.id,
        state=tally.state.value,
        stored_n=tally.outcomes[RowOutcome.STORED],
        duplicate_n=tally.outcomes[RowOutcome.DUPLICATE],
        refused_n=tally.outcomes[RowOutcome.REFUSED],
        finished_at=clock.now(),
        rows_path=path,
        problem=tally.problem,
        instrument=_instrument(work),
    )


def _written(chunk: list[RowTold], answers: IO[bytes], tally: Tally) -> None:
    for row in chunk:
        answers.write(import_rows.line_of(row))
        tally.add(row)


def _instrument(work: Work) -> UUID | None:
    """The one of this file, where there is one."""
    known = {*work.ids.values(), *filter(None, [work.instrument_id])}
    return known.pop() if len(known) == 1 else None
