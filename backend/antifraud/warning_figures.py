"""How soon warnings are taken, how they end, and how many there are for each assistant and day. Exercises do not count.

Of a place, never of a person: nobody is ranked by what he was rung for.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from msgspec import Struct

from backend.antifraud.warning_words import WarningOutcome
from backend.antifraud.words import WarningLevel
from backend.core.clock import SHANGHAI
from backend.core.database import fetch, fetch_row


class LevelFigures(Struct, frozen=True, kw_only=True):
    """Warnings of one level. Seconds from the door to whoever took it first; null where nobody did."""

    level: WarningLevel
    received: int
    acknowledged: int
    acknowledged_s_p50: float | None
    acknowledged_s_p90: float | None
    handed_on: int
    not_closed: int


class WarningFigures(Struct, frozen=True, kw_only=True):
    """A place and a span of days, both included.

    assistant_days     days on which somebody held the role there, summed over people
    per_assistant_day  null where there was no assistant
    """

    since: date
    until: date
    received: int
    levels: list[LevelFigures]
    outcomes: dict[WarningOutcome, int]
    assistant_days: int
    per_assistant_day: float | None


_SOME = "w.division_code >= $1 AND w.division_code < $1 || ':' AND w.received_at >= $2 AND w.received_at < $3"
_LEVELS = f"""
SELECT w.level, count(*) AS received, count(w.acknowledged_at) AS acknowledged,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY {{seconds}}) AS acknowledged_s_p50,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY {{seconds}}) AS acknowledged_s_p90,
       count(*) FILTER (WHERE w.hand_overs_n > 0) AS handed_on,
       count(*) FILTER (WHERE w.state <> 'closed') AS not_closed
FROM antifraud_warning w WHERE {_SOME} AND NOT w.exercise GROUP BY w.level
""".format(seconds="extract(epoch FROM w.acknowledged_at - w.received_at)::float8")
_OUTCOMES = f"""
SELECT w.outcome, count(*) AS n FROM antifraud_warning w
WHERE {_SOME} AND NOT w.exercise AND w.outcome IS NOT NULL GROUP BY w.outcome
"""
_ASSISTANT_DAYS = """
SELECT coalesce(sum(upper(one) - lower(one)), 0)::int AS days FROM (
    SELECT unnest(range_agg(daterange(greatest(r.valid_from, $2), least(coalesce(r.valid_to, $3), $3) + 1))) AS one
    FROM people_role_assignment r JOIN territory_division d ON d.id = r.division
    WHERE r.role = 'assistant' AND d.prefix >= $1 AND d.prefix < $1 || ':'
      AND greatest(r.valid_from, $2) <= least(coalesce(r.valid_to, $3), $3)
    GROUP BY r.person) spans
"""


async def warning_figures(*, prefix: str, since: date, until: date) -> WarningFigures:
    """Figures of everything under a prefix of division codes. Who may ask, the caller decides."""
    span = (_begin(since), _begin(until + timedelta(days=1)))
    levels = {row["level"]: row for row in await fetch(_LEVELS, prefix, *span)}
    outcomes = {row["outcome"]: row["n"] for row in await fetch(_OUTCOMES, prefix, *span)}
    days = await fetch_row(_ASSISTANT_DAYS, prefix, since, until)
    assistant_days = days["days"] if days else 0
    received = sum(row["received"] for row in levels.values())
    return WarningFigures(
        since=since,
        until=until,
        received=received,
        levels=[_level(each, levels.get(each)) for each in WarningLevel],
        outcomes={each: outcomes.get(each, 0) for each in WarningOutcome},
        assistant_days=assistant_days,
        per_assistant_day=round(received / assistant_days, 3) if assistant_days else None,
    )


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _level(level: WarningLevel, row: Mapping[str, Any] | None) -> LevelFigures:
    none = {"received": 0, "acknowledged": 0, "acknowledged_s_p50": None, "acknowledged_s_p90": None}
    found = dict(row) if row else none | {"handed_on": 0, "not_closed": 0}
    return LevelFigures(**found | {"level": level})
