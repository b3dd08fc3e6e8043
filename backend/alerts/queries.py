"""The SQL of warnings."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend.alerts.words import AlertState
from backend.core.database import fetch, fetch_row
from backend.core.paging import Position
from backend.core.statements import Conditions

Row = Mapping[str, Any]

_SELECT = """
SELECT a.*, p.name AS drafted_by_name, q.name AS decided_by_name FROM alerts_alert a
JOIN people_person p ON p.id = a.drafted_by LEFT JOIN people_person q ON q.id = a.decided_by
"""
IN_FORCE = "a.state = 'published' AND a.type <> 'Cancel' AND a.ended_by IS NULL AND a.expires_at > {}"
"""Apart from those that are published and have not begun."""


async def alert(alert_id: UUID, *, lock: bool = False) -> Row | None:
    """One, whoever asks; held until the transaction ends if asked."""
    return await fetch_row(f"{_SELECT} WHERE a.id = $1" + (" FOR UPDATE OF a" if lock else ""), alert_id)


async def alert_where(condition: Conditions) -> Row | None:
    """One that fits."""
    return await fetch_row(f"{_SELECT} WHERE {condition.sql}", *condition.values)


async def alerts(condition: Conditions, *, limit: int, after: Position | None) -> Sequence[Row]:
    """Those that fit, the newest first."""
    if after is not None:
        condition.add("(a.drafted_at, a.id) < ({}, {})", after.at, after.id)
    most = condition.value(limit)
    return await fetch(
        f"{_SELECT} WHERE {condition.sql} ORDER BY a.drafted_at DESC, a.id DESC LIMIT {most}", *condition.values
    )


async def over_among(alert_ids: Sequence[UUID], *, at: datetime) -> set[UUID]:
    """Those that are over or were ended by a later message."""
    rows = await fetch(
        "SELECT id FROM alerts_alert WHERE id = ANY($1) AND (ended_by IS NOT NULL OR expires_at <= $2)",
        *(list(alert_ids), at),
    )
    return {row["id"] for row in rows}


async def insert(columns: Mapping[str, Any]) -> bool:
    """Store a draft; false where its id is there already."""
    names, places = ", ".join(columns), ", ".join(f"${n}" for n in range(1, len(columns) + 1))
    made = await fetch(
        f"INSERT INTO alerts_alert ({names}) VALUES ({places}) ON CONFLICT (id) DO NOTHING RETURNING id",
        *columns.values(),
    )
    return bool(made)


async def decide(alert_id: UUID, *, to: AlertState, by: UUID | None, note: str | None, at: datetime) -> None:
    """Refused by somebody, or dropped (`by` null) by its writer."""
    await fetch(
        "UPDATE alerts_alert SET state = $2, decided_by = $3, decided_at = $4, decision_note = $5 WHERE id = $1",
        *(alert_id, to, by, at, note),
    )


async def publish(alert_id: UUID, columns: Mapping[str, Any]) -> None:
    """Write what publishing it adds."""
    told = ", ".join(f"{name} = ${n}" for n, name in enumerate(columns, start=2))
    await fetch(f"UPDATE alerts_alert SET {told} WHERE id = $1", alert_id, *columns.values())


async def end(alert_id: UUID, *, by: UUID) -> None:
    """A later message has replaced or cancelled it."""
    await fetch("UPDATE alerts_alert SET ended_by = $2 WHERE id = $1", alert_id, by)


async def taken(identifiers: Sequence[str], *, issuer: str) -> set[str]:
    """Which of them are given. One publisher's warnings are numbered one after the other until the transaction ends."""
    await fetch("SELECT pg_advisory_xact_lock(hashtext('alerts'), hashtext($1))", issuer)
    rows = await fetch("SELECT identifier FROM alerts_alert WHERE identifier = ANY($1)", list(identifiers))
    return {row["identifier"] for row in rows}


async def police_units(unit_ids: Sequence[UUID]) -> Collection[UUID]:
    """Those that are open units of the police."""
    rows = await fetch(
        "SELECT id FROM people_unit WHERE id = ANY($1) AND kind = 'police' AND closed_at IS NULL", list(unit_ids)
    )
    return frozenset(row["id"] for row in rows)


async def approvers(
    prefixes: Sequence[str], *, roles: Sequence[str], besides: UUID, on: date, limit: int
) -> Sequence[Row]:
    """`person` and `name` of who may approve for all of these places, those nearest to them first."""
    return await fetch(
        """
        SELECT r.person, p.name, max(length(v.prefix)) AS near FROM people_role_assignment r
        JOIN territory_division v ON v.id = r.division JOIN people_person p ON p.id = r.person AND p.closed_at IS NULL
        WHERE r.role = ANY($2::text[]) AND r.valid_from <= $4 AND (r.valid_to IS NULL OR r.valid_to >= $4)
        AND r.person <> $3
        AND NOT EXISTS (SELECT FROM unnest($1::text[]) AS x(prefix) WHERE NOT starts_with(x.prefix, v.prefix))
        GROUP BY r.person, p.name ORDER BY near DESC, r.person LIMIT $5
        """,
        *(list(prefixes), list(roles), besides, on, limit),
    )


async def name_of(code: str) -> str | None:
    """The name of a division, if there is one."""
    row = await fetch_row("SELECT name FROM territory_division WHERE code = $1 ORDER BY valid_from DESC LIMIT 1", code)
    return row["name"] if row else None
