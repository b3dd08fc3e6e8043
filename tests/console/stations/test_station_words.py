"""Stations, hours and market rules as people say them; hours as people type them."""

import doctest

import pytest

from backend.console.stations import clock_typed, near, words
from backend.rosters.market_schemas import MarketRuleRecord
from backend.rosters.station_hours_schemas import StationHoursRecord, StationOpening
from backend.rosters.station_words import MarketRuleKind, ShortMonth
from tests.rosters.market_town import TODAY


@pytest.mark.parametrize("module", [clock_typed, near, words], ids=lambda module: module.__name__)
def test_the_examples_hold(module: object) -> None:
    found = doctest.testmod(module)  # type: ignore[arg-type]

    assert (found.failed, found.attempted > 0) == (0, True)


def rule(kind: MarketRuleKind, *numbers: int, short_month: ShortMonth = ShortMonth.SKIP) -> MarketRuleRecord:
    return MarketRuleRecord(
        id=None,  # type: ignore[arg-type]
        market_id=None,  # type: ignore[arg-type]
        kind=kind,
        numbers=list(numbers),
        dates=[TODAY] if kind is MarketRuleKind.DATES else [],
        short_month=short_month,
        held_on_new_year=False,
        valid_from=TODAY,
        valid_to=None,
        source="",
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (rule(MarketRuleKind.LUNAR_DIGIT, 3, 8), "逢农历三、八"),
        (rule(MarketRuleKind.LUNAR_DIGIT, 0, 5), "逢农历五、十"),
        (
            rule(MarketRuleKind.LUNAR_DIGIT, 0, 5, short_month=ShortMonth.DAY_29),
            "逢农历五、十 · 小月没有三十，改在廿九",
        ),
        (rule(MarketRuleKind.SOLAR_DIGIT, 0, 5), "逢公历尾数 5、10"),
        (rule(MarketRuleKind.WEEKDAY, 3, 7), "每周三、周日"),
        (rule(MarketRuleKind.BRANCH, 5, 11), "逢辰、戌日"),
        (rule(MarketRuleKind.DATES), "2026-11-23"),
    ],
    ids=["pair", "tens", "short month", "solar", "weekdays", "branches", "dates"],
)
def test_a_rule_is_said_as_a_market_town_says_it(given: MarketRuleRecord, said: str) -> None:
    assert words.rule(given) == said


def test_days_that_are_alike_share_a_line_and_market_days_come_last() -> None:
    days = {1: "08:30", 2: "08:30", 3: "09:00", 5: "08:30", 0: "07:00"}
    hours = [StationOpening(weekday=day, opens=opens, closes="11:30") for day, opens in days.items()]
    week = StationHoursRecord(unit_id=None, valid_from=TODAY, valid_to=None, hours=hours)  # type: ignore[arg-type]

    assert words.week_lines(week) == [
        ("周一至周二", "08:30–11:30"),
        ("周三", "09:00–11:30"),
        ("周四", "不开门"),
        ("周五", "08:30–11:30"),
        ("周六至周日", "不开门"),
        ("赶集日", "07:00–11:30"),
    ]
