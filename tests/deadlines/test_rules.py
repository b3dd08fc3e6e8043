"""By when: the awkward days of 2026, which every simpler rule gets wrong."""

import doctest
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

import pytest
from chinese_calendar import constants
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.core.clock import SHANGHAI
from backend.deadlines import recalculations, rules, staffed_hours
from backend.deadlines.calendars import Calendar, DayKind, NamedDay
from backend.deadlines.limits import ClockKind, Limit, Suspension, Why
from backend.deadlines.rules import DeadlineTooFar, Light, deadline, light
from backend.deadlines.staffed_hours import HoursWrong, parse

SPLIT = "08:30-11:30,13:30-17:30"


def _calendar() -> Calendar:
    days = {day: NamedDay(DayKind.HOLIDAY, name, name) for day, name in constants.holidays.items()}
    days |= {day: NamedDay(DayKind.WORKDAY, name, name) for day, name in constants.workdays.items()}
    days[date(2027, 1, 1)] = NamedDay(DayKind.HOLIDAY, "元旦", "New Year's Day")
    return Calendar(7, days, frozenset(range(2004, 2027)))


CALENDAR = _calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def limit(clock: str, amount: int, hours: str | None = None, expected: int | None = None) -> Limit:
    read = parse(hours) if hours else None
    return Limit(clock=ClockKind(clock), amount=amount, expected=expected, hours=read)


def due(clock: str, amount: int, opened: str, *stops: tuple[str, str], hours: str | None = None) -> str:
    suspensions = [Suspension(at(began), at(ended), "other") for began, ended in stops]
    found = deadline(limit(clock, amount, hours), at(opened), CALENDAR, suspensions=suspensions)
    return found.due_at.strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("opened", "days", "expected"),
    [
        (
            "2026-02-13 09:00",
            3,
            "2026-02-25",
        ),  # Monday to Friday says the 18th, a list without make-up days the 26th
        ("2026-09-18 09:00", 3, "2026-09-22"),  # Sunday the 20th is a make-up day
        ("2026-09-30 09:00", 3, "2026-10-10"),  # so is Saturday the 10th
        ("2026-04-30 09:00", 5, "2026-05-11"),
        ("2026-12-30 09:00", 3, "2027-01-05"),
        ("2026-02-14 10:00", 3, "2026-02-26"),  # opened on a make-up Saturday: that day itself never counts
        ("2026-02-13 23:59", 3, "2026-02-25"),  # one minute before midnight is still that day
        ("2026-02-14 00:00", 3, "2026-02-26"),
        ("2026-09-24 09:00", 5, "2026-10-09"),  # across Mid-autumn and National Day both
        ("2026-02-18 09:00", 1, "2026-02-24"),  # opened in the middle of a holiday
    ],
)
def test_working_days_follow_the_state_councils_calendar(opened: str, days: int, expected: str) -> None:
    assert due("working_days", days, opened) == f"{expected} 23:59:59"


def test_what_reaches_into_a_year_without_a_notice_is_provisional() -> None:
    assert deadline(limit("working_days", 3), at("2026-12-30 09:00"), CALENDAR).provisional
    assert not deadline(limit("working_days", 1), at("2026-12-30 09:00"), CALENDAR).provisional
    assert not deadline(limit("calendar_days", 3), at("2026-12-30 09:00"), CALENDAR).provisional


def test_calendar_days_do_not_know_holidays() -> None:
    assert due("calendar_days", 5, "2026-02-13 23:59") == "2026-02-18 23:59:59"


def test_one_hopes_for_a_general_matter_on_day_three_and_it_is_due_on_day_five() -> None:
    found = deadline(limit("calendar_days", 5, expected=3), at("2026-03-02 08:00"), CALENDAR)

    assert (str(found.expected_at), str(found.due_at)) == ("2026-03-05 23:59:59+08:00", "2026-03-07 23:59:59+08:00")


def test_two_hours_are_two_hours_over_midnight_and_into_a_holiday() -> None:
    assert due("wall_hours", 2, "2026-02-14 23:00:30") == "2026-02-15 01:00:30"


