"""When people are rung back, how often, and which matters a supervisor follows: dated rows, the newest begun counts.

A county that wants other numbers adds a row; nobody edits an old one.
"""

from datetime import date, time, timedelta

from msgspec import Struct


class DayPart(Struct, frozen=True):
    """Hours in Shandong in which people may be rung, up to `ends`."""

    begins: time
    ends: time


class CallbackPolicy(Struct, frozen=True, kw_only=True):
    """The numbers of one policy, from `valid_from` on, and where they come from.

    tries           in vain, each in another part of the day; then the one who asked counts as unreachable
    parts           of the day, in order; outside of them nobody is rung about how it was
    apart           at least so long between two tries
    missed_again    how long to wait after each try in vain to ring back somebody whose call was missed
    look_back       how old a resolution may be that nobody was asked about yet
    emergency, rudeness   clock policies and categories of cases that a supervisor follows
    """

    valid_from: date
    tries: int
    parts: tuple[DayPart, ...]
    apart: timedelta
    missed_again: tuple[timedelta, ...]
    look_back: timedelta
    emergency: frozenset[str]
    rudeness: frozenset[str]
    source: str


CALLBACK_POLICIES = (
    CallbackPolicy(
        valid_from=date(2017, 1, 1),
        tries=3,
        parts=(
            DayPart(time(8, 30), time(11, 30)),
            DayPart(time(11, 30), time(14, 0)),
            DayPart(time(15, 0), time(17, 30)),
            DayPart(time(17, 30), time(20, 30)),
        ),
        apart=timedelta(hours=2),
        missed_again=(timedelta(minutes=10), timedelta(hours=1)),
        look_back=timedelta(days=7),
        emergency=frozenset({"emergency"}),
        rudeness=frozenset({"justice_rights.conduct"}),
        source="回访 (Liaocheng, Zhucheng): after every close; unreachable after three tries; repeated, emergency and "
        "rude-service matters are supervised. No source names hours: these are ours, nobody is rung at night.",
    ),
)


def callback_policy(on: date) -> CallbackPolicy:
    """The policy in force on a day."""
    return max((each for each in CALLBACK_POLICIES if each.valid_from <= on), key=lambda each: each.valid_from)
