"""The visit form of field_kits/visit: what people may rely on when they edit it, and phones when they load it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from pyxform.validators.odk_validate import check_xform
from pyxform.xls2xform import convert

from backend.openrosa.forms import FormWrong, build_form

KIT = Path(__file__).parents[2] / "field_kits" / "visit"
VISIT = KIT / "visit.xlsx"

CHINESE, ENGLISH = "中文 (zh)", "English (en)"
WORDS = ("label", "hint", "constraint_message", "required_message")

AGREED_PATHS = [
    "/data/deviceid",
    "/data/contact/channel",
    "/data/contact/occurred_at",
    "/data/contact/household_code",
    "/data/contact/division_code",
    "/data/contact/place_note",
    "/data/contact/point",
    "/data/findings/campaign",
    "/data/findings/topics",
    "/data/findings/note",
    "/data/findings/companions",
    "/data/findings/need_found",
    "/data/need/category",
    "/data/need/description",
    "/data/photos/photo",
    "/data/photos/photo_before",
    "/data/photos/photo_after",
    "/data/meta/instanceID",
    "/data/meta/instanceName",
]

AGREED_CHOICES = {
    "channel": {"visit", "call", "sms", "wechat"},
    "campaign": {"none", "enterprises", "villages", "people"},
    "topic": {
        "livelihood_security", "employment", "production", "planning_construction", "justice_rights", "other",
    },
    "yes_no": {"yes", "no"},
}  # fmt: skip


@pytest.fixture(scope="module")
def form():
    return build_form(VISIT)


@pytest.fixture
def edited(tmp_path):
    """A copy of the form with one cell changed, as a clerk might."""

    def edit(sheet, cell, value):
        book = openpyxl.load_workbook(VISIT)
        book[sheet][cell] = value
        book.save(tmp_path / "visit.xlsx")
        return tmp_path / "visit.xlsx"

    return edit


def rows(sheet):
    """Each row of a sheet as {column title: value}, with its number."""
    header, *lines = openpyxl.load_workbook(VISIT)[sheet].iter_rows(values_only=True)
    return [(at, dict(zip(header, line, strict=True))) for at, line in enumerate(lines, 2)]


def test_the_form_builds_under_its_agreed_name_and_with_a_dated_version(form):
    assert (form.form_id, form.title) == ("visit", "走访记录")
    assert form.version.isdigit()
    assert len(form.version) == 10


def test_it_has_exactly_the_fields_that_the_server_knows(form):
    assert list(form.paths) == AGREED_PATHS


def test_its_choices_are_exactly_the_words_of_the_api():
    found = {}
    for _, row in rows("choices"):
        found.setdefault(row["list_name"], set()).add(row["name"])
    assert found == AGREED_CHOICES


@pytest.mark.parametrize("sheet", ["survey", "choices"])
def test_every_word_a_cadre_reads_is_there_in_chinese_and_in_english(sheet):
    for at, row in rows(sheet):
        for word in WORDS:
            pair = row.get(f"{word}::{CHINESE}"), row.get(f"{word}::{ENGLISH}")
            assert all(pair) or not any(pair), f"{sheet} row {at}: {word} in one language only"
        asked = sheet == "choices" or not str(row["type"]).startswith(("end", "deviceid"))
        assert row[f"label::{CHINESE}"] or not asked, f"{sheet} row {at} has no label"


@pytest.mark.parametrize(("needs", "message"), [("constraint", "constraint_message"), ("required", "required_message")])
def test_every_refusal_on_the_phone_says_why(needs, message):
    for at, row in rows("survey"):
        assert bool(row[needs]) == bool(row[f"{message}::{CHINESE}"]), f"row {at}: {needs} without its message"


def test_chinese_is_the_language_it_opens_in(form):
    assert f'<translation lang="{CHINESE}" default="true()">'.encode() in form.xml


def test_pyxform_has_nothing_to_warn_about():
    assert convert(VISIT, form_name="data").warnings == []


def test_building_it_again_gives_the_same_bytes_in_any_process(form):
    assert build_form(VISIT) == form
    script = (
        "import sys, pathlib; from backend.openrosa.forms import build_form;"
        "print(build_form(pathlib.Path(sys.argv[1])).md5)"
    )
    for seed in ("1", "2"):
        ran = subprocess.run(
            [sys.executable, "-c", script, str(VISIT)],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=KIT.parents[1],
            capture_output=True,
            text=True,
            check=True,
        )
        assert ran.stdout.strip() == form.md5


def test_any_change_of_wording_changes_the_mark_that_phones_compare(form, edited):
    assert build_form(edited("survey", "C4", "换个说法")).md5 != form.md5


def test_odk_validate_accepts_it(form, tmp_path):
    if not shutil.which("java"):
        assert not os.environ.get("CI"), "CI must have Java: ODK Validate did not run"
        pytest.skip("NO JAVA HERE: ODK Validate did not look at the form")
    path = tmp_path / "visit.xml"
    path.write_bytes(form.xml)
    assert check_xform(str(path)) == []


def test_odk_validate_would_have_noticed_a_broken_expression(edited, tmp_path):
    if not shutil.which("java"):
        assert not os.environ.get("CI"), "CI must have Java: ODK Validate did not run"
        pytest.skip("NO JAVA HERE: ODK Validate did not look at the form")
    path = tmp_path / "visit.xml"
    path.write_bytes(build_form(edited("survey", "J6", "string-length(. <= 40")).xml)
    with pytest.raises(Exception, match="household_code"):
        check_xform(str(path))


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "said"),
    [
        ("survey", "A4", "selectone channel", r"visit\.xlsx, sheet survey, row 4: .*selectone channel"),
        ("survey", "A4", "select_one chanel", r"visit\.xlsx, sheet survey, row 4: .*chanel"),
        ("survey", "B6", "house hold", r"visit\.xlsx, sheet survey, row 6: "),
        ("survey", "H10", "${chanel} = 'visit'", r"visit\.xlsx, sheet survey, row 10: .*chanel"),
        ("choices", "B3", "visit", r"visit\.xlsx, sheet choices, row 3: .*unique"),
        ("settings", "C2", None, r"visit\.xlsx, sheet settings, row 2: .*version"),
        ("settings", "A2", None, r"visit\.xlsx, sheet settings, row 2: .*form_title"),
    ],
)
def test_a_wrong_sheet_is_refused_by_file_sheet_and_row(edited, sheet, cell, value, said):
    with pytest.raises(FormWrong, match=said):
        build_form(edited(sheet, cell, value))


@pytest.mark.parametrize("content", [b"", b"not a spreadsheet", b"PK\x03\x04 cut short"])
def test_a_file_that_is_no_spreadsheet_is_refused_by_name(tmp_path, content):
    path = tmp_path / "visit.xlsx"
    path.write_bytes(content)
    with pytest.raises(FormWrong, match=r"^visit\.xlsx: "):
        build_form(path)
    with pytest.raises(FormWrong, match=r"^missing\.xlsx: "):
        build_form(tmp_path / "missing.xlsx")


@pytest.mark.parametrize("language_of_advice", ["## 怎么改", "## How to edit"])
def test_the_kits_readme_tells_a_clerk_how_to_edit_and_which_names_stay(form, language_of_advice):
    advice = (KIT / "README.md").read_text()
    assert language_of_advice in advice
    for path in form.paths:
        assert f"`{path.removeprefix('/data/')}`" in advice
