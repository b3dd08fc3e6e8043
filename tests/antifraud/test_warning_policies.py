"""By when a warning is acted on, day and night."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from backend.antifraud.warning_policies import clocks, step_policies
from backend.antifraud.words import WarningLevel, WarningStep

NIGHT = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)  # half past two in Shandong


@pytest.mark.parametrize(
    ("level", "minutes"),
    [
        (WarningLevel.HIGH, {WarningStep.ACKNOWLEDGE: 5, WarningStep.CALL: 10, WarningStep.MEET: 30}),
        (WarningLevel.MEDIUM, {WarningStep.CALL: 30, WarningStep.MEET: 120}),
    ],
)
def test_minutes_run_at_night_too(level, minutes):
    told = clocks(level, received_at=NIGHT)

    assert {step: at - NIGHT for step, at in told.items()} == {
        step: timedelta(minutes=each) for step, each in minutes.items()
    }


def test_a_low_warning_is_texted_before_the_day_ends_in_shandong():
    assert clocks(WarningLevel.LOW, received_at=NIGHT) == {
        WarningStep.TEXT: datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC)
    }


def test_a_county_s_own_newer_row_goes_before_the_default_from_its_day_on():
    own = replace(step_policies()[0], minutes=3, valid_from=date(2026, 11, 22))
    rows = (own, *step_policies())

    def ack(at: datetime) -> timedelta:
        return clocks(WarningLevel.HIGH, received_at=at, policies=rows)[WarningStep.ACKNOWLEDGE] - at

    assert ack(NIGHT) == timedelta(minutes=3)
    assert ack(NIGHT - timedelta(days=1)) == timedelta(minutes=5)


def test_every_row_says_where_it_comes_from():
    assert all(row.source for row in step_policies())
