"""Fertiliser advice shows what it is made of, or gives no number."""

from datetime import date
from decimal import Decimal

import pytest

from backend.laboratory.fertiliser_rules import Input, advise_fertiliser, correction_of, target_yields

DAY = date(2026, 5, 6)


def advice(*, crop="peanut", yields="300", soil="60", own=(), on=DAY):
    return advise_fertiliser(
        crop=crop,
        nutrient="n",
        fertiliser="urea",
        target_yield_kg_per_mu=None if yields is None else Decimal(yields),
        soil_test_mg_per_kg=None if soil is None else Decimal(soil),
        on=on,
        own=own,
    )


def own(name, value):
    return Input(name, Decimal(value), "1", "trial of 2025")


def test_the_worked_example_of_the_source_comes_out():
    found = advice()

    assert found.before_share_kg_per_mu == Decimal("43.7")
    assert found.kg_per_mu == Decimal("17.5")
    assert (found.crop_takes_kg_per_mu, found.soil_gives_kg_per_mu) == (Decimal(15), Decimal("4.95"))


def test_every_number_it_was_made_of_is_there_with_unit_and_source():
    found = advice()

    assert {each.name: each.value for each in found.inputs} == {
        "target_yield_kg_per_mu": Decimal(300),
        "soil_test_mg_per_kg": Decimal(60),
        "uptake_kg_per_kg": Decimal("0.05"),
        "soil_factor": Decimal("0.15"),
        "correction": Decimal("0.55"),
        "nutrient_content": Decimal("0.46"),
        "use_rate": Decimal("0.5"),
        "share_from_fertiliser": Decimal("0.4"),
    }
    assert all(each.unit and each.source for each in found.inputs)


def test_an_agronomist_has_to_sign():
    found = advice()

    assert found.signed_by is None
    assert found.signature_note == "needs an agronomist's signature"
    assert found.reasons[-1].code == "needs_signature"
    assert "农艺师签字" in str(found.reasons[-1])


def test_a_missing_coefficient_gives_no_number_and_is_named():
    found = advice(crop="wheat")

    assert found.kg_per_mu is None
    assert found.missing == ("uptake_kg_per_kg", "correction", "use_rate")
    assert "校正系数" in str(found.reasons[0])


@pytest.mark.parametrize(
    ("told", "missing"),
    [
        ({"soil": None}, "soil_test_mg_per_kg"),
        ({"yields": None}, "target_yield_kg_per_mu"),
        ({"on": date(2019, 1, 1)}, "soil_factor"),
    ],
)
def test_what_nobody_told_is_missing_too(told, missing):
    found = advice(**told)

    assert found.kg_per_mu is None
    assert missing in found.missing


def test_a_rich_soil_needs_nothing_and_never_less_than_nothing():
    found = advice(soil="500")

    assert found.kg_per_mu == 0
    assert found.reasons[0].code == "soil_has_enough"


def test_a_fields_own_trial_goes_before_the_file_and_says_where_it_comes_from():
    found = advice(own=[own("correction", "0.4"), own("share_from_fertiliser", "1")])

    assert found.kg_per_mu == found.before_share_kg_per_mu == Decimal("49.6")
    assert next(each for each in found.inputs if each.name == "correction").source == "trial of 2025"


def test_with_coefficients_of_its_own_another_crop_has_its_advice_without_fixation():
    told = [own("uptake_kg_per_kg", "0.03"), own("correction", "0.5"), own("use_rate", "0.4")]
    found = advice(crop="wheat", yields="500", own=told)

    assert found.kg_per_mu == Decimal("57.1")
    assert found.missing == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("use_rate", "0"),
        ("use_rate", "50"),
        ("nutrient_content", "46"),
        ("correction", "-1"),
        ("uptake_kg_per_kg", "0"),
        ("soil_factor", "NaN"),
    ],
)
def test_a_coefficient_that_cannot_be_gives_no_number(name, value):
    found = advice(own=[own(name, value)])

    assert found.kg_per_mu is None
    assert found.reasons[0].code == "input_implausible"


def test_a_blank_plot_gives_the_correction():
    told = {"uptake_kg_per_kg": Decimal("0.05"), "soil_factor": Decimal("0.15")}

    assert correction_of(blank_yield_kg_per_mu=Decimal(99), soil_test_mg_per_kg=Decimal(60), **told) == Decimal("0.55")
    assert correction_of(blank_yield_kg_per_mu=Decimal(99), soil_test_mg_per_kg=Decimal(0), **told) is None


def test_usual_targets_follow_the_kind_of_crop():
    assert target_yields(mean_kg_per_mu=Decimal(100), crop_kind="cash", on=DAY) == (Decimal(120), Decimal(140))
    assert target_yields(mean_kg_per_mu=Decimal(100), crop_kind="moss", on=DAY) is None
