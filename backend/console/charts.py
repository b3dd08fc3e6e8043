"""Charts as pictures: where everything stands in an SVG that a page carries itself. Pure.

Nothing here has a colour: the stylesheet gives it by class, and every class has a shape or a stroke of its own, so that
a chart is read on paper and by whoever sees no red. Coordinates are of a picture 360 wide, so that its letters are as
large as the page's on a phone.
"""

from collections.abc import Iterable, Sequence
from math import ceil, floor, log10

from msgspec import Struct

from backend.console.chart_marks import PLAIN, Mark, path_of

WIDTH, HEIGHT = 360, 238
LEFT, RIGHT, TOP, BOTTOM = 44, 300, 24, 212
INSET = 8
"""So far from the axis stands the first point, so that neither covers the other."""
LETTER = 12
"""So far apart stand two labels at least."""
MOST_MARKS = 150
"""With more points only those that say something get a mark; the line has them all."""


class Plotted(Struct, frozen=True):
    """One point. `tone` is its class and shape; `says` is read to whoever asks about it."""

    x: float
    y: float
    tone: str = PLAIN
    says: str = ""


class Limit(Struct, frozen=True):
    """A horizontal line across the chart: mean, warning, action, window, edge."""

    y: float
    kind: str
    says: str


class Label(Struct, frozen=True):
    """A word at its place. `n` is where its line is."""

    at: float
    n: float
    says: str
    kind: str = ""


class Picture(Struct, frozen=True, kw_only=True):
    """A chart, ready to be written down. `line`: the points of a polyline."""

    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = RIGHT
    top: int = TOP
    bottom: int = BOTTOM
    line: str = ""
    marks: list[Mark]
    limits: list[Label] = []
    ys: list[Label] = []
    xs: list[Label] = []


def chart(points: Sequence[Plotted], *, limits: Sequence[Limit] = (), xs: Sequence[tuple[float, str]]) -> Picture:
    """Points in the order of x, joined by a line, between limits.

    xs   where the lower axis says what

    >>> found = chart([Plotted(0, 10), Plotted(1, 20)], xs=[(0, "5-1"), (1, "5-2")])
    >>> found.line, [each.says for each in found.ys]
    ('52,196.3 292,39.7', ['10', '12', '14', '16', '18', '20'])
    """
    low, high = _stretched([*(each.y for each in points), *(each.y for each in limits)])
    first, last = points[0].x, points[-1].x
    shown = points if len(points) <= MOST_MARKS else [each for each in points if each.tone != PLAIN]

    def across(x: float) -> float:
        share = (x - first) / (last - first) if last > first else 0.5
        return round(LEFT + INSET + (RIGHT - LEFT - 2 * INSET) * share, 1)

    def up(y: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (y - low) / (high - low), 1)

    return Picture(
        line=" ".join(f"{across(each.x):g},{up(each.y):g}" for each in points),
        marks=[Mark(path_of(each.tone, across(each.x), up(each.y)), each.tone, each.says) for each in shown],
        limits=_apart([Label(up(each.y), up(each.y), each.says, each.kind) for each in limits]),
        ys=[Label(up(each), up(each), number(each)) for each in ticks(low, high)],
        xs=_thinned([Label(across(x), across(x), says) for x, says in xs]),
    )


def ticks(low: float, high: float, *, about: int = 5) -> list[float]:
    """Round numbers between two, in steps of 1, 2 or 5.

    >>> ticks(0.28, 0.61), ticks(3, 104)
    ([0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6], [20.0, 40.0, 60.0, 80.0, 100.0])
    """
    rough = (high - low) / about
    power = 10.0 ** floor(log10(rough))
    step = next(step for step in (power, 2 * power, 5 * power, 10 * power) if step >= rough * 0.7)
    return [round(n * step, 10) for n in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]


def number(value: float) -> str:
    """As short as it can be.

    >>> number(0.30000000004), number(17.0), number(12345.0)
    ('0.3', '17', '12345')
    """
    return f"{round(value, 6):.10g}"


def _stretched(values: Iterable[float]) -> tuple[float, float]:
    """A little more than what is to be seen; something to see where all are equal."""
    those = list(values)
    low, high = min(those), max(those)
    room = (high - low) * 0.1 or abs(high) * 0.1 or 1.0
    return low - room, high + room


def _apart(labels: Sequence[Label]) -> list[Label]:
    """Labels of lines that lie close, moved so that none covers another; each keeps where its line is."""
    placed: list[Label] = []
    for each in sorted(labels, key=lambda label: label.n):
        lowest = placed[-1].at + LETTER if placed else TOP - LETTER
        placed.append(Label(max(each.n, lowest), each.n, each.says, each.kind))
    over = max(0.0, placed[-1].at - BOTTOM - 8) if placed else 0.0
    for place in range(len(placed) - 1, -1, -1):
        if over <= 0:
            break
        one = placed[place]
        limit = placed[place + 1].at - LETTER if place + 1 < len(placed) else BOTTOM + 8
        placed[place] = Label(min(one.at, limit), one.n, one.says, one.kind)
    return placed


def _thinned(labels: Sequence[Label], *, room: float = 46) -> list[Label]:
    """Those of the lower axis that fit beside each other; the last one always."""
    kept: list[Label] = []
    for each in labels[:-1]:
        if (not kept or each.at - kept[-1].at >= room) and labels[-1].at - each.at >= room:
            kept.append(each)
    return [*kept, *labels[-1:]]
