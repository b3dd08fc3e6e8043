"""When a soil trend has a direction, and of how many farms a figure must be before others read it: dated rows, the
newest that has begun counts. A county that wants other numbers adds a line; nobody edits an old one.
"""

from datetime import date, datetime, time
from decimal import Decimal

from msgspec import Struct

from backend.core.clock import SHANGHAI


class SoilFigurePolicy(Struct, frozen=True, kw_only=True):
    """The numbers of one policy, from `valid_from` on, and where they come from.

    households      so many farms at least stand behind a figure that is told to others (k)
    months          a public figure is of the tests of so many months, and is made anew every `released_months`: whoever
                    asks before and after one farmer's test reads the same
    digits          a mean is told to so many figures, and a number of farms as "at least", in steps of `households`
    trend_points    fewer points have no direction
    trend_share, trend_ph   a change below this share of the mean (of pH: below so much) is none: sampling and the
                    laboratory scatter by as much
    trend_tau       Kendall's tau from which on points go one way
    """

    valid_from: date
    households: int
    months: int
    released_months: int
    digits: int
    trend_points: int
    trend_share: Decimal
    trend_ph: Decimal
    trend_tau: Decimal
    source: str

    def released(self, day: date) -> datetime:
        """Until when tests count in what is read on a day: the beginning of its quarter."""
        month = (day.month - 1) // self.released_months * self.released_months + 1
        return datetime.combine(day.replace(month=month, day=1), time(), SHANGHAI)

    def begins(self, released: datetime) -> datetime:
        """From when on."""
        months = released.year * 12 + released.month - 1 - self.months
        return released.replace(year=months // 12, month=months % 12 + 1)


SOIL_FIGURE_POLICIES = (
    SoilFigurePolicy(
        valid_from=date(2020, 1, 1),
        households=5,
        months=36,
        released_months=3,
        digits=2,
        trend_points=3,
        trend_share=Decimal("0.1"),
        trend_ph=Decimal("0.3"),
        trend_tau=Decimal("0.6"),
        source="Our own choice. Five farms, as for outbreaks: the smallest number in which no single one can be told. "
        "Three years: as long as a sample knows its field. 10 % and 0.3 pH: two tests of one field differ by as "
        "much [K].",
    ),
)


def soil_figure_policy(on: date) -> SoilFigurePolicy:
    """The policy in force on a day."""
    return max((each for each in SOIL_FIGURE_POLICIES if each.valid_from <= on), key=lambda each: each.valid_from)
