"""Imports as one may read them: how far each has come, its rows, its original.

How far it has come is for the desk and for who oversees its territory; what was found in it for the desk alone.
"""

from collections.abc import AsyncIterator, Collection
from uuid import UUID

from msgspec import Struct

from backend.cases.schemas import PersonShown, UnitShown
from backend.core.database import fetch, fetch_row, transaction
from backend.core.paging import Page, Position, page, position, position_of
from backend.laboratory import import_evidence, unread_reasons
from backend.laboratory.import_answers import rows_of
from backend.laboratory.import_queries import JOINED, SHOWN, Row
from backend.laboratory.import_rows import RowTold, shown
from backend.laboratory.import_schemas import ImportRecord, ImportRow
from backend.laboratory.readings import Unread
from backend.laboratory.refusals_imports import ImportUnknown, OriginalGone
from backend.laboratory.visibility import Conditions, LabReader, reader
from backend.laboratory.words import ImportDoor, ImportState, RowOutcome
from backend.people.access_log import note_access
from backend.people.actors import Actor
from backend.people.tables import Role


class RowFilters(Struct, frozen=True, kw_only=True):
    """Rows with this outcome, and with one of these words (positive, suspect, invalid, …)."""

    outcome: RowOutcome | None = None
    verdicts: tuple[str, ...] = ()


ALL = RowFilters()


class Place(Struct, frozen=True, array_like=True):
    """Behind a row of the kept answers."""

    at: int


class Original(Struct, frozen=True):
    """A file as it came."""

    file_name: str
    size_bytes: int
    chunks: AsyncIterator[bytes]


async def get(*, import_id: UUID, by: Actor) -> ImportRecord:
    """One. Raises ImportUnknown (404)."""
    return record_of(await _seen(import_id, by))


async def list_imports(
    *,
    by: Actor,
    unit_id: UUID | None = None,
    state: ImportState | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[ImportRecord]:
    """The newest first."""
    wanted, after = Conditions(), position(cursor)
    wanted.add(_seen_by(wanted, await reader(by)))
    if unit_id:
        wanted.add("i.unit = {}", unit_id)
    if state:
        wanted.add("i.state = {}", state.value)
    if after:
        wanted.add("(i.received_at, i.id) < ({}, {})", after.at, after.id)
    rows = await fetch(
        f"SELECT {SHOWN} FROM {JOINED} WHERE {wanted.sql} ORDER BY i.received_at DESC, i.id DESC LIMIT {limit + 1}",
        *wanted.values,
    )
    return page([record_of(row) for row in rows], limit, lambda each: Position(each.received_at, each.id))


async def get_rows(
    *, import_id: UUID, by: Actor, filters: RowFilters = ALL, limit: int = 50, cursor: str | None = None
) -> Page[ImportRow]:
    """A page of its answers, in the order of the file. Raises ImportUnknown (404), OriginalGone (410)."""
    after, blind_to = position_of(cursor, Place), (await reader(by)).blind_to
    rows = []
    async for each, at in rows_of(await _read(import_id, by), start=after.at if after else 0):
        if _wanted(each, filters, blind_to):
            rows.append((each, at))
        if len(rows) > limit:
            break
    cut = page(rows, limit, lambda found: Place(found[1]))
    return Page([shown(each) for each, _ in cut.items], cut.next_cursor)


async def all_rows(*, import_id: UUID, by: Actor, filters: RowFilters = ALL) -> AsyncIterator[ImportRow]:
    """All of its answers, a few in memory at a time. Raises ImportUnknown (404), OriginalGone (410)."""
    row, blind_to = await _read(import_id, by), (await reader(by)).blind_to
    if row["rows_path"] and row["key_sealed"] is None:
        raise OriginalGone
    return (shown(each) async for each, _ in rows_of(row) if _wanted(each, filters, blind_to))


@transaction
async def original(*, import_id: UUID, by: Actor, request_id: str) -> Original:
    """The file as it came, for technicians of the desk; who opened it is written down.

    Raises Forbidden (403), ImportUnknown (404), OriginalGone (410).
    """
    by.must_have(Role.TECHNICIAN)
    row = await _seen(import_id, by)
    if row["unit"] not in (await reader(by)).desks:
        raise ImportUnknown
    if row["key_sealed"] is None or row["object_path"] is None:
        raise OriginalGone
    await note_access(
        by=by, subject_kind="laboratory_import", subject_id=import_id, fields=["original"], request_id=request_id
    )
    key = import_evidence.open_key(row["key_sealed"])
    chunks = import_evidence.original(row["object_path"], key=key, size_bytes=row["size_bytes"])
    return Original(row["file_name"], row["size_bytes"], chunks)


def record_of(row: Row) -> ImportRecord:
    """A row with `import_queries.SHOWN`."""
    return ImportRecord(
        id=row["id"],
        unit=UnitShown(row["unit"], row["unit_name"], row["unit_phone"]),
        file_name=row["file_name"],
        size_bytes=row["size_bytes"],
        sha256=row["sha256"].hex(),
        door=ImportDoor(row["door"]),
        dry_run=row["dry_run"],
        profile=row["profile"],
        encoding=row["encoding"],
        instrument_serial=row["serial"],
        state=ImportState(row["state"]),
        received_at=row["received_at"],
        finished_at=row["finished_at"],
        by=PersonShown(row["by"], row["by_name"]) if row["by"] else None,
        lines_n=row["lines_n"],
        read_n=row["read_n"],
        stored=row["stored_n"],
        duplicate=row["duplicate_n"],
        refused=row["refused_n"],
        held=row["held"],
        problem=_problem(row["problem"]),
        has_original=row["key_sealed"] is not None and row["object_path"] is not None,
        same_as=row["same_as"],
    )


def _problem(code: str | None) -> str | None:
    return unread_reasons.sentence(Unread(line=0, reason=code)) if code else None


async def _seen(import_id: UUID, by: Actor) -> Row:
    wanted = Conditions().add("i.id = {}", import_id)
    wanted.add(_seen_by(wanted, await reader(by)))
    row = await fetch_row(f"SELECT {SHOWN} FROM {JOINED} WHERE {wanted.sql}", *wanted.values)
    if row is None:
        raise ImportUnknown
    return row


async def _read(import_id: UUID, by: Actor) -> Row:
    """One whose findings he reads."""
    row = await _seen(import_id, by)
    if row["unit"] not in (await reader(by)).tests:
        raise ImportUnknown
    return row


def _seen_by(wanted: Conditions, reading: LabReader) -> str:
    tests = wanted.value(list(reading.tests))
    return f"(i.unit = ANY({tests}::uuid[]) OR {wanted.under('v.code', reading.oversees)})"


def _wanted(row: RowTold, filters: RowFilters, blind_to: Collection[UUID]) -> bool:
    """Rows of a sample of whose strip he owes a second look are left out until he has said what he sees."""
    if row.sample_id in blind_to:
        return False
    return (filters.outcome is None or row.outcome is filters.outcome) and (
        not filters.verdicts or row.word in filters.verdicts
    )
