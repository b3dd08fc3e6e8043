"""From a file to its verdicts, as far as calibration and runs decide them."""

from datetime import timedelta

import pytest

from backend.core import clock, ids
from backend.core.database import fetch
from backend.laboratory import calibrating, importing, instrument_queries, quality_charts, runs
from backend.laboratory.import_schemas import ImportAnswer, NewImport
from backend.laboratory.instrument_schemas import NewOverride, NewRun
from backend.laboratory.quality_charts import ChartKind
from backend.laboratory.words import Calibration, ImportDoor


def file(*percents: float, serial: str = "NC-1001", days_ago: int = 0) -> bytes:
    """What an instrument writes: a row per sample."""
    day = (clock.today() - timedelta(days=days_ago)).isoformat()
    rows = [f"{serial},{n},NY-{n},白菜,{percent},合格,{day} 09:30:00" for n, percent in enumerate(percents)]
    return "\n".join(["仪器编号,记录编号,样品编号,样品名称,抑制率(%),检测结果,检测时间", *rows, ""]).encode()


async def imported(bench, content: bytes, **told) -> ImportAnswer:
    outcome = await importing.import_bytes(
        content, file_name="a.csv", told=NewImport(**told), by=bench.technician, door=ImportDoor.API
    )
    assert isinstance(outcome.record, ImportAnswer)
    return outcome.record


def verdicts(answer: ImportAnswer) -> list[str | None]:
    return [each.verdict for each in answer.rows]


async def verdicts_now() -> list[str | None]:
    return [row["verdict"] for row in await fetch("SELECT verdict FROM laboratory_result ORDER BY record_id")]


async def test_an_overdue_instruments_file_has_no_verdict_until_somebody_answers_for_its_day(bench):
    instrument = await bench.instrument("NC-1001", due_in_days=-2)
    answer = await imported(bench, file(12, 62, days_ago=1))
    assert verdicts(answer) == [None, None]
    assert {each.calibration for each in answer.rows} == {Calibration.OVERDUE.value}
    assert "校准" in answer.rows[0].reason

    new = NewOverride(from_on=clock.today() - timedelta(days=1), until_on=clock.today(), reason="比对合格，先用着")
    await calibrating.override(instrument_id=instrument, new=new, by=bench.cast.supervisor)
    assert await verdicts_now() == ["negative", "positive"]
    retests = await fetch("SELECT kind FROM laboratory_retest WHERE state = 'open'")
    assert {row["kind"] for row in retests} == {"repeat"}


async def test_an_instrument_that_only_its_file_told_of_is_judged_with_a_word_of_its_unknown_calibration(bench):
    answer = await imported(bench, file(12, serial="ＮＣ－2002"))
    assert verdicts(answer) == ["negative"]
    (told,) = (await instrument_queries.list_instruments(by=bench.technician, registered=False)).items
    assert (told.serial, told.calibration, told.results_n) == ("NC-2002", Calibration.UNKNOWN, 1)


@pytest.mark.parametrize(("blank", "expected"), [(0.5, ["negative", "positive"]), (0.1, ["invalid", "invalid"])])
async def test_a_run_recorded_after_its_file_or_before_it_gives_the_same_verdicts(bench, blank, expected):
    instrument = await bench.instrument("NC-1001")
    after = await imported(bench, file(12, 62))
    run = NewRun(id=ids.uuid7(), instrument_id=instrument, import_id=after.id, blank_delta=blank)
    assert (await runs.record_run(new=run, by=bench.technician)).record.results_n == 2
    assert await verdicts_now() == expected

    before = (
        await runs.record_run(new=NewRun(instrument_id=instrument, blank_delta=blank), by=bench.technician)
    ).record
    other = file(12, 62, days_ago=1).replace(b",0,NY", b",7,NY").replace(b",1,NY", b",8,NY")
    assert verdicts(await imported(bench, other, run_id=before.id)) == expected
    chart = await quality_charts.chart(instrument_id=instrument, kind=ChartKind.BLANK, by=bench.technician)
    assert [each.value for each in chart.points] == [blank, blank]


async def test_a_dry_run_takes_no_instrument_in_and_sees_none_of_another_county(bench):
    await bench.instrument("NC-1001", due_in_days=-9, unit=bench.elsewhere)
    answer = await imported(bench, file(12), dry_run=True)
    assert verdicts(answer) == ["negative"]
    assert answer.rows[0].calibration == Calibration.UNKNOWN.value
    assert (await instrument_queries.list_instruments(by=bench.technician)).items == []


async def test_two_counties_whose_instruments_number_alike_take_in_each_its_own_records(bench):
    ours = await imported(bench, file(12, 62, serial="001"))
    outcome = await importing.import_bytes(file(30, 45, serial="001"), by=bench.outsider, door=ImportDoor.API)
    theirs = outcome.record
    assert isinstance(theirs, ImportAnswer)
    assert (ours.stored, theirs.stored, theirs.duplicate, theirs.refused) == (2, 2, 0, 0)
    again = await imported(bench, file(12, 62, serial="001"))
    assert (again.stored, again.duplicate) == (0, 2)
    serials = await fetch("SELECT serial FROM laboratory_instrument ORDER BY serial")
    assert [row["serial"] for row in serials] == ["001", "001 @370782"]
