"""Writing visits: one of them as one statement, a chunk of a batch by COPY. The second of the two round trips.

What was asked for in them becomes cases, in a handful of statements more for however many there are. Both take the same
entries and the same rows, so a batch and a single visit leave the same trace.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.cases.found import FoundCase, open_found
from backend.core.database import connection, fetch_row
from backend.core.ids import uuid7
from backend.territory.tables import POINT_COLUMNS
from backend.visits.entries import Entry
from backend.visits.flags import Flag
from backend.visits.rules import need_id, said_at
from backend.visits.schemas import NewNeed

Row = tuple[Any, ...]

ROOM = "visits"

VISIT = (
    *("id", "recorded_by", "channel", "occurred_at", "received_at", "entered_late", "household", "division"),
    *("division_code", "place_note", "campaign", "service_team", "topics", "note", "companions", "device", "door"),
    *("coarse", "version", "arguments_digest"),
    *POINT_COLUMNS,
)
FLAG = ("id", "visit", "kind", "measured", "threshold", "facts", "raised_at")
PHOTO = ("id", "visit", "photo", "kind")


async def insert(entry: Entry) -> bool:
    """Write one visit and what hangs on it, all or nothing; false where the id was taken (then nothing is written)."""
    sql = _INSERT_WITH_MORE if entry.flags or entry.new.photos else _INSERT
    values = _visit(entry)
    if sql is _INSERT_WITH_MORE:
        values += tuple(_json(_objects(names, rows)) for names, rows in _attached([entry]))
    return await fetch_row(sql, *values) is not None


async def copy(entries: Sequence[Entry]) -> None:
    """Write many at once. asyncpg's UniqueViolationError where an id came in meanwhile; use inside a transaction."""
    async with connection() as acquired:
        await acquired.copy_records_to_table("visits_visit", records=map(_visit, entries), columns=VISIT)
        for (table, names), (_, rows) in zip(_TABLES, _attached(entries), strict=True):
            if rows:
                await acquired.copy_records_to_table(table, records=rows, columns=names)


async def open_needs(entries: Sequence[Entry]) -> None:
    """What was asked for becomes cases, in the transaction that writes the visits: of one person, by one door, at once.

    asyncpg's UniqueViolationError where an id is taken.
    """
    found = [_need_case(entry, i, need) for entry in entries for i, need in enumerate(entry.new.needs)]
    if found:
        first = entries[0]
        await open_found(found, by=first.by, door=first.door, received_at=first.received_at)


async def add_flags(visit_id: UUID, raised: Sequence[Flag], at: datetime) -> None:
    """Flags that an amended visit newly deserves; those that are there stay, with their answers."""
    rows = _objects(FLAG, _flag_rows(visit_id, raised, at))
    await fetch_row(
        f"INSERT INTO visits_flag ({_listed(FLAG)}) SELECT {_listed(FLAG)} "
        "FROM json_populate_recordset(NULL::visits_flag, $1::json) ON CONFLICT (visit, kind) DO NOTHING",
        _json(rows),
    )


_TABLES = (
    ("visits_flag", FLAG),
    ("visits_photo", PHOTO),
)


def _attached(entries: Sequence[Entry]) -> list[tuple[tuple[str, ...], list[Row]]]:
    """Rows of the tables below a visit, in the order of _TABLES."""
    makers = (_flags, _photos)
    return [
        (names, [row for entry in entries for row in make(entry)])
        for (_, names), make in zip(_TABLES, makers, strict=True)
    ]


def _visit(entry: Entry) -> Row:
    new, found = entry.new, entry.found
    return (
        entry.id,
        entry.by.person_id,
        new.channel.value,
        new.occurred_at,
        entry.received_at,
        entry.entered_late,
        found.household_id,
        found.division_id,
        found.division_code,
        new.place_note,
        found.campaign_id,
        found.team_id,
        new.topics,
        new.note,
        new.companions,
        found.device_id,
        entry.door,
        False,
        1,
        entry.digest,
        *entry.point.values(),
    )


def _need_case(entry: Entry, position: int, need: NewNeed) -> FoundCase:
    found = entry.found
    if found.division_id is None or found.division_code is None:
        raise ValueError("an entry has a place")
    return FoundCase(
        id=need_id(entry.id, position, need),
        category_code=need.category,
        description=need.description,
        division_id=found.division_id,
        division_code=found.division_code,
        household_id=found.household_id,
        origin_room=ROOM,
        origin_id=entry.id,
        opened_at=said_at(entry.new.occurred_at, entry.received_at),
    )


def _flags(entry: Entry) -> list[Row]:
    return _flag_rows(entry.id, entry.flags, entry.received_at)


def _flag_rows(visit_id: UUID, raised: Sequence[Flag], at: datetime) -> list[Row]:
    return [
        (
            uuid7(),
            visit_id,
            flag.kind.value,
            flag.measured,
            flag.threshold,
            msgspec.json.encode(flag.facts).decode(),
            at,
        )
        for flag in raised
    ]


def _photos(entry: Entry) -> list[Row]:
    return [(uuid7(), entry.id, photo.photo_id, photo.kind.value) for photo in entry.new.photos]


def _objects(names: Sequence[str], rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows as JSON objects; `facts` is JSON already."""
    objects = [dict(zip(names, row, strict=True)) for row in rows]
    for each in objects:
        if "facts" in each:
            each["facts"] = msgspec.Raw(each["facts"].encode())
    return objects


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _listed(names: Sequence[str], of: str = "") -> str:
    return ", ".join(f'{of}"{name}"' for name in names)


_INSERT = (
    f"INSERT INTO visits_visit ({_listed(VISIT)}) VALUES ({', '.join(f'${i}' for i in range(1, len(VISIT) + 1))}) "
    "ON CONFLICT (id) DO NOTHING RETURNING id"
)


def _insert_attached(table: str, names: Sequence[str], position: int) -> str:
    """Rows of one table out of a JSON parameter, written only if the visit was."""
    return (
        f"{table}_rows AS (INSERT INTO {table} ({_listed(names)}) SELECT {_listed(names, 'r.')} "
        f"FROM visit, json_populate_recordset(NULL::{table}, ${position}::json) r)"
    )


_INSERT_WITH_MORE = (
    f"WITH visit AS ({_INSERT}), "
    + ", ".join(_insert_attached(table, names, len(VISIT) + 1 + i) for i, (table, names) in enumerate(_TABLES))
    + " SELECT id FROM visit"
)
