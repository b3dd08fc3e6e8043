"""Callbacks in the database. Nothing sealed is read but where a verb asks for it by name."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core import clock
from backend.core.database import fetch, fetch_row
from backend.core.paging import Position
from backend.hotline.callback_policies import CallbackPolicy

Row = Mapping[str, Any]

_NAME = "(SELECT d.name FROM territory_division d WHERE d.code = {code} ORDER BY d.valid_from DESC LIMIT 1)"
_SHOWN = f"""
SELECT b.id, b.reason, b.state, coalesce(b."case", l."case") AS case_id, c.number AS case_number, c.title AS case_title,
       b.call AS call_id, b.round, b.unit AS unit_id, u.name AS unit_name, u.public_phone, b.division_code,
       {_NAME.format(code="b.division_code")} AS division_name, b.supervised, b.assignee AS assignee_id,
       p.name AS assignee_name, b.opened_at, b.due_at, b.tries_n AS tries, b.satisfaction, b.remark, b.told_at,
       b.closed_at, b.arguments_digest
FROM hotline_callback b JOIN people_unit u ON u.id = b.unit LEFT JOIN hotline_call l ON l.id = b.call
LEFT JOIN cases_case c ON c.id = coalesce(b."case", l."case") LEFT JOIN people_person p ON p.id = b.assignee
"""
"""The case is the one whose end is asked about, or what a missed call became."""

_ASKABLE = """
c.closed_at >= $1 AND c.state IN ('resolved', 'explained', 'answered') AND c.outcome IN ('solved', 'explained')
AND c.kind <> 'diagnosis'
AND (c.contact_phone_sealed IS NOT NULL OR EXISTS (
    SELECT FROM people_household h WHERE h.id = c.household AND h.contact_phone_sealed IS NOT NULL))
AND NOT EXISTS (SELECT FROM hotline_callback b WHERE b."case" = c.id AND b.round = c.reopened_n)
"""
"""Of whom nobody asked yet whether it helped. A diagnosis's outcome is asked by its own room; whoever was answered on
the spot was on the line."""


async def not_asked(*, since: datetime, limit: int) -> list[UUID]:
    """Cases that ended since then and have nobody to ring about it, the first ended first."""
    rows = await fetch(f"SELECT c.id FROM cases_case c WHERE {_ASKABLE} ORDER BY c.closed_at LIMIT $2", since, limit)
    return [row["id"] for row in rows]


_NEAREST = """
(SELECT u.id FROM people_unit u JOIN territory_division y ON y.id = u.division
 WHERE u.closed_at IS NULL AND starts_with(c.division_code, y.prefix)
 ORDER BY NOT EXISTS (SELECT FROM people_role_assignment r WHERE r.unit = u.id AND r.role = 'operator'),
          length(y.prefix) DESC, u.kind <> 'government', u.id LIMIT 1)
"""
"""A desk with operators before the nearest unit: a village's station answers no telephone."""


async def case_to_ask(case_id: UUID, *, since: datetime) -> Row | None:
    """One of them, with the desk that answers for it; None once somebody is to be rung about it."""
    return await fetch_row(
        f"""
        SELECT c.id, c.number, c.division_code, c.policy_code, c.category_code, c.reopened_n,
               coalesce(c.owner_unit, c.assignee_unit, {_NEAREST}) AS unit,
               c.reopened_n > 0 OR EXISTS (SELECT FROM cases_case m WHERE m.merged_into = c.id)
               OR EXISTS (SELECT FROM cases_pair q WHERE q.same AND (q.older = c.id OR q.newer = c.id)) AS repeated
        FROM cases_case c WHERE c.id = $2 AND {_ASKABLE}
        """,
        since,
        case_id,
    )


async def change(callback_id: UUID, columns: Mapping[str, Any]) -> None:
    """Columns of a callback, named by our callers."""
    pairs = ", ".join(f'"{name}" = ${number}' for number, name in enumerate(columns, start=2))
    await fetch(f"UPDATE hotline_callback SET {pairs} WHERE id = $1", callback_id, *columns.values())


async def callback(callback_id: UUID, *, lock: bool = False) -> Row | None:
    """One callback; with `lock` it stays as it is until the transaction ends."""
    if lock:  # read afterwards: what is joined to a row one waits for is as old as the waiting
        await fetch("SELECT 1 FROM hotline_callback WHERE id = $1 FOR UPDATE", callback_id)
    return await fetch_row(f"{_SHOWN} WHERE b.id = $1", callback_id)


async def open_by_due(clause: str, values: Sequence[Any], *, limit: int, after: Position | None) -> Sequence[Row]:
    """Open ones, the next due first; one row more than the page."""
    return await listed(clause, values, "b.state = 'open'", ("b.due_at", ">", ""), limit, after)


async def newest(
    clause: str, values: Sequence[Any], *, which: str, limit: int, after: Position | None
) -> Sequence[Row]:
    """Of one state or another (`which` is our callers' own SQL), the last opened first."""
    return await listed(clause, values, which, ("b.opened_at", "<", "DESC"), limit, after)


