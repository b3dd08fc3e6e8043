"""The SQL of the figures: one pass over the requests of a span, added up as a whole, by place and by month."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from backend.core.database import fetch
from backend.core.statements import Conditions
from backend.diagnosis.words import OutcomeResult, RequestState

Row = Mapping[str, Any]

# What an expert asked back is his first word; the gate's question (asked by nobody) is not.
_ASKED = """
SELECT r.state, left(r.division_code, {digits}) AS place,
       to_char(r.asked_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AS month, c.satisfaction, o.result,
       o.value_saved_yuan, q.better_photo, f.ended, f.lapsed,
       extract(epoch FROM least(q.first_at, a.first_at) - r.asked_at) / 60 AS first_word,
       extract(epoch FROM a.first_at - r.asked_at) / 60 AS answer,
       extract(epoch FROM r.told_at - r.asked_at) / 60 AS told
FROM diagnosis_request r JOIN cases_case c ON c.id = r.id
LEFT JOIN LATERAL (SELECT min(a.given_at) AS first_at FROM diagnosis_answer a
                   WHERE a.request = r.id AND a.tells_farmer) a ON TRUE
LEFT JOIN LATERAL (SELECT min(q.asked_at) FILTER (WHERE q.asked_by IS NOT NULL) AS first_at,
                          bool_or(q.asked_by IS NULL) AS better_photo
                   FROM diagnosis_question q WHERE q.request = r.id) q ON TRUE
LEFT JOIN LATERAL (SELECT count(*) AS ended, count(*) FILTER (WHERE f.ending = 'lapsed') AS lapsed
                   FROM diagnosis_offer f WHERE f.request = r.id AND f.ended_at IS NOT NULL) f ON TRUE
LEFT JOIN LATERAL (SELECT o.result, o.value_saved_yuan FROM diagnosis_outcome o WHERE o.request = r.id
                   ORDER BY o.at DESC, o.id DESC LIMIT 1) o ON TRUE
WHERE r.asked_at >= {begins} AND r.asked_at < {ends} AND {where}
"""

SPANS = ("first_word", "answer", "told")

_SPANS = ", ".join(
    f"count({name}) AS {name}_n, percentile_cont(0.5) WITHIN GROUP (ORDER BY {name}) AS {name}_median, "
    f"percentile_cont(0.9) WITHIN GROUP (ORDER BY {name}) AS {name}_p90"
    for name in SPANS
)
_STATES = ", ".join(f"count(*) FILTER (WHERE state = '{each}') AS state_{each}" for each in RequestState)
_OUTCOMES = ", ".join(f"count(*) FILTER (WHERE result = '{each}') AS outcome_{each}" for each in OutcomeResult)


async def figures(
    *, begins: datetime, ends: datetime, scope: Iterable[str], prefixes: Iterable[str] | None, digits: int
) -> Sequence[Row]:
    """A row of the whole (place and month null), of each place (its first `digits`), and of each month, in order."""
    found = Conditions()
    found.parts.append(found.under("r.division_code", scope))
    if prefixes is not None:
        found.parts.append(found.under("r.division_code", prefixes))
    asked = _ASKED.format(
        digits=found.value(digits), begins=found.value(begins), ends=found.value(ends), where=found.sql
    )
    return await fetch(
        f"""
        SELECT place, month, count(*) AS requests, {_STATES}, {_SPANS}, {_OUTCOMES},
               count(*) FILTER (WHERE better_photo) AS better_photo_n, coalesce(sum(ended), 0)::bigint AS offers_n,
               coalesce(sum(lapsed), 0)::bigint AS lapsed_n,
               count(*) FILTER (WHERE satisfaction IN ('satisfied', 'dissatisfied')) AS evaluated_n,
               count(*) FILTER (WHERE satisfaction = 'satisfied') AS helped_n,
               count(value_saved_yuan) AS declared_n, sum(value_saved_yuan) AS declared_sum,
               max(value_saved_yuan) AS declared_largest
        FROM ({asked}) asked GROUP BY GROUPING SETS ((), (place), (month)) ORDER BY place, month
        """,
        *found.values,
    )


async def names(places: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Code and name of today's division for each beginning of a code; what has none is left out."""
    rows = await fetch(
        "SELECT p.place, d.code, d.name FROM unnest($1::text[]) AS p (place) "
        "JOIN territory_division d ON d.code = rpad(p.place, greatest(12, length(p.place)), '0') "
        "AND d.valid_to IS NULL",
        list(places),
    )
    return {row["place"]: (row["code"], row["name"]) for row in rows}
