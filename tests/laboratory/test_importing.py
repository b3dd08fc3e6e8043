"""A file comes in: every row stored, a repeat, or refused, with verdict and reason; nothing twice, nothing lost."""

import asyncio
from datetime import date, timedelta
from pathlib import Path

import pytest

from backend.core import clock, storage
from backend.core.database import fetch, fetch_row
from backend.core.refusals import DifferentArguments, Forbidden
from backend.laboratory import importing
from backend.laboratory.import_schemas import NewImport
from backend.laboratory.refusals_imports import (
    DeskNeeded,
    InstrumentOfAnother,
    NotThisDesk,
    ProfileUnknown,
    RunOfAnother,
)
from backend.laboratory.words import ImportDoor, LandUse, Method, RowOutcome, RunKind, SampleKind, SampleState
from tests.laboratory.files import HEAD, SOIL_HEAD, imported, many, only_row, row

SAMPLES = Path(__file__).with_name("samples")


async def results() -> int:
    return (await fetch("SELECT count(*) AS n FROM laboratory_result"))[0]["n"]


async def test_every_row_has_our_verdict_the_instruments_word_for_word_and_why(bench):
    content = HEAD + row("A1", 12.5) + row("A2", 45, says="可疑") + row("A3", 62.5) + row("A4", "五十")
    told = await imported(content, bench.technician)

    assert (told.stored, told.duplicate, told.refused) == (3, 0, 1)
    assert [each.verdict for each in told.rows] == ["negative", "suspect", "positive", None]
    assert [each.instrument_verdict for each in told.rows] == ["合格", "可疑", "合格", None]
    assert [each.line for each in told.rows] == [2, 3, 4, 5]
    assert told.rows[2].disagrees
    assert "抑制率 62.5 %" in told.rows[2].reason
    assert told.rows[3].column == "抑制率(%)"
    assert "五十" in told.rows[3].reason


async def test_not_detected_is_judged_by_the_methods_limit_that_the_row_tells_and_keeps_it(bench):
    lines = "样品编号,样品名称,检测项目,检测值,单位,检测方法,检出限,检测日期\r\n"
    told = await only_row(lines + "A1,小麦,草甘膦,ND,mg/kg,GC,0.05,2026-02-20\r\n", bench.technician)
    assert (told.comparator, told.value, told.verdict) == ("nd", 0.05, "negative")
    stored = await fetch_row("SELECT lod, comparator, verdict FROM laboratory_result")
    assert (float(stored["lod"]), stored["comparator"]) == (0.05, "nd")


async def test_what_is_answered_as_stored_is_in_the_database_with_reason_and_rule(bench):
    each = await only_row(HEAD + row("A1", 62.5), bench.technician)
    stored = await fetch_row("SELECT * FROM laboratory_result WHERE id = $1", each.result_id)

    assert stored["verdict"] == "positive"
    assert stored["rule"].startswith("GB/T 5009.199-2003")
    assert stored["analyte"] == "cholinesterase_inhibition"
    assert "inhibited" in stored["reasons"]
    assert stored["instrument_disagrees"]
    assert stored["unit"] == bench.studio


async def test_the_same_file_again_stores_nothing_and_says_so_row_by_row(bench):
    content = HEAD + row("A1", 12.5) + row("A2", 62.5)
    first, again = [await imported(content, bench.technician) for _ in range(2)]

    assert (again.stored, again.duplicate, again.refused) == (0, 2, 0)
    assert [each.result_id for each in again.rows] == [each.result_id for each in first.rows]
    assert [each.verdict for each in again.rows] == ["negative", "positive"]
    assert all("已存过" in each.reason for each in again.rows)
    assert await results() == 2


async def test_the_same_record_with_other_content_is_refused_and_the_first_stays(bench):
    first = await only_row(HEAD + row("A1", 12.5, record="7"), bench.technician)
    other = await only_row(HEAD + row("A1", 62.5, record="7"), bench.technician)

    assert other.outcome is RowOutcome.REFUSED
    assert "内容不同" in other.reason
    assert (await fetch_row("SELECT value FROM laboratory_result WHERE id = $1", first.result_id))["value"] == 12.5


async def test_a_row_without_a_record_id_is_known_by_all_that_stands_in_it(bench):
    content = "样品名称,抑制率(%),检测时间\r\n菠菜,12.5,2026-05-01 09:00\r\n菠菜,12.5,2026-05-01 09:05\r\n"
    told, again = [await imported(content, bench.technician) for _ in range(2)]
    assert (told.stored, again.stored, again.duplicate) == (2, 0, 2)

    elsewhere = await imported(content, bench.outsider)
    assert elsewhere.stored == 2, "another desk's row of the same words is another row"


