"""What the enzyme test is allowed to say."""

from datetime import date
from decimal import Decimal

import pytest

from backend.laboratory.judging import Context, judge
from backend.laboratory.readings import Reading
from backend.laboratory.words import Comparator, Method, RunKind, Verdict

DAY = date(2026, 5, 6)
BELOW, ABOVE, ND = Comparator.BELOW, Comparator.ABOVE, Comparator.NOT_DETECTED


def inhibition(
    value=None, unit="%", *, blank=None, sample=None, crop=None, comparator=Comparator.EQUAL, theirs=None, **context
):
    number = None if value is None else Decimal(value)
    reading = Reading(
        line=2,
        method=Method.ENZYME_INHIBITION,
        value=number,
        unit=unit,
        comparator=comparator,
        blank_delta=None if blank is None else Decimal(blank),
        sample_delta=None if sample is None else Decimal(sample),
        sample_name=crop,
        instrument_verdict=theirs,
    )
    return judge(reading, context=Context(sampled_on=DAY, **context))


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        ("-3.2", Verdict.NEGATIVE),
        ("0", Verdict.NEGATIVE),
        ("39.99", Verdict.NEGATIVE),
        ("39.999999", Verdict.NEGATIVE),
        ("40", Verdict.SUSPECT),
        ("40.0", Verdict.SUSPECT),
        ("49.99", Verdict.SUSPECT),
        ("50", Verdict.POSITIVE),
        ("50.00", Verdict.POSITIVE),
        ("100", Verdict.POSITIVE),
        ("104.1", Verdict.POSITIVE),
    ],
)
def test_each_band_begins_with_its_number(value, verdict):
    found = inhibition(value, blank="0.5")

    assert found.verdict is verdict
    assert found.rule == "GB/T 5009.199-2003; Lianxin bands 2026-01"
    assert found.value == Decimal(value)


@pytest.mark.parametrize(
    ("blank", "sample", "pct", "verdict"),
    [
        ("0.5", "0.25", "50", Verdict.POSITIVE),
        ("0.7", "0.42", "40", Verdict.SUSPECT),
        ("0.3", "0.15", "50", Verdict.POSITIVE),
        ("0.8", "0.40008", "49.99", Verdict.SUSPECT),
        ("0.8", "0.480032", "39.99", Verdict.NEGATIVE),
        ("0.6", "0.2", "66.66", Verdict.POSITIVE),
        ("0.4", "0.44", "-10", Verdict.NEGATIVE),
    ],
)
def test_absorbances_are_reckoned_with_and_a_percentage_is_never_rounded_up_over_a_band(blank, sample, pct, verdict):
    found = inhibition(blank=blank, sample=sample)

    assert (found.value, found.verdict) == (Decimal(pct), verdict)
    assert "inhibition_computed" in found.codes


def test_absorbances_go_before_the_value_told_and_the_difference_is_said():
    found = inhibition("12", blank="0.5", sample="0.2")

    assert found.verdict is Verdict.POSITIVE
    assert found.value == Decimal(60)
    assert "told_differs_from_computed" in found.codes
    assert "told_differs_from_computed" not in inhibition("60.4", blank="0.5", sample="0.2").codes


@pytest.mark.parametrize("blank", ["0.3", "0.30", "0.55", "0.8"])
def test_both_ends_of_the_blanks_window_are_good(blank):
    assert inhibition("12", blank=blank).verdict is Verdict.NEGATIVE


@pytest.mark.parametrize("blank", ["0.299", "0.801", "0", "-0.4"])
def test_a_blank_outside_its_window_makes_the_run_invalid_whatever_was_read(blank):
    for found in (
        inhibition("12", blank=blank),
        inhibition(blank=blank, sample="0.1"),
        inhibition("99", blank_delta=Decimal(blank)),
    ):
        assert found.verdict is Verdict.INVALID
        assert found.codes[0] == "blank_out_of_window"


def test_a_blank_nobody_told_is_said():
    assert "blank_unknown" in inhibition("12").codes
    assert "blank_unknown" not in inhibition("12", blank_delta=Decimal("0.5")).codes


def test_a_share_is_a_percentage_only_where_unit_or_profile_says_which():
    assert inhibition("0.63", "%").verdict is Verdict.NEGATIVE
    assert inhibition("0.63", "ratio").verdict is Verdict.POSITIVE
    assert inhibition("63", "%抑制率").verdict is Verdict.POSITIVE


@pytest.mark.parametrize(("value", "verdict"), [("63", "positive"), ("44.1", "suspect"), ("1.01", "negative")])
def test_a_bare_number_above_one_can_only_be_a_percentage(value, verdict):
    assert inhibition(value, None).verdict.value == verdict


