"""The rows of a file, a chunk at a time: looked up, judged and written in one set of statements.

    read (beside) → look up → judge (a thread) → write

A chunk is one transaction. While one is written the next is looked up and judged, and the one after that is read; what
is on its way but not yet in the database is told by the chunk before. Another import may bring the same rows at the
same moment: then a chunk is looked up again.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import IO

from asyncpg import DeadlockDetectedError, UniqueViolationError

from backend.core.clock import local
from backend.core.database import transaction
from backend.laboratory import import_matching, import_reading, import_storing, retesting
from backend.laboratory.import_judging import Judged, judged
from backend.laboratory.import_reading import Asked, Chunk
from backend.laboratory.import_rows import RowTold
from backend.laboratory.import_work import Work
from backend.laboratory.readings import Unread

TRIES = 5


async def rows(source: IO[bytes], work: Work) -> AsyncIterator[list[RowTold]]:
    """What became of the rows, a chunk at a time; what it says was stored is on disk by then."""
    read = import_reading.apart if work.apart else import_reading.here
    chunks = read(source, _asked(work))
    coming = asyncio.create_task(asyncio.to_thread(next, chunks, None))
    found: Judged | None = None
    writing: asyncio.Task[Judged] | None = None
    try:
        while chunk := await coming:
            coming = asyncio.create_task(asyncio.to_thread(next, chunks, None))
            found = await _judged(chunk, work, found)
            if writing:
                yield (await writing).rows
            writing = asyncio.create_task(_stored(chunk, found, work))
        if writing:
            yield (await writing).rows
    finally:
        await asyncio.wait([coming, *filter(None, [writing])])
        await asyncio.to_thread(chunks.close)


def _asked(work: Work) -> Asked:
    county, day = work.desk.division_code[:6], local(work.received_at).date()
    return Asked(
        county=county,
        unit_id=work.desk.id,
        serial=work.serial,
        received_on=day,
        profile=work.profile,
        at_once=import_reading.CHUNK,
    )


async def _judged(chunk: Chunk, work: Work, on_its_way: Judged | None) -> Judged:
    entries = [each for each in chunk if not isinstance(each, Unread)]
    await work.know_instruments({each.serial for each in entries if each.serial})
    before = await import_storing.stored([each.row_key for each in entries], work.id) if entries else {}
    matches = await import_matching.matched(
        [each for each in entries if each.row_key not in before],
        desk=work.desk,
        told=work.told,
        run_kind=work.run_kind,
        received_at=work.received_at,
        limits=work.tables.limits,
    )
    return await asyncio.to_thread(judged, chunk, work, before, matches, on_its_way)


async def _stored(chunk: Chunk, found: Judged, work: Work) -> Judged:
    for tries_left in reversed(range(TRIES)):
        try:
            await _store(found, work)
        except (UniqueViolationError, DeadlockDetectedError):
            if not tries_left:
                raise
            found = await _judged(chunk, work, None)
        else:
            break
    return found


@transaction
async def _store(found: Judged, work: Work) -> None:
    if found.results and not work.dry_run:
        await import_storing.store(found.results, found.samples, work)
        await retesting.open_for([row[0] for row in found.results])
    await import_storing.count(found.rows, work)
