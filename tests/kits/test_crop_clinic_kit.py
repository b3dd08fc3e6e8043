"""The crop clinic's form: the names that stay, and that every answer it offers is one the server knows."""

import csv
from pathlib import Path

import pytest

from backend.diagnosis import reference
from backend.diagnosis.words import ConsentPurpose, GrowthStage, Organ, Topic
from backend.kits.form_questions import questions_of
from backend.kits.forms import build_form
from backend.openrosa.form_texts import shown
from backend.people.household_tables import ConsentMethod
from tests.kits.sheets import CHINESE, ENGLISH, KITS, choices, mapping_of, rows

CLINIC = KITS / "crop_clinic" / "forms" / "crop_clinic.xlsx"
CROPS = Path(reference.__file__).with_name("crops.csv")

AGREED_PATHS = [
    "/data/deviceid",
    "/data/asker/asked_at",
    "/data/asker/household_code",
    "/data/asker/division_code",
    "/data/asker/place_note",
    "/data/asker/point",
    "/data/asker/contact_name",
    "/data/asker/wants_call",
    "/data/asker/contact_phone",
    "/data/trouble/crop",
    "/data/trouble/organ",
    "/data/trouble/growth_stage",
    "/data/trouble/topic",
    "/data/trouble/symptoms",
    "/data/trouble/voice",
    "/data/trouble/area_mu",
    "/data/trouble/onset_on",
    "/data/trouble/treatments",
    "/data/trouble/weather_note",
    "/data/photos/photo_near",
    "/data/photos/photo_plant",
    "/data/photos/photo_field",
    "/data/photos/photo_more",
    "/data/consent/handling",
    "/data/consent/method",
    "/data/consent/learning",
    "/data/meta/instanceID",
    "/data/meta/instanceName",
]


@pytest.fixture(scope="module")
def form():
    return build_form(CLINIC)


@pytest.fixture(scope="module")
def crops():
    with CROPS.open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row for row in csv.DictReader(lines)}


@pytest.fixture(scope="module")
def asked():
    """Each question by its name, as it stands in the sheet."""
    return {row["name"]: row for _, row in rows(CLINIC, "survey") if row["name"]}


def test_it_has_exactly_the_fields_that_the_server_knows(form):
    assert form.title == "作物诊断"
    assert list(form.paths) == AGREED_PATHS


def test_its_choices_are_exactly_the_words_of_the_api(crops):
    assert choices(CLINIC) == {
        "crop": set(crops),
        "topic": set(Topic),
        "organ": set(Organ),
        "growth_stage": set(GrowthStage),
        "method": set(ConsentMethod) - {ConsentMethod.TAPPED},
        "yes_no": {"yes", "no"},
        "agree": {"yes", "no"},
    }


def test_a_crop_is_found_by_every_name_a_farmer_may_say(crops):
    labels = {row["name"]: row for _, row in rows(CLINIC, "choices") if row["list_name"] == "crop"}
    for code, crop in crops.items():
        names = [crop["name_zh"], *filter(None, crop["aliases"].split("|"))]
        assert all(name in labels[code][f"label::{CHINESE}"] for name in names), code
        assert labels[code][f"label::{ENGLISH}"] == crop["name_en"]


def test_the_crops_are_listed_the_commonest_first(crops):
    listed = [row["name"] for _, row in rows(CLINIC, "choices") if row["list_name"] == "crop"]
    assert listed == sorted(crops, key=lambda code: int(crops[code]["position"]))


def test_every_question_with_a_file_is_one_whose_files_the_case_takes(form):
    photos = mapping_of("crop_clinic").arguments["photos"]
    assert sorted(questions_of(form.xml).files) == sorted(photos.files)


def test_nothing_is_agreed_to_beforehand(asked):
    for purpose in ConsentPurpose:
        assert asked[purpose.value]["default"] is None
    assert asked["handling"]["required"] == "yes"
    assert asked["learning"]["required"] is None


def test_the_words_that_are_read_out_are_those_of_the_sheet(form, asked):
    for purpose in ConsentPurpose:
        assert shown(form.xml, f"consent/{purpose.value}") == asked[purpose.value][f"label::{CHINESE}"]
    with pytest.raises(LookupError):
        shown(form.xml, "consent/everything")


def test_a_phone_number_is_never_demanded(asked):
    assert asked["contact_phone"]["required"] is None
    assert asked["contact_name"]["required"] is None


def test_whoever_does_not_write_speaks(asked):
    assert asked["symptoms"]["required"] == "${voice} = ''"
    assert asked["voice"]["parameters"] == "quality=low"  # AAC: a browser plays it, and AMR it does not
