"""A watched folder: files are taken in once they stand still, put away with their answers, and never lost."""

import asyncio
import csv
import os
import time

import pytest

from backend.core.database import fetch
from backend.core.storage_refusals import StorageDown
from backend.laboratory import importing, watching
from backend.laboratory.import_schemas import NewImport
from backend.laboratory.watching import Watch
from tests.laboratory.files import HEAD, many, row

LATER = time.time() + 86_400  # reckoned when tests are collected, and they may run for minutes


@pytest.fixture
def folder(tmp_path):
    """A folder of an instrument."""
    return tmp_path


@pytest.fixture
def watch(bench, folder):
    """Somebody who looks into it."""
    return Watch(folder, told=NewImport(unit_id=bench.studio), write=lambda _: None)


async def test_a_file_that_stands_still_is_taken_in_and_put_away_with_its_answer(watch, folder):
    (folder / "结果.csv").write_text(HEAD + row("A1", 62.5), encoding="utf-8")
    assert await watch.look(now=LATER) == 0, "it may still be growing"
    assert await watch.look(now=LATER) == 1

    assert not (folder / "结果.csv").exists()
    assert (folder / "done" / "结果.csv").exists()
    with (folder / "done" / "结果.csv.answer.csv").open(encoding="utf-8-sig", newline="") as answer:
        (told,) = csv.DictReader(answer)
    assert (told["outcome"], told["verdict"]) == ("stored", "positive")
    (kept,) = await fetch("SELECT door, by, file_name FROM laboratory_import")
    assert (kept["door"], kept["by"], kept["file_name"]) == ("folder", None, "结果.csv")


async def test_a_file_that_grows_waits(watch, folder):
    file = folder / "grows.csv"
    for content in (HEAD, HEAD + row("A1", 5), HEAD + row("A1", 5) + row("A2", 5)):
        file.write_text(content, encoding="utf-8")
        assert await watch.look(now=LATER) == 0
    assert await watch.look(now=time.time()) == 0, "it was written a moment ago"
    assert await watch.look(now=LATER) == 1


async def test_unfinished_and_hidden_files_and_folders_are_left_alone(watch, folder):
    for name in (".hidden.csv", "half.csv.part", "~$open.xlsx", "copy.TMP"):
        (folder / name).write_text(HEAD + row("A1", 5), encoding="utf-8")
    (folder / "old").mkdir()
    for _ in range(2):
        assert await watch.look(now=LATER) == 0


async def test_what_cannot_be_read_is_put_aside_with_the_reason(watch, folder):
    (folder / "report.pdf").write_bytes(b"%PDF-1.7 ...")
    for _ in range(2):
        await watch.look(now=LATER)
    answer = (folder / "refused" / "report.pdf.answer.csv").read_text(encoding="utf-8-sig")
    assert "refused" in answer
    assert "PDF" in answer


async def test_the_same_name_every_day_overwrites_nothing(watch, folder):
    for day in range(2):
        (folder / "结果.csv").write_text(HEAD + row(f"A{day}", 5), encoding="utf-8")
        for _ in range(2):
            await watch.look(now=LATER)
    assert len(list((folder / "done").iterdir())) == 4


async def test_what_cannot_be_kept_now_stays_and_is_tried_again(watch, folder, monkeypatch):
    (folder / "a.csv").write_text(HEAD + row("A1", 5), encoding="utf-8")

    async def down(*_, **__):
        raise StorageDown

    monkeypatch.setattr(importing, "import_file", down)
    for _ in range(2):
        assert await watch.look(now=LATER) == 0
    monkeypatch.undo()
    assert (folder / "a.csv").exists()
    assert await watch.look(now=LATER) == 1


async def test_a_file_that_was_taken_in_and_not_put_away_is_known_again(watch, folder, monkeypatch):
    (folder / "a.csv").write_text(HEAD + row("A1", 62.5), encoding="utf-8")

    async def dies(*_):
        raise OSError

    monkeypatch.setattr(watching, "_put_away", dies)
    for _ in range(2):
        await watch.look(now=LATER)
    monkeypatch.undo()
    assert await watch.look(now=LATER) == 1

    (kept,) = await fetch("SELECT stored_n, duplicate_n FROM laboratory_import")
    assert (kept["stored_n"], kept["duplicate_n"]) == (1, 0)
    answer = (folder / "done" / "a.csv.answer.csv").read_text(encoding="utf-8-sig")
    assert "stored" in answer


async def test_a_long_file_is_read_whole_before_it_is_put_away(watch, folder, monkeypatch):
    monkeypatch.setattr("backend.laboratory.import_extent.AT_ONCE_LINES", 50)
    (folder / "long.csv").write_text(many(300), encoding="utf-8")
    for _ in range(2):
        await watch.look(now=LATER)
    assert len((folder / "done" / "long.csv.answer.csv").read_text(encoding="utf-8").splitlines()) == 301


async def test_it_looks_until_it_is_told_to_stop(watch, folder, monkeypatch):
    monkeypatch.setattr(watching, "EVERY_S", 0.01)
    file = folder / "a.csv"
    file.write_text(HEAD + row("A1", 5), encoding="utf-8")
    os.utime(file, (time.time() - 600, time.time() - 600))
    stop = asyncio.Event()
    going = asyncio.create_task(watch.go_on(stop))
    async with asyncio.timeout(20):
        while not (folder / "done" / "a.csv").exists():
            await asyncio.sleep(0.01)
        stop.set()
        await going