async def test_a_record_that_stands_in_the_file_twice_is_stored_once(bench):
    content = HEAD + row("A1", 12.5) + row("A1", 12.5) + row("A1", 13)
    told = await imported(content, bench.technician)
    assert [each.outcome.value for each in told.rows] == ["stored", "duplicate", "refused"]
    assert "第 2 行" in told.rows[1].reason
    assert await results() == 1


async def test_two_files_with_the_same_rows_at_the_same_moment_store_each_row_once(bench):
    first, second = await asyncio.gather(*(imported(many(600), bench.technician) for _ in range(2)))
    assert first.stored + second.stored == 600
    assert first.duplicate + second.duplicate == 600
    assert await results() == 600
    assert (await fetch("SELECT sum(results_n) AS n FROM laboratory_sample"))[0]["n"] == 600


async def test_a_serial_that_nobody_registered_is_taken_in_and_its_calibration_is_unknown(bench):
    each = await only_row(HEAD + row("A1", 12.5, serial="新-77"), bench.technician)
    known = await fetch_row("SELECT * FROM laboratory_instrument WHERE serial = '新-77'")
    assert known["registered_at"] is None
    assert each.calibration == "unknown"
    assert "校准" in each.reason


async def test_an_instrument_whose_calibration_was_overdue_on_the_day_of_the_test_gives_no_verdict(bench):
    await bench.instrument("SN-1", due_in_days=-30)
    today, then = clock.today(), clock.today() - timedelta(days=60)
    overdue = await only_row(HEAD + row("A1", 62.5, at=f"{today} 09:00"), bench.technician)
    in_time = await only_row(HEAD + row("A2", 62.5, at=f"{then} 09:00"), bench.technician)
    assert (overdue.verdict, overdue.calibration) == (None, "overdue")
    assert (in_time.verdict, in_time.calibration) == ("positive", "valid")


# Whose sample.


async def test_a_row_with_the_code_of_a_received_sample_is_its_result(bench):
    sample = await bench.sample("NY-001")
    each = await only_row(HEAD + row("NY-001", 12.5), bench.technician)
    assert (each.sample_id, each.held) == (sample, False)
    stored = await fetch_row("SELECT results_n, last_result_at FROM laboratory_sample WHERE id = $1", sample)
    assert stored["results_n"] == 1
    assert stored["last_result_at"] is not None


async def test_many_testers_have_only_a_name_and_the_code_is_typed_into_it(bench):
    sample = await bench.sample("NY-001")
    each = await only_row("样品名称,抑制率(%),检测时间\r\nNY-001,12.5,2026-05-01 09:00\r\n", bench.technician)
    assert each.sample_id == sample


async def test_a_sample_of_a_station_below_is_found_by_the_studio_and_not_the_other_way(bench):
    below = await bench.sample("S-1", unit=bench.station)
    await bench.sample("U-1")
    assert (await only_row(HEAD + row("S-1", 5), bench.technician)).sample_id == below
    assert (await only_row(HEAD + row("U-1", 5), bench.station_technician)).held
    assert (await only_row(HEAD + row("S-1", 6, record="9"), bench.outsider)).held


async def test_a_code_that_is_used_every_day_means_the_last_sample_received_by_the_day_of_the_test(bench):
    now = clock.now()
    older, newer = [await bench.sample("7", received_at=now - timedelta(days=days)) for days in (3, 1)]
    at = f"{(now - timedelta(days=2)).date()} 12:00"
    assert (await only_row(HEAD + row("7", 5, at=at), bench.technician)).sample_id == older
    assert (
        await only_row(HEAD + row("7", 5, at=f"{clock.today()} 12:00", record="b"), bench.technician)
    ).sample_id == newer


async def test_a_code_of_long_ago_is_another_samples(bench):
    await bench.sample("7", received_at=clock.now() - timedelta(days=61))
    assert (await only_row(HEAD + row("7", 5), bench.technician)).held


async def test_samples_that_nobody_received_are_held_one_for_each_text_and_day(bench):
    content = HEAD + row("H1", 5) + row("H1", 6, record="b") + row("H1", 7, record="c", at="2026-05-02 09:00")
    told = await imported(content, bench.technician)
    assert told.held == 2
    held = await fetch("SELECT * FROM laboratory_sample ORDER BY results_n DESC")
    assert [each["results_n"] for each in held] == [2, 1]
    assert {each["state"] for each in held} == {SampleState.HELD}
    assert held[0]["crop_said"] == "菠菜"
    assert held[0]["division_code"].startswith("371526")

    later = await only_row(HEAD + row("H1", 8, record="d"), bench.technician)
    assert later.sample_id == held[0]["id"]


