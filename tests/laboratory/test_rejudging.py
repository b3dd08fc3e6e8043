"""Judged again: what counts afterwards, what is kept, and what opens."""

from decimal import Decimal
from uuid import UUID

import msgspec

from backend.core import clock, ids
from backend.core.database import fetch, fetch_row
from backend.laboratory import joining, limits, rejudging, retesting
from backend.laboratory.instrument_tables import Run
from backend.laboratory.words import JudgedBecause, Method, Verdict
from tests.laboratory.bench import Bench
from tests.laboratory.files import HEAD, imported, row


async def _judge(*result_ids: UUID, bench: Bench, because: JudgedBecause = JudgedBecause.JOINED) -> int:
    limits.forget()
    return await rejudging.judge_again(result_ids=result_ids, because=because, by=bench.technician)


async def _row(result_id: UUID):
    row = await fetch_row("SELECT * FROM laboratory_result WHERE id = $1", result_id)
    assert row is not None
    return row


async def _kept(result_id: UUID):
    return await fetch("SELECT * FROM laboratory_judgement WHERE result = $1 ORDER BY at", result_id)


async def _retests(result_id: UUID) -> list[tuple[str, int, str]]:
    rows = await fetch("SELECT * FROM laboratory_retest WHERE result = $1 ORDER BY kind DESC, number", result_id)
    return [(row["kind"], row["number"], row["state"]) for row in rows]


async def _tasks() -> list[str]:
    return [row["state"] for row in await fetch("SELECT state FROM tasks_task ORDER BY asked_at, id")]


async def _run(bench: Bench, instrument_id: UUID, **columns) -> UUID:
    now = clock.now()
    given = {
        "id": ids.uuid7(),
        "instrument": instrument_id,
        "unit": bench.studio,
        "operator": bench.technician.person_id,
        "method": Method.ENZYME_INHIBITION,
        "started_at": now,
        "valid": True,
        "recorded_at": now,
        "recorded_by": bench.technician.person_id,
        "arguments_digest": b"0" * 32,
    }
    run = Run(**(given | columns))
    await Run.insert(run)
    return run.id


async def test_a_result_gets_the_judgement_that_its_circumstances_give_and_the_old_one_is_kept(bench):
    sample = await bench.sample()
    result = await bench.result(sample, 12.5, instrument=await bench.instrument())

    assert await _judge(result, bench=bench) == 1

    row = await _row(result)
    assert (row["verdict"], row["judged_value"], row["judged_unit"]) == ("negative", Decimal("12.5"), "%")
    codes = [each["code"] for each in msgspec.json.decode(row["reasons"])]
    assert "calibration_unknown" not in codes
    assert "day_of_test_taken" not in codes
    (kept,) = await _kept(result)
    assert (kept["because"], kept["by"]) == ("joined", bench.technician.person_id)
    assert msgspec.json.decode(kept["judgement"])["verdict"] is None


async def test_judged_a_second_time_nothing_changes_and_nothing_is_kept_twice(bench):
    result = await bench.result(await bench.sample(), 12.5)

    assert await _judge(result, bench=bench) == 1
    assert await _judge(result, result, bench=bench) == 0
    assert len(await _kept(result)) == 1


async def test_a_run_that_does_not_count_takes_the_verdict_away_and_withdraws_its_repeats(bench):
    instrument = await bench.instrument()
    result = await bench.result(await bench.sample(), 62, instrument=instrument)
    await _judge(result, bench=bench)
    assert await _retests(result) == [("repeat", 1, "open"), ("repeat", 2, "open")]

    run = await _run(bench, instrument, valid=False, invalid_reasons=["control_out_of_range"])
    await fetch("UPDATE laboratory_result SET run = $2 WHERE id = $1", result, run)
    await _judge(result, bench=bench, because=JudgedBecause.RUN_RECORDED)

    row = await _row(result)
    assert row["verdict"] == Verdict.INVALID
    assert msgspec.json.decode(row["reasons"])[0]["code"] == "run_control_out_of_range"
    assert await _retests(result) == [("repeat", 1, "withdrawn"), ("repeat", 2, "withdrawn")]
    assert await _tasks() == ["withdrawn"]


async def test_a_blank_of_the_run_completes_a_reading_that_has_none(bench):
    instrument = await bench.instrument()
    run = await _run(bench, instrument, blank_delta=Decimal("0.5"))
    result = await bench.result(
        await bench.sample(), instrument=instrument, run=run, value=None, unit_said=None, sample_delta=Decimal("0.2")
    )

    await _judge(result, bench=bench)

    row = await _row(result)
    assert (row["verdict"], row["judged_value"]) == ("positive", Decimal("60.00"))


async def test_an_instrument_that_is_overdue_blocks_the_verdict(bench):
    result = await bench.result(await bench.sample(), 12.5, instrument=await bench.instrument(due_in_days=-1))

    await _judge(result, bench=bench)

    row = await _row(result)
    assert row["verdict"] is None
    assert [each["code"] for each in msgspec.json.decode(row["reasons"])] == ["calibration_overdue"]


