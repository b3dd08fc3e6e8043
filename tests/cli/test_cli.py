"""What a person at a server types, and what he is told when it cannot be."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from backend import cli
from tests.house import House

ROOT = Path(__file__).parents[2]


def lianxin(*words: str, data: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LIANXIN_DATA": str(data)} | more
    return subprocess.run(
        [sys.executable, "-m", "backend.cli", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def said(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence on stderr; a traceback is none."""
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


def test_the_help_lists_every_command_with_what_it_does(capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(["--help"])

    assert left.value.code == 0
    printed = " ".join(capsys.readouterr().out.split())
    for each in cli.COMMANDS:
        assert f"{each.name} {each.says}"[:40] in printed


def test_a_word_that_is_no_command_is_answered_with_those_there_are(capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(["serv"])

    assert left.value.code == 2
    assert "'serve'" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_in_use_is_said_in_a_sentence_before_anything_is_started(tmp_path, command):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        told = said(lianxin(command, data=tmp_path / "data", PORT=str(port)))

    assert f"Port {port} on 127.0.0.1 is in use" in told
    assert f"PORT={port + 1}" in told
    assert not (tmp_path / "data" / "postgres").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "many"), ("POOL_SIZE", "-"), ("ACCESS_TOKEN_MINUTES", "soon"), ("WEB_PROCESSES", "1.5")],
)
def test_a_setting_that_cannot_be_is_named_with_its_value(tmp_path, name, value):
    told = said(lianxin("serve", data=tmp_path, **{name: value}))

    assert f"{name}='{value}'" in told


def test_an_address_that_is_not_this_machines_is_said(tmp_path):
    assert "HOST=192.0.2.7 is no address of this machine" in said(lianxin("serve", data=tmp_path, HOST="192.0.2.7"))


@pytest.mark.parametrize(
    "address",
    ["postgresql://cadre:tea-and-rice@127.0.0.1:9/none", "postgresql://cadre:tea-and-rice@[::1/none", "tea-and-rice"],
)
def test_a_database_that_cannot_be_reached_is_said_without_its_password(tmp_path, address):
    told = said(lianxin("migrate", data=tmp_path, DATABASE_URL=address))

    assert "cannot be reached" in told
    assert "tea-and-rice" not in told


def test_the_doctor_finds_a_new_house_empty_and_says_what_to_run(tmp_path):
    tmp_path.chmod(0o755)

    done = lianxin("doctor", data=tmp_path)

    assert done.returncode == 1
    assert "Run: lianxin migrate" in done.stdout
    assert [line for line in done.stdout.splitlines() if line.startswith("ok")], done.stdout
    assert "Notices wait in the inbox alone" in done.stdout


def test_the_doctor_finds_nothing_wrong_with_a_county(tmp_path, seeded):
    tmp_path.chmod(0o755)
    House(tmp_path / "county").move_in(seeded)

    done = lianxin("doctor", data=tmp_path / "county", PUSH_ROBOTS="wecombot")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "WRONG" not in done.stdout
    assert "Notices go out by robots" in done.stdout


def test_the_doctor_names_what_is_wrong(tmp_path):
    tmp_path.chmod(0o755)
    done = lianxin(
        "doctor",
        data=tmp_path,
        SECRET_KEY="tea" * 16,
        FIELD_KEY="tea" * 16,
        STORAGE_URL="file:///proc/nowhere",
        WARNING_KEYS_URL="file:///proc/nowhere/keys",
        DATABASE_URL="postgresql://nobody@127.0.0.1:9/none",
        PUSH_HMS_APP_ID="100200300",
    )

    assert done.returncode == 1
    wrong = [line for line in done.stdout.splitlines() if line.startswith("WRONG")]
    words = (
        "differ",
        "Photos cannot be kept",
        "Day keys of warnings cannot",
        "among the objects",
        "127.0.0.1:9",
        "PUSH_HMS_APP_SECRET is missing",
    )
    assert [any(word in line for line in wrong) for word in words] == [True] * len(words)


def test_the_spec_is_the_same_text_however_often_it_is_written(tmp_path):
    texts = {
        subprocess.run(
            [sys.executable, "-c", "from backend.serving.spec import text; print(text(), end='')"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "LIANXIN_DATA": str(tmp_path), "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(texts) == 1
    assert texts.pop().endswith(b"}\n")


def test_a_migration_for_a_room_that_is_none_is_refused(tmp_path):
    assert "There is no room 'attic'" in said(lianxin("migration", "attic", "why", data=tmp_path))
