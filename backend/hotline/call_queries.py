"""Calls in the database. Nothing sealed is read but where a verb asks for it by name."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core.database import fetch, fetch_row
from backend.hotline.call_schemas import CallRecord

Row = Mapping[str, Any]

SHOWN = """
SELECT c.id, c.direction, c.unit AS unit_id, u.name AS unit_name, c.division_code, c.state, c.began_at, c.answered_at,
       c.ended_at, extract(epoch FROM c.answered_at - c.began_at)::int AS wait_s,
       extract(epoch FROM c.ended_at - c.answered_at)::int AS talk_s, c.received_at,
       c.caller_index IS NOT NULL AS has_number, c.operator AS operator_id, p.name AS operator_name, c.emergency,
       c.wrap_up, c.wrapped_up_at, c."case" AS case_id, b.id AS callback_id, b.state AS callback_state,
       c.system AS system_id, c.reference, c.answer, c.caller_sealed, c.caller_index, c.arguments_digest
FROM hotline_call c JOIN people_unit u ON u.id = c.unit
LEFT JOIN people_person p ON p.id = c.operator
LEFT JOIN hotline_callback b ON b.call = c.id
"""
_RECORD = CallRecord.__struct_fields__


def record(row: Row) -> CallRecord:
    """A row of SHOWN as it is told."""
    return CallRecord(**{name: row[name] for name in _RECORD})


async def call(call_id: UUID, *, lock: bool = False) -> Row | None:
    """One call; with `lock` it stays as it is until the transaction ends."""
    return await fetch_row(f"{SHOWN} WHERE c.id = $1 {'FOR UPDATE OF c' if lock else ''}", call_id)


async def held(call_id: UUID) -> Row:
    """One that is there, locked."""
    found = await call(call_id, lock=True)
    assert found is not None  # noqa: S101 - made in this transaction, or looked at before
    return found


async def by_reference(system_id: UUID, reference: str) -> Row | None:
    """The call that an exchange knows by this number."""
    return await fetch_row(f"{SHOWN} WHERE c.system = $1 AND c.reference = $2", system_id, reference)


async def insert(columns: Mapping[str, Any]) -> bool:
    """A call; False where its id is there already. Column names are this room's own."""
    names = ", ".join(f'"{name}"' for name in columns)
    places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    made = await fetch_row(
        f"INSERT INTO hotline_call ({names}) VALUES ({places}) ON CONFLICT (id) DO NOTHING RETURNING id",
        *columns.values(),
    )
    return made is not None


async def change(call_id: UUID, columns: Mapping[str, Any]) -> None:
    """Some columns of a call, which are this room's own."""
    if not columns:
        return
    sets = ", ".join(f'"{name}" = ${number}' for number, name in enumerate(columns, start=2))
    await fetch(f"UPDATE hotline_call SET {sets} WHERE id = $1", call_id, *columns.values())


async def silent(*, rings_since: datetime, ended_since: datetime, limit: int = 200) -> list[UUID]:
    """Calls to us that ring, or ended without an answer, since before these moments."""
    rows = await fetch(
        """
        (SELECT id FROM hotline_call WHERE state = 'ringing' AND direction = 'in' AND began_at < $1
         ORDER BY began_at LIMIT $3)
        UNION ALL
        (SELECT id FROM hotline_call WHERE state = 'ended' AND direction = 'in' AND answered_at IS NULL
         AND ended_at < $2 AND began_at > $2::timestamptz - interval '1 day' ORDER BY began_at LIMIT $3)
        """,
        *(rings_since, ended_since, limit),
    )
    return [row["id"] for row in rows]


async def end_forgotten(*, since: datetime) -> None:
    """Calls that seem to be talking since before then have ended; nobody knows when."""
    await fetch("UPDATE hotline_call SET state = 'ended' WHERE state = 'talking' AND began_at < $1", since)


async def operator_of(person_id: UUID, unit_id: UUID) -> UUID | None:
    """The person, where there is an open account of this id that holds a role today."""
    row = await fetch_row(
        "SELECT p.id FROM people_person p WHERE p.id = $1 AND p.closed_at IS NULL AND EXISTS ("
        "SELECT FROM people_role_assignment r JOIN people_unit u ON u.id = $2 "
        "JOIN territory_division h ON h.id = u.division JOIN territory_division d ON d.id = r.division "
        "WHERE r.person = p.id AND r.role = 'operator' AND (r.unit = u.id OR starts_with(h.code, d.prefix)))",
        *(person_id, unit_id),
    )
    return row["id"] if row else None


async def calls_of(caller_index: bytes, *, since: datetime, but: UUID) -> int:
    """How many other calls to us this number made since then."""
    row = await fetch_row(
        "SELECT count(*) AS n FROM hotline_call "
        "WHERE caller_index = $1 AND began_at >= $2 AND direction = 'in' AND id <> $3",
        *(caller_index, since, but),
    )
    return row["n"] if row else 0


async def answered_since(caller_index: bytes, *, unit_id: UUID, since: datetime) -> bool:
    """Whether a later call of this number to the unit was answered."""
    row = await fetch_row(
        "SELECT 1 FROM hotline_call WHERE caller_index = $1 AND began_at >= $3 AND unit = $2 AND direction = 'in' "
        "AND answered_at IS NOT NULL LIMIT 1",
        *(caller_index, unit_id, since),
    )
    return row is not None


async def open_callbacks(caller_index: bytes, *, unit_id: UUID) -> Sequence[Row]:
    """Callbacks of missed calls of this number that wait in a unit, with when the call began."""
    return await fetch(
        "SELECT b.id, c.began_at FROM hotline_call c JOIN hotline_callback b ON b.call = c.id "
        "WHERE c.caller_index = $1 AND b.unit = $2 AND b.state = 'open' AND b.reason = 'missed_call' "
        "ORDER BY c.began_at FOR UPDATE OF b",
        *(caller_index, unit_id),
    )


async def told_since(caller_index: bytes, *, since: datetime) -> bool:
    """Whether this number was written to about a missed call since then."""
    row = await fetch_row(
        "SELECT 1 FROM hotline_call c JOIN hotline_callback b ON b.call = c.id "
        "WHERE c.caller_index = $1 AND b.told_at > $2 LIMIT 1",
        *(caller_index, since),
    )
    return row is not None
