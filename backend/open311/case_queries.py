"""The SQL of cases as this door shows them. Whether one may be shown, the caller's levels decide: no level, no row."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.core.database import fetch
from backend.open311.statuses import OFFICES
from backend.people.actors import Scope

Row = Mapping[str, Any]
Levels = Sequence[tuple[str, str, str]]

_FACTS = """
c.id, c.number, c.channel, c.category_code, c.title, c.description, c.place_note, c.contact_name_sealed, c.state,
c.outcome, c.state_since, c.received_at, c.closed_at, c.responded_at, c.longitude, c.latitude, c.division_code,
c.upstream_number, d.name AS division_name, k.name_zh AS category_zh, k.name_en AS category_en,
coalesce(u.name, o.name) AS agency, f.published,
(SELECT coalesce(t.expected_at, t.due_at) FROM deadlines_clock t WHERE t.subject_room = 'cases'
 AND t.subject_id = c.id AND t.kind = 'handling' AND t.state <> 'stopped') AS expected_at,
EXISTS (SELECT FROM cases_event e WHERE e."case" = c.id AND e.kind = 'contact_erased') AS erased
"""
_AROUND = """
JOIN territory_division d ON d.id = c.division
LEFT JOIN cases_category k ON k.code = c.category_code
LEFT JOIN people_unit u ON u.id = c.assignee_unit
LEFT JOIN people_unit o ON o.id = c.owner_unit
LEFT JOIN open311_filing f ON f."case" = c.id
"""
_LAST_WORDS = """
LEFT JOIN LATERAL (
    SELECT e.payload FROM cases_event e
    WHERE e."case" = c.id AND e.public AND e.kind = ANY($1::text[]) ORDER BY e.seq DESC LIMIT 1
) w ON TRUE
"""
_LEVELS = "JOIN unnest({}::text[], {}::text[], {}::text[]) AS l(channel, category, level) " + (
    "ON l.channel = c.channel AND l.category = c.category_code"
)


class Narrowed(Struct, frozen=True, kw_only=True):
    """What a list is narrowed by. `prefixes`: of the jurisdiction asked for; null: all."""

    begins_at: datetime
    ends_at: datetime
    service_codes: Sequence[str] | None
    is_open: bool | None
    prefixes: Sequence[str] | None


async def listed(narrowed: Narrowed, levels: Levels, *, limit: int, offset: int) -> Sequence[Row]:
    """Published cases received in a span, the newest first."""
    channels = sorted({each[0] for each in levels})
    values: list[Any] = [sorted(OFFICES), *_columns(levels), channels, narrowed.begins_at, narrowed.ends_at]
    where = ["c.channel = ANY($5)", "c.received_at >= $6", "c.received_at <= $7"]
    if narrowed.service_codes is not None:
        values.append(list(narrowed.service_codes))
        where.append(f"c.category_code = ANY(${len(values)})")
    if narrowed.is_open is not None:
        where.append("c.closed_at IS NULL" if narrowed.is_open else "c.closed_at IS NOT NULL")
    if narrowed.prefixes is not None:
        sql, bounds = Scope(person_id=UUID(int=0), prefixes=tuple(narrowed.prefixes)).clause(
            "c.division_code", len(values) + 1
        )
        values += bounds
        where.append(sql)
    values += [limit, offset]
    return await fetch(
        f"""
        SELECT {_FACTS}, l.level, w.payload FROM cases_case c {_LEVELS.format("$2", "$3", "$4")} {_AROUND} {_LAST_WORDS}
        WHERE {" AND ".join(where)}
        ORDER BY c.received_at DESC, c.id DESC LIMIT ${len(values) - 1} OFFSET ${len(values)}
        """,
        *values,
    )


async def numbered(numbers: Sequence[str], levels: Levels) -> Sequence[Row]:
    """Published cases by their numbers."""
    return await fetch(
        f"""
        SELECT {_FACTS}, l.level, w.payload FROM cases_case c {_LEVELS.format("$2", "$3", "$4")} {_AROUND} {_LAST_WORDS}
        WHERE c.number = ANY($5) ORDER BY c.received_at DESC, c.id DESC
        """,
        sorted(OFFICES),
        *_columns(levels),
        list(numbers),
    )


async def updates(
    begins_at: datetime, ends_at: datetime, kinds: Iterable[str], levels: Levels, *, limit: int
) -> Sequence[Row]:
    """Public lines of published cases in a span, the oldest first, each with its case."""
    return await fetch(
        f"""
        SELECT {_FACTS}, l.level, e.id AS line, e.kind, e.at, e.payload
        FROM cases_event e JOIN cases_case c ON c.id = e."case" {_LEVELS.format("$1", "$2", "$3")} {_AROUND}
        WHERE e.public AND e.at >= $4 AND e.at <= $5 AND e.kind = ANY($6::text[]) ORDER BY e.at, e.id LIMIT $7
        """,
        *_columns(levels),
        begins_at,
        ends_at,
        sorted(kinds),
        limit,
    )


async def facts(case_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """Cases for partners, whatever their level: what of it goes out, the allow-list says."""
    rows = await fetch(
        f"SELECT {_FACTS}, 'status' AS level FROM cases_case c {_AROUND} WHERE c.id = ANY($1)", list(case_ids)
    )
    return {row["id"]: row for row in rows}


def _columns(levels: Levels) -> list[list[str]]:
    return [[str(each[i]) for each in levels] for i in range(3)]
