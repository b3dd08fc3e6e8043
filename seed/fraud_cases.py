"""Two years of cases as the demo's police registered them: a day, a type, a sum. Every one is made up.

Their shape is Guan county's in what it told of 2025: filed cases −61.94 % against the year before, losses −26.08 %, so
a loss per case that nearly doubled (DOMAIN A.6, rows 68 and 69: 227 days without a reported incident). The numbers are
a tenth of such a county's, and which types come when follows the library: its ten national types and their seasons.
"""

import math
import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from backend.antifraud.fraud_case_schemas import NewFraudCase
from backend.antifraud.fraud_cases import register_case
from backend.antifraud.library_files import shipped_types
from backend.core import clock
from backend.core.database import fetch_row
from backend.people.actors import Actor
from seed import made_id
from seed.bench_after import when
from seed.cast import COUNTY, FRAUD_DESK, LIANGCUN, Member

Cast = Mapping[Member, Actor]


class Kind(NamedTuple):
    """How often a type is told among a hundred, and what half of its victims lose at most, in yuan."""

    weight: int
    middle_yuan: int


KINDS = {
    "brushing_rebates": Kind(29, 18_000),
    "fake_shopping": Kind(16, 4_200),
    "fake_customer_service": Kind(14, 21_000),
    "fake_investment": Kind(12, 96_000),
    "fake_loan": Kind(10, 13_000),
    "fake_credit_record": Kind(8, 24_000),
    "game_trade": Kind(7, 2_300),
    "fake_authorities": Kind(5, 64_000),
    "fake_leader_or_acquaintance": Kind(4, 52_000),
    "online_romance": Kind(3, 78_000),
}


class Year(NamedTuple):
    """So many cases and so much lost in all, between two days, counted back from the planting."""

    since: int
    until: int
    cases: int
    loss_yuan: int


YEARS = (Year(731, 366, 126, 4_800_000), Year(365, 67, 47, 3_483_000))
LATE = made_id("fraud case/late")
HAPPENED, REPORTED = 31, 3
"""Days before the planting: it broke a run that was two months long until then."""
BOOKED_AT = (59, 9)
"""When the desk took over the years before it had an account."""


async def register_all(cast: Cast, day: date) -> None:
    """Once; what is in already stays as it is."""
    if await fetch_row("SELECT FROM antifraud_case WHERE id = $1", LATE):
        return
    with clock.stopped(when(day, BOOKED_AT)):
        for new in two_years(day):
            await register_case(new=new, by=cast[FRAUD_DESK])
    with clock.stopped(when(day, (REPORTED, 16))):
        await register_case(new=_late(day), by=cast[FRAUD_DESK])


def two_years(day: date) -> list[NewFraudCase]:
    """All but the late one, the same at every call of a day."""
    dice = random.Random(44)  # noqa: S311 - a story, not a secret; with 44 this year until today looks like a whole one
    return [case for year in YEARS for case in _year(year, day, dice)]


def _year(year: Year, day: date, dice: random.Random) -> Iterator[NewFraudCase]:
    days = sorted(dice.sample(range(year.until, year.since), year.cases), reverse=True)
    types = [_type(day - timedelta(days=back), dice) for back in days]
    losses = [KINDS[each].middle_yuan * math.exp(dice.gauss(0, 0.9)) for each in types]
    scale = year.loss_yuan / sum(losses)
    for number, (back, fraud_type, loss) in enumerate(zip(days, types, losses, strict=True)):
        occurred_on = day - timedelta(days=back)
        yield NewFraudCase(
            id=made_id(f"fraud case/{year.since}/{number}"),
            occurred_on=occurred_on,
            registered_on=occurred_on + timedelta(days=dice.choice((0, 0, 0, 1, 1, 2, 4))),
            fraud_type=fraud_type,
            loss_yuan=round(loss * scale, 2),
            division_code=LIANGCUN if number % 5 == 0 else COUNTY,
        )


def _type(on: date, dice: random.Random) -> str:
    """A type three times as often in its season."""
    seasons = {each.code: each.season for each in shipped_types()}
    weights = [
        kind.weight * (3 if seasons[code] != "all" and on.month in seasons[code] else 1) for code, kind in KINDS.items()
    ]
    return dice.choices(list(KINDS), weights)[0]


def _late(day: date) -> NewFraudCase:
    return NewFraudCase(
        id=LATE,
        occurred_on=day - timedelta(days=HAPPENED),
        registered_on=day - timedelta(days=REPORTED),
        fraud_type="fake_investment",
        loss_yuan=64_800.0,
        division_code=COUNTY,
    )
