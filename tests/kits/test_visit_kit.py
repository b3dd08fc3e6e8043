"""The visit form of field_kits/visit: the names that stay, and what a clerk is told who spoils a sheet."""

import os
import shutil

import pytest
from pyxform.validators.odk_validate import check_xform

from backend.kits.forms import FormWrong, build_form
from tests.kits import sheets

VISIT = sheets.KITS / "visit" / "forms" / "visit.xlsx"

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


@pytest.fixture
def edited(tmp_path):
    """A copy of the form with one cell changed."""
    return lambda page, cell, value: sheets.edited(VISIT, tmp_path, page, cell, value)


def test_it_has_exactly_the_fields_that_the_server_knows():
    form = build_form(VISIT)
    assert form.title == "走访记录"
    assert list(form.paths) == AGREED_PATHS


def test_its_choices_are_exactly_the_words_of_the_api():
    assert sheets.choices(VISIT) == AGREED_CHOICES


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
