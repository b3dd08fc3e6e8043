"""Many visits at once: each row gets its verdict, the good ones are stored, chunk by chunk.

It shares everything with `record_visit` but the verb: the same look-up, checks, flags and rows; only the writing is by
COPY. A row is judged as if those before it had been sent one by one.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from functools import partial

from asyncpg import DeadlockDetectedError, UniqueViolationError

from backend.core import clock
from backend.core.database import transaction
from backend.core.refusals import Refusal
from backend.people.actors import Actor
from backend.visits import storing
from backend.visits.actions import claim
from backend.visits.batch_judging import Chunk
from backend.visits.batch_rows import BatchTooLong, Row, read_row
from backend.visits.body import Rows
from backend.visits.entries import Entry
from backend.visits.reference import reference
from backend.visits.schemas import RowOutcome, RowVerdict

LONGEST = 10_000
CHUNK = 500
TRIES = 5
TURN = 50


async def record_visits(
    *, rows: Rows, by: Actor, door: str = "batch", photos_later: bool = False
) -> AsyncIterator[RowVerdict]:
    """One verdict per row, in order; what it calls stored is on disk by then.

    rows          each the bytes of one JSON object; a Refusal among them stands for a rest that could not be read. A
                  row without an id gets one that follows from its content, so that a second sending is harmless too
    photos_later  a visit whose photos are not here is stored without them, and the caller adds them when they are

    Not inside a transaction: each chunk is one, and is written while the next is being read.
    """
    deal_with = partial(_dealt_with, by=by, door=door, photos_later=photos_later)
    under_way = asyncio.create_task(deal_with([]))
    try:
        async for chunk in _chunks(rows, by):
            done, under_way = await under_way, asyncio.create_task(deal_with(chunk))
            for verdict in done:
                yield verdict
        for verdict in await under_way:
            yield verdict
    finally:
        await under_way  # a chunk that was begun is finished, also when nobody listens any more


def counted(verdicts: Counter[RowOutcome]) -> dict[str, int]:
    """The three totals of a batch's answer."""
    return {outcome.value: verdicts[outcome] for outcome in RowOutcome}


async def _chunks(rows: Rows, by: Actor) -> AsyncIterator[list[Row | RowVerdict]]:
    """Rows that can be read, and the verdicts of those that cannot. Read while the chunk before is being written."""
    chunk: list[Row | RowVerdict] = []
    index = 0
    async for raw in _until_refused(rows):
        chunk.append(read_row(index, raw, by))
        index += 1
        if index % TURN == 0:
            await asyncio.sleep(0)  # lets the chunk that is under way, and other requests, have their turn
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    yield chunk
    async for _ in rows:
        pass  # a client hears nothing before it has sent everything


async def _until_refused(rows: Rows) -> Rows:
    """The rows up to the first that stands for a rest: one that could not be read, or one too many."""
    index = 0
    async for raw in rows:
        if index == LONGEST:
            raw = BatchTooLong("A batch has at most {limit} rows. Send this one and the rest again.", limit=LONGEST)
        yield raw
        index += 1
        if isinstance(raw, Refusal):
            break


async def _dealt_with(
    chunk: Sequence[Row | RowVerdict], *, by: Actor, door: str, photos_later: bool
) -> list[RowVerdict]:
    """Store what can be stored of a chunk. Where an id comes in by another way meanwhile, look again."""
    rows = [row for row in chunk if isinstance(row, Row)]
    for tries_left in reversed(range(TRIES)):
        judge = Chunk(by=by, door=door, received_at=clock.now(), reference=await reference(), photos_later=photos_later)
        judged = await judge.verdicts(rows)
        try:
            if judge.entries:
                await _write(judge.entries)
        except (UniqueViolationError, DeadlockDetectedError):
            if not tries_left:
                raise
        else:
            break
    refused = [row for row in chunk if isinstance(row, RowVerdict)]
    return sorted(refused + judged, key=lambda verdict: verdict.index)


@transaction
async def _write(ready: Sequence[Entry]) -> None:
    await storing.copy(ready)
    await storing.open_needs(ready)
    for entry in ready:
        if entry.photos:
            await claim(entry)
