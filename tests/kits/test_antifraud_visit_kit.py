"""The round's form: the names that stay, that the server knows every answer it offers, and what it never asks."""

import pytest

from backend.antifraud.library_files import shipped_types
from backend.antifraud.outreach_words import AgeBand, HouseholdMark, LetterMove
from backend.kits.form_questions import questions_of
from backend.kits.forms import build_form
from backend.openrosa.antifraud_visit_form import ANTIFRAUD_VISIT
from tests.kits.sheets import CHINESE, ENGLISH, KITS, choices, rows

ROUND = KITS / "antifraud_visit" / "forms" / "antifraud_visit.xlsx"

AGREED_PATHS = [
    "/data/salt",
    "/data/door/round",
    "/data/door/round_prefix",
    "/data/door/round_begins",
    "/data/door/round_ends",
    "/data/door/village",
    "/data/door/household_code",
    "/data/door/occurred_at",
    "/data/door/mark",
    "/data/door/age_band",
    "/data/talk/explained",
    "/data/reminder/letter",
    "/data/reminder/serial",
    "/data/reminder/serial_plain",
    "/data/reminder/in_stock",
    "/data/reminder/not_in_stock",
    "/data/meta/instanceID",
    "/data/meta/instanceName",
]


@pytest.fixture(scope="module")
def form():
    return build_form(ROUND)


@pytest.fixture(scope="module")
def asked():
    """Each question by its name, as it stands in the sheet."""
    return {row["name"]: row for _, row in rows(ROUND, "survey") if row["name"]}


def test_it_has_exactly_the_fields_that_the_server_knows(form):
    assert form.title == "反诈走访"
    assert list(form.paths) == AGREED_PATHS


def test_its_choices_are_exactly_the_words_of_the_api():
    assert choices(ROUND) == {
        "mark": set(HouseholdMark),
        "age_band": set(AgeBand),
        "letter": {LetterMove.SIGNED, LetterMove.DECLINED, "none"},
        "fraud_type": {each.code for each in shipped_types()},
    }


def test_a_fraud_is_called_as_in_the_library():
    labels = {row["name"]: row for _, row in rows(ROUND, "choices") if row["list_name"] == "fraud_type"}
    for each in shipped_types():
        told = labels[each.code]
        assert (told[f"label::{CHINESE}"], told[f"label::{ENGLISH}"]) == (each.name_zh, each.name_en)


def test_it_takes_no_photo_no_sound_no_position_and_nobody_s_number(form, asked):
    assert questions_of(form.xml).files == ()
    assert {row["type"].split()[0] for row in asked.values()} == {
        "calculate", "begin_group", "select_one_from_file", "select_one", "select_multiple", "dateTime", "text",
        "note", "csv-external",
    }  # fmt: skip
    assert [name for name, row in asked.items() if row["type"] == "text"] == ["serial"]


def test_what_is_told_of_a_person_is_never_demanded_and_never_chosen_beforehand(asked):
    assert asked["age_band"]["required"] is None
    assert [asked[name]["default"] for name in ("mark", "age_band", "explained", "letter")] == [None] * 4


def test_the_files_it_chooses_from_are_those_the_server_makes(asked):
    named = {row["type"].split()[1] for row in asked.values() if row["type"].startswith("select_one_from_file")}
    looked_up = {f"{name}.csv" for name, row in asked.items() if row["type"] == "csv-external"}
    assert named | looked_up == set(ANTIFRAUD_VISIT.media)


async def test_it_asks_each_of_them_for_columns_that_it_has(form, cast):
    asked_for = {
        "rounds.csv": {"name", "label", "prefix", "begins_on", "ends_on"},
        "villages.csv": {"name", "label"},
        "households.csv": {"name", "label", "village"},
        "letters.csv": {"village", "prefix", "width", "first", "last"},
    }
    for name, made in ANTIFRAUD_VISIT.media.items():
        assert f"jr://file-csv/{name}".encode() in form.xml
        header = (await made(cast.assistant)).decode().splitlines()[0].split(",")
        assert asked_for[name] <= set(header)


def test_chance_of_the_phone_s_own_is_in_every_record(asked):
    assert (asked["salt"]["type"], asked["salt"]["calculation"]) == ("calculate", "once(uuid())")


def test_a_wrong_serial_is_told_in_words_that_show_a_right_one(asked):
    assert "GX2026-004120" in asked["serial"][f"constraint_message::{CHINESE}"]
