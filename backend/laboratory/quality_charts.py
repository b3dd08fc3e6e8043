"""The quality chart of an instrument: its blanks, or its positive controls, in the order of time."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from backend.core import clock
from backend.core.database import fetch
from backend.core.words import say
from backend.laboratory import chart_rules, instrument_queries, run_rules
from backend.laboratory.instrument_queries import Row
from backend.laboratory.instrument_schemas import ChartPoint, QualityChart
from backend.laboratory.words import Method
from backend.people.actors import Actor

MOST_POINTS = 1_000


class ChartKind(StrEnum):
    """blank: ΔA₀ of runs, and of files that belong to no run, there each value once a day. control: inhibition of the
    positive control.
    """

    BLANK = "blank"
    CONTROL = "control"


UNITS = {ChartKind.BLANK: "ΔA", ChartKind.CONTROL: "%"}


async def chart(*, instrument_id: UUID, kind: ChartKind, days: int = 90, by: Actor) -> QualityChart:
    """Of the last days, the newest thousand points. Raises InstrumentUnknown (404)."""
    instrument = await instrument_queries.visible(instrument_id, by=by)
    since = clock.now() - timedelta(days=days)
    rows = (await fetch(_POINTS[kind], instrument_id, since, MOST_POINTS))[::-1]
    low, high, source = _window(kind, clock.today())
    values = [float(row["value"]) for row in rows]
    mean, sd = chart_rules.middle([each for each in values if not chart_rules.beyond(each, low, high)]) or (None, None)
    return QualityChart(
        instrument_id=instrument_id,
        instrument_serial=instrument["serial"],
        kind=kind.value,
        unit=UNITS[kind],
        points=_points(rows, values, chart_rules.flags(values, mean=mean, sd=sd, low=low, high=high)),
        mean=mean,
        sd=sd,
        low=low,
        high=high,
        source=" ".join(filter(None, (source, say(RULES)))),
    )


def _(msgid: str) -> str:
    return msgid


RULES = _(
    "Limits of the chart: individuals chart after Shewhart (ISO 7870-2), rules 1-3s and 2-2s after Westgard 1981; "
    "seven in a row on one side are a drift."
)


def _points(rows: Sequence[Row], values: Sequence[float], flags: Sequence[chart_rules.Flag | None]) -> list[ChartPoint]:
    return [
        ChartPoint(at=row["at"], value=value, flag=flag.value if flag else None, run_id=row["run_id"])
        for row, value, flag in zip(rows, values, flags, strict=True)
    ]


def _window(kind: ChartKind, day: date) -> tuple[float | None, float | None, str | None]:
    """The lowest and highest value that the policy of a day takes, and its source."""
    if kind is ChartKind.CONTROL:
        policy = run_rules.run_policy(day)
        return float(policy.control_from_pct), None, policy.source
    window = run_rules.window_policy(Method.ENZYME_INHIBITION, day)
    if window is None:
        return None, None, None
    return float(window.blank_delta_low), float(window.blank_delta_high), window.source


_BLANKS = """
SELECT n.started_at AS at, n.blank_delta AS value, n.id AS run_id FROM laboratory_run n
WHERE n.instrument = $1 AND n.started_at >= $2 AND n.blank_delta IS NOT NULL
UNION ALL
SELECT min(coalesce(r.tested_at, r.received_at)), r.blank_delta, r.run FROM laboratory_result r
LEFT JOIN laboratory_run n ON n.id = r.run
WHERE r.instrument = $1 AND (r.tested_at >= $2 OR (r.tested_at IS NULL AND r.received_at >= $2))
    AND r.blank_delta IS NOT NULL AND n.blank_delta IS NULL
GROUP BY r.import_file, r.run, r.blank_delta, (coalesce(r.tested_at, r.received_at) AT TIME ZONE 'Asia/Shanghai')::date
"""
_CONTROLS = """
SELECT n.started_at AS at, n.control_percent AS value, n.id AS run_id FROM laboratory_run n
WHERE n.instrument = $1 AND n.started_at >= $2 AND n.control_percent IS NOT NULL
"""
_NEWEST = "SELECT at, value, run_id FROM ({}) points ORDER BY at DESC, value DESC LIMIT $3"
_POINTS = {ChartKind.BLANK: _NEWEST.format(_BLANKS), ChartKind.CONTROL: _NEWEST.format(_CONTROLS)}
