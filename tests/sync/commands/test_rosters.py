"""Shifts and stalls confirmed without a signal."""

from datetime import date

import pytest

from backend.core import clock
from backend.core.database import fetch
from backend.rosters.shifts import get_shift
from backend.rosters.station_words import DayState
from backend.rosters.watch import watch
from tests.rosters.markets import Market
from tests.rosters.studio import NOON, Studio, at
from tests.sync.offline import refused, twice


@pytest.fixture(autouse=True)
def _at_noon():
    with clock.stopped(NOON):
        yield


@pytest.fixture
async def studio(cast):
    made = Studio(cast)
    await made.open()
    return made


@pytest.fixture
async def stall(cast):
    """A day on which a stall is planned."""
    market = await Market.opened(cast)
    await market.day(20, DayState.CONFIRMED)
    await market.stall(20, DayState.COMPUTED)
    (row,) = await fetch("SELECT id FROM rosters_stall_day")
    return row["id"]


async def test_a_shift_is_confirmed_once(studio):
    *_, evening = await studio.published()
    _, second = await twice(studio.handler, "confirmShift", shift_id=evening.id)

    assert (second.record.state, second.record.entered_late) == ("confirmed", False)


async def test_a_confirmation_that_comes_after_the_shift_was_missed_puts_it_right_and_is_marked(studio):
    *_, evening = await studio.published()
    with clock.stopped(at(17)):
        await watch()
    with clock.stopped(at(40)):
        await twice(studio.handler, "confirmShift", shift_id=evening.id)

    shift = await get_shift(shift_id=evening.id, by=studio.supervisor)
    assert (shift.state, shift.entered_late) == ("confirmed", True)


async def test_a_stall_is_confirmed_once(cast, stall):
    await twice(cast.supervisor, "confirmStallDay", stall_id=stall, held=True, note="带上配方肥")

    (row,) = await fetch("SELECT state, note, sequence FROM rosters_stall_day")
    assert (row["state"], row["note"]) == ("confirmed", "带上配方肥")
    assert row["sequence"] <= 1


async def test_a_stranger_confirms_neither(studio, stall):
    *_, evening = await studio.published()

    assert await refused(studio.stranger, "confirmShift", shift_id=evening.id) == "rosters/shift-unknown"
    code = await refused(studio.stranger, "confirmStallDay", stall_id=stall, held=True, on=date(2026, 12, 13))
    assert code == "rosters/stall-unknown"
