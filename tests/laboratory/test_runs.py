from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from backend.core import clock, ids
from backend.core.database import fetch, fetch_row
from backend.core.refusals import DifferentArguments, Forbidden, Invalid
from backend.laboratory import run_queries, run_routes, runs
from backend.laboratory.import_tables import ImportFile
from backend.laboratory.instrument_refusals import ImportElsewhere, InstrumentUnknown, NotYourInstrument
from backend.laboratory.instrument_schemas import NewRun
from backend.laboratory.run_rules import invalid_reasons
from backend.laboratory.words import ImportDoor, ImportState, InvalidRun, Method
from tests.laboratory.bench import client_of, signed_in

ONE = UUID(int=1)
DAY = date(2026, 5, 1)


@pytest.mark.parametrize(
    ("told", "reasons"),
    [
        ({}, []),
        ({"blank_delta": 0.3}, []),
        ({"blank_delta": 0.8}, []),
        ({"blank_delta": 0.2999}, ["blank_out_of_window"]),
        ({"blank_delta": 0.8001}, ["blank_out_of_window"]),
        ({"blank_delta": 0.1, "method": Method.STRIP}, []),
        ({"control_percent": 50}, []),
        ({"control_percent": 49.9}, ["control_out_of_range"]),
        ({"control_percent": 49.9, "method": Method.CHROMATOGRAPHY}, []),
        ({"control_percent": 30, "control_low": 30, "control_high": 40}, []),
        ({"control_percent": 40.1, "control_low": 30, "control_high": 40}, ["control_out_of_range"]),
        ({"control_percent": 29, "control_low": 30}, ["control_out_of_range"]),
        ({"replicates_n": 3, "replicate_spread_percent": 10}, []),
        ({"replicates_n": 3, "replicate_spread_percent": 10.1}, ["replicates_disagree"]),
        ({"void": True, "note": "停电"}, ["said_so"]),
        (
            {"blank_delta": 0.1, "control_percent": 1, "void": True},
            ["blank_out_of_window", "control_out_of_range", "said_so"],
        ),
    ],
)
def test_a_run_counts_while_its_blank_its_control_and_its_replicates_do_both_ends_included(told, reasons):
    assert invalid_reasons(NewRun(instrument_id=ONE, **told), DAY) == [InvalidRun(each) for each in reasons]


async def test_a_run_is_recorded_once_with_the_window_of_its_day_and_who_measured(bench):
    instrument = await bench.instrument("NC-1")
    new = NewRun(
        id=ids.uuid7(),
        instrument_id=instrument,
        blank_delta=0.512,
        control_percent=82.5,
        temperature_c=37,
        reagent_lot="E7",
    )
    first = await runs.record_run(new=new, by=bench.technician)
    again = await runs.record_run(new=new, by=bench.technician)

    assert (first.created, again.created) == (True, False)
    assert first.record == again.record
    told = first.record
    assert (told.valid, told.invalid_reasons, told.window) == (True, [], (0.3, 0.8))
    assert "GB/T 5009.199-2003" in (told.window_source or "")
    assert (told.operator.id, told.instrument_serial, told.blank_delta) == (bench.technician.person_id, "NC-1", 0.512)
    with pytest.raises(DifferentArguments):
        await runs.record_run(new=NewRun(id=new.id, instrument_id=instrument), by=bench.technician)


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"started_at": datetime(2999, 1, 1, tzinfo=UTC)}, "/started_at"),
        ({"void": True}, "/note"),
        ({"void": True, "note": "  "}, "/note"),
        ({"control_low": 60, "control_high": 50}, "/control_high"),
        ({"replicate_spread_percent": 3}, "/replicates_n"),
        ({"import_id": ONE}, "/import_id"),
    ],
)
async def test_a_run_that_says_what_cannot_be_is_refused_and_leaves_nothing(bench, wrong, pointer):
    instrument = await bench.instrument()
    with pytest.raises(Invalid) as refused:
        await runs.record_run(new=NewRun(instrument_id=instrument, **wrong), by=bench.technician)
    assert [each.pointer for each in refused.value.errors] == [pointer]
    assert await fetch("SELECT 1 FROM laboratory_run") == []


async def test_a_run_is_recorded_by_technicians_of_the_instruments_desk_only(bench):
    new = NewRun(instrument_id=await bench.instrument())
    for who, refusal in (
        (bench.expert, Forbidden),
        (bench.cast.supervisor, Forbidden),
        (bench.station_technician, InstrumentUnknown),
        (bench.outsider, InstrumentUnknown),
    ):
        with pytest.raises(refusal):
            await runs.record_run(new=new, by=who)


async def imported(bench, **columns) -> UUID:
    """A file that was read, as a row."""
    given = {
        "id": ids.uuid7(),
        "unit": bench.studio,
        "file_name": "a.csv",
        "size_bytes": 1,
        "sha256": b"s",
        "door": ImportDoor.API,
        "state": ImportState.DONE,
        "received_at": clock.now(),
        "arguments_digest": b"d",
    }
    row = ImportFile(**(given | columns))
    await ImportFile.insert(row)
    return row.id