async def listed(
    clause: str,
    values: Sequence[Any],
    which: str,
    order: tuple[str, str, str],
    limit: int,
    after: Position | None,
) -> Sequence[Row]:
    """Those of which `which`, our callers' own SQL, is true; `order`: a column, what lies beyond the last row's, and
    ASC or DESC. One row more than the page."""
    column, beyond, direction = order
    given, n = list(values), len(values)
    place = "TRUE"
    if after is not None:
        place = f"({column}, b.id) {beyond} (${n + 1}, ${n + 2})"
        given += [after.at, after.id]
    return await fetch(
        f"{_SHOWN} WHERE {clause} AND {which} AND {place} "
        f"ORDER BY {column} {direction}, b.id {direction} LIMIT {limit + 1}",
        *given,
    )


async def tries(callback_id: UUID) -> Sequence[Row]:
    """The tries of a callback, the first first."""
    return await fetch(
        "SELECT t.id, t.at, t.recorded_at, t.reached, t.by, p.name AS by_name FROM hotline_callback_try t "
        "JOIN people_person p ON p.id = t.by WHERE t.callback = $1 ORDER BY t.at, t.id",
        callback_id,
    )


async def try_of(id: UUID) -> Row | None:
    """One try, with the digest of what it was recorded with."""
    return await fetch_row("SELECT callback, arguments_digest FROM hotline_callback_try WHERE id = $1", id)


async def insert_try(row: Mapping[str, Any]) -> bool:
    """A try; False where its id is there already."""
    made = await fetch_row(
        "INSERT INTO hotline_callback_try (id, callback, at, recorded_at, reached, by, arguments_digest) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING RETURNING id",
        *(row[name] for name in ("id", "callback", "at", "recorded_at", "reached", "by", "arguments_digest")),
    )
    return made is not None


async def sealed_numbers(callback_id: UUID) -> Row | None:
    """Whom to ring: the case's contact, else its household's, else who called; all sealed."""
    return await fetch_row(
        """
        SELECT c.contact_name_sealed, c.contact_phone_sealed, h.contact_name_sealed AS household_name_sealed,
               h.contact_phone_sealed AS household_phone_sealed, l.caller_sealed, b."case", c.household, b.division_code
        FROM hotline_callback b LEFT JOIN cases_case c ON c.id = b."case"
        LEFT JOIN people_household h ON h.id = c.household LEFT JOIN hotline_call l ON l.id = b.call WHERE b.id = $1
        """,
        callback_id,
    )


async def words_of_resolution(case_id: UUID) -> str | None:
    """The payload of the last public line that ended a case."""
    row = await fetch_row(
        "SELECT payload FROM cases_event WHERE \"case\" = $1 AND kind IN ('resolved', 'explained') "
        "ORDER BY seq DESC LIMIT 1",
        case_id,
    )
    return row["payload"] if row else None


async def gone_on(*, limit: int) -> list[UUID]:
    """Open callbacks of resolutions that hold no more: the case came back, or he has said himself how it was."""
    rows = await fetch(
        """
        SELECT b.id FROM hotline_callback b JOIN cases_case c ON c.id = b."case"
        WHERE b.state = 'open' AND b.reason = 'resolution'
        AND (c.reopened_n <> b.round OR c.state NOT IN ('resolved', 'explained', 'answered')) LIMIT $1
        """,
        limit,
    )
    return [row["id"] for row in rows]


async def due(*, at: datetime, limit: int) -> list[UUID]:
    """Open callbacks that are due with nobody who is on a shift of the unit, the longest due first. A missed call that
    nobody tried yet is not among them: it rings on by itself.
    """
    rows = await fetch(
        """
        SELECT b.id FROM hotline_callback b WHERE b.state = 'open' AND b.due_at <= $1
        AND (b.reason = 'resolution' OR b.tries_n > 0) AND NOT EXISTS (
            SELECT FROM rosters_shift s WHERE s.unit = b.unit AND s.person = b.assignee
            AND s.starts_at > $1 - interval '72 hours' AND s.starts_at <= $1 AND least(s.ends_at, s.ended_at) > $1)
        ORDER BY b.due_at LIMIT $2
        """,
        *(at, limit),
    )
    return [row["id"] for row in rows]


_DESK_ROLE = """
r.role IN ('operator', 'supervisor', 'admin') AND r.valid_from <= $1 AND (r.valid_to IS NULL OR r.valid_to >= $1)
AND p.closed_at IS NULL AND starts_with($2, v.prefix)
"""
_HELD = """
FROM people_role_assignment r JOIN people_person p ON p.id = r.person JOIN territory_division v ON v.id = r.division
"""


async def is_desk(person_id: UUID, *, division_code: str) -> bool:
    """Whether somebody may write down for a citizen there what he says."""
    row = await fetch_row(
        f"SELECT 1 {_HELD} WHERE {_DESK_ROLE} AND r.person = $3 LIMIT 1", clock.today(), division_code, person_id
    )
    return row is not None


async def operator_of(unit_id: UUID, *, division_code: str) -> UUID | None:
    """An operator for a place: of the unit where it has one, else the nearest; the longest in office."""
    row = await fetch_row(
        f"SELECT r.person {_HELD} WHERE {_DESK_ROLE} AND r.role = 'operator' "
        "ORDER BY (r.unit = $3) IS NOT TRUE, length(v.prefix) DESC, r.valid_from, r.person LIMIT 1",
        *(clock.today(), division_code, unit_id),
    )
    return row["person"] if row else None


def tries_left(row: Row, policy: CallbackPolicy) -> int:
    """How many more in vain before he counts as unreachable."""
    return max(policy.tries - row["tries"], 0) if row["state"] == "open" else 0