@pytest.mark.parametrize(
    ("opened", "minutes", "hours", "expected"),
    [
        ("2026-03-04 11:00", 60, SPLIT, "2026-03-04 14:00:00"),  # over lunch
        ("2026-03-04 11:00", 30, SPLIT, "2026-03-04 11:30:00"),  # used up with the shift: due then, not after lunch
        ("2026-03-04 12:00", 1, SPLIT, "2026-03-04 13:31:00"),  # opened at lunch
        ("2026-03-06 17:29:30", 1, SPLIT, "2026-03-09 08:30:30"),  # half a minute today, half on Monday
        ("2026-02-13 17:00", 60, SPLIT, "2026-02-14 09:00:00"),  # Saturday the 14th is a make-up day
        ("2026-02-14 17:00", 60, SPLIT, "2026-02-24 09:00:00"),  # then nine days of Spring Festival
        ("2026-03-04 23:59", 2, "daily 00:00-24:00", "2026-03-05 00:01:00"),
        ("2026-03-04 00:00", 1440, "daily 00:00-24:00", "2026-03-05 00:00:00"),
        ("2026-03-04 23:30", 60, "mon-sun 22:00-24:00,00:00-06:00", "2026-03-05 00:30:00"),
        ("2026-02-17 08:00", 60, "mon-fri 08:30-17:30; holidays 09:00-11:00", "2026-02-17 10:00:00"),
        ("2026-03-07 08:00", 120, "mon-fri 08:30-17:30; sat 9:00-10:00", "2026-03-09 09:30:00"),
    ],
)
def test_minutes_count_only_while_somebody_is_there(opened: str, minutes: int, hours: str, expected: str) -> None:
    assert due("working_minutes", minutes, opened, hours=hours) == expected


def test_a_day_around_the_clock_has_all_its_1440_minutes() -> None:
    week = deadline(limit("working_minutes", 7 * 1440, "daily 00:00-24:00"), at("2026-02-12 10:17"), CALENDAR)

    assert str(week.due_at) == "2026-02-19 10:17:00+08:00"
    assert sum(step.count for step in week.steps) == 7 * 1440


@pytest.mark.parametrize(
    ("stops", "expected"),
    [
        ([("2026-03-03 08:00", "2026-03-03 09:30")], "2026-03-03 10:30:00"),
        ([("2026-03-03 09:00", "2026-03-03 10:00")], "2026-03-03 09:00:00"),  # it was due when it stopped
        ([("2026-03-02 08:00", "2026-03-03 08:00")], "2026-03-03 10:00:00"),
        ([("2026-03-03 08:00", "2026-03-03 08:30"), ("2026-03-03 08:30", "2026-03-03 09:00")], "2026-03-03 10:00:00"),
    ],
)
def test_a_suspended_wall_clock_moves_by_the_span(stops: list[tuple[str, str]], expected: str) -> None:
    opened = "2026-03-03 07:00" if stops[0][0] != "2026-03-02 08:00" else "2026-03-03 06:00"
    assert due("wall_hours", 2, opened, *stops) == expected


@pytest.mark.parametrize(
    ("stop", "expected"),
    [
        (("2026-03-03 09:00", "2026-03-03 17:00"), "2026-03-05"),  # within one day: it counts
        (("2026-03-03 17:00", "2026-03-04 08:00"), "2026-03-06"),  # over one midnight: that day does not
        (("2026-03-03 17:00", "2026-03-05 08:00"), "2026-03-09"),
        (("2026-03-06 08:00", "2026-03-20 08:00"), "2026-03-05"),  # after it was due: late all the same
        (("2026-03-02 10:00", "2026-03-03 00:00"), "2026-03-05"),  # the day it was opened never counted
    ],
)
def test_of_a_suspended_day_clock_the_days_do_not_count_at_whose_end_it_stood_still(
    stop: tuple[str, str], expected: str
) -> None:
    assert due("working_days", 3, "2026-03-02 09:00", stop) == f"{expected} 23:59:59"


def test_suspended_over_a_holiday_only_working_days_are_given_back() -> None:
    assert due("working_days", 3, "2026-02-12 09:00") == "2026-02-24 23:59:59"
    assert due("working_days", 3, "2026-02-12 09:00", ("2026-02-15 09:00", "2026-02-23 20:00")) == "2026-02-24 23:59:59"
    assert due("working_days", 3, "2026-02-12 09:00", ("2026-02-14 09:00", "2026-02-24 20:00")) == "2026-02-25 23:59:59"
    assert (
        due("calendar_days", 3, "2026-02-12 09:00", ("2026-02-14 09:00", "2026-02-24 20:00")) == "2026-02-25 23:59:59"
    )


