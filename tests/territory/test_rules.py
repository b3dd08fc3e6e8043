"""What territory promises about division codes."""

import doctest
from datetime import date

import pytest

from backend.core.refusals import Invalid
from backend.territory import rules
from backend.territory.rules import DivisionCodeWrong
from backend.territory.tables import Level


def test_the_examples_in_the_rules_hold():
    assert doctest.testmod(rules).failed == 0
    assert doctest.testmod(rules).attempted > 3


@pytest.mark.parametrize(
    ("code", "level", "prefix"),
    [
        ("370000000000", Level.PROVINCE, "37"),
        ("371500000000", Level.PREFECTURE, "3715"),
        ("371526000000", Level.COUNTY, "371526"),
        ("371526101000", Level.TOWNSHIP, "371526101"),
        ("371526101335", Level.VILLAGE, "371526101335"),
        ("371526101300", Level.VILLAGE, "371526101300"),
        ("371526100000", Level.TOWNSHIP, "371526100"),
        ("110000000000", Level.PROVINCE, "11"),
        ("371526101335007", Level.CELL, "371526101335007"),
        ("371526101000007", Level.COMMUNITY, "371526101000007"),
    ],
)
def test_a_code_says_its_level_and_the_prefix_of_its_subtree(code, level, prefix):
    assert rules.level_of(code) == level
    assert rules.prefix_of(code) == prefix
    assert rules.prefix_of(code, level) == prefix


@pytest.mark.parametrize(
    "code",
    [
        "",
        "37",
        "37152610133",
        "3715261013350",
        "37152610133x",
        "371526101335\n",
        "３７１５２６１０１３３５",
        "\x00" * 12,
    ],
)
def test_what_is_not_twelve_or_fifteen_ascii_digits_is_not_a_code(code):
    with pytest.raises(DivisionCodeWrong):
        rules.level_of(code)


@pytest.mark.parametrize("number", [0, 1000, -1])
def test_a_cell_has_a_number_from_1_to_999(number):
    with pytest.raises(DivisionCodeWrong):
        rules.cell_code("371526101335", number)
    assert rules.cell_code("371526101335", 999) == "371526101335999"


def test_only_villages_have_cells_and_only_townships_have_communities():
    with pytest.raises(DivisionCodeWrong):
        rules.cell_code("371526101000", 1)
    with pytest.raises(DivisionCodeWrong):
        rules.community_code("371526101335", 1)


def test_a_division_ends_on_the_day_before_the_change_and_never_before_it_began():
    assert rules.last_day_before(date(2026, 7, 1), date(2026, 6, 30)) == date(2026, 6, 30)
    with pytest.raises(Invalid):
        rules.last_day_before(date(2026, 6, 30), date(2026, 6, 30))
