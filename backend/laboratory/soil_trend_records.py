"""Rows of soil over the years as trends: points, what they mean, where they go, and all of it in a sentence. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from backend.core.words import say
from backend.laboratory.soil_figure_policies import SoilFigurePolicy
from backend.laboratory.soil_figure_rules import at_least, rounded
from backend.laboratory.soil_measures import Measure, meaning, measures
from backend.laboratory.soil_queries import Row
from backend.laboratory.soil_schemas import SoilTrend, TrendPoint
from backend.laboratory.soil_trend_rules import Direction, Way, way
from backend.laboratory.words import SoilCategory

YEAR = Decimal("365.25")
SHOWN = Decimal("0.001")


def _(msgid: str) -> str:
    return msgid


def in_order(trends: Iterable[SoilTrend]) -> list[SoilTrend]:
    """By field, then pH and nutrients before pollutants."""
    order = list(measures())
    return sorted(trends, key=lambda each: (each.plot is None, each.plot or "", order.index(each.analyte)))


def of_field(plot: str | None, measure: Measure, rows: Sequence[Row], policy: SoilFigurePolicy) -> SoilTrend:
    """One measure of one field; a row for each sample, the earliest first."""
    at = [(Decimal(row["day"].toordinal()) / YEAR, Decimal(row["mean"])) for row in rows]
    points = [_point(measure, Decimal(row["mean"]), row["day"], n=row["n"], category=row["category"]) for row in rows]
    gone = way(at, is_ph=measure.is_ph, policy=policy)
    return _trend(plot, measure, points, gone, n=sum(row["n"] for row in rows))


def of_years(measure: Measure, rows: Sequence[Row], *, coarse: bool, least: int, policy: SoilFigurePolicy) -> SoilTrend:
    """One measure of a village; a row for each year, the earliest first. `coarse`: as on the public map."""
    points = []
    for row in rows:
        mean = rounded(row["mean"], digits=policy.digits) if coarse else Decimal(row["mean"])
        farms = at_least(row["farms"], least=least)
        n = None if coarse else row["n"]
        points.append(_point(measure, mean, date(row["year"], 12, 31), n=n, year=row["year"], households=farms))
    at = [(Decimal(each.year or 0), Decimal(str(each.mean))) for each in points]
    gone = way(at, is_ph=measure.is_ph, policy=policy)
    return _trend(None, measure, points, gone, n=None if coarse else sum(row["n"] for row in rows))


def _point(
    measure: Measure,
    mean: Decimal,
    day: date,
    *,
    n: int | None,
    year: int | None = None,
    households: int | None = None,
    category: str | None = None,
) -> TrendPoint:
    meant = meaning(measure, mean, day=day)
    return TrendPoint(
        mean=_number(mean),
        n=n,
        on=None if year else day,
        year=year,
        households=households,
        grade=meant.grade,
        ph_class=meant.ph_class,
        category=SoilCategory(category) if category else None,
        word=meant.says,
    )


def _trend(
    plot: str | None, measure: Measure, points: list[TrendPoint], gone: Way | None, *, n: int | None
) -> SoilTrend:
    mean = sum((Decimal(str(each.mean)) for each in points), Decimal()) / len(points)
    return SoilTrend(
        plot=plot,
        analyte=measure.code,
        name=measure.name,
        unit=measure.unit,
        points=points,
        mean=_number(mean),
        n=n,
        direction=gone.direction if gone else None,
        change=_number(gone.change) if gone else None,
        says=_says(measure, points, gone),
    )


WAYS = {
    Direction.RISING: _("{name} rises: {first} in {begins}, {last} in {ends}."),
    Direction.LEVEL: _("{name} shows no direction: {first} in {begins}, {last} in {ends}."),
    Direction.FALLING: _("{name} falls: {first} in {begins}, {last} in {ends}."),
}


def _says(measure: Measure, points: Sequence[TrendPoint], gone: Way | None) -> str:
    first, last = points[0], points[-1]
    if gone is None:
        sentence = _("{name}: {last} in {ends}. A direction can be told of three or more.")
        return say(sentence, name=measure.name, last=_with_unit(last, measure), ends=_when(last))
    return say(
        WAYS[gone.direction],
        name=measure.name,
        first=_with_unit(first, measure),
        begins=_when(first),
        last=_with_unit(last, measure),
        ends=_when(last),
    )


def _with_unit(point: TrendPoint, measure: Measure) -> str:
    told = f"{point.mean:g} {measure.unit}".strip()
    return say(_("{value} ({word})"), value=told, word=point.word) if point.word else told


def _when(point: TrendPoint) -> str:
    if point.on is None:
        return say(_("the year {year}"), year=point.year)
    return say(_("{month}/{year}"), year=point.on.year, month=point.on.month)


def _number(value: Decimal) -> float:
    return float(value.quantize(SHOWN))
