"""When two requests are shown as perhaps the same field: dated rows, the newest that has begun counts."""

from datetime import date, timedelta

from msgspec import Struct


class LikenessPolicy(Struct, frozen=True, kw_only=True):
    """The numbers of one policy, from `valid_from` on, and where they come from.

    asker_within    the same household or telephone asks of the same crop again
    place_within    somebody asks of the same crop within `place_m`
    most            so many of the likest are kept of one request: a blank photo looks like every other
    """

    valid_from: date
    asker_within: timedelta
    place_within: timedelta
    place_m: float
    most: int
    source: str


LIKENESS_POLICIES = (
    LikenessPolicy(
        valid_from=date(2020, 1, 1),
        asker_within=timedelta(days=14),
        place_within=timedelta(days=3),
        place_m=300,
        most=20,
        source="Our own choice: a fortnight is how long a treatment takes to show, 300 m is a few fields.",
    ),
)


def likeness_policy(on: date) -> LikenessPolicy:
    """The policy in force on a day."""
    return max((each for each in LIKENESS_POLICIES if each.valid_from <= on), key=lambda each: each.valid_from)
