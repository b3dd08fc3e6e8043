"""Whether measurements of a soil go up or down. Pure.

Few points, uneven years and an odd one among them: so the slope is the median of the slopes of all pairs (H. Theil,
1950; P. K. Sen, 1968), and whether they go one way at all is said by Kendall's tau (M. G. Kendall, 1938).
"""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from itertools import combinations
from statistics import median

from msgspec import Struct

from backend.laboratory.soil_figure_policies import SoilFigurePolicy

Point = tuple[Decimal, Decimal]
"""When, as a number (a year, or days over 365.25), and what was measured."""


class Direction(StrEnum):
    """level: nothing beyond what sampling scatters, or points that go no one way."""

    RISING = "rising"
    LEVEL = "level"
    FALLING = "falling"


class Way(Struct, frozen=True, kw_only=True):
    """Where points go. `change`: from the first to the last point along the slope, in their unit."""

    direction: Direction
    change: Decimal


def way(points: Sequence[Point], *, is_ph: bool, policy: SoilFigurePolicy) -> Way | None:
    """Where they go; none of fewer than three points, or of one moment only.

    >>> from datetime import date
    >>> from backend.laboratory.soil_figure_policies import soil_figure_policy
    >>> policy = soil_figure_policy(date(2026, 5, 1))
    >>> points = [(Decimal(2023), Decimal("14.1")), (Decimal(2024), Decimal("15.0")), (Decimal(2026), Decimal("17.1"))]
    >>> found = way(points, is_ph=False, policy=policy)
    >>> found.direction.value, found.change
    ('rising', Decimal('3.0'))
    >>> way(points[:2], is_ph=False, policy=policy)
    """
    pairs = [(one, other) for one, other in combinations(sorted(points), 2) if other[0] > one[0]]
    if len(points) < policy.trend_points or not pairs:
        return None
    slope = median((other[1] - one[1]) / (other[0] - one[0]) for one, other in pairs)
    change = slope * (max(points)[0] - min(points)[0])
    mean = sum((value for _, value in points), Decimal()) / len(points)
    noise = policy.trend_ph if is_ph else abs(mean) * policy.trend_share
    tau = Decimal(sum(_sign(other[1] - one[1]) for one, other in pairs)) / len(pairs)
    if abs(tau) < policy.trend_tau or abs(change) < noise or _sign(change) != _sign(tau):
        return Way(direction=Direction.LEVEL, change=change)
    return Way(direction=Direction.RISING if change > 0 else Direction.FALLING, change=change)


def _sign(number: Decimal) -> int:
    return (number > 0) - (number < 0)
