"""What feeds promises about the parameters of a map program."""

import doctest
from datetime import UTC, datetime, timedelta

import pytest

from backend.feeds import rules
from backend.feeds.rules import ParameterWrong

NOON = datetime(2026, 5, 4, 4, tzinfo=UTC)
JUST_AFTER = timedelta(microseconds=1)


def test_the_examples_in_the_rules_hold():
    result = doctest.testmod(rules)
    assert (result.failed, result.attempted > 1) == (0, True)


@pytest.mark.parametrize(
    ("text", "from_", "before"),
    [
        ("2026-05-04T04:00:00Z", NOON, NOON + JUST_AFTER),
        ("2026-05-04t12:00:00+08:00", NOON, NOON + JUST_AFTER),
        ("2026-05-04T04:00:00Z/2026-05-04T04:00:00Z", NOON, NOON + JUST_AFTER),
        ("2026-05-04T04:00:00Z/..", NOON, None),
        ("2026-05-04T04:00:00Z/", NOON, None),
        ("../2026-05-04T04:00:00Z", None, NOON + JUST_AFTER),
        ("/2026-05-04T04:00:00Z", None, NOON + JUST_AFTER),
    ],
)
def test_a_moment_or_an_interval_holds_both_its_ends(text, from_, before):
    assert rules.span(text) == (from_, before)


@pytest.mark.parametrize(
    "text",
    [
        "..",
        "../..",
        "/",
        "2026-05-04",
        "2026-05-04T04:00:00",
        "2026-05-04T04:00:00 08:00",
        "2026-05-05T04:00:00Z/2026-05-04T04:00:00Z",
        "2026-05-04T04:00:00Z/..//",
        "0001-01-01T00:00:00+08:00",
        "noon",
        "\x00",
    ],
)
def test_a_time_without_offset_backwards_or_endless_is_refused(text):
    with pytest.raises(ParameterWrong) as refused:
        rules.span(text)
    assert refused.value.errors[0].pointer == "datetime"


def test_the_last_moment_there_is_does_not_break_the_interval():
    last = datetime.max.replace(tzinfo=UTC)
    assert rules.span("../9999-12-31T23:59:59.999999Z") == (None, last)


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("116,36,117,37", (116, 36, 117, 37)),
        ("116,36,-50,117,37,900", (116, 36, 117, 37)),
        ("177,-20,-178,-15", (177, -20, -178, -15)),
        ("-180,-90,180,90", (-180, -90, 180, 90)),
    ],
)
def test_a_box_has_four_numbers_or_six_and_may_cross_the_180th_meridian(text, box):
    assert rules.box(text) == box


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "116,36,117,37,38", "a,b,c,d", "nan,36,117,37", "116,36,inf,37", "36,116,37,117", "1,9,2,8"]
)
def test_a_box_that_is_nowhere_is_refused(text):
    with pytest.raises(ParameterWrong):
        rules.box(text)


def test_no_parameters_are_the_whole_collection():
    assert rules.window(bbox=None, bbox_crs=None, moments=None) == rules.Window()
