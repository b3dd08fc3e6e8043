"""Reads of visitors' cards. What decides whether a card counts is read anew each time somebody asks."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg
import msgspec

from backend.antifraud.visitor_schemas import VisitorCardRecord
from backend.core.database import fetch, fetch_row
from backend.core.paging import Position
from backend.people.actors import Scope
from backend.people.tables import Role

VISITORS = (Role.ASSISTANT, Role.CADRE)

_RECORD = """
SELECT c.id, c.person AS person_id, p.name AS person_name, c.unit AS unit_id, u.name AS unit_name,
       c.valid_from, c.valid_to, c.made_at, c.ended_at
FROM antifraud_visitor_card c JOIN people_person p ON p.id = c.person JOIN people_unit u ON u.id = c.unit
JOIN territory_division v ON v.id = u.division
"""
_COUNTS = """
c.ended_at IS NULL AND c.valid_from <= {on} AND (c.valid_to IS NULL OR c.valid_to >= {on})
AND p.closed_at IS NULL AND u.closed_at IS NULL AND EXISTS (
    SELECT FROM people_role_assignment r WHERE r.person = p.id AND r.role = ANY({roles})
    AND r.valid_from <= {on} AND (r.valid_to IS NULL OR r.valid_to >= {on}))
"""


async def numbered(*, since: datetime) -> Sequence[asyncpg.Record]:
    """`id` and `ended_at` of every card that had not ended by then, the oldest first: a new one changes no code."""
    return await fetch(
        "SELECT id, ended_at FROM antifraud_visitor_card WHERE ended_at IS NULL OR ended_at >= $1 ORDER BY made_at, id",
        since,
    )


async def counting(*, card_id: UUID, on: date) -> asyncpg.Record | None:
    """A card that counts on a day: its carrier's name, and the unit for which he comes."""
    return await fetch_row(
        "SELECT p.id AS person_id, p.name, u.id AS unit_id, u.name AS unit_name, u.public_phone AS unit_phone, "
        "v.name AS division_name FROM antifraud_visitor_card c JOIN people_person p ON p.id = c.person "
        "JOIN people_unit u ON u.id = c.unit JOIN territory_division v ON v.id = u.division "
        f"WHERE c.id = $1 AND {_COUNTS.format(on='$2::date', roles='$3')}",
        card_id,
        on,
        list(VISITORS),
    )


async def own_card(*, person_id: UUID, on: date) -> asyncpg.Record | None:
    """Somebody's card that counts on a day."""
    return await fetch_row(
        "SELECT c.id, u.name AS unit_name FROM antifraud_visitor_card c JOIN people_person p ON p.id = c.person "
        f"JOIN people_unit u ON u.id = c.unit WHERE c.person = $1 AND {_COUNTS.format(on='$2::date', roles='$3')} "
        "ORDER BY c.made_at LIMIT 1",
        person_id,
        on,
        list(VISITORS),
    )


async def visitor_places(*, person_id: UUID, on: date) -> tuple[str, ...]:
    """Codes of the divisions in which somebody with an open account is an assistant or a cadre on a day."""
    rows = await fetch(
        "SELECT v.code FROM people_role_assignment r JOIN territory_division v ON v.id = r.division "
        "JOIN people_person p ON p.id = r.person WHERE p.id = $1 AND p.closed_at IS NULL AND r.role = ANY($2) "
        "AND r.valid_from <= $3 AND (r.valid_to IS NULL OR r.valid_to >= $3)",
        person_id,
        list(VISITORS),
        on,
    )
    return tuple(row["code"] for row in rows)


async def card_in_hand(*, person_id: UUID, on: date) -> UUID | None:
    """Somebody's card that has neither ended nor run out; nobody else issues him one until the transaction ends."""
    await fetch("SELECT pg_advisory_xact_lock(hashtextextended('visitor card ' || $1::uuid, 0))", person_id)
    row = await fetch_row(
        "SELECT id FROM antifraud_visitor_card WHERE person = $1 AND ended_at IS NULL "
        "AND (valid_to IS NULL OR valid_to >= $2)",
        person_id,
        on,
    )
    return row["id"] if row else None


async def card(*, card_id: UUID, within: Scope) -> VisitorCardRecord | None:
    """One card of a unit within a territory."""
    clause, values = within.clause("v.code", 2)
    row = await fetch_row(f"{_RECORD} WHERE c.id = $1 AND {clause}", card_id, *values)
    return msgspec.convert(dict(row), VisitorCardRecord) if row else None


async def cards(
    *, within: Scope, ended: bool | None, person_id: UUID | None, limit: int, after: Position | None
) -> list[VisitorCardRecord]:
    """Up to `limit` + 1, the newest first."""
    clause, values = within.clause("v.code", 6)
    rows = await fetch(
        f"{_RECORD} WHERE {clause} AND ($1::timestamptz IS NULL OR (c.made_at, c.id) < ($1, $2::uuid)) "
        "AND ($3::boolean IS NULL OR (c.ended_at IS NOT NULL) = $3) AND ($4::uuid IS NULL OR c.person = $4) "
        "ORDER BY c.made_at DESC, c.id DESC LIMIT $5",
        after and after.at,
        after and after.id,
        ended,
        person_id,
        limit + 1,
        *values,
    )
    return [msgspec.convert(dict(row), VisitorCardRecord) for row in rows]