async def test_a_row_of_a_held_sample_that_was_joined_meanwhile_goes_to_the_received_one(bench):
    first = await only_row(HEAD + row("H1", 5), bench.technician)
    sample = await bench.sample("NY-001")
    await fetch(
        "UPDATE laboratory_sample SET state = 'joined', joined_to = $2, joined_at = now() WHERE id = $1",
        first.sample_id,
        sample,
    )
    again = await only_row(HEAD + row("H1", 6, record="b"), bench.technician)
    assert (again.sample_id, again.held) == (sample, False)


async def test_a_row_that_names_no_sample_is_one_of_its_own(bench):
    told = await imported(
        "通道号,抑制率(%),检测时间\r\n1,5,2026-05-01 09:00\r\n2,6,2026-05-01 09:00\r\n", bench.technician
    )
    assert told.held == 2


# What is told of the whole file.


async def test_what_the_technician_tells_of_a_file_counts_where_nothing_else_says_it(bench):
    await bench.sample("NY-001", crop_said=None, sampled_on=date(2026, 2, 1), crop_code="apple")
    content = (
        "样品编号,检测项目,检测值,单位,检测方法,检测时间\r\n"
        "NY-001,草甘膦,0.05,mg/kg,气相色谱,2026-05-01\r\nNY-002,草甘膦,0.05,mg/kg,气相色谱,2026-05-01\r\n"
    )
    told = await imported(content, bench.technician, crop="pear", sampled_on=date(2026, 2, 28))
    received, held = [
        await fetch_row("SELECT s.* FROM laboratory_sample s WHERE s.id = $1", each.sample_id) for each in told.rows
    ]
    assert (received["crop_code"], received["sampled_on"]) == ("apple", date(2026, 2, 1))
    assert (held["crop_code"], held["sampled_on"]) == ("pear", date(2026, 2, 28))
    assert [each.verdict for each in told.rows] == ["negative", "negative"]


async def test_a_file_of_soil_is_none_of_produce(bench):
    each = await only_row(HEAD + row("A1", 62.5), bench.technician, kind=SampleKind.SOIL)
    assert each.verdict is None
    sample = await fetch_row("SELECT kind FROM laboratory_sample WHERE id = $1", each.sample_id)
    assert sample["kind"] == SampleKind.SOIL


async def test_the_blank_of_a_run_out_of_its_window_makes_its_file_say_nothing(bench):
    instrument = await bench.instrument("SN-1")
    run = await run_of(bench, instrument, blank=0.05)
    told = await imported(HEAD + row("A1", 62.5), bench.technician, run_id=run)
    assert told.rows[0].verdict == "invalid"
    stored = await fetch_row("SELECT run FROM laboratory_result WHERE id = $1", told.rows[0].result_id)
    assert stored["run"] == run


async def run_of(bench, instrument, *, blank):
    from backend.laboratory import runs
    from backend.laboratory.instrument_schemas import NewRun

    outcome = await runs.record_run(
        new=NewRun(instrument_id=instrument, method=Method.ENZYME_INHIBITION, blank_delta=blank), by=bench.technician
    )
    return outcome.record.id


async def test_rows_without_a_serial_are_of_the_instrument_that_is_told(bench):
    instrument = await bench.instrument("SN-9", due_in_days=None)
    content = "样品编号,抑制率(%),检测时间,检测编号\r\nA1,5,2026-05-01 09:00,1\r\n"
    told = await imported(content, bench.technician, instrument_id=instrument)
    stored = await fetch_row("SELECT instrument FROM laboratory_result WHERE id = $1", told.rows[0].result_id)
    assert stored["instrument"] == instrument
    assert told.instrument_serial == "SN-9"
    with_serial = await imported(HEAD + row("A1", 5, says="", serial="SN-9", record="1"), bench.technician)
    assert with_serial.rows[0].outcome is RowOutcome.REFUSED, "the same record of the same instrument"


async def test_what_cannot_be_is_refused_before_anything_is_kept(bench):
    elsewhere = await bench.instrument("SN-5", unit=bench.elsewhere)
    for told, refusal in (
        ({"profile": "nobody_s"}, ProfileUnknown),
        ({"instrument_id": elsewhere}, InstrumentOfAnother),
        ({"run_id": elsewhere}, RunOfAnother),
    ):
        with pytest.raises(refusal):
            await imported(HEAD + row("A1", 5), bench.technician, **told)
    assert await fetch("SELECT 1 FROM laboratory_import") == []


