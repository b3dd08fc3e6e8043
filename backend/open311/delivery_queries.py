"""The SQL of deliveries: what there is to tell, what waits, what was sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.core.database import fetch, fetch_row
from backend.core.paging import Position
from backend.people.actors import Scope

Row = Mapping[str, Any]


async def enabled() -> list[UUID]:
    """Partners that are told something."""
    rows = await fetch(
        "SELECT w.partner FROM open311_webhook w JOIN open311_partner p ON p.id = w.partner "
        "WHERE w.enabled AND p.closed_at IS NULL ORDER BY w.partner"
    )
    return [row["partner"] for row in rows]


async def held(partner_id: UUID) -> Row | None:
    """A webhook that is on, held until the transaction ends."""
    return await fetch_row(
        "SELECT w.*, p.name, p.prefixes FROM open311_webhook w JOIN open311_partner p ON p.id = w.partner "
        "WHERE w.partner = $1 AND w.enabled AND p.closed_at IS NULL FOR UPDATE OF w",
        partner_id,
    )


async def untold(webhook: Row, *, to: datetime, look_back: timedelta, limit: int) -> Sequence[Row]:
    """Public lines that the partner was not told of yet, the oldest first."""
    values: list[Any] = [
        webhook["partner"],
        max(webhook["since"], webhook["looked_to"] - look_back),
        to,
        webhook["events"],
        webhook["only_own"],
        limit,
    ]
    under, bounds = Scope(person_id=UUID(int=0), prefixes=tuple(webhook["prefixes"])).clause("c.division_code", 7)
    return await fetch(
        f"""
        SELECT e.id, e.kind, e.at, e.payload, e."case" AS case_id
        FROM cases_event e JOIN cases_case c ON c.id = e."case"
        WHERE e.public AND e.at > $2 AND e.at <= $3 AND e.kind = ANY($4::text[]) AND {under}
          AND (NOT $5 OR EXISTS (SELECT FROM open311_filing f WHERE f."case" = c.id AND f.partner = $1))
          AND NOT EXISTS (SELECT FROM open311_delivery d WHERE d.partner = $1 AND d.line = e.id)
        ORDER BY e.at, e.id LIMIT $6
        """,
        *values,
        *bounds,
    )


async def looked(partner_id: UUID, to: datetime) -> None:
    """Note how far the timelines were read."""
    await fetch("UPDATE open311_webhook SET looked_to = $2 WHERE partner = $1", partner_id, to)


async def waiting(delivery_id: UUID) -> Row | None:
    """A delivery that waits, with the secret it is signed with, and whether it may go."""
    return await fetch_row(
        """
        SELECT d.id, d.partner, d."case", d.event, d.purpose, d.fields, d.body, d.attempts, w.address, w.secret_sealed,
               p.name, w.enabled AND p.closed_at IS NULL AS enabled
        FROM open311_delivery d JOIN open311_webhook w ON w.partner = d.partner
        JOIN open311_partner p ON p.id = d.partner
        WHERE d.id = $1 AND d.state = 'waiting'
        """,
        delivery_id,
    )


_SHOWN = """
SELECT d.id, d.partner AS partner_id, d."case" AS case_id, c.number, d.event, d.address, d.purpose, d.fields, d.body,
       d.state, d.attempts, d.status, d.answer, d.made_at, d.tried_at, d.delivered_at
FROM open311_delivery d JOIN cases_case c ON c.id = d."case"
"""


async def log(
    partner_id: UUID, *, prefixes: Sequence[str], state: str | None, limit: int, after: Position | None
) -> Sequence[Row]:
    """A partner's deliveries in one's territory, the newest first: one more than asked for."""
    under, bounds = Scope(person_id=UUID(int=0), prefixes=tuple(prefixes)).clause("c.division_code", 6)
    return await fetch(
        f"""
        {_SHOWN} WHERE d.partner = $1 AND ($2::text IS NULL OR d.state = $2)
          AND ($3::timestamptz IS NULL OR (d.made_at, d.id) < ($3, $4::uuid)) AND {under}
        ORDER BY d.made_at DESC, d.id DESC LIMIT $5
        """,
        partner_id,
        state,
        after and after.at,
        after and after.id,
        limit + 1,
        *bounds,
    )


async def delivery(delivery_id: UUID, *, prefixes: Sequence[str]) -> Row | None:
    """One delivery in one's territory, held until the transaction ends."""
    under, bounds = Scope(person_id=UUID(int=0), prefixes=tuple(prefixes)).clause("c.division_code", 2)
    return await fetch_row(f"{_SHOWN} WHERE d.id = $1 AND {under} FOR UPDATE OF d", delivery_id, *bounds)
