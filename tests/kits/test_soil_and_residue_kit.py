"""The form for samples: the names that stay, that the laboratory knows every answer it offers, and what it never
demands."""

import csv
from pathlib import Path

import pytest

from backend.kits.form_questions import questions_of
from backend.kits.forms import build_form
from backend.laboratory import reference
from backend.laboratory.words import LandUse, SampleConsentPurpose, SampleKind, SampleTemperature
from backend.openrosa.form_texts import shown
from backend.openrosa.soil_and_residue_form import SOIL_AND_RESIDUE
from backend.openrosa.words import BroughtBy, TakenHow
from backend.people.household_tables import ConsentMethod
from tests.kits.sheets import CHINESE, ENGLISH, KITS, choices, mapping_of, rows

SAMPLES = KITS / "soil_and_residue" / "forms" / "soil_and_residue.xlsx"
COMMODITIES = Path(reference.__file__).with_name("commodities.csv")
ANOTHER = "other"

AGREED_PATHS = [
    "/data/bag/kind",
    "/data/bag/barcode",
    "/data/bag/typed_code",
    "/data/bag/code",
    "/data/bag/photo",
    "/data/origin/household_code",
    "/data/origin/market_lot",
    "/data/origin/village",
    "/data/origin/plot",
    "/data/origin/point",
    "/data/origin/crop",
    "/data/origin/crop_said",
    "/data/origin/land_use",
    "/data/origin/depth_top_cm",
    "/data/origin/depth_bottom_cm",
    "/data/origin/cores_n",
    "/data/taking/sampled_on",
    "/data/taking/way",
    "/data/custody/brought_by",
    "/data/custody/desk",
    "/data/custody/taken_by",
    "/data/custody/received_at",
    "/data/custody/travelled",
    "/data/custody/temperature_c",
    "/data/custody/note",
    "/data/consent/handling",
    "/data/consent/contact_name",
    "/data/consent/contact_phone",
    "/data/consent/wants_call",
    "/data/consent/share",
    "/data/consent/method",
    "/data/meta/instanceID",
    "/data/meta/instanceName",
]


@pytest.fixture(scope="module")
def form():
    return build_form(SAMPLES)


@pytest.fixture(scope="module")
def asked():
    """Each question by its name, as it stands in the sheet."""
    return {row["name"]: row for _, row in rows(SAMPLES, "survey") if row["name"]}


@pytest.fixture(scope="module")
def commodities():
    """What somebody may bring, without the groups of the list."""
    with COMMODITIES.open(encoding="utf-8", newline="") as lines:
        listed = [row for row in csv.DictReader(lines) if not row["valid_to"]]
    groups = {row["parent"] for row in listed}
    return {row["code"]: row for row in listed if row["code"] not in groups}


def test_it_has_exactly_the_fields_that_the_server_knows(form):
    assert form.title == "收样登记"
    assert list(form.paths) == AGREED_PATHS
    assert questions_of(form.xml).files == ("bag/photo",)


def test_its_choices_are_exactly_the_words_of_the_laboratory(commodities):
    assert choices(SAMPLES) == {
        "kind": set(SampleKind),
        "crop": {*commodities, ANOTHER},
        "land_use": set(LandUse),
        "way": set(TakenHow),
        "brought_by": set(BroughtBy),
        "travelled": set(SampleTemperature),
        "yes_no": {"yes", "no"},
        "agree": {"yes", "no"},
        "method": set(ConsentMethod) - {ConsentMethod.TAPPED},
    }


def test_a_crop_is_found_by_every_name_a_farmer_may_say(commodities):
    labels = {row["name"]: row for _, row in rows(SAMPLES, "choices") if row["list_name"] == "crop"}
    for code, crop in commodities.items():
        names = [crop["name_zh"], *(each for each in crop["aliases"].split("|") if each and not each.isascii())]
        assert all(name in labels[code][f"label::{CHINESE}"] for name in names), code
        assert labels[code][f"label::{ENGLISH}"] == crop["name_en"]


def test_soil_is_not_offered_the_ways_of_picking_nor_produce_those_of_digging(asked):
    assert asked["way"]["choice_filter"] == "of = ${kind}"
    for _, row in rows(SAMPLES, "choices"):
        if row["list_name"] == "way":
            assert row["name"].startswith(f"{row['of']}_")
            assert row["of"] in set(SampleKind)


def test_depth_land_and_points_are_asked_of_soil_alone(asked):
    for name in ("land_use", "depth_top_cm", "depth_bottom_cm", "cores_n"):
        assert asked[name]["relevant"] == "${kind} = 'soil'"


def test_a_bag_is_scanned_or_typed_and_may_have_no_code(asked):
    assert asked["barcode"]["type"] == "barcode"
    assert asked["typed_code"]["relevant"] == "${barcode} = ''"
    assert asked["code"]["calculation"] == "coalesce(${barcode}, ${typed_code})"
    assert [asked[name]["required"] for name in ("barcode", "typed_code", "photo", "temperature_c")] == [None] * 4


def test_name_and_number_are_asked_only_after_a_yes_and_never_demanded(asked):
    for name in ("contact_name", "contact_phone"):
        assert asked[name]["required"] is None
        assert asked[name]["relevant"] == "${handling} = 'yes' and ${household_code} = ''"
    names = list(asked)
    assert names.index("handling") < names.index("contact_name")


def test_nothing_is_agreed_to_beforehand_and_both_words_are_read_out(form, asked):
    for purpose in SampleConsentPurpose:
        assert (asked[purpose.value]["default"], asked[purpose.value]["required"]) == (None, None)
        assert shown(form.xml, f"consent/{purpose.value}") == asked[purpose.value][f"label::{CHINESE}"]
    consents = mapping_of("soil_and_residue").arguments["consents"].consents
    assert set(consents.values()) == set(SampleConsentPurpose)


def test_a_lot_of_a_market_has_no_person_and_no_village_of_the_last_record(asked):
    assert "${market_lot} = ''" in asked["village"]["relevant"]
    for purpose in SampleConsentPurpose:
        assert asked[purpose.value]["relevant"] == "${market_lot} = ''"


async def test_the_files_it_chooses_from_are_those_the_server_makes(form, asked, cast):
    named = {row["type"].split()[1] for row in asked.values() if row["type"].startswith("select_one_from_file")}
    assert named == set(SOIL_AND_RESIDUE.media)
    for name, made in SOIL_AND_RESIDUE.media.items():
        assert f"jr://file-csv/{name}".encode() in form.xml
        assert (await made(cast.cadre)).decode().splitlines()[0].split(",") == ["name", "label"]
