"""Many visits at once: each row gets its verdict, the good ones are stored, chunk by chunk.

It shares everything with `record_visit` but the verb: the same look-up, checks, flags and rows; only the writing is by
COPY. A row is judged as if those before it had been sent one by one.
"""

import asyncio
from bisect import bisect_right, insort
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from asyncpg import DeadlockDetectedError, UniqueViolationError
from msgspec.structs import replace

from backend.core import clock
from backend.core.database import transaction
from backend.core.problems import problem
from backend.core.refusals import DifferentArguments, FieldError, Refusal
from backend.people.actors import Actor
from backend.visits import entries, lookups, rules, storing
from backend.visits.actions import claim
from backend.visits.body import Rows
from backend.visits.entries import Entry, Photos
from backend.visits.flags import Fix
from backend.visits.lookups import Found
from backend.visits.reference import Reference, reference
from backend.visits.schemas import NewVisit, RowOutcome, RowVerdict

LONGEST = 10_000
CHUNK = 500
TRIES = 5
TURN = 50

_decoder = msgspec.json.Decoder(NewVisit)


class BatchTooLong(Refusal):
    """More rows than one batch may have; those up to the limit were dealt with."""

    status, code, title = 413, "visits/batch-too-long", "Too many rows"


class RowMalformed(Refusal):
    """The row is no JSON, or not a visit."""

    status, code, title = 400, "core/malformed", "The request cannot be read"


class Row(msgspec.Struct, frozen=True):
    """A row that can be read: normalised, with its digest."""

    index: int
    id: UUID
    new: NewVisit
    digest: bytes


async def record_visits(*, rows: Rows, by: Actor, door: str = "batch") -> AsyncIterator[RowVerdict]:
    """One verdict per row, in order; what it calls stored is on disk by then.

    rows   each the bytes of one JSON object; a Refusal among them stands for a rest that could not be read. A row
           without an id gets one that follows from its content, so that a second sending is harmless too

    Not inside a transaction: each chunk is one, and is written while the next is being read.
    """
    under_way = asyncio.create_task(_dealt_with([], by, door))
    try:
        async for chunk in _chunks(rows, by):
            done, under_way = await under_way, asyncio.create_task(_dealt_with(chunk, by, door))
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
    async for raw in rows:
        if index == LONGEST:
            raw = BatchTooLong("A batch has at most {limit} rows. Send this one and the rest again.", limit=LONGEST)
        chunk.append(_row(index, raw, by))
        index += 1
        if index % TURN == 0:
            await asyncio.sleep(0)  # lets the chunk that is under way, and other requests, have their turn
        if isinstance(raw, Refusal):
            break
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    yield chunk
    async for _ in rows:
        pass  # a client hears nothing before it has sent everything


async def _dealt_with(chunk: Sequence[Row | RowVerdict], by: Actor, door: str) -> list[RowVerdict]:
    """Store what can be stored of a chunk. Where an id comes in by another way meanwhile, look again."""
    rows = [row for row in chunk if isinstance(row, Row)]
    for tries_left in reversed(range(TRIES)):
        judge = Chunk(by=by, door=door, received_at=clock.now(), reference=await reference())
        judged = await judge.verdicts(rows)
        try:
            await _write(judge.entries)
        except (UniqueViolationError, DeadlockDetectedError):
            if not tries_left:
                raise
        else:
            break
    refused = [row for row in chunk if isinstance(row, RowVerdict)]
    return sorted(refused + judged, key=lambda verdict: verdict.index)


def _row(index: int, raw: bytes | Refusal, by: Actor) -> Row | RowVerdict:
    """The row as it can be read, or its refusal."""
    if isinstance(raw, Refusal):
        return _refused(index, None, raw)
    try:
        new = _decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return _refused(index, _id_in(raw), _malformed(error))
    try:
        new = rules.normalised(new)
    except Refusal as refusal:
        return _refused(index, new.id, refusal)
    digest = rules.digest(new, by.person_id)
    return Row(index, new.id or rules.id_of_content(digest, by.person_id), new, digest)


@transaction
async def _write(ready: Sequence[Entry]) -> None:
    await storing.copy(ready)
    await storing.open_needs(ready)
    for entry in ready:
        if entry.photos:
            await claim(entry)


