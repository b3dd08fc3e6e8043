"""The SQL of the room's figures: counts of a territory and a span, each table read once."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from backend.antifraud.outreach_words import LetterMove
from backend.core.database import fetch, fetch_row

Row = Mapping[str, Any]

_UNDER = """t.division_code COLLATE "C" >= $1 AND t.division_code COLLATE "C" < $1 || ':'"""


async def cases(prefix: str, since: date, until: date) -> Sequence[Row]:
    """Cases registered on these days, by type: fraud_type, n, loss."""
    return await fetch(
        "SELECT t.fraud_type, count(*) AS n, sum(t.loss_yuan) AS loss FROM antifraud_case t "
        f"WHERE t.withdrawn_at IS NULL AND t.registered_on BETWEEN $2 AND $3 AND {_UNDER} GROUP BY t.fraud_type",
        *(prefix, since, until),
    )


async def incidents(prefix: str, until: date) -> Sequence[Row]:
    """When each case happened and was registered, as known on a day."""
    return await fetch(
        "SELECT t.occurred_on, t.registered_on FROM antifraud_case t WHERE t.withdrawn_at IS NULL "
        f"AND t.registered_on <= $2 AND {_UNDER}",
        *(prefix, until),
    )


_MOVED = ", ".join(
    f"coalesce(sum(t.last - t.first + 1) FILTER (WHERE t.move = '{move}' AND t.at >= $2 AND t.at < $3), 0)::bigint "
    f"AS {move}_n"
    for move in LetterMove
)


async def letters(prefix: str, begins: datetime, ends: datetime) -> Row:
    """Letters by what happened to them in a span, and what lies there now."""
    return await _one(
        f"SELECT {_MOVED}, coalesce(sum((t.last - t.first + 1) * CASE WHEN t.move = 'given' THEN 1 ELSE -1 END), 0)"
        f"::bigint AS stock_n FROM antifraud_letter_range t WHERE t.withdrawn_at IS NULL AND {_UNDER}",
        *(prefix, begins, ends),
    )


_OUTREACH = f"""
SELECT * FROM
    (SELECT count(*) AS talks_n, coalesce(sum(t.headcount), 0)::bigint AS talks_headcount
     FROM antifraud_talk t WHERE t.at >= $2 AND t.at < $3 AND {_UNDER}) talks,
    (SELECT coalesce(sum(t.posters_n), 0)::bigint AS posters_n, count(DISTINCT (t.division_code, t.place)) AS
     poster_places_n FROM antifraud_poster t WHERE t.at >= $2 AND t.at < $3 AND {_UNDER}) posters,
    (SELECT count(DISTINCT t.round) AS rounds_closed_n, coalesce(sum(t.visited_n), 0)::bigint AS doors_visited_n
     FROM antifraud_round_count t JOIN antifraud_round r ON r.id = t.round
     WHERE r.closed_at >= $2 AND r.closed_at < $3 AND {_UNDER}) rounds,
    (SELECT count(*) AS checks_n,
            count(*) FILTER (WHERE t.fix_by IS NOT NULL AND t.fixed_on IS NULL) AS checks_to_fix_n,
            count(*) FILTER (WHERE t.fix_by < $6 AND t.fixed_on IS NULL) AS checks_overdue_n
     FROM antifraud_check t WHERE t."on" BETWEEN $4 AND $5 AND {_UNDER}) checks
"""


async def outreach(prefix: str, begins: datetime, ends: datetime, *, since: date, until: date, today: date) -> Row:
    """Talks, posters, doors and checks of a span."""
    return await _one(_OUTREACH, prefix, begins, ends, since, until, today)


async def _one(sql: str, *values: Any) -> Row:
    row = await fetch_row(sql, *values)
    assert row is not None  # noqa: S101 - aggregates without groups
    return row
