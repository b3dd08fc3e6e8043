"""The five duties of a territory's units in a month, joined out of four rooms.

驻室接待 reception, 走访调研 visits, 建言献策 suggestions, 工作例会 meetings, 热线值班 the hotline.

Of a unit, never of a person, in the order of places and names: it is a count, no ranking.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.cases.duty_counts import count_meetings, count_suggestions
from backend.core import clock
from backend.core.database import fetch
from backend.core.paging import Page, page, position_of
from backend.core.refusals import FieldError, Invalid
from backend.core.statements import Values, under
from backend.hotline.duty_counts import LineCounts, count_line
from backend.people.actors import OVERSEERS, Actor
from backend.rosters.duty_counts import ShiftCounts, count_shifts
from backend.rosters.tables import Post
from backend.visits.duty_counts import count_visits

RECEPTION = (Post.DESK, Post.LEADER)
HOTLINE = (Post.PHONE,)
YEARS = range(2000, 2100)


class UnitMonth(Struct, frozen=True, kw_only=True):
    """What a unit did in a month; zeros where nothing is on file."""

    unit_id: UUID
    unit_name: str
    division_code: str
    division_name: str
    reception: ShiftCounts
    visits: int
    suggestions: int
    meetings: int
    hotline: ShiftCounts
    line: LineCounts


class Total(Struct, frozen=True, kw_only=True):
    """What all units of a territory did in a month."""

    reception: ShiftCounts
    visits: int
    suggestions: int
    meetings: int
    hotline: ShiftCounts
    line: LineCounts


def total(rows: Sequence[UnitMonth]) -> Total:
    """The sums. A meeting to which three units came is three: each sent somebody."""
    return Total(
        reception=_shifts([each.reception for each in rows]),
        visits=sum(each.visits for each in rows),
        suggestions=sum(each.suggestions for each in rows),
        meetings=sum(each.meetings for each in rows),
        hotline=_shifts([each.hotline for each in rows]),
        line=LineCounts(
            answered=sum(each.line.answered for each in rows), rung_back=sum(each.line.rung_back for each in rows)
        ),
    )


def _shifts(rows: Sequence[ShiftCounts]) -> ShiftCounts:
    return ShiftCounts(kept=sum(each.kept for each in rows), missed=sum(each.missed for each in rows))


class UnitPlace(Struct, frozen=True, array_like=True):
    """The place of a unit in the list."""

    division_code: str
    name: str
    id: UUID


async def five_duties(*, by: Actor, month: date, limit: int = 50, cursor: str | None = None) -> Page[UnitMonth]:
    """Units of one's territory by place and name, each with its counts, zeros included.

    month  any day of it; months are Shandong's. A unit that was closed before it is left out

    For supervisors, auditors and administrators. Raises Forbidden (403), Invalid (400).
    """
    by.must_have(*OVERSEERS)
    since, until = span_of(month)
    found = await _units(by, since, limit + 1, position_of(cursor, UnitPlace))
    ids = [row["unit_id"] for row in found]
    reception = await count_shifts(unit_ids=ids, posts=RECEPTION, since=since, until=until)
    hotline = await count_shifts(unit_ids=ids, posts=HOTLINE, since=since, until=until)
    visits = await count_visits(unit_ids=ids, since=since, until=until)
    suggestions = await count_suggestions(unit_ids=ids, since=since, until=until)
    meetings = await count_meetings(unit_ids=ids, since=since, until=until)
    line = await count_line(unit_ids=ids, since=since, until=until)
    rows = [
        UnitMonth(
            **row,
            reception=reception.get(row["unit_id"], ShiftCounts()),
            visits=visits.get(row["unit_id"], 0),
            suggestions=suggestions.get(row["unit_id"], 0),
            meetings=meetings.get(row["unit_id"], 0),
            hotline=hotline.get(row["unit_id"], ShiftCounts()),
            line=line.get(row["unit_id"], LineCounts()),
        )
        for row in found
    ]
    return page(rows, limit, lambda each: UnitPlace(each.division_code, each.unit_name, each.unit_id))


async def _units(by: Actor, since: datetime, limit: int, after: UnitPlace | None) -> list[dict[str, Any]]:
    values = Values(since)
    where = under("d.code", by.prefixes(OVERSEERS), values)
    if after is not None:
        place = (values(each) for each in (after.division_code, after.name, after.id))
        where += f" AND (d.code, u.name, u.id) > ({', '.join(place)})"
    rows = await fetch(
        "SELECT u.id AS unit_id, u.name AS unit_name, d.code AS division_code, d.name AS division_name "
        "FROM people_unit u JOIN territory_division d ON d.id = u.division "
        f"WHERE (u.closed_at IS NULL OR u.closed_at >= $1) AND {where} "
        f"ORDER BY d.code, u.name, u.id LIMIT {limit}",
        *values.given,
    )
    return [dict(row) for row in rows]


def span_of(month: date) -> tuple[datetime, datetime]:
    """From its first moment to the next month's, in Shandong. Raises Invalid (400) for a month of another century."""
    if month.year not in YEARS:
        raise Invalid(errors=[FieldError(pointer="month", detail="Take a month of this century.", code="range")])
    return _begin(month.replace(day=1)), _begin(month_after(month))


def month_after(month: date) -> date:
    """The first day of the next month.

    >>> month_after(date(2026, 12, 31))
    datetime.date(2027, 1, 1)
    """
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), clock.SHANGHAI)