def test_suspended_minutes_are_staffed_minutes() -> None:
    stop = ("2026-03-04 11:00", "2026-03-04 14:00")  # an hour of work in three of the wall

    assert due("working_minutes", 120, "2026-03-04 10:00", stop, hours=SPLIT) == "2026-03-04 15:00:00"


def test_a_matter_from_above_keeps_the_earlier_deadline() -> None:
    five, opened = limit("working_days", 5), at("2026-03-02 09:00")
    early = deadline(five, opened, CALENDAR, upstream_due_at=at("2026-03-04 12:00"), shares=(50, 100))
    late = deadline(five, opened, CALENDAR, upstream_due_at=at("2026-04-01 12:00"), shares=(50, 100))

    assert early.due_at == early.marks[-1] == at("2026-03-04 12:00")
    assert early.steps[-1].why is Why.UPSTREAM
    assert str(late.due_at) == "2026-03-09 23:59:59+08:00"


def test_shares_of_a_working_day_clock_never_fall_into_a_holiday() -> None:
    found = deadline(limit("working_days", 3), at("2026-02-13 09:00"), CALENDAR, shares=(30, 75, 100))

    assert [str(mark) for mark in found.marks] == [
        "2026-02-14 21:36:00+08:00",
        "2026-02-25 06:00:00+08:00",
        "2026-02-25 23:59:59+08:00",
    ]


def test_every_day_says_whether_it_counts_and_why() -> None:
    found = deadline(limit("working_days", 3), at("2026-02-13 09:00"), CALENDAR)
    told = [(step.day.day, step.why, step.counted, step.total) for step in found.steps]

    assert told == [
        (13, Why.OPENED, False, 0),
        (14, Why.MAKE_UP, True, 1),
        *((day, Why.HOLIDAY, False, 1) for day in range(15, 24)),
        (24, Why.WORKING_DAY, True, 2),
        (25, Why.WORKING_DAY, True, 3),
    ]
    assert {step.name_zh for step in found.steps if step.why is Why.HOLIDAY} == {"Spring Festival"}


def test_a_limit_that_would_take_years_is_refused() -> None:
    with pytest.raises(DeadlineTooFar):
        deadline(limit("working_minutes", 9000, "mon 08:00-08:01"), at("2026-03-04 10:00"), CALENDAR)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ";",
        "08:30",
        "08:30-08:30",
        "17:30-08:30",
        "22:00-06:00",
        "08:30-11:30,11:00-12:00",
        "24:01-24:02",
        "08:60-09:00",
        "noday 08:00-09:00",
        "mon 08:00-09:00; mon-fri 08:00-09:00",
        "fri-mon 08:00-09:00",
        "08:00-09:00" + " " * 500,
    ],
)
def test_hours_that_contradict_themselves_are_refused(text: str) -> None:
    with pytest.raises(HoursWrong):
        parse(text)


@pytest.mark.parametrize(
    ("chinese", "plain"),
    [
        ("8:30－11:30，13:30—17:30", SPLIT),
        ("周一至周五 8:30-11:30，13:30-17:30；周六9:00-12:00", "mon-fri 08:30-11:30,13:30-17:30; sat 09:00-12:00"),
        ("每天 0:00-24:00", "daily 00:00-24:00"),
        ("工作日 8:30-17:30；节假日 9:00-11:00", "08:30-17:30;holidays 09:00-11:00"),
        ("星期日 9:00 ~ 10:00", "sun 9:00-10:00"),
        ("周天 9:00-10:00", "sun 9:00-10:00"),
    ],
)
def test_hours_may_be_written_as_a_chinese_keyboard_writes_them(chinese: str, plain: str) -> None:
    assert parse(chinese) == parse(plain)


def test_spans_that_touch_do_not_overlap() -> None:
    assert parse("08:00-12:00,12:00-18:00").spans[0] == ((480, 720), (720, 1080))


@pytest.mark.parametrize("module", [rules, recalculations, staffed_hours])
def test_the_examples_in_the_docstrings_hold(module) -> None:
    assert doctest.testmod(module).failed == 0


def test_a_clock_at_a_glance() -> None:
    due_at, mark = at("2026-03-04 12:00"), at("2026-03-04 10:00")

    def seen(text: str, *, running: bool = True) -> Light:
        return light(at(text), due_at=due_at, first_mark=mark, running=running)

    assert [seen("2026-03-04 09:59"), seen("2026-03-04 10:00"), seen("2026-03-04 12:00"), seen("2026-03-04 12:01")] == [
        Light.GREEN, Light.YELLOW, Light.YELLOW, Light.RED,
    ]  # fmt: skip
    assert seen("2026-03-04 12:01", running=False) is Light.GREY


