"""What is odd about the points of a quality chart.

An individuals chart after Shewhart (ISO 7870-2): the middle is the mean, and the standard deviation is taken from how
much neighbours differ (mean moving range ÷ 1.128), because one wild point would hide itself in the plain one. On it the
rules 1-3s and 2-2s of Westgard et al. 1981 (Clin. Chem. 27(3), 493-501), and seven in a row on one side of the middle
for a drift (the rule of seven of the shop floor; Westgard's own counts ten) [K].
"""

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

FEWEST = 10
"""Below ten points there is no middle to speak of."""
MOVING_RANGE_D2 = 1.128
OUT_SD, WARNED_SD, WARNED_IN_A_ROW, DRIFT_IN_A_ROW = 3, 2, 2, 7


class Flag(StrEnum):
    """out: beyond the window or three sd. warned: the second in a row beyond two sd. drift: the seventh on one side."""

    OUT = "out"
    WARNED = "warned"
    DRIFT = "drift"


def middle(values: Sequence[float]) -> tuple[float, float] | None:
    """Mean and standard deviation; null below ten values.

    >>> middle([1.0, 2.0] * 5)
    (1.5, 0.8865248226950355)
    """
    if len(values) < FEWEST:
        return None
    ranges = [abs(after - before) for before, after in pairwise(values)]
    return sum(values) / len(values), sum(ranges) / len(ranges) / MOVING_RANGE_D2


def flags(
    values: Sequence[float], *, mean: float | None, sd: float | None, low: float | None, high: float | None
) -> list[Flag | None]:
    """One for each value, in the order of time; the gravest where several hold. low, high: of the policy's window."""
    return [
        Flag.OUT if beyond(values[n], low, high) else _by_rules(values[: n + 1], mean, sd) for n in range(len(values))
    ]


def beyond(value: float, low: float | None, high: float | None) -> bool:
    """Whether a value lies outside a window; an end that is not given holds nothing."""
    return (low is not None and value < low) or (high is not None and value > high)


def _by_rules(so_far: Sequence[float], mean: float | None, sd: float | None) -> Flag | None:
    """What is odd about the last of them."""
    if mean is None or not sd:
        return None
    away = [(value - mean) / sd for value in so_far[-DRIFT_IN_A_ROW:]]
    if abs(away[-1]) > OUT_SD:
        return Flag.OUT
    if _on_one_side(away, WARNED_IN_A_ROW, past=WARNED_SD):
        return Flag.WARNED
    return Flag.DRIFT if _on_one_side(away, DRIFT_IN_A_ROW, past=0) else None


def _on_one_side(away: Sequence[float], count: int, *, past: float) -> bool:
    last = away[-count:]
    return len(last) == count and (min(last) > past or max(last) < -past)