async def test_soil_takes_the_newest_ph_of_its_sample(bench):
    sample = await bench.sample(kind="soil", land_use="upland", crop_said=None)
    soil = {"method": Method.SOIL_TEST, "unit_said": None}
    await bench.result(sample, 5.0, analyte="ph", tested_at=clock.now().replace(year=2025), **soil)
    await bench.result(sample, 8.0, analyte="ph", **soil)
    cadmium = await bench.result(sample, 0.5, analyte="cadmium", **(soil | {"unit_said": "mg/kg"}))

    await _judge(cadmium, bench=bench)

    assert (await _row(cadmium))["category"] == "priority_protection"  # above pH 7.5 the screening value is 0.6


async def test_one_task_asks_for_both_repeats_and_is_done_when_both_are_answered(bench):
    sample = await bench.sample()
    first = await bench.result(sample, 62)
    await _judge(first, bench=bench)
    assert await _tasks() == ["open"]

    for _ in range(2):
        again = await bench.result(sample, 58)
        await _judge(again, bench=bench)

    assert await _retests(first) == [
        ("repeat", 1, "upheld"),
        ("repeat", 2, "upheld"),
        ("confirmation", 1, "open"),
    ]
    assert sorted(await _tasks()) == ["done", "open"]


async def test_negative_repeats_overturn_a_finding_and_ask_for_no_confirmation(bench):
    sample = await bench.sample()
    first = await bench.result(sample, 45)
    await _judge(first, bench=bench)

    for _ in range(2):
        await _judge(await bench.result(sample, 8), bench=bench)

    assert await _retests(first) == [("repeat", 1, "overturned"), ("repeat", 2, "overturned")]
    assert await _tasks() == ["done"]


async def test_told_of_the_same_results_again_nothing_opens_twice(bench):
    first = await bench.result(await bench.sample(), 62)
    await _judge(first, bench=bench)

    assert await retesting.open_for([first]) == 0
    assert len(await _retests(first)) == 2
    assert await _tasks() == ["open"]


async def test_an_answer_that_turns_out_invalid_opens_its_repeat_anew(bench):
    instrument, sample = await bench.instrument(), await bench.sample()
    first = await bench.result(sample, 62)
    await _judge(first, bench=bench)
    answers = [await bench.result(sample, 8, instrument=instrument) for _ in range(2)]
    for each in answers:
        await _judge(each, bench=bench)

    run = await _run(bench, instrument, valid=False, invalid_reasons=["said_so"])
    await fetch("UPDATE laboratory_result SET run = $2 WHERE id = $1", answers[0], run)
    await _judge(answers[0], bench=bench, because=JudgedBecause.RUN_RECORDED)

    assert await _retests(first) == [("repeat", 1, "open"), ("repeat", 2, "overturned")]
    assert sorted(await _tasks()) == ["done", "open"]


async def test_a_file_opens_repeats_and_the_next_files_answer_them_by_themselves(bench):
    await bench.sample("NY-7", crop_said="菠菜", received_at=clock.now())
    first = await imported(HEAD + row("NY-7", 62, at=_at(9), record="1"), bench.technician)
    result = first.rows[0].result_id
    assert result is not None
    assert await _retests(result) == [("repeat", 1, "open"), ("repeat", 2, "open")]

    await imported(HEAD + row("NY-7", 8, at=_at(10), record="2"), bench.technician)
    await imported(HEAD + row("NY-7", 57, at=_at(11), record="3"), bench.technician)

    assert await _retests(result) == [("repeat", 1, "overturned"), ("repeat", 2, "upheld"), ("confirmation", 1, "open")]


async def test_a_sample_measured_three_times_in_one_file_needs_no_second_file(bench):
    rows = "".join(row("NY-8", value, at=_at(9 + i), record=str(i)) for i, value in enumerate((62, 9, 7)))

    told = await imported(HEAD + rows, bench.technician)

    assert told.rows[0].result_id is not None
    assert await _retests(told.rows[0].result_id) == [("repeat", 1, "overturned"), ("repeat", 2, "overturned")]
    assert await _tasks() == ["done"]


async def test_a_repeat_whose_code_was_mistyped_counts_once_its_sample_is_joined(bench):
    sample = await bench.sample("NY-9", crop_said="菠菜")
    first = (await imported(HEAD + row("NY-9", 62, at=_at(9), record="1"), bench.technician)).rows[0]
    wrong = (await imported(HEAD + row("NY-g", 66, at=_at(10), record="2"), bench.technician)).rows[0]
    assert wrong.held
    assert len(await _retests(wrong.result_id)) == 2

    await joining.join(held_id=wrong.sample_id, sample_id=sample, by=bench.technician)

    assert await _retests(first.result_id) == [("repeat", 1, "upheld"), ("repeat", 2, "open")]
    assert await _retests(wrong.result_id) == [("repeat", 1, "withdrawn"), ("repeat", 2, "withdrawn")]
    assert sorted(await _tasks()) == ["open", "withdrawn"]


def _at(hour: int) -> str:
    return f"{clock.today():%Y-%m-%d} {hour:02d}:00"