# Soil.


async def test_metals_are_judged_by_the_ph_of_their_row(bench):
    sample = await bench.sample("T1", kind=SampleKind.SOIL, land_use="upland", crop_said=None)
    content = SOIL_HEAD + "T1,2026-05-01,5.2,0.35,21\r\n"
    told = await imported(content, bench.technician)
    by_analyte = {each.analyte: each for each in told.rows}
    assert by_analyte["ph"].verdict is not None
    assert by_analyte["cadmium"].verdict == "safe_use"
    assert by_analyte["organic_matter"].verdict == "3"
    assert {each.sample_id for each in told.rows} == {sample}


async def test_a_fields_use_may_stand_in_the_row_or_be_told_of_the_file_and_stays_with_the_sample(bench):
    lines = "样品编号,土地利用,pH,镉(mg/kg),检测日期\r\nH1,水田,5.5,0.35,2026-05-01\r\nH2,,7.6,0.61,2026-05-01\r\n"
    told = await imported(lines, bench.technician)
    assert [each.verdict for each in told.rows if each.analyte == "cadmium"] == ["safe_use", None]

    lines = "样品编号,pH,镉(mg/kg),检测日期\r\nH3,7.6,0.61,2026-05-01\r\n"
    told = await imported(lines, bench.technician, land_use=LandUse.UPLAND)
    assert [each.verdict for each in told.rows if each.analyte == "cadmium"] == ["safe_use"]

    uses = await fetch("SELECT code, land_use FROM laboratory_sample ORDER BY code")
    assert [(row["code"], row["land_use"]) for row in uses] == [("H1", "paddy"), ("H2", None), ("H3", "upland")]


async def test_a_ph_on_a_line_of_its_own_or_of_an_earlier_file_counts_for_the_sample(bench):
    await bench.sample("T1", kind=SampleKind.SOIL, land_use="upland", crop_said=None)
    await bench.sample("T2", kind=SampleKind.SOIL, land_use="upland", crop_said=None)
    lines = "样品编号,检测项目,检测值,单位,检测日期\r\n"
    together = await imported(lines + "T1,镉,0.35,mg/kg,2026-05-01\r\nT1,pH,5.2,,2026-05-01\r\n", bench.technician)
    assert together.rows[0].verdict == "safe_use"
    assert (await only_row(lines + "T2,镉,0.35,mg/kg,2026-05-01\r\n", bench.technician)).verdict is None
    await imported(lines + "T2,pH,5.2,,2026-05-01\r\n", bench.technician)
    later = await only_row(lines + "T2,镉,0.36,mg/kg,2026-05-02\r\n", bench.technician)
    assert later.verdict == "safe_use"


# Files as they come.


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.iterdir() if path.suffix != ".json"))
async def test_every_sample_file_of_a_profile_comes_in_whole_and_once(bench, name):
    content = (SAMPLES / name).read_bytes()
    first, again = [await imported(content, bench.technician, name=name) for _ in range(2)]
    assert first.stored > 0
    assert (first.refused, again.stored) == (0, 0)
    assert again.duplicate == first.stored


async def test_half_a_file_says_so_and_what_came_before_is_stored(bench):
    content = HEAD + row("A1", 5) + row("A2", 6)[:14]
    told = await imported(content, bench.technician)
    assert told.cut_off
    assert (told.stored, told.refused) == (1, 1)
    kept = await fetch_row("SELECT problem, state FROM laboratory_import WHERE id = $1", told.id)
    assert (kept["problem"], kept["state"]) == ("cut_off", "done")


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 ...", b"\0" * 5000, b"PK\x03\x04 no workbook"])
async def test_what_is_no_table_is_kept_and_told_as_a_whole(bench, content):
    told = await imported(content, bench.technician)
    assert (told.stored, told.refused, told.rows[0].line) == (0, 1, 0)
    kept = await fetch_row("SELECT state, size_bytes FROM laboratory_import WHERE id = $1", told.id)
    assert (kept["state"], kept["size_bytes"]) == ("failed", len(content))


async def test_half_a_character_and_a_clock_that_was_never_set_stop_no_file(bench):
    odd = b'{"items": [{"ybmc": "\\ud83d\\u83e0\\u83dc", "yzl": "12.5", "jcdt": "2026-05-01 09:00"}]}'
    assert (await only_row(odd, bench.technician)).sample == "菠菜"
    told = await imported(HEAD + row("A1", 5, at="0001-01-01 00:00") + row("A2", 6), bench.technician)
    assert [each.outcome.value for each in told.rows] == ["refused", "stored"]
    assert told.rows[0].column == "检测时间"


