"""How a line does: calls, how many were answered, how long people waited, how soon the missed were rung back.

Of a desk or a place, never of one who answers: nobody is ranked by his calls.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from backend.core import clock
from backend.core.clock import SHANGHAI
from backend.core.database import fetch, fetch_row
from backend.core.refusals import FieldError, Invalid
from backend.core.statements import Conditions
from backend.hotline.call_policies import call_policies
from backend.hotline.call_queries import Row
from backend.hotline.call_reading import READERS, YEARS
from backend.hotline.call_schemas import CallFigures, HourCalls
from backend.hotline.words import CallbackState
from backend.people.actors import Actor
from backend.rosters.units import own_units
from backend.territory import queries as territory

LONGEST_DAYS = 366

_TOTALS = """
SELECT count(*) FILTER (WHERE c.direction = 'in') AS calls_in,
       count(*) FILTER (WHERE c.direction = 'in' AND c.answered_at IS NOT NULL) AS answered,
       count(*) FILTER (WHERE c.direction = 'in' AND c.state = 'missed') AS missed,
       count(*) FILTER (WHERE c.direction = 'out') AS calls_out,
       count(*) FILTER (WHERE c.direction = 'out' AND c.answered_at IS NOT NULL) AS out_answered, {spans}
FROM hotline_call c WHERE {where}
"""
_SPANS = ", ".join(
    f"percentile_cont({share / 100}) WITHIN GROUP (ORDER BY extract(epoch FROM {span})::float8) "
    f"FILTER (WHERE c.direction = 'in' AND {known} IS NOT NULL AND c.answered_at IS NOT NULL) AS {name}_s_p{share}"
    for name, span, known in (
        ("wait", "c.answered_at - c.began_at", "c.began_at"),
        ("talk", "c.ended_at - c.answered_at", "c.ended_at"),
    )
    for share in (50, 90)
)
_HOURS = """
SELECT extract(hour FROM c.began_at AT TIME ZONE 'Asia/Shanghai')::int AS hour, count(*) AS calls_in,
       count(c.answered_at) AS answered, count(*) FILTER (WHERE c.state = 'missed') AS missed
FROM hotline_call c WHERE c.direction = 'in' AND {where} GROUP BY 1
"""
_CALLBACKS = """
SELECT b.state, count(*) AS n, count(*) FILTER (WHERE {rung} <= {by}) AS in_time,
       count(*) FILTER (WHERE {rung} > {by}) AS late
FROM hotline_call c JOIN hotline_callback b ON b.call = c.id AND b.reason = 'missed_call'
LEFT JOIN LATERAL (SELECT min(t.at) AS at FROM hotline_callback_try t WHERE t.callback = b.id) t ON TRUE
LEFT JOIN LATERAL (
    SELECT minutes FROM unnest({days}::date[], {minutes}::int[]) AS p(day, minutes)
    WHERE p.day <= (b.opened_at AT TIME ZONE 'Asia/Shanghai')::date ORDER BY p.day DESC LIMIT 1) p ON TRUE
WHERE {where} GROUP BY b.state
"""


async def call_figures(
    *, by: Actor, since: date, until: date, unit_id: UUID | None = None, division_code: str | None = None
) -> CallFigures:
    """Figures of one's territory, or of a desk or place in it. At most a year and a day.

    For operators, supervisors, auditors and administrators. Raises Forbidden (403), DivisionUnknown (404), Invalid
    (400).
    """
    by.must_have(*READERS)
    if not timedelta() <= until - since < timedelta(days=LONGEST_DAYS) or not {since.year, until.year} <= set(YEARS):
        wrong = FieldError(pointer="until", detail="Ask for a span of at most a year.", code="range")
        raise Invalid(errors=[wrong])

    async def where() -> Conditions:
        return await _conditions(by, since, until, unit_id, division_code)

    totals = dict(await _totals(await where()))
    hours = {row["hour"]: dict(row) for row in await _hours(await where())}
    callbacks = await _callbacks(await where())
    told = totals["answered"] + totals["missed"]
    return CallFigures(
        since=since,
        until=until,
        **totals,
        connect_rate=round(totals["answered"] / told, 4) if told else None,
        hours=[HourCalls(**(_NONE | {"hour": each} | hours.get(each, {}))) for each in range(24)],
        callbacks={each: sum(row["n"] for row in callbacks if row["state"] == each) for each in CallbackState},
        rung_in_time=sum(row["in_time"] for row in callbacks),
        rung_late=sum(row["late"] for row in callbacks),
    )


_NONE = {"calls_in": 0, "answered": 0, "missed": 0}


async def _totals(found: Conditions) -> Row:
    row = await fetch_row(_TOTALS.format(spans=_SPANS, where=found.sql), *found.values)
    return row or {}


async def _hours(found: Conditions) -> Sequence[Row]:
    return await fetch(_HOURS.format(where=found.sql), *found.values)


async def _callbacks(found: Conditions) -> Sequence[Row]:
    """Somebody tried, or it became moot because he rang: whichever was first, against what he was promised."""
    promised = [each for each in call_policies() if each.name == "ring_back_min"]
    sql = _CALLBACKS.format(
        rung="coalesce(t.at, CASE WHEN b.state = 'moot' THEN b.closed_at END)",
        by="b.opened_at + make_interval(mins => p.minutes)",
        days=found.value([each.valid_from for each in promised]),
        minutes=found.value([each.value for each in promised]),
        where=found.sql,
    )
    return await fetch(sql, *found.values)


async def _conditions(
    by: Actor, since: date, until: date, unit_id: UUID | None, division_code: str | None
) -> Conditions:
    found = Conditions()
    under = found.under("c.division_code", by.prefixes(READERS))
    found.add(f"({under} OR c.unit = ANY({found.value(list(own_units(by)))}))")
    found.add("c.began_at >= {} AND c.began_at < {}", _begin(since), _begin(until + timedelta(days=1)))
    if unit_id is not None:
        found.add("c.unit = {}", unit_id)
    if division_code is not None:
        division = await territory.division(code=division_code)
        found.add(found.under("c.division_code", [division.prefix]))
    return found


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def this_month() -> tuple[date, date]:
    """From its first day to today, where nobody names days."""
    today = clock.today()
    return today.replace(day=1), today
