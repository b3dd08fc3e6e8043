"""What a clerk types who edits a kit."""

import hashlib
import json
import zipfile

import pytest

from backend import cli
from tests.cli.test_cli import lianxin
from tests.kits.small_kit import CARD, FILES, KIT_TOML, forgotten, write


@pytest.fixture
async def forgetting(pool):
    async with forgotten():
        yield


def test_a_kit_without_mistakes_is_told_so(tmp_path, capsys):
    assert cli.main(["kits", "check", str(write(tmp_path))]) == 0

    assert "orchard  version 2026112201  no mistakes  (forms: orchard 2026112201)" in capsys.readouterr().out


def test_every_mistake_of_every_kit_is_a_line_with_file_and_line_and_the_exit_code_is_1(tmp_path, capsys):
    write(tmp_path, **{"cards/ring_rot.md": "轮纹病", "kit.toml": KIT_TOML.replace('"scene"', '"sunset"')})
    (tmp_path / "mill").mkdir()
    (tmp_path / "mill" / "README.md").write_text("…", encoding="utf-8")

    assert cli.main(["kits", "check", str(tmp_path)]) == 1

    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" ")[0] for line in lines if line.startswith(("orchard", "mill"))] == [
        "mill/kit.toml:",
        "orchard/cards/ring_rot.md:1:",
        "orchard/kit.toml:18:",
    ]


def test_without_java_it_is_said_that_odk_validate_did_not_look(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert cli.main(["kits", "check", str(write(tmp_path))]) == 0

    assert capsys.readouterr().out.startswith("NO JAVA HERE")


@pytest.mark.parametrize("words", [["check", "nowhere"], ["build", "."], ["check", "empty"]])
def test_what_cannot_be_is_said_in_a_sentence(tmp_path, capsys, monkeypatch, words):
    (write(tmp_path) / ".." / "empty").mkdir()
    monkeypatch.chdir(tmp_path)

    assert cli.main(["kits", *words]) == 1

    assert len(capsys.readouterr().err.splitlines()) == 1


def test_bundles_are_built_with_their_hashes_and_the_same_bytes_each_time(tmp_path, capsys):
    kit = write(tmp_path)
    for to in ("first", "second"):
        assert cli.main(["kits", "build", str(kit), "--to", str(tmp_path / to)]) == 0

    bundle = tmp_path / "first" / "orchard-2026112201.zip"
    digest = hashlib.sha256(bundle.read_bytes()).hexdigest()
    assert bundle.read_bytes() == (tmp_path / "second" / bundle.name).read_bytes()
    assert (tmp_path / "first" / "SHA256SUMS").read_text() == f"{digest}  {bundle.name}\n"
    assert digest in capsys.readouterr().out
    with zipfile.ZipFile(bundle) as opened:
        manifest = json.loads(opened.read("manifest.json"))
        held = {name: hashlib.sha256(opened.read(name)).hexdigest() for name in opened.namelist()[1:]}
    assert {file["path"]: file["sha256"] for file in manifest["files"]} == held
    assert set(held) == {*FILES, "forms/orchard.xml"} - {"README.md", "forms/orchard.md"}


def test_nothing_is_built_of_a_kit_with_mistakes(tmp_path, capsys):
    kit = write(tmp_path, **{"cards/ring_rot.md": "轮纹病"})

    assert cli.main(["kits", "build", str(kit), "--to", str(tmp_path / "out")]) == 1

    assert "orchard/cards/ring_rot.md:1:" in capsys.readouterr().out
    assert not (tmp_path / "out").exists()


def test_a_bundle_with_a_form_and_a_hundred_cards_is_under_300_kb(tmp_path):
    said = "叶片背面先看有没有黄褐色小疱，再看下部叶子；带一片病叶回来，写清地块、品种、哪天种的。"
    cards = {
        f"cards/c{at}.md": CARD + "\n".join(f"{chr(0x4E00 + 7 * at + line)}{line} {said}" for line in range(20))
        for at in range(100)
    }
    kit = write(tmp_path, **cards)

    assert cli.main(["kits", "build", str(kit), "--to", str(tmp_path / "out")]) == 0

    size = (tmp_path / "out" / "orchard-2026112201.zip").stat().st_size
    assert 20_000 < size < 300_000


async def test_a_folder_is_published_once_and_other_content_needs_another_version(tmp_path, migrated, forgetting):
    said = []
    for card in (CARD, CARD, CARD + "新"):
        kit = write(tmp_path, **{"cards/ring_rot.md": card})
        done = lianxin("kits", "publish", str(kit), data=tmp_path, DATABASE_URL=migrated)
        said.append((done.returncode, done.stdout.strip().rpartition("  ")[2]))

    assert said[:2] == [(0, "stored"), (0, "duplicate")]
    assert said[2][0] == 1
    assert said[2][1].endswith("Raise the version in kit.toml.")


async def test_the_doctor_names_a_kit_of_the_county_that_phones_do_not_get(tmp_path, migrated, cast):
    write(tmp_path / "county", **{"cards/ring_rot.md": "轮纹病"})

    done = lianxin("doctor", data=tmp_path, DATABASE_URL=migrated, KITS_DIR=str(tmp_path / "county"))

    [told] = [line for line in done.stdout.splitlines() if "Kit orchard" in line]
    assert told.startswith("WRONG")
    assert "orchard/cards/ring_rot.md:1:" in told
    assert done.returncode == 1
