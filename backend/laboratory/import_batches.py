"""The rows of a file, a chunk at a time: looked up, judged and written in one set of statements.

    read (a thread) → look up → judge (a thread) → write, while the next chunk is being read

A chunk is one transaction. Another import may bring the same rows at the same moment: then it is looked up again.
"""

import asyncio
from collections.abc import AsyncIterator, Generator, Iterator
from typing import IO

from asyncpg import DeadlockDetectedError, UniqueViolationError

from backend.core.database import transaction
from backend.laboratory import import_keys, import_matching, import_storing, reading_files, retesting
from backend.laboratory.import_judging import Judged, judged
from backend.laboratory.import_keys import Entry
from backend.laboratory.import_rows import RowTold
from backend.laboratory.import_work import Work
from backend.laboratory.readings import Unread

CHUNK = 2_000
TRIES = 5

Chunk = list[Entry | Unread]


async def rows(source: IO[bytes], work: Work) -> AsyncIterator[list[RowTold]]:
    """What became of the rows, a chunk at a time; what it says was stored is on disk by then."""
    told = reading_files.read(source, profile=work.profile)
    chunks = _chunks(import_keys.entries(told, unit_id=work.desk.id, serial=work.serial))
    coming = asyncio.create_task(asyncio.to_thread(next, chunks, None))
    try:
        while chunk := await coming:
            coming = asyncio.create_task(asyncio.to_thread(next, chunks, None))
            yield await _dealt_with(chunk, work)
    finally:
        await asyncio.wait([coming])
        chunks.close()


def _chunks(entries: Iterator[Entry | Unread]) -> Generator[Chunk, None, None]:
    """Never through the middle of a line: one reading of it may tell the pH for another."""
    chunk: Chunk = []
    for each in entries:
        if len(chunk) >= CHUNK and _line(each) != _line(chunk[-1]):
            yield chunk
            chunk = []
        chunk.append(each)
    if chunk:
        yield chunk


def _line(each: Entry | Unread) -> tuple[str | None, int]:
    told = each if isinstance(each, Unread) else each.reading
    return told.sheet, told.line


async def _dealt_with(chunk: Chunk, work: Work) -> list[RowTold]:
    for tries_left in reversed(range(TRIES)):
        found = await _judged(chunk, work)
        try:
            await _store(found, work)
        except (UniqueViolationError, DeadlockDetectedError):
            if not tries_left:
                raise
        else:
            break
    return found.rows


async def _judged(chunk: Chunk, work: Work) -> Judged:
    entries = [each for each in chunk if not isinstance(each, Unread)]
    await work.know_instruments({each.serial for each in entries if each.serial})
    before = await import_storing.stored([each.row_key for each in entries], work.id) if entries else {}
    matches = await import_matching.matched(
        [each for each in entries if each.row_key not in before],
        desk=work.desk,
        told=work.told,
        run_kind=work.run_kind,
        received_at=work.received_at,
    )
    return await asyncio.to_thread(judged, chunk, work, before, matches)


@transaction
async def _store(found: Judged, work: Work) -> None:
    if found.results and not work.dry_run:
        await import_storing.store(found.results, found.samples, work)
        await retesting.open_for([row[0] for row in found.results])
    await import_storing.count(found.rows, work)
