"""Market days against an independent library, which reckons the moon where ours looks it up."""

import doctest
from datetime import date, timedelta

import pytest
from lunar_python import Lunar, LunarMonth, Solar

from backend.rosters import market_lunar, market_rules
from backend.rosters.market_lunar import ends_short_month, lunar_day, lunar_text
from backend.rosters.market_rules import Rule, branch, market_days
from backend.rosters.station_words import MarketRuleKind, ShortMonth

FIRST, LAST = date(2025, 1, 29), date(2027, 2, 6)
"""Two lunar years, the snake's with its leap sixth month and the horse's, and the New Year's Day after them."""
NEW_YEARS = {FIRST, date(2026, 2, 17), LAST}
SINCE = date(2020, 1, 1)
BRANCHES = "子丑寅卯辰巳午未申酉戌亥"


def span(first, last):
    return [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]


def judged(day):
    return Solar.fromYmd(day.year, day.month, day.day).getLunar()


def rule(*numbers, kind=MarketRuleKind.LUNAR_DIGIT, **more):
    return Rule(kind=kind, numbers=numbers, valid_from=SINCE, **more)


def days_of(*rules, first=FIRST, last=LAST):
    return set(market_days(rules, first, last))


def told_by_judge(lunar_days, first=FIRST, last=LAST):
    """Where the judge puts these days of each lunar month: walked by months, not by days as ours is."""
    found = set()
    for year in range(first.year - 1, last.year + 1):
        months = [LunarMonth.fromYm(year, number) for number in (*range(1, 13), *range(-12, 0))]
        for month in (one for one in months if one is not None):
            for day in lunar_days:
                if day <= month.getDayCount():
                    solar = Lunar.fromYmd(year, month.getMonth(), day).getSolar()
                    found.add(date(solar.getYear(), solar.getMonth(), solar.getDay()))
    return {day for day in found if first <= day <= last}


def test_the_doctests_hold():
    assert doctest.testmod(market_lunar).failed == 0
    found = doctest.testmod(market_rules)
    assert (found.failed, found.attempted > 12) == (0, True)


def test_every_day_of_thirty_years_is_the_lunar_day_the_judge_reckons():
    ours, theirs = [], []
    for day in span(date(2020, 1, 1), date(2049, 12, 31))[::7]:
        found, other = lunar_day(day), judged(day)
        ours.append((day, found.month, found.day, found.leap))
        theirs.append((day, abs(other.getMonth()), other.getDay(), other.getMonth() < 0))
    assert ours == theirs


def test_new_years_days_are_where_they_are():
    assert {day for day in span(FIRST, LAST) if lunar_text(day) == "正月初一"} == NEW_YEARS


@pytest.mark.parametrize(
    ("township", "digits"), [("梁村", (1, 6)), ("清平", (3, 8)), ("固河", (5, 0))], ids=["1-6", "3-8", "5-10"]
)
def test_three_townships_over_two_lunar_years_are_as_the_judge_has_them(township, digits):
    lunar_days = [day for day in range(1, 31) if day % 10 in digits]
    expected = told_by_judge(lunar_days) - NEW_YEARS  # when nobody comes

    assert days_of(rule(*digits)) == expected
    assert len(expected) > 130


def test_a_leap_month_holds_its_markets_as_every_other():
    leap = {day for day in days_of(rule(2, 7)) if lunar_day(day).leap}

    assert leap == told_by_judge([2, 7, 12, 17, 22, 27], date(2025, 7, 25), date(2025, 8, 22))
    assert len(leap) == 6


def test_the_eve_of_2027_is_the_29th_and_a_market_of_the_30th_is_left_out_or_held_on_it():
    eve = date(2027, 2, 5)
    assert (lunar_text(eve), ends_short_month(eve)) == ("腊月廿九", True)
    skipping, moving = days_of(rule(5, 0)), days_of(rule(5, 0, short_month=ShortMonth.DAY_29))

    shorts = {day for day in span(FIRST, LAST) if ends_short_month(day)}
    assert eve not in skipping
    assert moving - skipping == shorts
    assert {one for one in shorts if judged(one).getDay() == 29} == shorts
    assert len(shorts) > 8


def test_a_market_of_the_30th_without_the_choice_of_the_29th_never_moves():
    assert days_of(rule(3, 8, short_month=ShortMonth.DAY_29)) == days_of(rule(3, 8))


def test_new_years_day_is_suppressed_for_every_kind_unless_it_is_held_or_named():
    new_year = date(2027, 2, 6)  # a Saturday, 辰
    for one in (
        rule(1, 6),
        rule(6, kind=MarketRuleKind.SOLAR_DIGIT),
        rule(6, kind=MarketRuleKind.WEEKDAY),
        rule(5, kind=MarketRuleKind.BRANCH),
    ):
        assert days_of(one, first=new_year, last=new_year) == set()
        held = rule(*one.numbers, kind=one.kind, held_on_new_year=True)
        assert days_of(held, first=new_year, last=new_year) == {new_year}
    named = Rule(kind=MarketRuleKind.DATES, dates=[new_year], valid_from=SINCE)
    assert days_of(named, first=new_year, last=new_year) == {new_year}


def test_branch_days_are_those_of_the_judge():
    wrong = [day for day in span(FIRST, LAST) if BRANCHES[branch(day) - 1] != judged(day).getDayZhi()]
    assert wrong == []
    dogs_and_dragons = days_of(rule(5, 11, kind=MarketRuleKind.BRANCH))
    assert {judged(day).getDayZhi() for day in dogs_and_dragons} == {"辰", "戌"}


def test_solar_digits_go_by_the_calendar_on_the_wall():
    days = days_of(rule(1, 6, kind=MarketRuleKind.SOLAR_DIGIT), first=date(2027, 1, 1), last=date(2027, 1, 31))
    assert sorted(day.day for day in days) == [1, 6, 11, 16, 21, 26, 31]


def test_a_rule_names_only_days_between_its_own_dates():
    short = Rule(kind=MarketRuleKind.WEEKDAY, numbers=[7], valid_from=date(2027, 1, 10), valid_to=date(2027, 1, 24))
    assert sorted(days_of(short)) == [date(2027, 1, 10), date(2027, 1, 17), date(2027, 1, 24)]


def test_two_rules_together_name_a_day_once():
    found = market_days([rule(1, 6), rule(*range(1, 8), kind=MarketRuleKind.WEEKDAY)], FIRST, FIRST + timedelta(20))
    assert list(found) == sorted(found)
    assert {found[day] for day in found if lunar_day(day).day % 5 == 1 and day not in NEW_YEARS} == {0}


def test_the_twelfth_month_is_told_as_people_say_it():
    texts = [lunar_text(day) for day in (date(2027, 1, 8), date(2027, 1, 27), date(2026, 12, 9), date(2025, 7, 25))]
    assert texts == [
        *("腊月初一", "腊月二十", "冬月初一"),
        "闰六月初一",
    ]