class Chunk:
    """The rows of one chunk as they are judged one after the other, each against the database and those before it."""

    def __init__(self, *, by: Actor, door: str, received_at: datetime, reference: Reference) -> None:
        self.by, self.door, self.received_at, self.reference = by, door, received_at, reference
        self.entries: list[Entry] = []
        self._digests: dict[UUID, bytes] = {}
        self._needs: set[UUID] = set()
        self._photos: Photos = {}
        self._timeline: list[tuple[datetime, int, Fix]] = []

    async def verdicts(self, rows: Sequence[Row]) -> list[RowVerdict]:
        """A verdict for each row; what is to be written is in `entries` then."""
        found = await lookups.look_up([(row.id, row.new) for row in rows], by=self.by) if rows else []
        photo_ids = {photo.photo_id for row in rows for photo in row.new.photos}
        self._photos = await lookups.look_at_photos(list(photo_ids), by=self.by) if photo_ids else {}
        need_ids = {need.id for row in rows for need in row.new.needs if need.id}
        self._needs = await lookups.known_needs(list(need_ids)) if need_ids else set()
        return [self._verdict(row, known) for row, known in zip(rows, found, strict=True)]

    def _verdict(self, row: Row, found: Found) -> RowVerdict:
        try:
            before = found.stored_digest or self._digests.get(row.id)
            if before is not None:
                rules.check_same(before, row.digest, row.id)
                return RowVerdict(index=row.index, id=row.id, outcome=RowOutcome.DUPLICATE)
            entry = self._entry(row, found)
        except Refusal as refusal:
            return _refused(row.index, row.id, refusal)
        self._remember(entry, row)
        raised = [flag.kind for flag in entry.flags]
        return RowVerdict(index=row.index, id=row.id, outcome=RowOutcome.STORED, flags=raised)

    def _entry(self, row: Row, found: Found) -> Entry:
        if self._needs and any(need.id in self._needs for need in row.new.needs):
            raise DifferentArguments(rules.NEED_ID_TAKEN)
        return entries.entry(
            visit_id=row.id,
            new=row.new,
            by=self.by,
            door=self.door,
            received_at=self.received_at,
            digest=row.digest,
            found=self._among_neighbours(found, row.new.occurred_at),
            photos=self._photos,
            reference=self.reference,
        )

    def _among_neighbours(self, found: Found, at: datetime) -> Found:
        """The nearest visits in time, whether they are in the database or earlier in this chunk."""
        if not self._timeline:
            return found
        place = bisect_right(self._timeline, at, key=lambda entry: entry[0])
        before, after = found.before, found.after
        if place and (before is None or self._timeline[place - 1][0] >= before.occurred_at):
            before = self._timeline[place - 1][2]
        if place < len(self._timeline) and (after is None or self._timeline[place][0] < after.occurred_at):
            after = self._timeline[place][2]
        return replace(found, before=before, after=after)

    def _remember(self, entry: Entry, row: Row) -> None:
        self.entries.append(entry)
        self._digests[row.id] = row.digest
        self._needs |= {need.id for need in row.new.needs if need.id}
        if (fix := entry.fix) is not None:
            insort(self._timeline, (fix.occurred_at, row.index, fix), key=lambda known: known[:2])
        if entry.photos:
            bytes_of = {photo.sha256 for photo in entry.photos.values()}
            self._photos = {
                id: lookups.taken(photo, entry.photos, entry.id, bytes_of) for id, photo in self._photos.items()
            }


def _refused(index: int, id: UUID | None, refusal: Refusal) -> RowVerdict:
    return RowVerdict(index=index, id=id, outcome=RowOutcome.REFUSED, problem=problem(refusal))


def _malformed(error: Exception) -> RowMalformed:
    """msgspec says `… - at `$.needs[0].category``; the pointer is that path as RFC 6901."""
    said, _, path = str(error).partition(" - at `$")
    pointer = path.rstrip("`").replace("[", "/").replace("]", "").replace(".", "/")
    wrong = FieldError(pointer=pointer, detail=said.replace("{", "(").replace("}", ")"), code="shape")
    return RowMalformed("This row is not a visit.", errors=[wrong])


def _id_in(raw: bytes) -> UUID | None:
    """The id of a row that is wrong elsewhere, so that the phone knows which one it was."""
    try:
        return msgspec.json.decode(raw, type=_WithId).id
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


class _WithId(msgspec.Struct):
    id: UUID | None = None
