"""The SQL of the monthly table: one pass over each table, by the desk and the month, along its index."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core.database import fetch, fetch_row
from backend.core.statements import Conditions

Row = Mapping[str, Any]


async def units(*, tests: Sequence[UUID], oversees: Iterable[str]) -> Sequence[Row]:
    """Desks that he works for, and studios and stations of the territory that he oversees: id, name, public_phone."""
    found = Conditions(list(tests))
    overseen = found.under("d.code", oversees)
    return await fetch(
        "SELECT u.id, u.name, u.public_phone FROM people_unit u JOIN territory_division d ON d.id = u.division "
        f"WHERE u.closed_at IS NULL AND (u.id = ANY($1::uuid[]) OR (u.kind IN ('studio', 'station') AND {overseen})) "
        "ORDER BY u.parent IS NOT NULL, u.name, u.id",
        *found.values,
    )


_SAMPLES = """
SELECT coalesce(s.kind, '') AS kind, s.run_kind, s.drop_off, u.name AS drop_off_name,
       count(*) FILTER (WHERE s.state = 'received') AS received, count(*) FILTER (WHERE s.state = 'held') AS held
FROM laboratory_sample s LEFT JOIN people_unit u ON u.id = s.drop_off
WHERE s.unit = ANY($1::uuid[]) AND s.received_at >= $2 AND s.received_at < $3 AND s.state <> 'joined'
GROUP BY 1, 2, 3, 4
"""


async def samples(units: Sequence[UUID], begins: datetime, ends: datetime) -> Sequence[Row]:
    """By kind (empty: not told), kind of run and drop-off."""
    return await fetch(_SAMPLES, units, begins, ends)


_RESULTS = """
SELECT CASE WHEN r.verdict IS NOT NULL THEN r.verdict
            WHEN r.grade IS NOT NULL OR r.ph_class IS NOT NULL OR r.category IS NOT NULL THEN 'graded'
            ELSE 'undecided' END AS word,
       count(*) AS n, count(*) FILTER (WHERE r.instrument_disagrees) AS disagreements
FROM laboratory_result r WHERE r.unit = ANY($1::uuid[]) AND r.received_at >= $2 AND r.received_at < $3 GROUP BY 1
"""


async def results(units: Sequence[UUID], begins: datetime, ends: datetime) -> Sequence[Row]:
    """By what was said: word, n, disagreements."""
    return await fetch(_RESULTS, units, begins, ends)


_RUNS = """
SELECT n.invalid_reasons, count(*) AS n FROM laboratory_run n
WHERE n.unit = ANY($1::uuid[]) AND n.started_at >= $2 AND n.started_at < $3 GROUP BY 1
"""


async def runs(units: Sequence[UUID], begins: datetime, ends: datetime) -> Sequence[Row]:
    """By why they do not count: an empty list where they do."""
    return await fetch(_RUNS, units, begins, ends)


_HOURS = ", ".join(
    f"count({name}) AS {name}_n, percentile_cont(0.5) WITHIN GROUP (ORDER BY {name}) AS {name}_median, "
    f"percentile_cont(0.9) WITHIN GROUP (ORDER BY {name}) AS {name}_p90"
    for name in ("result", "report", "hand_over")
)
_SPANS = f"""
SELECT {_HOURS} FROM (
    SELECT extract(epoch FROM r.at - s.received_at) / 3600 AS result,
           extract(epoch FROM p.at - s.received_at) / 3600 AS report,
           CASE WHEN s.drop_off <> s.unit THEN extract(epoch FROM h.at - s.received_at) / 3600 END AS hand_over
    FROM laboratory_sample s
    LEFT JOIN LATERAL (SELECT min(r.received_at) AS at FROM laboratory_result r WHERE r.sample = s.id) r ON TRUE
    LEFT JOIN LATERAL (SELECT min(p.issued_at) AS at FROM laboratory_report p WHERE p.sample = s.id) p ON TRUE
    LEFT JOIN LATERAL (SELECT min(h.at) AS at FROM laboratory_hand_over h
                       WHERE h.sample = s.id AND h.to_unit = s.unit) h ON TRUE
    WHERE s.unit = ANY($1::uuid[]) AND s.received_at >= $2 AND s.received_at < $3 AND s.state = 'received'
) spans
"""


async def spans(units: Sequence[UUID], begins: datetime, ends: datetime) -> Row:
    """Hours of the samples that came: result_n, result_median, result_p90, and so on."""
    row = await fetch_row(_SPANS, units, begins, ends)
    assert row is not None  # noqa: S101 - an aggregate without groups
    return row


_RETESTS = """
SELECT t.kind, count(*) FILTER (WHERE t.asked_at >= $2 AND t.asked_at < $3) AS asked,
       count(*) FILTER (WHERE t.state = 'open') AS open,
       count(*) FILTER (WHERE t.state = 'open' AND t.due_at < $4) AS late
FROM laboratory_retest t JOIN laboratory_result r ON r.id = t.result
WHERE r.unit = ANY($1::uuid[]) AND (t.state = 'open' OR (t.asked_at >= $2 AND t.asked_at < $3)) GROUP BY 1
"""


async def retests(units: Sequence[UUID], begins: datetime, ends: datetime, at: datetime) -> Sequence[Row]:
    """By kind: asked for in the span; open and late `at` a moment, whenever they were asked for."""
    return await fetch(_RETESTS, units, begins, ends, at)


_LOOKS = """
SELECT count(*) AS asked, count(k.agrees) AS answered, count(*) FILTER (WHERE k.agrees) AS agreed
FROM laboratory_second_look k JOIN laboratory_result r ON r.id = k.result
WHERE r.unit = ANY($1::uuid[]) AND k.asked_at >= $2 AND k.asked_at < $3
"""
_REPORTS = """
SELECT count(*) AS issued, count(p.superseded_by) AS superseded
FROM laboratory_report p JOIN laboratory_sample s ON s.id = p.sample
WHERE s.unit = ANY($1::uuid[]) AND p.issued_at >= $2 AND p.issued_at < $3
"""


async def second_looks(units: Sequence[UUID], begins: datetime, ends: datetime) -> Row:
    """How many were asked for, answered, and saw the same."""
    row = await fetch_row(_LOOKS, units, begins, ends)
    assert row is not None  # noqa: S101 - an aggregate without groups
    return row


async def reports(units: Sequence[UUID], begins: datetime, ends: datetime) -> Row:
    """How many were issued, and how many of these stand no more."""
    row = await fetch_row(_REPORTS, units, begins, ends)
    assert row is not None  # noqa: S101 - an aggregate without groups
    return row
