"""/console/bench/trends: the soil of a household's fields, or of a village, over the years."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get
from litestar.params import QueryParameter
from msgspec import Struct

from backend.console import labels
from backend.console.chart_marks import PLAIN, glyph, side_of
from backend.console.charts import Limit, Picture, Plotted, chart, number
from backend.console.pages import page
from backend.core.refusals import Refusal
from backend.core.words import Term, say
from backend.laboratory import trends
from backend.laboratory.judgement_reasons import TERMS
from backend.laboratory.reference import fertility_grades, ph_classes
from backend.laboratory.soil_measures import PH
from backend.laboratory.soil_refusals import NoSoilTests
from backend.laboratory.soil_schemas import SoilTrend, TrendPoint
from backend.laboratory.soil_trend_rules import Direction
from backend.laboratory.soil_words import LEVELS, Level, level
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.household_queries import household_of_code

ARROWS = {
    Direction.RISING: ("↗", Term("rising")),
    Direction.LEVEL: ("→", Term("no direction")),
    Direction.FALLING: ("↘", Term("falling")),
}
CATEGORIES = {
    "priority_protection": ("high", Term("priority protection")),
    "safe_use": ("middle", Term("safe use")),
    "strict_control": ("low", Term("strict control")),
}

NEAR = 0.25
"""So much of the height of the points may an edge lie beyond them."""

Card = Annotated[str, QueryParameter(name="household", max_length=60)]
Village = Annotated[str, QueryParameter(name="village", pattern=r"^([0-9]{12})?$", max_length=12)]


class Row(Struct, frozen=True):
    """A point as a line of the table."""

    when: str
    mean: str
    n: str
    tone: str
    glyph: str
    word: str


class Shown(Struct, frozen=True, kw_only=True):
    """One measure as a card. `arrow`, `gone`: where it goes; empty where that cannot be said."""

    trend: SoilTrend
    picture: Picture | None
    arrow: str
    gone: str
    rows: list[Row]


@get("/bench/trends", include_in_schema=False)
async def show_trends(by: SignedIn, household: Card = "", village: Village = "") -> Response[str]:
    """A form; with a card's number (or a household's id) or a village its trends."""
    fields, years, problem = None, None, None
    try:
        if household.strip():
            fields = await trends.household_trends(household_id=await _household(household.strip(), by), by=by)
        elif village:
            years = await trends.village_trends(division_code=village, by=by)
    except NoSoilTests:
        problem = say(Term("There is no soil test of such a household that you may see."))
    told = fields or years
    return page(
        "bench_figures/trends.html",
        status=404 if problem else 200,
        by=by,
        household=household.strip(),
        village=village,
        villages=await _villages(by),
        fields=fields,
        years=years,
        cards=[_shown(each) for each in told.trends] if told else [],
        place=labels.place,
        problem=problem,
    )


async def _household(text: str, by: Actor) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        found = await household_of_code(code=text, by=by)
    if found is None:
        raise NoSoilTests
    return found


async def _villages(by: Actor) -> list[tuple[str, str]]:
    """None for whoever may not ask by village."""
    try:
        return [(each.code, labels.place(each.name)) for each in await trends.villages(by=by)]
    except Refusal:
        return []


def _shown(trend: SoilTrend) -> Shown:
    arrow, gone = ARROWS[trend.direction] if trend.direction else ("", Term(""))
    return Shown(
        trend=trend,
        picture=picture_of(trend) if len(trend.points) > 1 else None,
        arrow=arrow,
        gone=say(gone),
        rows=[_row(trend, each) for each in reversed(trend.points)],
    )


def picture_of(trend: SoilTrend) -> Picture:
    """A trend along time, between the edges of the survey's grades that lie within it."""
    points = [Plotted(_x(each), each.mean, _tone(trend, each), _said(trend, each)) for each in trend.points]
    return chart(points, limits=list(_edges(trend)), xs=[(_x(each), _when(each)) for each in trend.points])


def _edges(trend: SoilTrend) -> Iterator[Limit]:
    """Where a grade or a class begins, between the lowest and the highest point and a little beyond."""
    means = [each.mean for each in trend.points]
    room = (max(means) - min(means)) * NEAR
    for low, name in _begins(trend.analyte):
        if min(means) - room <= low <= max(means) + room:
            yield Limit(low, "edge", f"{name} ↑")


def _begins(analyte: str) -> Iterator[tuple[float, str]]:
    for grade in fertility_grades().get(analyte, ()):
        if grade.low is not None:
            yield float(grade.low), say(Term("grade {grade}"), grade=grade.grade)
    for one in ph_classes() if analyte == PH else ():
        if one.default and one.low is not None:
            yield float(one.low), say(TERMS[one.ph_class])


def _x(point: TrendPoint) -> float:
    return float((point.on or date(point.year or 1, 7, 1)).toordinal())


def _when(point: TrendPoint) -> str:
    return f"{point.on:%Y-%-m}" if point.on else str(point.year)


def _tone(trend: SoilTrend, point: TrendPoint) -> str:
    if point.category:
        return CATEGORIES[point.category][0]
    if point.ph_class:
        return side_of(point.ph_class)
    found = level(point.grade, trend.analyte)
    return found.value if found else PLAIN


def _word(trend: SoilTrend, point: TrendPoint) -> str:
    """The grade, and whether that is much."""
    if point.category:
        return say(CATEGORIES[point.category][1])
    found = level(point.grade, trend.analyte)
    return f"{point.word} · {say(LEVELS[Level(found)])}" if found else point.word


def _said(trend: SoilTrend, point: TrendPoint) -> str:
    return " ".join(filter(None, (_when(point), number(point.mean), trend.unit, _word(trend, point))))


def _row(trend: SoilTrend, point: TrendPoint) -> Row:
    tone = _tone(trend, point)
    if point.households is not None:
        n = say(Term("{n} farms") if point.n is not None else Term("{n} farms or more"), n=point.households)
    else:
        n = say(Term("{n} readings"), n=point.n)
    mark = "" if tone == PLAIN else glyph(tone)
    return Row(_when(point), f"{number(point.mean)} {trend.unit}".strip(), n, tone, mark, _word(trend, point))


router = Router(path="/console", route_handlers=[show_trends])
