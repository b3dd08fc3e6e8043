"""Warnings in the database. Nothing sealed is read but where a verb asks for it by name."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from backend.antifraud.warning_schemas import FraudWarningRecord
from backend.core import ids
from backend.core.database import fetch, fetch_row
from backend.core.paging import Position

Row = Mapping[str, Any]

COLUMNS = """
SELECT w.id, w.door, w.level, w.fraud_type, w.division_code, w.exercise, w.received_at, w.state, w.assigned_at,
       w.assignee AS assignee_id, p.name AS assignee_name, w.hand_overs_n AS hand_overs, w.due_acknowledge_at,
       w.due_call_at, w.due_meet_at, w.due_text_at, w.acknowledged_at, w.answered_call_at, w.answered_meet_at,
       w.outcome, w.closed_at, w.purged_at, w.closed_by, w.entered_by, w.key_day,
       w.acknowledge_done_at, w.close_done_at,
       (SELECT d.name FROM territory_division d WHERE d.code = w.division_code ORDER BY d.valid_from DESC LIMIT 1)
           AS division_name
FROM antifraud_warning w LEFT JOIN people_person p ON p.id = w.assignee
"""
_SHOWN = FraudWarningRecord.__struct_fields__


def record(row: Row) -> FraudWarningRecord:
    """A row of COLUMNS as it is told."""
    return FraudWarningRecord(**{name: row[name] for name in _SHOWN})


async def insert(row: dict[str, Any]) -> bool:
    """A warning; False where its id is there already. Column names are this module's callers' own."""
    names = ", ".join(row)
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    made = await fetch_row(
        f"INSERT INTO antifraud_warning ({names}) VALUES ({places}) ON CONFLICT (id) DO NOTHING RETURNING id",
        *row.values(),
    )
    return made is not None


async def warning(warning_id: UUID, *, lock: bool = False) -> asyncpg.Record | None:
    """One warning; with `lock` it stays as it is until the transaction ends."""
    return await fetch_row(f"{COLUMNS} WHERE w.id = $1 {'FOR UPDATE OF w' if lock else ''}", warning_id)


async def payload(warning_id: UUID) -> bytes | None:
    """What names somebody, sealed."""
    row = await fetch_row("SELECT payload_sealed FROM antifraud_warning WHERE id = $1", warning_id)
    return row["payload_sealed"] if row else None


async def digest_of(warning_id: UUID) -> bytes:
    """Of the arguments it was made with; empty once it was erased."""
    row = await fetch_row("SELECT arguments_digest FROM antifraud_warning WHERE id = $1", warning_id)
    return row["arguments_digest"] if row else b""


async def by_reference(marks: Sequence[bytes]) -> asyncpg.Record | None:
    """The warning that has one of these marks."""
    return await fetch_row(f"{COLUMNS} WHERE w.reference_index = ANY($1)", list(marks))


async def lock_number(number: int) -> None:
    """One at a time with this number, until the transaction ends."""
    await fetch("SELECT pg_advisory_xact_lock($1)", number)


async def hand_to(
    warning_id: UUID, person_id: UUID | None, *, number: int, due_at: datetime | None, because: str, at: datetime
) -> None:
    """Whose it is from now on; it waits to be taken again."""
    await fetch(
        "UPDATE antifraud_warning SET assignee = $2, assigned_at = $3, state = 'open', due_acknowledge_at = $4, "
        "hand_overs_n = $5 WHERE id = $1",
        *(warning_id, person_id, at if person_id else None, due_at, max(number - 1, 0)),
    )
    if person_id is not None:
        await fetch(
            "INSERT INTO antifraud_hand (id, warning, person, number, at, because) VALUES ($1, $2, $3, $4, $5, $6)",
            *(ids.uuid7(), warning_id, person_id, number, at, because),
        )


async def hands(warning_id: UUID) -> Sequence[asyncpg.Record]:
    """Whose it was, the first first."""
    return await fetch(
        "SELECT h.number, h.person AS person_id, p.name AS person_name, h.at, h.because FROM antifraud_hand h "
        "JOIN people_person p ON p.id = h.person WHERE h.warning = $1 ORDER BY h.number",
        warning_id,
    )


async def unheard(*, at: datetime, limit: int = 200) -> list[UUID]:
    """Those that nobody took in time."""
    rows = await fetch(
        "SELECT id FROM antifraud_warning WHERE state = 'open' AND due_acknowledge_at <= $1 "
        "ORDER BY due_acknowledge_at LIMIT $2",
        *(at, limit),
    )
    return [row["id"] for row in rows]


async def stop_clock(warning_id: UUID) -> None:
    """It goes on to nobody any more."""
    await fetch("UPDATE antifraud_warning SET due_acknowledge_at = NULL WHERE id = $1", warning_id)


async def acknowledge(warning_id: UUID, *, by: UUID, at: datetime, done_at: datetime | None = None) -> None:
    """Taken; the first moment stays."""
    await fetch(
        "UPDATE antifraud_warning SET state = 'acknowledged', acknowledged_at = coalesce(acknowledged_at, $3), "
        "acknowledge_done_at = CASE WHEN acknowledged_at IS NULL THEN $4 ELSE acknowledge_done_at END, "
        "acknowledged_by = coalesce(acknowledged_by, $2) WHERE id = $1 AND state = 'open'",
        *(warning_id, by, at, done_at),
    )


async def close(warning_id: UUID, *, outcome: str, by: UUID, at: datetime, done_at: datetime | None) -> None:
    """With its outcome."""
    await fetch(
        "UPDATE antifraud_warning SET state = 'closed', outcome = $2, closed_by = $3, closed_at = $4, "
        "close_done_at = $5 WHERE id = $1",
        *(warning_id, outcome, by, at, done_at),
    )


async def insert_attempt(row: dict[str, Any]) -> bool:
    """An attempt; False where its id is there already."""
    names = ", ".join(row)
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    made = await fetch_row(
        f"INSERT INTO antifraud_attempt ({names}) VALUES ({places}) ON CONFLICT (id) DO NOTHING RETURNING id",
        *row.values(),
    )
    return made is not None


async def attempts(warning_id: UUID) -> Sequence[asyncpg.Record]:
    """In the order of time, notes sealed."""
    return await fetch(
        "SELECT a.id, a.warning, a.how, a.reached, a.at, a.recorded_at, a.by, p.name AS by_name, a.note_sealed, "
        "a.arguments_digest FROM antifraud_attempt a JOIN people_person p ON p.id = a.by "
        "WHERE a.warning = $1 ORDER BY a.at, a.id",
        warning_id,
    )


async def attempt(attempt_id: UUID) -> asyncpg.Record | None:
    """One of them."""
    return await fetch_row("SELECT warning, arguments_digest FROM antifraud_attempt WHERE id = $1", attempt_id)


async def answered(warning_id: UUID, column: str, *, at: datetime) -> None:
    """The first attempt of its kind, by when it was made. `column` is one of two of ours."""
    await fetch(
        f"UPDATE antifraud_warning SET {column} = least({column}, $2) WHERE id = $1",
        *(warning_id, at),
    )


async def mine(person_id: UUID) -> Sequence[asyncpg.Record]:
    """What somebody has now, what is due first first."""
    return await fetch(
        f"{COLUMNS} WHERE w.assignee = $1 AND w.state <> 'closed' AND w.purged_at IS NULL "
        "ORDER BY least(w.due_acknowledge_at, w.due_call_at, w.due_meet_at, w.due_text_at), w.id",
        person_id,
    )


async def over_among(warning_ids: Sequence[UUID]) -> set[UUID]:
    """Those that are closed or erased."""
    rows = await fetch(
        "SELECT id FROM antifraud_warning WHERE id = ANY($1) AND (state = 'closed' OR purged_at IS NOT NULL)",
        list(warning_ids),
    )
    return {row["id"] for row in rows}


async def entered(person_id: UUID, *, limit: int = 50) -> Sequence[asyncpg.Record]:
    """What somebody typed in and stands open, the newest first."""
    return await fetch(
        f"{COLUMNS} WHERE w.entered_by = $1 AND w.state <> 'closed' AND w.purged_at IS NULL "
        "ORDER BY w.received_at DESC, w.id LIMIT $2",
        *(person_id, limit),
    )


async def newest(clause: str, values: Sequence[Any], *, limit: int, after: Position | None) -> Sequence[asyncpg.Record]:
    """Up to `limit` + 1 under a clause on `w`, whose parameters come first."""
    count = len(values)
    place = f"AND (w.received_at, w.id) < (${count + 2}, ${count + 3})" if after else ""
    position = (after.at, after.id) if after else ()
    return await fetch(
        f"{COLUMNS} WHERE {clause} {place} ORDER BY w.received_at DESC, w.id DESC LIMIT ${count + 1}",
        *(*values, limit + 1, *position),
    )


async def days_to_purge(before: date) -> list[date]:
    """Days before this one with rows that still await their purge."""
    rows = await fetch(
        "SELECT DISTINCT key_day FROM antifraud_warning WHERE purged_at IS NULL AND key_day < $1 ORDER BY 1", before
    )
    return [row["key_day"] for row in rows]


async def came_before(source_id: UUID, message_id: str, *, at: datetime) -> bool:
    """Write down that a message came; whether it had come before."""
    made = await fetch_row(
        "INSERT INTO antifraud_post (id, source, message_id, at) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (source, message_id) DO NOTHING RETURNING id",
        *(ids.uuid7(), source_id, message_id, at),
    )
    return made is None
