"""Long files: kept, followed, read in a process beside, again from the beginning when a worker died."""

import os
import signal
import subprocess
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from uuid import UUID, uuid4

import msgspec
import pytest

from backend.core.database import fetch, fetch_row
from backend.laboratory import import_extent, import_jobs, import_reading, import_records, import_running, importing
from backend.laboratory.import_extent import measured
from backend.laboratory.import_jobs import Queued, import_queued
from backend.laboratory.import_reading import Asked, ReadingFailed
from backend.laboratory.import_records import RowFilters
from backend.laboratory.import_schemas import ImportRecord, NewImport
from backend.laboratory.words import ImportDoor, ImportState, RowOutcome
from tests.laboratory.files import HEAD, imported, many, row

SAMPLES = Path(__file__).with_name("samples")
LINES = 1_300


@pytest.fixture(autouse=True)
def long_is_sooner(monkeypatch):
    """A tenth of the lines, so that what is long is quick."""
    monkeypatch.setattr(import_extent, "AT_ONCE_LINES", 1_000)
    monkeypatch.setattr(import_extent, "AT_ONCE_READINGS", 4_000)
    monkeypatch.setattr(import_reading, "CHUNK", 200)


async def sent(content: str, bench, **more) -> ImportRecord:
    outcome = await importing.import_bytes(
        content.encode(), file_name="一年.csv", by=bench.technician, door=ImportDoor.API, **more
    )
    assert isinstance(outcome.record, ImportRecord)
    return outcome.record


async def all_rows(import_id: UUID, by) -> list:
    return [each async for each in await import_records.all_rows(import_id=import_id, by=by)]


async def test_a_long_file_is_kept_answered_at_once_and_read_behind_the_answer(bench):
    record = await sent(many(LINES), bench)
    assert (record.state, record.stored, record.lines_n) == (ImportState.QUEUED, 0, LINES + 1)
    queued = await fetch_row("SELECT count(*) AS n FROM pgqueuer WHERE entrypoint = 'laboratory/import-file'")
    assert queued["n"] == 1

    await import_queued(Queued(record.id, NewImport()))

    done = await import_records.get(import_id=record.id, by=bench.technician)
    assert (done.state, done.stored, done.duplicate, done.refused) == (ImportState.DONE, LINES, 0, 0)
    assert done.read_n == LINES + 1
    assert done.held == LINES
    assert (await fetch_row("SELECT count(*) AS n FROM laboratory_result"))["n"] == LINES
    rows = await all_rows(record.id, bench.technician)
    assert [each.line for each in rows] == list(range(2, LINES + 2))
    assert sum(each.verdict == "positive" for each in rows) == LINES // 50
    assert all(each.reason for each in rows)


async def test_a_worker_that_died_half_way_leaves_nothing_twice_and_the_rest_is_read(bench, monkeypatch):
    record = await sent(many(LINES), bench)
    count, storing = 0, import_running._written

    def dies(*given):
        nonlocal count
        count += 1
        if count == 3:
            raise ConnectionError
        storing(*given)

    monkeypatch.setattr(import_running, "_written", dies)
    with pytest.raises(ConnectionError):
        await import_queued(Queued(record.id, NewImport()))
    monkeypatch.undo()
    half = (await fetch_row("SELECT count(*) AS n FROM laboratory_result"))["n"]
    assert 0 < half < LINES

    await import_queued(Queued(record.id, NewImport()))
    await import_queued(Queued(record.id, NewImport()))

    done = await import_records.get(import_id=record.id, by=bench.technician)
    assert (done.state, done.stored, done.duplicate) == (ImportState.DONE, LINES, 0)
    assert (await fetch_row("SELECT sum(results_n) AS n FROM laboratory_sample"))["n"] == LINES
    assert sum(each.outcome is RowOutcome.STORED for each in await all_rows(record.id, bench.technician)) == LINES


