"""Shares with their intervals as a picture: a bar to the share, whiskers to both ends of its interval. Pure.

Coordinates are of a picture 360 wide, as those of `console/charts.py`; nothing here has a colour.
"""

from collections.abc import Sequence

from msgspec import Struct

from backend.console.desk.survey_labels import percent
from backend.hotline.survey_schemas import SurveyEstimate

LEFT, RIGHT = 104, 308
ROW, TOP, UNDER = 28, 8, 26
CAP = 5
"""Half the height of a whisker's end."""
BAR = 14
MOST_LETTERS = 8
"""Of a name, beside its bar."""


class Bar(Struct, frozen=True):
    """One row. `y`: its middle; `whisker`: a path; `whole`: it stands for all strata."""

    name: str
    y: float
    width: float
    whisker: str
    value: str
    says: str
    whole: bool


class Intervals(Struct, frozen=True, kw_only=True):
    """A picture, ready to be written down. `ticks`: where the axis says what."""

    width: int = 360
    height: int
    left: int = LEFT
    right: int = RIGHT
    bar: int = BAR
    bars: list[Bar]
    ticks: list[tuple[float, str]]


def intervals(rows: Sequence[tuple[str, SurveyEstimate]]) -> Intervals:
    """The first row stands for all of them.

    >>> found = intervals([("全部", SurveyEstimate(share=0.5, low=0.25, high=0.75))])
    >>> found.bars[0].width, found.bars[0].whisker, found.height
    (102.0, 'M155 22H257M155 17V27M257 17V27', 62)
    """
    bars = [_bar(name, found, n) for n, (name, found) in enumerate(rows)]
    return Intervals(
        height=TOP + ROW * len(bars) + UNDER,
        bars=bars,
        ticks=[(_at(share / 100), f"{share}%") for share in (0, 25, 50, 75, 100)],
    )


def _bar(name: str, found: SurveyEstimate, n: int) -> Bar:
    y, low, high = TOP + ROW * n + ROW / 2, _at(found.low), _at(found.high)
    ends = "".join(f"M{x:g} {y - CAP:g}V{y + CAP:g}" for x in (low, high))
    return Bar(
        name=name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1]}…",
        y=y,
        width=round(_at(found.share) - LEFT, 1),
        whisker=f"M{low:g} {y:g}H{high:g}{ends}",
        value=percent(found.share),
        says=f"{name} {percent(found.share)} ({percent(found.low)}–{percent(found.high)})",
        whole=n == 0,
    )


def _at(share: float) -> float:
    return round(LEFT + (RIGHT - LEFT) * share, 1)
