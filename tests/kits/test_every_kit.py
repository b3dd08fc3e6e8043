"""Every form of field_kits: what people may rely on when they edit it, and phones when they load it."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from pyxform.validators.odk_validate import check_xform
from pyxform.xls2xform import convert

from backend.kits.forms import Form, build_form
from backend.openrosa.catalogue import VERBS
from tests.kits.sheets import CHINESE, ENGLISH, KITS, SHEETS, edited, kit_of, mapping_of, rows

WORDS = ("label", "hint", "constraint_message", "required_message")
NOT_ASKED = ("end", "deviceid", "calculate", "csv-external")

IN_ANOTHER_PROCESS = """
import pathlib, sys
from backend.kits.forms import build_form
for sheet in sys.argv[1:]:
    print(build_form(pathlib.Path(sheet)).md5)
"""

pytestmark = pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)


@cache
def built(sheet: Path) -> Form:
    """As it lies in field_kits: built once, a third of a second each."""
    return build_form(sheet)


@cache
def marks_elsewhere(hash_seed: str) -> dict[Path, str]:
    """What another process makes of every sheet: the mark of each."""
    ran = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS, *map(str, SHEETS)],
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        cwd=KITS.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(zip(SHEETS, ran.stdout.split(), strict=True))


def test_the_form_is_called_as_its_folder_and_has_a_title_and_a_dated_version(sheet):
    form = built(sheet)
    assert form.form_id == sheet.stem == kit_of(sheet).name
    assert form.title
    assert form.version.isdigit()
    assert len(form.version) == 10


def test_its_kit_says_a_verb_that_the_door_for_phones_carries_out(sheet):
    assert mapping_of(sheet.stem).verb in VERBS


@pytest.mark.parametrize("page", ["survey", "choices"])
def test_every_word_a_cadre_reads_is_there_in_chinese_and_in_english(sheet, page):
    for at, row in rows(sheet, page):
        for word in WORDS:
            pair = row.get(f"{word}::{CHINESE}"), row.get(f"{word}::{ENGLISH}")
            assert all(pair) or not any(pair), f"{page} row {at}: {word} in one language only"
        asked = page == "choices" or not str(row["type"]).startswith(NOT_ASKED)
        assert row[f"label::{CHINESE}"] or not asked, f"{page} row {at} has no label"


@pytest.mark.parametrize(("needs", "message"), [("constraint", "constraint_message"), ("required", "required_message")])
def test_every_refusal_on_the_phone_says_why(sheet, needs, message):
    for at, row in rows(sheet, "survey"):
        assert bool(row[needs]) == bool(row[f"{message}::{CHINESE}"]), f"row {at}: {needs} without its message"


def test_chinese_is_the_language_it_opens_in(sheet):
    assert f'<translation lang="{CHINESE}" default="true()">'.encode() in built(sheet).xml


def test_pyxform_has_nothing_to_warn_about(sheet):
    assert convert(sheet, form_name="data").warnings == []


def test_building_it_again_gives_the_same_bytes_in_any_process(sheet):
    assert build_form(sheet).xml == built(sheet).xml
    for hash_seed in ("1", "2"):
        assert marks_elsewhere(hash_seed)[sheet] == built(sheet).md5


def test_any_change_of_wording_changes_the_mark_that_phones_compare(sheet, tmp_path):
    changed = edited(sheet, tmp_path, "survey", "C4", "换个说法")
    assert build_form(changed).md5 != built(sheet).md5


def test_photos_are_made_smaller_before_they_are_sent(sheet):
    images = [row for _, row in rows(sheet, "survey") if row["type"] == "image"]
    assert bool(images) == (sheet.stem != "antifraud_visit")
    assert all(row["parameters"] == "max-pixels=2048" for row in images)


def test_odk_validate_accepts_it(sheet, tmp_path):
    if not shutil.which("java"):
        assert not os.environ.get("CI"), "CI must have Java: ODK Validate did not run"
        pytest.skip("NO JAVA HERE: ODK Validate did not look at the form")
    path = tmp_path / f"{sheet.stem}.xml"
    path.write_bytes(built(sheet).xml)
    assert check_xform(str(path)) == []


@pytest.mark.parametrize("language_of_advice", ["## 怎么改", "## How to edit"])
def test_the_kits_readme_tells_a_clerk_how_to_edit_and_which_names_stay(sheet, language_of_advice):
    advice = (kit_of(sheet) / "README.md").read_text(encoding="utf-8")
    assert language_of_advice in advice
    for path in built(sheet).paths:
        assert f"`{path.removeprefix('/data/')}`" in advice