async def judged(result: UUID) -> tuple[str | None, UUID | None]:
    row = await fetch_row("SELECT verdict, run FROM laboratory_result WHERE id = $1", result)
    assert row is not None
    return row["verdict"], row["run"]


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ({"blank_delta": 0.5}, "positive"),
        ({"blank_delta": 0.1}, "invalid"),
        ({"control_percent": 20}, "invalid"),
        ({"replicates_n": 2, "replicate_spread_percent": 30}, "invalid"),
        ({"void": True, "note": "停电"}, "invalid"),
    ],
)
async def test_the_results_of_its_file_are_judged_again_by_the_run_they_belong_to(bench, told, verdict):
    instrument, file = await bench.instrument(), await imported(bench)
    mine = await bench.result(await bench.sample("A"), 62, import_file=file, verdict="positive")
    elsewhere = await bench.result(await bench.sample("B"), 62, verdict="positive")
    new = NewRun(instrument_id=instrument, import_id=file, **told)
    made = (await runs.record_run(new=new, by=bench.technician)).record

    assert await judged(mine) == (verdict, made.id)
    assert await judged(elsewhere) == ("positive", None)
    assert made.results_n == 1
    kept = await fetch("SELECT because FROM laboratory_judgement WHERE result = $1", mine)
    assert [row["because"] for row in kept] == ["run_recorded"]


async def test_of_a_file_of_two_instruments_a_run_takes_what_its_own_measured_and_its_method(bench):
    ours, theirs, file = await bench.instrument("A"), await bench.instrument("B"), await imported(bench)
    sample = await bench.sample()
    mine, unsaid, others, soil = [
        await bench.result(sample, import_file=file, **columns)
        for columns in ({"instrument": ours}, {}, {"instrument": theirs}, {"method": Method.SOIL_TEST})
    ]
    made = (await runs.record_run(new=NewRun(instrument_id=ours, import_id=file), by=bench.technician)).record
    belongs = [(await judged(each))[1] == made.id for each in (mine, unsaid, others, soil)]
    assert belongs == [True, True, False, False]


async def test_a_file_of_another_instrument_of_another_run_or_still_being_read_is_refused(bench):
    ours, theirs = await bench.instrument("A"), await bench.instrument("B")
    first = await runs.record_run(new=NewRun(instrument_id=ours), by=bench.technician)
    for columns in ({"instrument": theirs}, {"run": first.record.id}, {"state": ImportState.RUNNING}):
        file = await imported(bench, **columns)
        with pytest.raises(ImportElsewhere):
            await runs.record_run(new=NewRun(instrument_id=ours, import_id=file), by=bench.technician)
    for columns in ({"unit": bench.elsewhere}, {"dry_run": True}):
        file = await imported(bench, **columns)
        with pytest.raises(Invalid):
            await runs.record_run(new=NewRun(instrument_id=ours, import_id=file), by=bench.technician)


async def test_runs_are_listed_newest_first_page_by_page_to_whom_they_concern(bench):
    instrument, now = await bench.instrument(), clock.now()
    made = [
        (
            await runs.record_run(
                new=NewRun(instrument_id=instrument, started_at=now - timedelta(days=ago), blank_delta=blank),
                by=bench.technician,
            )
        ).record.id
        for ago, blank in ((3, 0.5), (1, 0.1), (2, 0.6))
    ]
    newest = [made[1], made[2], made[0]]
    first = await run_queries.list_runs(by=bench.technician, limit=2)
    rest = await run_queries.list_runs(by=bench.technician, limit=2, cursor=first.next_cursor)
    assert [each.id for each in (*first.items, *rest.items)] == newest

    async def listed(who=bench.technician, **asked):
        return [each.id for each in (await run_queries.list_runs(by=who, **asked)).items]

    assert await listed(valid=False) == [made[1]]
    assert await listed(since=now - timedelta(days=2), until=now - timedelta(days=2)) == [made[2]]
    assert await listed(instrument_id=ONE) == await listed(unit_id=bench.station) == []
    for who in (bench.expert, bench.cast.supervisor, bench.cast.auditor):
        assert await listed(who) == newest
    for who in (bench.station_technician, bench.outsider, bench.cast.cadre, bench.cast.stranger):
        assert await listed(who) == []


async def test_a_technician_above_records_at_a_station_below_and_it_is_the_stations_run(bench):
    new = NewRun(instrument_id=await bench.instrument(unit=bench.station))
    assert (await runs.record_run(new=new, by=bench.technician)).record.unit.id == bench.station
    made = (await runs.record_run(new=new, by=bench.station_technician)).record
    with pytest.raises(NotYourInstrument):
        await _of_expert_and_technician_elsewhere(bench, made.instrument_id)


async def _of_expert_and_technician_elsewhere(bench, instrument: UUID) -> None:
    """Somebody who sees the instrument as an expert, and is a technician somewhere else only."""
    held = (*bench.expert.held, *bench.outsider.held)
    both = type(bench.expert)(bench.expert.person_id, bench.expert.name, "zh", held)
    await runs.record_run(new=NewRun(instrument_id=instrument), by=both)


@pytest.fixture
async def wire(bench) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(run_routes.router) as client:
        yield client


async def test_over_http_nobody_wrong_shape_stranger_right_person_and_twice(wire, bench):
    path, new = "/laboratory/runs", {"instrument_id": str(await bench.instrument()), "blank_delta": 0.1}
    assert (await wire.post(path, json=new)).status_code == (await wire.get(path)).status_code == 401
    headers = await signed_in(bench.technician)
    for wrong in ({"blank_delta": 9}, {"started_at": "2026-05-01T09:00:00"}, {"unknown": 1}, {"replicates_n": 0}):
        assert (await wire.post(path, json=new | wrong, headers=headers)).status_code == 400, wrong
    assert (await wire.post(path, json=new, headers=await signed_in(bench.cast.stranger))).status_code == 403
    assert (await wire.post(path, json=new, headers=await signed_in(bench.outsider))).status_code == 404
    keyed = headers | {"Idempotency-Key": "run 7"}
    answers = [await wire.post(path, json=new, headers=keyed) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["invalid_reasons"] == ["blank_out_of_window"]
    assert len((await wire.get(path, params={"valid": False}, headers=headers)).json()["items"]) == 1
    assert (await wire.get(path, params={"since": "2026-05-01T09:00:00"}, headers=headers)).status_code == 400