def test_a_bare_share_that_comes_to_the_same_both_ways_is_judged_and_said():
    found = inhibition("0.12", None)

    assert (found.verdict, found.value) == (Verdict.NEGATIVE, Decimal("12.00"))
    assert "read_as_share" in found.codes


def test_a_bare_share_is_read_as_the_instrument_s_own_verdict_shows_it_was_meant():
    assert inhibition("0.63", None, theirs="不合格").verdict is Verdict.POSITIVE
    assert inhibition("1", None, theirs="阳性").verdict is Verdict.POSITIVE


@pytest.mark.parametrize(("value", "theirs"), [("0.63", None), ("0.63", "合格"), ("0.45", "合格"), ("1", None)])
def test_a_bare_share_that_could_be_either_is_left_to_somebody_who_knows(value, theirs):
    found = inhibition(value, None, theirs=theirs)

    assert (found.verdict, found.codes[0]) == (None, "percent_unclear")


def test_a_censored_percentage_is_told_as_it_stood():
    assert "<5.0 %" in str(inhibition("5.0", comparator=BELOW).reasons[0])


def test_an_inhibition_below_zero_is_told_as_it_is():
    found = inhibition("-8.5", blank="0.5")

    assert found.value == Decimal("-8.5")
    assert "negative_inhibition" in found.codes


def test_a_negative_is_never_worded_as_proof():
    assert "negative_is_no_proof" in inhibition("3").codes
    assert "不能证明没有超标" in " ".join(str(each) for each in inhibition("3").reasons)


def test_a_positive_is_repeated_twice_and_then_confirmed_otherwise():
    said = " ".join(str(each) for each in inhibition("73").reasons)

    assert "重复测 2 次" in said
    assert "色谱" in said


@pytest.mark.parametrize(
    "crop", ["洋葱", "大葱", "大蒜", "韭菜", "萝卜", "西红柿", "香菇", "胡萝卜", "carrot", "韭菜（大棚）"]
)
def test_a_crop_that_feigns_a_positive_is_named(crop):
    assert "crop_interferes" in inhibition("55", crop=crop).codes


def test_a_crop_that_does_not_interfere_is_not_named():
    assert "crop_interferes" not in inhibition("55", crop="黄瓜").codes


def test_the_crop_of_the_context_goes_before_the_samples_name():
    assert (
        "crop_interferes"
        in judge(
            Reading(line=2, method=Method.ENZYME_INHIBITION, value=Decimal(55), unit="%", sample_name="黄瓜"),
            context=Context(sampled_on=DAY, crop="garlic"),
        ).codes
    )


def test_spinach_in_the_suspect_band_is_nearly_always_over():
    assert "suspect_often_over" in inhibition("45", crop="菠菜").codes
    assert "suspect_often_over" not in inhibition("55", crop="菠菜").codes
    assert "suspect_often_over" not in inhibition("45", crop="黄瓜").codes


@pytest.mark.parametrize(
    ("comparator", "value", "verdict"),
    [
        (BELOW, "5.0", Verdict.NEGATIVE),
        (BELOW, "40", Verdict.NEGATIVE),
        (BELOW, "40.1", None),
        (BELOW, "50", None),
        (ABOVE, "50", Verdict.POSITIVE),
        (ABOVE, "49.9", None),
        (ND, None, None),
    ],
)
def test_a_censored_percentage_is_judged_only_where_it_is_certain(comparator, value, verdict):
    found = inhibition(value, comparator=comparator)

    assert found.verdict is verdict
    assert found.reasons


@pytest.mark.parametrize(
    ("value", "theirs", "disagree"),
    [
        ("50", "合格", True),
        ("50", "不合格", False),
        ("12", "阴性", False),
        ("12", "阳性(+)", True),
        ("45", "合格", True),
        ("45", "可疑", False),
        ("12", "", False),
        ("12", "/", False),
        ("12", "见备注", False),
    ],
)
def test_instrument_and_server_disagreeing_is_flagged(value, theirs, disagree):
    found = inhibition(value, theirs=theirs)

    assert found.instrument_disagrees is disagree
    assert ("instrument_disagrees" in found.codes) is disagree


def test_a_disagreement_tells_both_words():
    why = next(each for each in inhibition("50", theirs="合格").reasons if each.code == "instrument_disagrees")

    assert "合格" in str(why)
    assert "阳性" in str(why)


def test_a_word_of_the_instrument_that_nobody_knows_is_said_and_not_compared():
    assert "instrument_word_unknown" in inhibition("12", theirs="见备注").codes


def test_the_four_hours_are_told_only_where_somebody_is_inspected():
    assert "objection_in_hours" in inhibition("73", run_kind=RunKind.SUPERVISION).codes
    assert "objection_in_hours" not in inhibition("73").codes
    assert "advice_only" in inhibition("73").codes
    assert "advice_only" not in inhibition("73", run_kind=RunKind.SUPERVISION).codes
