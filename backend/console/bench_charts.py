"""/console/bench/instruments/{id}/chart: an instrument's blanks and controls as control charts, and as tables."""

from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get
from litestar.params import FromPath, QueryParameter
from msgspec import Struct

from backend.console.chart_marks import PLAIN, glyph
from backend.console.charts import Limit, Picture, Plotted, chart, number
from backend.console.pages import page
from backend.core import clock
from backend.core.words import Term, say
from backend.laboratory import quality_charts
from backend.laboratory.instrument_schemas import ChartPoint, QualityChart
from backend.laboratory.quality_charts import ChartKind
from backend.people.guards import SignedIn

SPANS = (30, 90, 365)
TITLES = {ChartKind.BLANK: Term("The blank"), ChartKind.CONTROL: Term("The positive control")}
WHATS = {
    ChartKind.BLANK: Term("ΔA₀ over three minutes: whether enzyme and reagents are alive"),
    ChartKind.CONTROL: Term("Inhibition by a known poison: whether the test finds what is there"),
}
FLAGS = {
    "out": Term("out of control: stop, look for the cause, measure again"),
    "warned": Term("warning: the second in a row beyond two s"),
    "drift": Term("drift: the seventh in a row on one side"),
}

Days = Annotated[int, QueryParameter(name="days", ge=1, le=1100)]


class Drawn(Struct, frozen=True, kw_only=True):
    """One chart of the page. `odd`: what is flagged: mark, sign, words, how many; `window`: what the policy takes."""

    kind: str
    title: str
    what: str
    told: QualityChart
    picture: Picture | None
    odd: list[tuple[str, str, str, int]]
    spread: str | None
    window: str
    rows: list[tuple[ChartPoint, str, str]]


@get("/bench/instruments/{instrument_id:uuid}/chart", include_in_schema=False)
async def show_charts(by: SignedIn, instrument_id: FromPath[UUID], days: Days = 90) -> Response[str]:
    """Both kinds, of the last days."""
    told = [await quality_charts.chart(instrument_id=instrument_id, kind=kind, days=days, by=by) for kind in ChartKind]
    return page(
        "bench_figures/charts.html",
        by=by,
        instrument_id=instrument_id,
        serial=told[0].instrument_serial,
        charts=[_drawn(each) for each in told],
        days=days,
        spans=SPANS,
        number=number,
    )


def _drawn(told: QualityChart) -> Drawn:
    kind = ChartKind(told.kind)
    found = [each.flag for each in told.points if each.flag]
    return Drawn(
        kind=told.kind,
        title=say(TITLES[kind]),
        what=say(WHATS[kind]),
        told=told,
        picture=picture_of(told) if told.points else None,
        odd=[(tone, glyph(tone), say(words), found.count(tone)) for tone, words in FLAGS.items() if tone in found],
        spread=f"{told.mean:.3g} ± {told.sd:.2g} {told.unit}"
        if told.mean is not None and told.sd is not None
        else None,
        window="，".join(each.says for each in _window(told)),
        rows=[(each, glyph(each.flag) if each.flag else "", _flag(each)) for each in reversed(told.points)],
    )


def picture_of(told: QualityChart) -> Picture:
    """A control chart: one step for each point, however much time lies between."""
    points = [
        Plotted(place, each.value, each.flag or PLAIN, f"{_when(each)}  {number(each.value)} {told.unit} {_flag(each)}")
        for place, each in enumerate(told.points)
    ]
    days = [(float(place), f"{clock.local(each.at):%-m-%d}") for place, each in enumerate(told.points)]
    return chart(points, limits=list(_limits(told)), xs=days)


def _limits(told: QualityChart) -> list[Limit]:
    """The window is drawn where it is near: a distant one would leave no room for what is to be seen."""
    found = []
    if told.mean is not None:
        found.append(Limit(told.mean, "mean", say(Term("mean of them"))))
    if told.mean is not None and told.sd:
        found += [Limit(told.mean + n * told.sd, KINDS[abs(n)], f"{n:+d}s") for n in (3, 2, -2, -3)]
    seen = [*(each.value for each in told.points), *(each.y for each in found)]
    room = (max(seen) - min(seen)) * DISTANT
    near = [each for each in _window(told) if not room or min(seen) - room <= each.y <= max(seen) + room]
    return [*found, *near]


def _window(told: QualityChart) -> list[Limit]:
    low = [] if told.low is None else [Limit(told.low, "window", say(Term("≥ {n}"), n=number(told.low)))]
    high = [] if told.high is None else [Limit(told.high, "window", say(Term("≤ {n}"), n=number(told.high)))]
    return [*low, *high]


DISTANT = 2
"""So many times the height of what is to be seen."""
KINDS = {2: "warning", 3: "action"}


def _flag(point: ChartPoint) -> str:
    return say(FLAGS[point.flag]) if point.flag in FLAGS else ""


def _when(point: ChartPoint) -> str:
    return f"{clock.local(point.at):%Y-%m-%d %H:%M}"


router = Router(path="/console", route_handlers=[show_charts])
