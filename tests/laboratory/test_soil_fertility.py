"""Grades of the second national soil survey, and the traps of units."""

from datetime import date
from decimal import Decimal

import pytest

from backend.laboratory.judging import Context, judge
from backend.laboratory.readings import Reading
from backend.laboratory.reference import fertility_grades, ph_classes
from backend.laboratory.soil_fertility_rules import judge_ph
from backend.laboratory.words import Comparator, Method

DAY = date(2026, 5, 6)
G, MG = "g/kg", "mg/kg"


def soil(value, name="有机质", unit=G, *, comparator=Comparator.EQUAL, implied=False, **context):
    reading = Reading(
        line=2,
        method=Method.SOIL_TEST,
        analyte_text=name,
        value=Decimal(value),
        unit=unit,
        unit_implied=implied,
        comparator=comparator,
    )
    return judge(reading, context=Context(sampled_on=context.pop("on", DAY), **context))


@pytest.mark.parametrize(
    ("value", "grade"),
    [
        ("40.1", 1), ("40.0", 2), ("40", 2), ("30.1", 2), ("30.0", 3), ("20.1", 3), ("20.0", 4), ("10.1", 4),
        ("10.0", 5), ("6.1", 5), ("6.0", 5), ("5.9", 6), ("0", 6),
    ],
)  # fmt: skip
def test_organic_matter_is_graded_with_the_exact_ends(value, grade):
    assert soil(value).grade == grade


BORDERS = {
    ("全氮", G): ("2", "1.5", "1", "0.75", "0.5"),
    ("碱解氮", MG): ("150", "120", "90", "60", "30"),
    ("有效磷", MG): ("40", "20", "10", "5", "3"),
    ("速效钾", MG): ("200", "150", "100", "50", "30"),
    ("缓效钾", MG): ("500", "400", "300", "200", "100"),
    ("有效硼", MG): ("2", "1", "0.5", "0.2"),
    ("有效铜", MG): ("1.8", "1", "0.2", "0.1"),
    ("有效锌", MG): ("3", "1", "0.5", "0.3"),
    ("有效锰", MG): ("30", "15", "5", "1"),
    ("有效钼", MG): ("0.3", "0.2", "0.15", "0.1"),
    ("有效铁", MG): ("20", "10", "4.5", "2.5"),
}


@pytest.mark.parametrize(("name", "unit"), BORDERS)
def test_every_border_belongs_to_the_grade_below_it_but_for_the_last(name, unit):
    borders = [Decimal(each) for each in BORDERS[name, unit]]
    little = Decimal("0.0001")
    for i, border in enumerate(borders):
        at = i + 1 if i == len(borders) - 1 else i + 2
        assert soil(border, name, unit).grade == at
        assert soil(border + little, name, unit).grade == i + 1
        assert soil(border - little, name, unit).grade == i + 2


def test_no_number_falls_between_two_grades_and_none_into_two():
    for rows in [*fertility_grades().values(), [each for each in ph_classes() if each.table == "five"]]:
        ends = {each for row in rows for each in (row.low, row.high) if each is not None}
        near = {end + step for end in ends for step in (Decimal(0), Decimal("0.001"), Decimal("-0.001"))}
        assert all(sum(row.holds(value) for row in rows) == 1 for value in near)


def test_a_percentage_of_organic_matter_is_ten_times_as_many_grams():
    found = soil("4.0", unit="%")

    assert (found.grade, found.value, found.unit) == (2, Decimal(40), G)
    assert "unit_turned" in found.codes
    assert soil("4.01", unit="％").grade == 1


def test_organic_carbon_is_turned_into_matter_and_said():
    found = soil("23.2", "有机碳")

    assert (found.value, found.grade) == (Decimal("39.9968"), 2)
    assert "carbon_to_matter" in found.codes


def test_a_value_without_a_unit_is_asked_about_and_an_impossible_unit_refused():
    assert (soil("21", unit=None).grade, soil("21", unit=None).codes[0]) == (None, "unit_missing")
    assert soil("21", "有效磷", "%").codes[0] == "unit_unknown"
    assert soil("21", "速效钾", "g/kg").codes[0] == "unit_unknown"


def test_a_low_value_in_a_unit_that_only_the_profile_said_is_doubted():
    assert "unit_doubtful" in soil("2.1", implied=True).codes
    assert "unit_doubtful" not in soil("2.1").codes
    assert "unit_doubtful" not in soil("21", implied=True).codes


def test_an_oxide_is_turned_into_its_element_only_on_request():
    assert soil("22.9", "有效磷(P2O5)", MG).codes[0] == "told_as_oxide"
    found = soil("22.9", "有效磷(P2O5)", MG, convert_oxides=True)
    assert (found.grade, found.value) == (4, Decimal(10))
    assert "oxide_turned" in found.codes
    assert soil("120.5", "速效钾(K2O)", MG, convert_oxides=True).value == Decimal(100)


@pytest.mark.parametrize(
    ("comparator", "value", "grade"),
    [
        (Comparator.BELOW, "3", 6),
        (Comparator.BELOW, "3.1", None),
        (Comparator.ABOVE, "40", 1),
        (Comparator.ABOVE, "39.9", None),
    ],
)
def test_a_censored_value_has_a_grade_only_where_it_can_be_of_no_other(comparator, value, grade):
    found = soil(value, "有效磷", MG, comparator=comparator)

    assert found.grade == grade
    assert ("grade_undecided" in found.codes) is (grade is None)


@pytest.mark.parametrize(
    ("ph", "seven", "five"),
    [
        ("4.49", "extremely_acid", "strongly_acid"),
        ("4.5", "strongly_acid", "strongly_acid"),
        ("4.99", "strongly_acid", "strongly_acid"),
        ("5.0", "strongly_acid", "acid"),
        ("5.5", "strongly_acid", "acid"),
        ("5.51", "acid", "acid"),
        ("6.5", "acid", "acid"),
        ("6.51", "neutral", "neutral"),
        ("7.5", "neutral", "neutral"),
        ("7.51", "alkaline", "alkaline"),
        ("8.5", "alkaline", "alkaline"),
        ("8.51", "strongly_alkaline", "strongly_alkaline"),
        ("9.5", "strongly_alkaline", "strongly_alkaline"),
        ("9.51", "extremely_alkaline", "strongly_alkaline"),
    ],
)
def test_ph_has_a_class_by_either_table_and_seven_is_the_default(ph, seven, five):
    told = {"comparator": Comparator.EQUAL, "value": Decimal(ph), "day": DAY}

    assert soil(ph, "pH", None).ph_class == judge_ph(**told).ph_class == seven
    assert judge_ph(**told, table="five").ph_class == five


@pytest.mark.parametrize("ph", ["-0.1", "14.1", "82"])
def test_a_ph_that_cannot_be_has_no_class(ph):
    assert soil(ph, "pH", None).codes[0] == "ph_implausible"


def test_before_its_first_day_no_grade_counts():
    assert soil("21", on=date(2019, 12, 31)).codes[0] == "rule_not_begun"
    assert soil("6.8", "pH", None, on=date(2019, 12, 31)).codes[0] == "rule_not_begun"