# What must hold on any day

unhurried = settings(deadline=None)

MOMENTS = st.integers(0, 90_000_000).map(lambda s: at("2024-01-01 00:00") + timedelta(seconds=s))
SPANS = st.timedeltas(timedelta(0), timedelta(days=20))
STOPS = st.lists(st.builds(lambda began, span: Suspension(began, began + span, "other"), MOMENTS, SPANS), max_size=4)
HOURS = st.sampled_from(
    [SPLIT, "daily 00:00-24:00", "mon-sat 22:00-24:00,00:00-06:00; holidays 09:00-09:01", "wed 13:37-14:01,15:00-20:13"]
)
LIMITS = st.one_of(
    st.builds(lambda n: limit("wall_hours", n), st.integers(1, 200)),
    st.builds(lambda n: limit("calendar_days", n), st.integers(1, 40)),
    st.builds(lambda n: limit("working_days", n), st.integers(1, 40)),
    st.builds(lambda n, hours: limit("working_minutes", n, hours), st.integers(1, 800), HOURS),
)


@unhurried
@given(LIMITS, MOMENTS, SPANS, STOPS)
def test_opened_later_is_never_due_earlier(what: Limit, opened: datetime, later: timedelta, stops: list) -> None:
    first = deadline(what, opened, CALENDAR, suspensions=stops).due_at

    assert deadline(what, opened + later, CALENDAR, suspensions=stops).due_at >= first


@unhurried
@given(LIMITS, MOMENTS, STOPS, st.integers(1, 30))
def test_more_is_never_due_earlier(what: Limit, opened: datetime, stops: list, more: int) -> None:
    longer = Limit(clock=what.clock, amount=what.amount + more, hours=what.hours)

    shorter_due = deadline(what, opened, CALENDAR, suspensions=stops).due_at
    assert deadline(longer, opened, CALENDAR, suspensions=stops).due_at > shorter_due


@unhurried
@given(LIMITS, MOMENTS, STOPS)
def test_standing_still_never_shortens(what: Limit, opened: datetime, stops: list) -> None:
    assert deadline(what, opened, CALENDAR, suspensions=stops).due_at >= deadline(what, opened, CALENDAR).due_at


@unhurried
@given(LIMITS, MOMENTS, STOPS)
def test_what_the_steps_count_is_the_amount(what: Limit, opened: datetime, stops: list) -> None:
    found = deadline(what, opened, CALENDAR, suspensions=stops)
    amount = what.amount * (60 if what.clock is ClockKind.WALL_HOURS else 1)

    assert sum(step.count for step in found.steps) == found.steps[-1].total == amount


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 900), HOURS, MOMENTS, STOPS)
def test_minutes_counted_one_by_one_come_to_the_same(minutes: int, hours: str, opened: datetime, stops: list) -> None:
    """The slow way: every minute from the opening on, asked whether somebody is there and the clock runs."""
    opened = opened.replace(second=0, microsecond=0)
    stops = [
        Suspension(*(each.replace(second=0, microsecond=0) for each in (stop.began_at, stop.ended_at)), "other")
        for stop in stops
    ]
    found = deadline(limit("working_minutes", minutes, hours), opened, CALENDAR, suspensions=stops)

    assert sum(_staffed_minutes(opened, found.due_at, hours, stops)) == minutes
    assert sum(_staffed_minutes(opened, found.due_at - timedelta(minutes=1), hours, stops)) == minutes - 1


def _staffed_minutes(began: datetime, ended: datetime, hours: str, stops: list[Suspension]) -> Iterable[bool]:
    read = parse(hours)
    day = began.date()
    while day <= ended.date():
        named = CALENDAR.named(day)
        spans = read.on(
            day.weekday(),
            holiday=named is not None and named.kind is DayKind.HOLIDAY,
            make_up=named is not None and named.kind is DayKind.WORKDAY,
        )
        midnight = datetime.combine(day, time(0), SHANGHAI)
        for first, last in spans:
            for minute in range(first, last):
                now = midnight + timedelta(minutes=minute)
                runs = not any(stop.began_at <= now < stop.ended_at for stop in stops)
                yield runs and began <= now < ended
        day += timedelta(days=1)
