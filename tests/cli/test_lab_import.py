"""`lianxin lab import FILE` and `lab watch FOLDER`: as whoever sits at the server types them."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backend import cli
from backend.core.database import fetch
from tests.laboratory.bench import Bench
from tests.laboratory.files import HEAD, row

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def bench(cast) -> Bench:
    """A studio, the station below it, and one in the next county."""
    return await Bench.make(cast)


@pytest.fixture
def environment(migrated: str, tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "LIANXIN_DATA": str(tmp_path / "data"),
        "DATABASE_URL": migrated,
        "PYTHONUNBUFFERED": "1",
    }


async def lab(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "backend.cli", "lab", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


async def test_a_file_is_taken_in_for_the_desk_that_is_named_and_told_row_by_row(bench, environment, tmp_path):
    file = tmp_path / "结果.csv"
    file.write_text(HEAD + row("A1", 62.5) + row("A2", "?"), encoding="gb18030")

    done = await lab(environment, "import", str(file), "--unit", "农技工作室")

    assert done.returncode == 0, done.stderr
    positive, refused, counts = done.stdout.splitlines()
    assert "阳性" in positive
    assert "抑制率(%)" in refused
    assert counts == "存入 1 条，已存过 0 条，没收 1 条。"
    (kept,) = await fetch("SELECT unit, door FROM laboratory_import")
    assert (kept["unit"], kept["door"]) == (bench.studio, "command")


async def test_as_json_a_line_for_each_row_and_the_counts_last(bench, environment, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text(HEAD + row("A1", 62.5), encoding="utf-8")
    done = await lab(environment, "import", str(file), "--unit", str(bench.studio), "--json", "--dry-run")
    told, counts = map(json.loads, done.stdout.splitlines())
    assert (told["verdict"], told["outcome"]) == ("positive", "stored")
    assert (counts["stored"], counts["id"]) == (1, None)
    assert await fetch("SELECT 1 FROM laboratory_result") == []


async def test_what_cannot_be_is_said_in_one_sentence(bench, environment, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text(HEAD + row("A1", 62.5), encoding="utf-8")
    for words, says in (
        ([str(file)], "Say with --unit which desk it is for. There are: "),
        ([str(file), "--unit", "农技工作室", "--profile", "nobody_s"], "没有叫“nobody_s”的仪器格式"),
    ):
        done = await lab(environment, "import", *words)
        assert done.returncode == 1
        assert says in done.stderr
        assert "Traceback" not in done.stderr


def test_a_file_or_a_folder_that_is_not_there_is_said(capsys, tmp_path):
    for verb, says in (("import", "There is no file"), ("watch", "There is no folder")):
        assert cli.main(["lab", verb, str(tmp_path / "none")]) == 1
        assert says in capsys.readouterr().err


async def test_a_watched_folder_is_taken_in_until_the_watcher_is_told_to_stop(bench, environment, tmp_path):
    folder = tmp_path / "instrument"
    folder.mkdir()
    (folder / "a.csv").write_text(HEAD + row("A1", 62.5), encoding="utf-8")
    os.utime(folder / "a.csv", (time.time() - 60, time.time() - 60))
    watcher = subprocess.Popen(
        [sys.executable, "-m", "backend.cli", "lab", "watch", str(folder), "--unit", "农技工作室"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        async with asyncio.timeout(60):
            while not (folder / "done" / "a.csv").exists():
                await asyncio.sleep(0.1)
        watcher.send_signal(signal.SIGTERM)
        told, _ = await asyncio.to_thread(watcher.communicate, None, 30)
    finally:
        watcher.kill()
    assert "a.csv: 1 stored, 0 duplicate, 0 refused" in told
    assert watcher.returncode in (0, 143, -signal.SIGTERM)
