"""GB 15618-2018: by element, pH band and land use."""

from datetime import date
from decimal import Decimal

import pytest

from backend.laboratory.judging import Context, judge
from backend.laboratory.readings import Reading
from backend.laboratory.soil_pollution_rules import worst
from backend.laboratory.words import Comparator, LandUse, Method, SoilCategory

DAY = date(2026, 5, 6)
PROTECT, SAFE, STRICT = SoilCategory.PRIORITY_PROTECTION, SoilCategory.SAFE_USE, SoilCategory.STRICT_CONTROL
PADDY, UPLAND, ORCHARD, ROTATION = LandUse.PADDY, LandUse.UPLAND, LandUse.ORCHARD, LandUse.ROTATION
LITTLE = Decimal("0.0001")


def metal(value, name="镉", *, ph="7.0", use=UPLAND, unit="mg/kg", comparator=Comparator.EQUAL, on=DAY):
    number = None if value is None else Decimal(value)
    reading = Reading(
        line=2, method=Method.SOIL_TEST, analyte_text=name, value=number, unit=unit, comparator=comparator
    )
    acidity = None if ph is None else Decimal(ph)
    return judge(reading, context=Context(sampled_on=on, ph=acidity, land_use=use))


TABLE = [
    ("镉", PADDY, "0.3 0.4 0.6 0.8", "1.5 2.0 3.0 4.0"),
    ("镉", UPLAND, "0.3 0.3 0.3 0.6", "1.5 2.0 3.0 4.0"),
    ("汞", PADDY, "0.5 0.5 0.6 1.0", "2.0 2.5 4.0 6.0"),
    ("汞", ORCHARD, "1.3 1.8 2.4 3.4", "2.0 2.5 4.0 6.0"),
    ("砷", PADDY, "30 30 25 20", "200 150 120 100"),
    ("砷", UPLAND, "40 40 30 25", "200 150 120 100"),
    ("铅", PADDY, "80 100 140 240", "400 500 700 1000"),
    ("铅", UPLAND, "70 90 120 170", "400 500 700 1000"),
    ("铬", PADDY, "250 250 300 350", "800 850 1000 1300"),
    ("铬", UPLAND, "150 150 200 250", "800 850 1000 1300"),
    ("铜", ORCHARD, "150 150 200 200", None),
    ("铜", UPLAND, "50 50 100 100", None),
    ("铜", PADDY, "50 50 100 100", None),
    ("镍", None, "60 70 100 190", None),
    ("锌", None, "200 200 250 300", None),
]
BANDS = [("4.0", "5.5"), ("5.51", "6.5"), ("6.51", "7.5"), ("7.51", "9.0")]


@pytest.mark.parametrize(("name", "use", "screening", "control"), TABLE)
def test_every_value_of_the_table_holds_at_itself_and_not_above(name, use, screening, control):
    controls = control.split() if control else [None] * 4
    for ends, screen, most in zip(BANDS, screening.split(), controls, strict=True):
        for ph in ends:
            assert metal(screen, name, ph=ph, use=use).category is PROTECT
            assert metal(Decimal(screen) + LITTLE, name, ph=ph, use=use).category is SAFE
            if most:
                assert metal(most, name, ph=ph, use=use).category is SAFE
                assert metal(Decimal(most) + LITTLE, name, ph=ph, use=use).category is STRICT
            else:
                found = metal("99999", name, ph=ph, use=use)
                assert (found.category, found.codes[0]) == (SAFE, "over_screening_no_control")


def test_without_a_ph_there_is_no_verdict():
    assert (metal("0.1", ph=None).category, metal("0.1", ph=None).codes[0]) == (None, "ph_missing")
    assert metal("0.1", ph="15").codes[0] == "ph_implausible"


def test_without_a_land_use_there_is_no_verdict_but_where_it_does_not_matter():
    assert (metal("0.1", use=None).category, metal("0.1", use=None).codes[0]) == (None, "land_use_missing")
    assert metal("10", "锌", use=None).category is PROTECT


@pytest.mark.parametrize(
    ("name", "ph", "screening"),
    [
        ("镉", "6.0", "0.3"),
        ("汞", "6.0", "0.5"),
        ("砷", "6.0", "30"),
        ("铅", "6.0", "90"),
        ("铬", "6.0", "150"),
        ("铜", "6.0", "50"),
    ],
)
def test_a_rotation_takes_the_stricter_of_two(name, ph, screening):
    found = metal(screening, name, ph=ph, use=ROTATION)

    assert (found.limit, found.category) == (Decimal(screening), PROTECT)
    assert metal(Decimal(screening) + LITTLE, name, ph=ph, use=ROTATION).category is SAFE
    assert "stricter_of_rotation" in found.codes


def test_chromium_six_is_refused_for_this_standard():
    for name in ("六价铬", "Cr(VI)", "Cr（Ⅵ）", "Cr6+"):
        found = metal("3.0", name)
        assert (found.category, found.codes[0]) == (None, "not_in_standard")


def test_extractable_copper_is_another_thing_than_total_copper():
    assert metal("1.5", "有效铜").grade == 2
    assert metal("1.5", "总铜").category is PROTECT


@pytest.mark.parametrize(
    ("comparator", "value", "category", "code"),
    [
        (Comparator.BELOW, "0.3", PROTECT, "within_screening"),
        (Comparator.BELOW, "0.31", None, "censored_undecided"),
        (Comparator.NOT_DETECTED, "0.01", PROTECT, "within_screening"),
        (Comparator.NOT_DETECTED, None, None, "lod_unknown"),
        (Comparator.ABOVE, "0.2", None, "above_undecided"),
        (Comparator.ABOVE, "0.5", None, "at_least_screening_over"),
        (Comparator.ABOVE, "3.0", STRICT, "over_control"),
    ],
)
def test_a_censored_content_is_judged_only_where_it_is_certain(comparator, value, category, code):
    found = metal(value, comparator=comparator)

    assert (found.category, found.codes[0]) == (category, code)


def test_the_other_items_need_no_ph_and_are_marked_as_unchecked():
    found = metal("0.10", "六六六", ph=None, use=None)

    assert found.category is PROTECT
    assert "row_unchecked" in found.codes
    assert metal("0.56", "苯并芘", ph=None, use=None).category is SAFE


def test_units_are_turned_and_a_wrong_one_is_refused():
    assert metal("300", unit="ug/kg").category is PROTECT
    assert metal("0.3", unit="mg/L").codes[0] == "unit_unknown"
    assert metal("0.3", unit=None).codes[0] == "unit_missing"


def test_the_standard_begins_on_its_day_and_names_itself():
    assert metal("0.1", on=date(2018, 7, 31)).codes[0] == "rule_not_begun"
    assert metal("0.1", on=date(2018, 8, 1)).rule.startswith("GB 15618-2018")


def test_the_worst_element_makes_the_category_of_a_sample():
    assert worst([PROTECT, STRICT, SAFE]) is STRICT
    assert worst([]) is None
