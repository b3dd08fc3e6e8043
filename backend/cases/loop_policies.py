"""When two cases look like one, when a place and a topic stand out: dated rows, the newest that has begun counts.

The time boxes of loops 2 and 3 are rows too, in `loop_policies.csv`, because clocks run on them.
"""

from datetime import date, timedelta
from pathlib import Path

import msgspec

LOOP_POLICIES = Path(__file__).with_name("loop_policies.csv")


class PairPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """When a new case is held to be like an older one.

    look_back        older cases are not looked at for a pair
    look_at          at most so many of one village, and as many around the point, the newest first
    propose          at most so many pairs for one new case, the likest first: a flood of calls is no pile
    least_likeness   in percent (`likeness.likeness`), for cases of one topic in one village without points
    near_m           points farther apart are two places
    near_bonus       percent that two points next to each other add, less the farther apart they are
    repeat_within    an ended case so recent makes the new one a repeat
    repeat_kept      for how long the mark stays
    """

    valid_from: date
    look_back: timedelta
    look_at: int
    propose: int
    least_likeness: int
    near_m: float
    near_bonus: int
    repeat_within: timedelta
    repeat_kept: timedelta
    source: str


class HotSpotPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """When a place and a topic are a hot spot.

    window, baseline  the last days, and the days before them that they are held against
    least_people      below this nothing is proposed
    times_baseline    the window holds so many times what the baseline would let one expect
    public_people     below this nothing about it becomes public (k-anonymity)
    kept              an undecided proposal expires; and so long after a decision the same is not proposed again
    """

    valid_from: date
    window: timedelta
    baseline: timedelta
    least_people: int
    times_baseline: float
    public_people: int
    kept: timedelta
    source: str


PAIR_POLICIES = (
    PairPolicy(
        valid_from=date(2020, 1, 1),
        look_back=timedelta(days=30),
        look_at=200,
        propose=5,
        least_likeness=45,
        near_m=300,
        near_bonus=25,
        repeat_within=timedelta(days=90),
        repeat_kept=timedelta(days=180),
        source="Our own choice: the sources ask for a detector of repeats (诸城：反复投诉上协调会) and name no number.",
    ),
)
HOT_SPOT_POLICIES = (
    HotSpotPolicy(
        valid_from=date(2020, 1, 1),
        window=timedelta(days=14),
        baseline=timedelta(days=84),
        least_people=3,
        times_baseline=2.0,
        public_people=10,
        kept=timedelta(days=14),
        source="Our own choice: the sources ask to act before the complaint (未诉先办) and for hot words (热词), and "
        "name no number; ten people is the least that the house shows in public.",
    ),
)


def pair_policy(on: date) -> PairPolicy:
    """The policy in force on a day."""
    return max((each for each in PAIR_POLICIES if each.valid_from <= on), key=lambda each: each.valid_from)


def hot_spot_policy(on: date) -> HotSpotPolicy:
    """The policy in force on a day."""
    return max((each for each in HOT_SPOT_POLICIES if each.valid_from <= on), key=lambda each: each.valid_from)
