from datetime import timedelta
from uuid import UUID

import pytest

from backend.core import clock
from backend.laboratory import quality_charts, runs
from backend.laboratory.chart_rules import Flag, flags, middle
from backend.laboratory.instrument_refusals import InstrumentUnknown
from backend.laboratory.instrument_schemas import NewRun
from backend.laboratory.quality_charts import ChartKind

STEADY = [0.50, 0.52, 0.49, 0.51, 0.50, 0.52, 0.49, 0.51, 0.50, 0.51]


def flagged(values: list[float], *, low: float | None = None, high: float | None = None) -> list[Flag | None]:
    found = middle(values)
    mean, sd = found or (None, None)
    return flags(values, mean=mean, sd=sd, low=low, high=high)


def test_a_steady_bench_has_no_flag_and_below_ten_points_there_is_no_middle():
    assert set(flagged(STEADY)) == {None}
    assert middle(STEADY[:9]) is None
    assert middle([0.5] * 10) == (0.5, 0.0)
    assert set(flagged([0.5] * 10)) == {None}


def test_one_wild_point_among_ten_does_not_hide_itself_in_a_spread_of_its_own_making():
    assert flagged([*STEADY[:9], 0.75])[-1] is Flag.OUT


def test_two_in_a_row_beyond_two_sd_on_the_same_side_warn_and_on_two_sides_do_not():
    middle_of = {"mean": 0.0, "sd": 1.0, "low": None, "high": None}
    assert flags([2.1, 2.2, 0], **middle_of) == [None, Flag.WARNED, None]
    assert flags([-2.1, -2.2], **middle_of) == [None, Flag.WARNED]
    assert flags([2.1, -2.2], **middle_of) == [None, None]
    assert flags([2.0, 2.2], **middle_of) == [None, None]
    assert flags([3.0, 3.01], **middle_of) == [None, Flag.OUT]


def test_the_seventh_in_a_row_on_one_side_is_a_drift_and_one_on_the_middle_breaks_the_row():
    middle_of = {"mean": 0.0, "sd": 1.0, "low": None, "high": None}
    assert flags([0.1] * 7, **middle_of) == [None] * 6 + [Flag.DRIFT]
    assert flags([-0.1] * 8, **middle_of)[6:] == [Flag.DRIFT] * 2
    assert set(flags([0.1] * 6 + [0.0] + [0.1] * 6, **middle_of)) == {None}


def test_what_lies_outside_the_window_is_out_even_before_there_is_a_middle():
    assert flags([0.2, 0.3, 0.8, 0.9], mean=None, sd=None, low=0.3, high=0.8) == [Flag.OUT, None, None, Flag.OUT]


async def ran(bench, instrument: UUID, *, days_ago: float, **told) -> UUID:
    new = NewRun(instrument_id=instrument, started_at=clock.now() - timedelta(days=days_ago), **told)
    return (await runs.record_run(new=new, by=bench.technician)).record.id


async def test_blanks_of_runs_and_of_files_without_one_stand_in_the_order_of_time(bench):
    instrument, sample, now = await bench.instrument(), await bench.sample(), clock.now()
    old = await ran(bench, instrument, days_ago=91, blank_delta=0.4)
    mine = await ran(bench, instrument, days_ago=1, blank_delta=0.5)
    silent = await ran(bench, instrument, days_ago=3, control_percent=80)
    for run, blank, ago in ((mine, 0.5, 1), (silent, 0.6, 3), (silent, 0.6, 3), (None, 0.2, 2)):
        await bench.result(
            sample, instrument=instrument, run=run, blank_delta=blank, tested_at=now - timedelta(days=ago)
        )
    told = await quality_charts.chart(instrument_id=instrument, kind=ChartKind.BLANK, by=bench.technician)

    assert [(each.value, each.flag, each.run_id) for each in told.points] == [
        (0.6, None, silent),
        (0.2, "out", None),
        (0.5, None, mine),
    ]
    assert (told.low, told.high, told.unit, told.mean) == (0.3, 0.8, "ΔA", None)
    assert "GB/T 5009.199-2003" in told.source
    assert "Westgard" in told.source
    longer = await quality_charts.chart(instrument_id=instrument, kind=ChartKind.BLANK, days=100, by=bench.technician)
    assert longer.points[0].run_id == old


async def test_a_file_of_many_days_gives_a_point_for_each_blank_of_each_day(bench):
    instrument, sample, now = await bench.instrument(), await bench.sample(), clock.now()
    for days_ago, blank in ((3, 0.5), (3, 0.5), (3, 0.52), (2, 0.5)):
        at = now - timedelta(days=days_ago)
        await bench.result(sample, instrument=instrument, blank_delta=blank, tested_at=at)
    told = await quality_charts.chart(instrument_id=instrument, kind=ChartKind.BLANK, by=bench.technician)
    assert sorted(each.value for each in told.points[:2]) == [0.5, 0.52]
    assert [each.value for each in told.points[2:]] == [0.5]


async def test_what_the_window_throws_out_does_not_move_the_middle(bench):
    instrument = await bench.instrument()
    for number, blank in enumerate([2.5, *STEADY]):
        await ran(bench, instrument, days_ago=30 - number, blank_delta=blank)
    told = await quality_charts.chart(instrument_id=instrument, kind=ChartKind.BLANK, by=bench.technician)

    assert told.mean == pytest.approx(0.505)
    assert told.points[0].flag == "out"
    assert {each.flag for each in told.points[1:]} == {None}


async def test_a_control_that_does_not_read_positive_is_out_whatever_its_own_range_says(bench):
    instrument = await bench.instrument()
    for number, control in enumerate((80, 30)):
        await ran(bench, instrument, days_ago=5 - number, control_percent=control, control_low=20, control_high=90)
    told = await quality_charts.chart(instrument_id=instrument, kind=ChartKind.CONTROL, by=bench.expert)
    assert [(each.value, each.flag) for each in told.points] == [(80, None), (30, "out")]
    assert (told.low, told.high, told.unit) == (50, None, "%")


async def test_a_stranger_sees_no_chart(bench):
    instrument = await bench.instrument()
    for who in (bench.outsider, bench.station_technician, bench.cast.cadre):
        with pytest.raises(InstrumentUnknown):
            await quality_charts.chart(instrument_id=instrument, kind=ChartKind.BLANK, by=who)
