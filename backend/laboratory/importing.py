"""Taking in what an instrument wrote: kept as it came, read, judged, stored, every row answered.

Up to 10,000 lines are answered at once, more behind the answer (`import_jobs`). Not inside a transaction: each chunk of
rows is one. What is answered is on disk.
"""

import asyncio
import io
from datetime import timedelta
from typing import IO, TypeAlias
from uuid import UUID

from backend.core import clock, creates, ids, storage
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments
from backend.laboratory import import_batches, import_evidence, import_jobs, import_queries, import_running
from backend.laboratory.import_answers import answer_of, answer_to
from backend.laboratory.import_desks import desk_of
from backend.laboratory.import_extent import Extent, measured
from backend.laboratory.import_preparing import prepared
from backend.laboratory.import_records import record_of
from backend.laboratory.import_schemas import ImportAnswer, ImportRecord, NewImport
from backend.laboratory.import_tables import ImportFile
from backend.laboratory.import_work import Work
from backend.laboratory.profiles import ANY
from backend.laboratory.words import ImportDoor, ImportState
from backend.people.actors import Actor

Answer: TypeAlias = ImportAnswer | ImportRecord
"""What became of every row; of a long file, where to follow it."""
ENDED = (ImportState.DONE, ImportState.FAILED)
MAX_NAME = 200
TAKEN_UP_AFTER = timedelta(minutes=30)
"""What a process that died left half read, a worker reads again: it was kept, so it comes in."""


async def import_bytes(
    content: bytes,
    *,
    file_name: str = "",
    told: NewImport = NewImport(),  # noqa: B008 - frozen
    by: Actor | None,
    door: ImportDoor,
    id: UUID | None = None,
) -> Outcome[Answer]:
    """`import_file` of bytes at hand."""
    return await import_file(io.BytesIO(content), file_name=file_name, told=told, by=by, door=door, id=id)


async def import_file(
    source: IO[bytes],
    *,
    file_name: str = "",
    told: NewImport = NewImport(),  # noqa: B008 - frozen
    by: Actor | None,
    door: ImportDoor,
    id: UUID | None = None,
    wait: bool = False,
) -> Outcome[Answer]:
    """What became of a file. The same id with the same file again gives the same answer.

    source   open, for random access; it stays open
    wait     read a long one in here, too (a command has nothing else to do); what is then to follow has ended
    by       null: the server itself, for the desk that is told (a watched folder, a signed post)

    Raises Forbidden, NotThisDesk (403), DeskNeeded, ProfileUnknown, InstrumentOfAnother, RunOfAnother (400),
    DifferentArguments (409).
    """
    import_id = id or ids.uuid7()
    desk = await desk_of(by, told.unit_id)
    work = await prepared(import_id=import_id, desk=desk, new=told, received_at=clock.now())
    extent = await asyncio.to_thread(measured, source, work.profile)
    if told.dry_run and not extent.is_long:
        return Outcome(await _tried(source, work, extent), created=False)
    row = _row(work, extent, told, file_name=file_name[:MAX_NAME], by=by, door=door)
    created = await _kept(row, source, told, after=None if extent.is_long and not wait else TAKEN_UP_AFTER)
    found = await import_queries.of_id(import_id)
    if found is None or not creates.same(found["arguments_digest"], _asked(work, extent, told)):
        raise DifferentArguments
    if found["state"] not in ENDED and (wait or not extent.is_long):
        work.received_at, work.apart = found["received_at"], extent.is_long and _has_descriptor(source)
        await _run(source, work, import_evidence.open_key(found["key_sealed"]))
        found = await import_queries.of_id(import_id) or found
    if extent.is_long:
        return Outcome(record_of(found), created)
    return Outcome(await answer_of(found, reads=desk.reads), created)


async def _tried(source: IO[bytes], work: Work, extent: Extent) -> ImportAnswer:
    rows = [row async for chunk in import_batches.rows(source, work) for row in chunk]
    return answer_to(rows, extent.found, reads=work.desk.reads, serial=_serial(work))


def _has_descriptor(source: IO[bytes]) -> bool:
    try:
        return source.fileno() >= 0
    except OSError:
        return False


def _serial(work: Work) -> str | None:
    known = {*work.ids, *filter(None, [work.serial])}
    return known.pop() if len(known) == 1 else None


async def _run(source: IO[bytes], work: Work, key: bytes) -> None:
    async for _ in import_running.run(source, work, key=key):
        pass


async def _kept(row: ImportFile, source: IO[bytes], told: NewImport, *, after: timedelta | None) -> bool:
    """Keep the original and the import's row; false where it was there before."""
    if await import_queries.of_id(row.id):
        return False
    key, row.key_sealed = import_evidence.new_key()
    path = row.object_path = await import_evidence.keep_original(row.id, source, key=key)
    added = await _add(row, told, after=after)
    if not added:
        await storage.delete(path)
    return added


@transaction
async def _add(row: ImportFile, told: NewImport, *, after: timedelta | None) -> bool:
    added = await import_queries.add(row)
    if added:
        await import_jobs.later(row.id, told, after=after)
    return added


def _row(
    work: Work, extent: Extent, told: NewImport, *, file_name: str, by: Actor | None, door: ImportDoor
) -> ImportFile:
    found = extent.found
    return ImportFile(
        id=work.id,
        unit=work.desk.id,
        instrument=work.instrument_id,
        run=work.run.id if work.run else None,
        file_name=file_name,
        size_bytes=extent.size_bytes,
        sha256=extent.sha256,
        door=door,
        dry_run=told.dry_run,
        profile=found.profile.name if found.profile is not ANY else None,
        encoding=found.encoding.name if found.encoding else None,
        told_crop=told.crop,
        told_on=told.sampled_on.isoformat() if told.sampled_on else None,
        told_kind=told.kind,
        state=ImportState.QUEUED,
        received_at=work.received_at,
        by=by.person_id if by else None,
        lines_n=extent.lines_n,
        arguments_digest=creates.digest(_asked(work, extent, told)),
    )


def _asked(work: Work, extent: Extent, told: NewImport) -> list[object]:
    return [told, work.desk.id, extent.sha256.hex()]
