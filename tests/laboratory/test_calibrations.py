import asyncio
from datetime import date, timedelta
from uuid import UUID

import pytest

from backend.core import clock, ids
from backend.core.database import fetch
from backend.laboratory import instruments
from backend.laboratory.calibration_rules import Answered, Done, Standing
from backend.laboratory.calibrations import calibration_on, standings
from backend.laboratory.words import Calibration

FIRST = Done(done_on=date(2026, 1, 5), due_on=date(2026, 7, 4))


def test_a_calibration_counts_on_its_first_and_its_last_day_and_is_overdue_on_the_next():
    told = Standing(done=[FIRST])
    days = {date(2026, 1, 4): "unknown", FIRST.done_on: "valid", FIRST.due_on: "valid", date(2026, 7, 5): "overdue"}
    assert {day: told.on(day).value for day in days} == days


def test_a_newer_calibration_with_a_shorter_span_ends_the_older_one():
    newer = Done(done_on=date(2026, 3, 1), due_on=date(2026, 5, 31))
    told = Standing(done=[newer, FIRST])
    assert told.on(date(2026, 6, 1)) is Calibration.OVERDUE
    assert told.on(date(2026, 2, 28)) is Calibration.VALID


def test_somebody_answers_for_an_overdue_one_on_his_days_only_and_for_an_unknown_one_never():
    answered = [Answered(from_on=date(2026, 7, 6), until_on=date(2026, 7, 8))]
    told = Standing(done=[FIRST], answered=answered)
    days = [date(2026, 7, 5), date(2026, 7, 6), date(2026, 7, 8), date(2026, 7, 9)]
    assert [told.on(day).value for day in days] == ["overdue", "overridden", "overridden", "overdue"]
    assert Standing(answered=answered).on(date(2026, 7, 7)) is Calibration.UNKNOWN


async def test_an_instrument_in_a_file_is_taken_in_once_whatever_the_width_of_its_serial(bench):
    first = await instruments.seen("NC-800 #1", bench.studio)
    again = await instruments.seen_many(["ＮＣ－800 #1\0", " NC-800 #1", "NC-800 #2", "", "\0 "], bench.station)

    assert again["ＮＣ－800 #1\0"] == again[" NC-800 #1"] == first
    assert len(again) == 3
    assert again["NC-800 #2"] != first
    rows = await fetch("SELECT serial, unit, registered_at FROM laboratory_instrument ORDER BY serial")
    assert [tuple(row) for row in rows] == [("NC-800 #1", bench.studio, None), ("NC-800 #2", bench.station, None)]


async def test_serials_too_long_for_a_column_stay_two_where_they_differ_at_their_end(bench):
    found = await instruments.seen_many(["9" * 70 + "1", "9" * 70 + "2"], bench.studio)
    assert len(set(found.values())) == 2


async def test_a_blank_serial_is_no_instrument(bench):
    assert await instruments.seen_many([], bench.studio) == {}
    with pytest.raises(KeyError):
        await instruments.seen(" ", bench.studio)


async def test_one_that_only_its_files_told_of_is_of_unknown_calibration_and_so_is_one_that_is_not_there(bench):
    instrument = await instruments.seen("NC-9", bench.studio)
    nowhere = UUID(int=1)
    assert await calibration_on([instrument, nowhere], clock.today()) == {
        instrument: Calibration.UNKNOWN,
        nowhere: Calibration.UNKNOWN,
    }
    assert await calibration_on([], clock.today()) == {}


async def test_what_is_on_file_decides_for_each_instrument_and_each_day(bench):
    good, late = [await instruments.seen(serial, bench.studio) for serial in ("A", "B")]
    today = clock.today()
    await _calibrated(good, today - timedelta(days=10), today, bench)
    await _calibrated(late, today - timedelta(days=10), today - timedelta(days=1), bench)

    assert await calibration_on([good, late], today) == {good: Calibration.VALID, late: Calibration.OVERDUE}
    assert (await standings([late]))[late].on(today - timedelta(days=1)) is Calibration.VALID


async def _calibrated(instrument: UUID, done_on: date, due_on: date, bench) -> None:
    await fetch(
        "INSERT INTO laboratory_calibration (id, instrument, done_on, due_on, recorded_by, recorded_at) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        *(ids.uuid7(), instrument, done_on, due_on, bench.technician.person_id, clock.now()),
    )


async def test_two_files_that_tell_of_the_same_new_serials_at_once_find_the_same_instruments(bench):
    serials = [f"NC-{number}" for number in range(20)]
    found = await asyncio.gather(
        *(instruments.seen_many(told, unit) for told, unit in ((serials, bench.studio), (serials[::-1], bench.station)))
    )
    assert found[0] == found[1]
    assert len(set(found[0].values())) == 20


async def test_two_counties_that_tell_of_the_same_new_serial_at_once_get_one_each(bench):
    found = await asyncio.gather(*(instruments.seen("001", unit) for unit in (bench.studio, bench.elsewhere) * 3))
    assert len(set(found)) == 2
    assert len(set(found[::2])) == len(set(found[1::2])) == 1
