"""Flow slips as they were printed: at once, under numbers that follow each other, and how many of them are typed in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.cases.schemas import UnitShown
from backend.core.database import fetch
from backend.core.paging import Page, Position, page, position
from backend.hotline import flow_slip_queries as queries
from backend.hotline.flow_slip_schemas import FlowSlipRecord
from backend.hotline.flow_slips import STALL, get_flow_slip
from backend.people.actors import Actor, visible_to

MOST_DESKS = 500


class SlipRange(Struct, frozen=True, kw_only=True):
    """What was printed at once. `waiting_n`: neither typed in nor void."""

    id: UUID
    unit: UnitShown
    first: str
    last: str
    printed_at: datetime
    slips_n: int
    typed_n: int
    voided_n: int
    waiting_n: int


async def list_slip_ranges(*, by: Actor, limit: int = 20, cursor: str | None = None) -> Page[SlipRange]:
    """Those of one's units and territory, the last printed first. Raises Invalid (400), Forbidden (403)."""
    by.must_have(*STALL)
    clause, values = _mine(by, first=4)
    after = position(cursor)
    rows = await fetch(
        f"""
        SELECT r.*, u.name AS unit_name, u.public_phone FROM (
            SELECT (array_agg(s.id ORDER BY s.number))[1] AS id, s.unit, s.printed_at, min(s.number) AS first,
                   max(s.number) AS last, count(*) AS slips_n, count(s."case") AS typed_n,
                   count(s.voided_at) AS voided_n,
                   count(*) FILTER (WHERE s."case" IS NULL AND s.voided_at IS NULL) AS waiting_n
            FROM hotline_flow_slip s JOIN people_unit u ON u.id = s.unit JOIN territory_division d ON d.id = u.division
            WHERE {clause} AND ($1::timestamptz IS NULL OR s.printed_at <= $1)
            GROUP BY s.unit, s.printed_at, s.printed_by
        ) r JOIN people_unit u ON u.id = r.unit
        WHERE $1::timestamptz IS NULL OR (r.printed_at, r.id) < ($1, $2)
        ORDER BY r.printed_at DESC, r.id DESC LIMIT $3
        """,
        after and after.at,
        after and after.id,
        limit + 1,
        *values,
    )
    return page([_range(row) for row in rows], limit, lambda each: Position(each.printed_at, each.id))


async def printed_with(*, number: str, by: Actor) -> list[FlowSlipRecord]:
    """All that were printed at once with one, by number. Raises what `get_flow_slip` raises."""
    one = await get_flow_slip(number=number, by=by)
    return await queries.printed_with(one.id)


async def printing_desks(*, by: Actor) -> list[UnitShown]:
    """Open units for which one may print slips: stations first, one's own and where markets are before the others.

    Raises Forbidden (403).
    """
    by.must_have(*STALL)
    clause, values = _mine(by, first=1)
    rows = await fetch(
        "SELECT u.id, u.name, u.public_phone FROM people_unit u JOIN territory_division d ON d.id = u.division "
        f"WHERE u.closed_at IS NULL AND {clause} ORDER BY (u.kind = 'station') DESC, u.id = ANY($1::uuid[]) DESC, "
        "EXISTS (SELECT 1 FROM rosters_market_rule r WHERE r.market = u.id) DESC, "
        f"length(d.prefix), d.code, u.name LIMIT {MOST_DESKS}",
        *values,
    )
    return [UnitShown(row["id"], row["name"], row["public_phone"]) for row in rows]


def _mine(by: Actor, *, first: int) -> tuple[str, list[Any]]:
    """SQL for units `u` in divisions `d` where one works in a role that prints slips (`unit_people.works_at`)."""
    own = [held.unit_id for held in by.held if held.unit_id is not None and held.role in STALL]
    clause, values = visible_to(by, roles=STALL).clause("d.code", first + 1)
    return f"(u.id = ANY(${first}::uuid[]) OR {clause})", [own, *values]


def _range(row: Any) -> SlipRange:
    given = {name: row[name] for name in SlipRange.__struct_fields__ if name != "unit"}
    return SlipRange(**given, unit=UnitShown(row["unit"], row["unit_name"], row["public_phone"]))