async def test_an_instrument_that_is_told_brings_the_profile_it_was_registered_with(bench):
    instrument = await bench.instrument("SN-9", profile="hash_rows")
    content = "1021#2026-05-01 09:30:00#黄瓜#62.5#%抑制率#合格#SN001\r\n"
    told = await imported(content, bench.technician, instrument_id=instrument)
    assert (told.profile, told.rows[0].verdict) == ("hash_rows", "positive")


async def test_numbers_without_end_and_words_without_end_are_held_by_the_table(bench):
    content = HEAD + row("X" * 300, "1e99", says="合" * 300, serial="S" * 90) + row("B1", "5e-99")
    told = await imported(content, bench.technician)
    assert (told.stored, told.refused) == (2, 0)
    assert told.rows[0].verdict is None
    assert (await imported(content, bench.technician)).duplicate == 2


async def test_a_dry_run_says_the_same_and_leaves_no_trace(bench):
    content = HEAD + row("A1", 12.5, serial="neu") + row("A2", 62.5, serial="neu")
    tried = await imported(content, bench.technician, dry_run=True)
    assert (tried.stored, tried.id, tried.dry_run) == (2, None, True)
    for table in ("result", "sample", "import", "instrument", "retest"):
        assert await fetch(f"SELECT 1 FROM laboratory_{table}") == []

    done = await imported(content, bench.technician)
    assert [each.verdict for each in done.rows] == [each.verdict for each in tried.rows]
    assert [each.reason for each in done.rows] == [each.reason for each in tried.rows]


async def test_the_original_lies_sealed_in_the_store(bench):
    told = await imported(HEAD + row("A1", 5, crop="林家菠菜"), bench.technician)
    kept = await fetch_row("SELECT * FROM laboratory_import WHERE id = $1", told.id)
    for path in (kept["object_path"], kept["rows_path"]):
        assert "林家菠菜".encode() not in await storage.get(path)


async def test_a_positive_opens_its_repeats_in_the_same_breath(bench):
    each = await only_row(HEAD + row("A1", 62.5), bench.technician)
    opened = await fetch("SELECT kind, number FROM laboratory_retest WHERE result = $1 ORDER BY number", each.result_id)
    assert [(row["kind"], row["number"]) for row in opened] == [("repeat", 1), ("repeat", 2)]


# Who.


async def test_an_operator_and_a_cadre_take_in_nothing(bench):
    for who in (bench.cast.operator, bench.cast.cadre, bench.cast.auditor):
        with pytest.raises(Forbidden):
            await imported(HEAD + row("A1", 5), who, unit_id=bench.studio)


async def test_a_technician_takes_in_for_his_desk_and_those_below_it_alone(bench):
    told = await imported(HEAD + row("A1", 5), bench.technician, unit_id=bench.station)
    assert told.stored == 1
    for who, unit in (
        (bench.station_technician, bench.studio),
        (bench.outsider, bench.studio),
        (bench.technician, bench.elsewhere),
        (bench.cast.supervisor, bench.elsewhere),
    ):
        with pytest.raises(NotThisDesk):
            await imported(HEAD + row("A1", 5), who, unit_id=unit)
    with pytest.raises(DeskNeeded):
        await imported(HEAD + row("A1", 5), bench.cast.supervisor)


async def test_who_leads_the_place_takes_in_a_file_and_reads_no_finding_of_a_free_test(bench):
    await bench.sample("GOV-1", run_kind=RunKind.SUPERVISION)
    content = HEAD + row("FREE-1", 62.5) + row("GOV-1", 62.5)
    told = await imported(content, bench.cast.supervisor, unit_id=bench.studio)
    free, official = told.rows
    assert (free.outcome, free.verdict, free.value, free.instrument_verdict) == (RowOutcome.STORED, None, None, None)
    assert not free.disagrees
    assert "62.5" not in free.reason
    assert official.verdict == "positive"


# Twice.


async def test_the_same_id_with_the_same_file_gives_the_same_answer_and_with_another_is_refused(bench):
    from backend.core.ids import uuid7

    id, content = uuid7(), (HEAD + row("A1", 62.5)).encode()

    async def sent(content: bytes, **told):
        return await importing.import_bytes(
            content, told=NewImport(**told), by=bench.technician, door=ImportDoor.API, id=id
        )

    first, again = await sent(content), await sent(content)
    assert (first.created, again.created) == (True, False)
    assert again.record == first.record
    for other in (content + b"x", content):
        with pytest.raises(DifferentArguments):
            await sent(other, crop="apple")
