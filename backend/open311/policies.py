"""Limits of this door: dated rows, the newest that has begun counts. Whoever wants other numbers adds a row."""

from datetime import date, timedelta

from msgspec import Struct

from backend.people.allowances import Allowance


class Open311Policy(Struct, frozen=True, kw_only=True):
    """The numbers of one policy, from `valid_from` on, and where they come from.

    repeat_within  the same words of the same partner within this span are the same request, where it gives no reference
    widest_span    of a list; also what is shown where no span is asked for
    waits          before the second try of a delivery, the third, …; after the last one it is held
    look_back      how long a line may take to become visible after its own moment
    """

    valid_from: date
    posts_per_key: Allowance
    wrong_keys_per_address: Allowance
    lists_per_address: Allowance
    repeat_within: timedelta
    widest_span: timedelta
    most_requests: int
    waits: tuple[timedelta, ...]
    look_back: timedelta
    source: str


OPEN311_POLICIES = (
    Open311Policy(
        valid_from=date(2017, 1, 1),
        posts_per_key=Allowance(120, timedelta(minutes=10)),
        wrong_keys_per_address=Allowance(20, timedelta(minutes=30)),
        lists_per_address=Allowance(300, timedelta(minutes=10)),
        repeat_within=timedelta(minutes=30),
        widest_span=timedelta(days=90),
        most_requests=1000,
        waits=tuple(timedelta(seconds=each) for each in (10, 60, 300, 1_800, 7_200, 21_600, 43_200)),
        look_back=timedelta(minutes=5),
        source="GeoReport v2: a list spans 90 days or 1000 requests, the smaller. The rest is our own choice: a "
        "partner that is away for half a day loses nothing; a county sees some hundred requests a day.",
    ),
)


def open311_policy(on: date) -> Open311Policy:
    """The policy in force on a day."""
    return max((each for each in OPEN311_POLICIES if each.valid_from <= on), key=lambda each: each.valid_from)
