"""The monthly table: how a desk works for all who oversee it, what it found for those who tested it."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import count

import pytest

from backend.cases.refusals import UnitUnknown
from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.refusals import Forbidden, Invalid
from backend.laboratory import month_routes
from backend.laboratory.instrument_tables import Run
from backend.laboratory.month_tables import as_csv, lines
from backend.laboratory.months import lab_month, scope
from backend.laboratory.report_tables import LabReport
from backend.laboratory.result_tables import Retest, SecondLook
from backend.laboratory.sample_tables import SampleHandOver
from backend.laboratory.words import (
    InvalidRun,
    Method,
    RetestKind,
    RetestState,
    RunKind,
    SampleKind,
    SampleState,
    Verdict,
)
from backend.people.actions import open_unit
from backend.people.tables import UnitKind
from tests.cast import COUNTY
from tests.laboratory.bench import client_of, signed_in

MAY = datetime(2026, 5, 12, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
NUMBERS = count(1)


async def of_may(bench, *, by=None, at=MAY + timedelta(days=40), **asked):
    with clock.stopped(at):
        return await lab_month(**{"month": "2026-05", "by": by or bench.technician, "unit_id": bench.studio, **asked})


async def came(bench, *, at=MAY, **columns):
    return await bench.sample(f"M-{next(NUMBERS):04d}", **{"received_at": at, "drop_off": bench.studio, **columns})


async def found(bench, verdict, *, at=MAY + 2 * HOUR, sample=None, **columns):
    sample = sample or await came(bench)
    return await bench.result(sample, verdict=verdict, received_at=at, tested_at=at, **columns)


def told(counted):
    return {each.code: each.n for each in counted if each.n != 0}


async def test_samples_are_counted_by_what_they_are_and_where_they_were_handed_in(bench):
    await came(bench)
    await came(bench, kind=SampleKind.SOIL, drop_off=bench.station)
    await came(bench, kind=SampleKind.SOIL, run_kind=RunKind.SUPERVISION, drop_off=bench.station)
    await came(bench, drop_off=None)
    month = await of_may(bench)
    assert month.samples == 4
    assert told(month.by_kind) == {"produce": 2, "soil": 2}
    assert told(month.by_run_kind) == {"advice": 3, "supervision": 1}
    assert [(each.says, each.n) for each in month.by_drop_off] == [
        ("梁村检测点", 2),
        ("农技工作室", 1),
        ("没说在哪里送的", 1),
    ]


async def test_a_month_begins_and_ends_on_shandongs_calendar(bench):
    first = datetime(2026, 4, 30, 16, tzinfo=UTC)
    for at in (
        first - timedelta(seconds=1),
        first,
        datetime(2026, 5, 31, 15, 59, tzinfo=UTC),
        first + timedelta(days=31),
    ):
        await came(bench, at=at)
    assert (await of_may(bench)).samples == 2
    assert (await of_may(bench, month="2026-12")).samples == 0
    for wrong in ("2026-13", "may", "2026", "9999-12"):
        with pytest.raises(Invalid):
            await of_may(bench, month=wrong)


async def test_what_only_a_file_told_of_is_held_and_a_joined_one_is_not_counted_twice(bench):
    kept = await came(bench)
    await bench.held(received_at=MAY)
    await came(bench, state=SampleState.JOINED, joined_to=kept)
    month = await of_may(bench)
    assert (month.samples, month.held) == (1, 1)


async def test_results_are_counted_by_what_was_said(bench):
    await found(bench, Verdict.NEGATIVE)
    await found(bench, Verdict.NEGATIVE)
    await found(bench, Verdict.POSITIVE, instrument_disagrees=True)
    await found(bench, None, grade=3)
    await found(bench, None)
    month = await of_may(bench)
    assert (month.results, month.disagreements, month.least) == (5, 1, 0)
    assert told(month.by_verdict) == {"negative": 2, "positive": 1, "graded": 1, "undecided": 1}


async def run(bench, instrument, *reasons, at=MAY):
    row = Run(
        id=ids.uuid7(),
        instrument=instrument,
        unit=bench.studio,
        operator=bench.technician.person_id,
        method=Method.ENZYME_INHIBITION,
        started_at=at,
        valid=not reasons,
        invalid_reasons=list(reasons),
        recorded_at=at,
        recorded_by=bench.technician.person_id,
        arguments_digest=b"",
    )
    await Run.insert(row)


async def test_runs_that_do_not_count_are_told_with_every_reason(bench):
    instrument = await bench.instrument()
    await run(bench, instrument)
    await run(bench, instrument, InvalidRun.BLANK_OUT_OF_WINDOW)
    await run(bench, instrument, InvalidRun.BLANK_OUT_OF_WINDOW, InvalidRun.SAID_SO)
    month = await of_may(bench)
    assert (month.runs, month.invalid_runs) == (3, 2)
    assert told(month.by_invalid_reason) == {"blank_out_of_window": 2, "said_so": 1}


async def report(bench, sample, at, *, superseded_by=None):
    row = LabReport(
        id=ids.uuid7(),
        number=f"JC{next(NUMBERS):012d}",
        sample=sample,
        sha256=b"",
        signature=b"",
        key_id="k",
        issued_at=at,
        issued_by=bench.technician.person_id,
        superseded_by=superseded_by,
    )
    await LabReport.insert(row)
    return row.id


async def handed_over(bench, sample, at):
    row = SampleHandOver(
        id=ids.uuid7(),
        sample=sample,
        from_unit=bench.station,
        to_unit=bench.studio,
        at=at,
        recorded_at=at,
        by=bench.station_technician.person_id,
        arguments_digest=b"",
    )
    await SampleHandOver.insert(row)


async def test_how_long_it_took_is_told_as_half_and_nine_in_ten(bench):
    for hours in range(1, 12):
        sample = await came(bench, drop_off=bench.station)
        await handed_over(bench, sample, MAY + hours * HOUR / 2)
        await found(bench, Verdict.NEGATIVE, sample=sample, at=MAY + hours * HOUR)
        await found(bench, Verdict.NEGATIVE, sample=sample, at=MAY + 99 * HOUR)
        await report(bench, sample, MAY + 2 * hours * HOUR)
    await came(bench)
    month = await of_may(bench)
    assert (month.result_hours.n, month.result_hours.median_hours, month.result_hours.p90_hours) == (11, 6, 10)
    assert (month.report_hours.median_hours, month.hand_over_hours.median_hours) == (12, 3)
    assert (month.reports, month.superseded) == (11, 0)


async def test_a_sample_that_was_handed_in_where_it_is_tested_has_no_way_there(bench):
    sample = await came(bench)
    await handed_over(bench, sample, MAY + HOUR)
    assert (await of_may(bench)).hand_over_hours.n == 0


async def test_a_report_that_a_later_one_stands_for_is_told(bench):
    sample = await came(bench)
    later = await report(bench, sample, MAY + 2 * HOUR)
    await report(bench, sample, MAY + HOUR, superseded_by=later)
    month = await of_may(bench)
    assert (month.reports, month.superseded, month.report_hours.median_hours) == (2, 1, 1)


async def retest(result, kind, number=1, *, state=RetestState.OPEN, at=MAY, due_at=None):
    row = Retest(id=ids.uuid7(), result=result, kind=kind, number=number, state=state, asked_at=at, due_at=due_at)
    await Retest.insert(row)


async def test_what_is_measured_again_is_counted_and_what_waits_or_is_late_is_told_as_of_today(bench):
    result = await found(bench, Verdict.POSITIVE)
    await retest(result, RetestKind.REPEAT, 1, state=RetestState.UPHELD)
    await retest(result, RetestKind.REPEAT, 2)
    await retest(result, RetestKind.OBJECTION, due_at=MAY + 48 * HOUR)
    await retest(result, RetestKind.CONFIRMATION, at=MAY - timedelta(days=60))
    month = await of_may(bench)
    assert told(month.retests) == {"repeat": 2, "objection": 1}
    assert (month.retests_open, month.retests_late) == (3, 1)


async def look(bench, agrees):
    result = await found(bench, Verdict.SUSPECT)
    row = SecondLook(
        id=ids.uuid7(),
        result=result,
        photo_id=ids.uuid7(),
        expert=bench.expert.person_id,
        asked_by=bench.technician.person_id,
        asked_at=MAY,
        seen=None if agrees is None else Verdict.SUSPECT,
        seen_at=None if agrees is None else MAY + HOUR,
        agrees=agrees,
        arguments_digest=b"",
    )
    await SecondLook.insert(row)


async def test_second_looks_agree_as_a_share_of_those_that_were_answered(bench):
    assert (await of_may(bench)).agreement.share is None
    for agrees in (True, True, False, None):
        await look(bench, agrees)
    month = await of_may(bench)
    assert (month.second_looks, month.agreement.n, month.agreement.of, month.agreement.share) == (4, 2, 3, 0.6667)


async def test_overseers_read_no_finding_of_a_few(bench):
    for _ in range(3):
        await found(bench, Verdict.NEGATIVE)
    await retest(await found(bench, Verdict.POSITIVE, instrument_disagrees=True), RetestKind.REPEAT)
    month = await of_may(bench, by=bench.cast.supervisor)
    assert (month.samples, month.results, month.least) == (4, 4, None)
    assert {each.n for each in month.by_verdict} == {each.n for each in month.retests} == {None}
    assert (month.disagreements, month.retests_open, month.retests_late) == (None, None, None)

    for _ in range(6):
        await found(bench, Verdict.SUSPECT)
    month = await of_may(bench, by=bench.cast.supervisor)
    # one positive, three negatives: told apart from the six they would be four
    assert {each.code: each.n for each in month.by_verdict if each.n != 0} == dict.fromkeys(
        ("negative", "positive", "suspect")
    )
    assert month.least == 5


async def test_overseers_read_findings_of_one_desk_at_a_time(bench):
    for _ in range(6):
        await found(bench, Verdict.NEGATIVE)
    for by in (bench.cast.supervisor, bench.cast.auditor, bench.cast.admin):
        assert told((await of_may(bench, by=by)).by_verdict) == {"negative": 6}
        together = await of_may(bench, by=by, unit_id=None)
        assert ({each.n for each in together.by_verdict}, together.results) == ({None}, 6)


async def test_a_month_is_for_those_who_work_there_or_oversee_it(bench):
    await came(bench)
    for by in (bench.expert, bench.technician, bench.cast.supervisor):
        assert (await of_may(bench, by=by)).samples == 1
    for by in (bench.outsider, bench.station_technician, bench.cast.technician):
        with pytest.raises(UnitUnknown):
            await of_may(bench, by=by)
    for by in (bench.cast.cadre, bench.cast.stranger, bench.cast.operator, bench.cast.handler):
        with pytest.raises(Forbidden):
            await of_may(bench, by=by)


async def test_without_a_desk_it_is_of_all_that_one_reads(bench):
    await came(bench)
    await came(bench, unit=bench.station)
    month = await of_may(bench, unit_id=None)
    assert (month.samples, [each.name for each in month.units]) == (2, ["农技工作室", "梁村检测点"])
    assert (await of_may(bench, unit_id=None, by=bench.station_technician)).samples == 1
    await open_unit(id=ids.uuid7(), name="农业农村局", kind=UnitKind.DEPARTMENT, division_code=COUNTY)
    assert {each.id for each in (await scope(bench.cast.supervisor)).units} == {bench.studio, bench.station}


async def test_for_a_spreadsheet_it_has_a_byte_order_mark_and_every_line_of_the_page(bench):
    await fetch("UPDATE people_unit SET name = '=1+1' WHERE id = $1", bench.station)
    await came(bench, drop_off=bench.station)
    month = await of_may(bench)
    written = as_csv(month)
    assert written.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(written.decode("utf-8-sig"))))
    assert rows[0] == ["部分", "项目", "数值"]
    assert [row[2] for row in rows[1:]] == [each.told for each in lines(month)]
    assert ["收到的样品", "送样点：=1+1", "1"] in rows
    assert not any(cell.startswith("=") for row in rows for cell in row)


async def test_of_many_places_the_smaller_ones_can_be_told_together(bench):
    for place in (bench.studio, bench.studio, bench.station, None, None, None):
        await came(bench, drop_off=place)
    month = await of_may(bench)
    told_of = [(each.item, each.told) for each in lines(month, places=1) if each.item.startswith(("送样点", "另外"))]
    assert told_of == [("送样点：没说在哪里送的", "3"), ("另外 2 个送样点", "3")]
    assert len(list(lines(month, places=3))) == len(list(lines(month))) == len(list(lines(month, places=2)))


async def test_a_number_that_is_not_told_says_so_in_words(bench):
    await found(bench, Verdict.POSITIVE)
    month = await of_may(bench, by=bench.cast.supervisor)
    by_item = {(each.part, each.item): each.told for each in lines(month)}
    assert by_item["检测结果", "合计"] == "1"
    assert by_item["检测结果", "阳性"] == by_item["检测结果", "阴性"] == "数量太少，不显示"


async def test_over_http_as_json_and_as_csv(bench):
    await came(bench)
    path = f"/laboratory/months/2026-05?unit_id={bench.studio}"
    async with client_of(month_routes.router) as client:
        assert (await client.get(path)).status_code == 401
        headers = await signed_in(bench.technician)
        assert (await client.get("/laboratory/months/2026-5", headers=headers)).status_code == 400
        assert (await client.get(path, headers=await signed_in(bench.outsider))).status_code == 404
        as_json = await client.get(path, headers=headers)
        assert (as_json.status_code, as_json.json()["samples"]) == (200, 1)
        table = await client.get(path, headers={**headers, "Accept": "text/csv"})
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert "lab-month-2026-05.csv" in table.headers["content-disposition"]
    assert table.content.startswith(b"\xef\xbb\xbf")