async def test_rows_are_paged_in_the_order_of_the_file_and_filtered(bench):
    told = await imported(many(130) + row("X", "?"), bench.technician)
    lines, cursor = [], None
    while True:
        page = await import_records.get_rows(import_id=told.id, by=bench.technician, limit=50, cursor=cursor)
        lines += [each.line for each in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert lines == list(range(2, 133))

    positive = RowFilters(verdicts=("positive", "suspect"))
    found = await import_records.get_rows(import_id=told.id, by=bench.technician, filters=positive)
    assert [each.line for each in found.items] == [2, 52, 102]
    refused = RowFilters(outcome=RowOutcome.REFUSED)
    found = await import_records.get_rows(import_id=told.id, by=bench.technician, filters=refused)
    assert [each.line for each in found.items] == [132]


async def test_a_long_file_that_is_only_tried_can_be_followed_and_stores_no_result(bench):
    told = NewImport(dry_run=True)
    record = await sent(many(LINES), bench, told=told)
    await import_queued(Queued(record.id, told))
    done = await import_records.get(import_id=record.id, by=bench.technician)
    assert (done.dry_run, done.stored) == (True, LINES)
    assert await fetch("SELECT 1 FROM laboratory_result") == []
    assert await fetch("SELECT 1 FROM laboratory_sample") == []


async def test_a_file_whose_key_was_destroyed_meanwhile_is_left_alone(bench):
    record = await sent(many(LINES), bench)
    await fetch("UPDATE laboratory_import SET key_sealed = NULL WHERE id = $1", record.id)
    await import_queued(Queued(record.id, NewImport()))
    assert await fetch("SELECT 1 FROM laboratory_result") == []


async def test_a_command_waits_for_a_long_file(bench):
    with TemporaryFile() as source:
        source.write(many(LINES).encode())
        outcome = await importing.import_file(
            source, told=NewImport(unit_id=bench.studio), by=None, door=ImportDoor.COMMAND, wait=True
        )
    assert (outcome.record.state, outcome.record.stored) == (ImportState.DONE, LINES)


async def test_a_short_file_whose_server_died_under_it_is_read_by_a_worker_later(bench, monkeypatch):
    async def dies(*_):
        raise ConnectionError

    monkeypatch.setattr(importing, "_run", dies)
    with pytest.raises(ConnectionError):
        await imported(many(5), bench.technician)
    (job,) = await fetch("SELECT payload, execute_after > now() + interval '20 minutes' AS later FROM pgqueuer")
    assert job["later"]
    queued = msgspec.json.decode(job["payload"], type=Queued)

    await import_queued(queued)

    done = await import_records.get(import_id=queued.import_id, by=bench.technician)
    assert (done.state, done.stored) == (ImportState.DONE, 5)


def test_the_job_is_registered_in_a_lane_of_its_own():
    from backend.core.jobs import registered

    assert registered["laboratory/import-file"].lane == import_jobs.LANE


# How long is long.


@pytest.mark.parametrize(("rows", "is_long"), [(10, False), (10_000, False), (10_001, True)])
def test_more_than_ten_thousand_rows_are_long(monkeypatch, rows, is_long):
    monkeypatch.undo()
    found = measured(BytesIO(many(rows).encode()))
    assert (found.is_long, found.lines_n) == (is_long, rows + 1)


def test_a_table_with_twenty_readings_a_line_is_long_sooner(monkeypatch):
    monkeypatch.undo()
    columns = "pH,镉(mg/kg),汞(mg/kg),砷(mg/kg),铅(mg/kg),铬(mg/kg),铜(mg/kg),镍(mg/kg),锌(mg/kg),有机质(g/kg)"
    line = "T1,2026-05-01,6.5,0.1,0.1,5,20,60,20,20,60,20\r\n"
    assert not measured(BytesIO(f"样品编号,检测日期,{columns}\r\n{line * 3000}".encode())).is_long
    assert measured(BytesIO(f"样品编号,检测日期,{columns}\r\n{line * 5000}".encode())).is_long


def test_a_workbooks_rows_are_counted_in_its_own_process():
    with (SAMPLES / "inhibition_workbook.xlsx").open("rb") as source:
        found = measured(source)
    assert not found.is_long
    assert 1 < found.lines_n < 20


# Reading beside.

ASKED = Asked(county="371526", unit_id=uuid4(), serial="SN-1", received_on=date(2026, 5, 1), at_once=200)


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.iterdir()))
def test_a_process_beside_reads_what_we_read(name):
    with (SAMPLES / name).open("rb") as source:
        ours = [each for chunk in import_reading.here(source, ASKED) for each in chunk]
        theirs = [each for chunk in import_reading.apart(source, ASKED) for each in chunk]
    assert len(ours) == len(theirs) > 0
    for mine, other in zip(ours, theirs, strict=True):
        assert (mine.row_key, mine.content, mine.speaks) == (other.row_key, other.content, other.speaks)
        assert (mine.reading.value, mine.reading.tested_at) == (other.reading.value, other.reading.tested_at)


def test_a_process_that_dies_is_no_end_of_a_file(tmp_path):
    file = tmp_path / "long.csv"
    file.write_text(many(40_000), encoding="utf-8")
    with file.open("rb") as source:
        chunks = import_reading.apart(source, ASKED)
        next(chunks)
        children = subprocess.run(
            ["pgrep", "-P", str(os.getpid()), "-f", "import_reading"], capture_output=True, text=True
        )
        for pid in children.stdout.split():
            os.kill(int(pid), signal.SIGKILL)
        with pytest.raises(ReadingFailed):
            list(chunks)


def test_a_chunk_is_never_cut_through_a_line():
    content = "样品编号,检测日期,pH,镉(mg/kg),有机质(g/kg)\r\n" + "T1,2026-05-01,6.5,0.1,20\r\n" * 1500
    chunks = list(import_reading.here(BytesIO(content.encode()), ASKED))
    assert {len(each) for each in chunks} == {201, 78}
    assert len({each[0].reading.line for each in chunks} & {each[-1].reading.line for each in chunks}) == 0


def test_a_header_alone_gives_one_answer():
    (chunk,) = import_reading.here(BytesIO(HEAD.encode()), ASKED)
    assert [each.reason for each in chunk] == ["no_rows"]
