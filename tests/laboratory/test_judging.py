"""One reading in, one judgement out, whatever stands in the row."""

import doctest
import importlib
from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.core.words import language, translations
from backend.laboratory import judgement_reasons
from backend.laboratory.headers import SOIL
from backend.laboratory.judgement_reasons import SENTENCES, TERMS, because
from backend.laboratory.judging import Context, judge
from backend.laboratory.naming import analyte
from backend.laboratory.readings import Reading
from backend.laboratory.reference import analytes
from backend.laboratory.words import (
    Calibration,
    Comparator,
    LandUse,
    Method,
    RunKind,
    SampleKind,
    SoilCategory,
    Verdict,
)

DAY = date(2026, 5, 6)
TEST = Reading(line=2, method=Method.ENZYME_INHIBITION, value=Decimal(12), unit="%")


def test_a_reading_whose_day_nobody_knows_is_not_judged():
    assert judge(TEST, context=Context()).codes == ("day_unknown",)


def test_the_day_of_the_test_is_taken_in_shandong_and_said():
    late = msgspec.structs.replace(TEST, tested_at=datetime(2026, 5, 31, 16, 30, tzinfo=UTC))
    found = judge(late, context=Context())

    why = next(each for each in found.reasons if each.code == "day_of_test_taken")
    assert (found.verdict, why.facts["day"]) == (Verdict.NEGATIVE, date(2026, 6, 1))


def test_the_day_of_sampling_goes_before_the_day_of_the_test():
    late = msgspec.structs.replace(TEST, tested_at=datetime(2026, 6, 3, tzinfo=UTC))

    assert "day_of_test_taken" not in judge(late, context=Context(sampled_on=DAY)).codes


def test_where_nobody_knows_a_day_the_rules_of_the_day_on_which_the_file_came_count_and_it_says_so():
    found = judge(TEST, context=Context(received_on=DAY))

    assert found.verdict is Verdict.NEGATIVE
    assert "day_of_receipt_taken" in found.codes
    assert "day_of_receipt_taken" not in judge(TEST, context=Context(received_on=DAY, sampled_on=DAY)).codes


def test_overdue_calibration_blocks_the_verdict_unless_somebody_answers_for_it():
    def found(state):
        return judge(TEST, context=Context(sampled_on=DAY, calibration=state))

    assert (found(Calibration.OVERDUE).verdict, found(Calibration.OVERDUE).codes) == (None, ("calibration_overdue",))
    assert found(Calibration.OVERRIDDEN).verdict is Verdict.NEGATIVE
    assert "calibration_overridden" in found(Calibration.OVERRIDDEN).codes
    assert "calibration_unknown" in found(Calibration.UNKNOWN).codes
    assert not {"calibration_unknown", "calibration_overridden"} & set(found(Calibration.VALID).codes)


def test_a_test_of_leaves_is_refused_for_soil_and_the_other_way_round():
    soil = Reading(line=2, method=Method.SOIL_TEST, analyte="olsen_p", value=Decimal(12), unit="mg/kg")

    assert judge(TEST, context=Context(sampled_on=DAY, sample_kind=SampleKind.SOIL)).codes == (
        "sample_of_another_kind",
    )
    assert judge(soil, context=Context(sampled_on=DAY, sample_kind=SampleKind.PRODUCE)).says_nothing
    assert judge(soil, context=Context(sampled_on=DAY, sample_kind=SampleKind.SOIL)).grade == 3


def test_a_percentage_without_a_method_or_an_analyte_is_an_inhibition():
    found = judge(Reading(line=2, value=Decimal(50), unit="%"), context=Context(sampled_on=DAY))

    assert found.verdict is Verdict.POSITIVE


def test_what_is_not_in_the_list_is_said():
    unknown = Reading(line=2, analyte_text="神秘物质", value=Decimal(1), unit="mg/kg")

    assert judge(unknown, context=Context(sampled_on=DAY)).codes == ("analyte_unknown",)


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+999999", "1E-999999"])
def test_a_number_that_is_none_is_refused_and_not_reckoned_with(value):
    for field in ("value", "blank_delta", "sample_delta", "tc_ratio"):
        odd = msgspec.structs.replace(TEST, **{field: Decimal(value)})
        assert judge(odd, context=Context(sampled_on=DAY)).codes == ("value_implausible",)


def test_a_content_below_nothing_is_refused():
    below = Reading(line=2, analyte_text="镉", value=Decimal("-0.1"), unit="mg/kg")

    assert judge(below, context=Context(sampled_on=DAY, ph=Decimal(7))).codes == ("value_implausible",)


def test_every_soil_analyte_that_the_readers_know_is_judged():
    assert [code for code in SOIL if analyte(code) is None or analyte(code).code != code] == []


numbers = st.none() | st.decimals(allow_nan=True, allow_infinity=True)
words = st.none() | st.sampled_from(["%", "mg/kg", "g/kg", "?", ""]) | st.text(max_size=5)
readings = st.builds(
    Reading,
    line=st.just(2),
    sample_name=st.none() | st.sampled_from(["苹果", "菠菜", "?"]),
    analyte_text=st.none() | st.sampled_from(sorted(analytes())) | st.text(max_size=5),
    method=st.sampled_from(Method),
    comparator=st.sampled_from(Comparator),
    value=numbers,
    unit=words,
    unit_implied=st.booleans(),
    blank_delta=numbers,
    sample_delta=numbers,
    tc_ratio=numbers,
    control_line=st.none() | st.booleans(),
    instrument_verdict=words,
)
contexts = st.builds(
    Context,
    sampled_on=st.none() | st.dates(),
    sample_kind=st.none() | st.sampled_from(SampleKind),
    land_use=st.none() | st.sampled_from(LandUse),
    ph=numbers,
    run_kind=st.sampled_from(RunKind),
    blank_delta=numbers,
    lod=numbers,
    calibration=st.sampled_from(Calibration),
    convert_oxides=st.booleans(),
)


@settings(max_examples=400, deadline=None)
@given(readings, contexts)
def test_nothing_in_a_row_makes_the_judge_stumble_and_every_answer_has_its_reason(reading, context):
    found = judge(reading, context=context)

    assert found.reasons
    assert all(str(each) and "{" not in str(each) for each in found.reasons if "{" not in str(each.facts))
    assert sum(each is not None for each in (found.verdict, found.grade, found.ph_class, found.category)) <= 1
    assert found.says_nothing or found.rule
    msgspec.json.encode(found)


def test_every_reason_and_every_word_is_there_in_chinese():
    chinese = translations("zh")

    assert [code for code, text in SENTENCES.items() if chinese.gettext(text) == text] == []
    assert [code for code, text in TERMS.items() if chinese.gettext(str(text)) == text] == []


def test_every_verdict_and_category_has_a_word():
    assert {*map(str, Verdict), *map(str, SoilCategory)} <= TERMS.keys()


def test_a_reason_is_told_in_the_readers_language():
    why = because("no_limit_on_file", standard="GB 2763-2026", analyte=judgement_reasons.Name("a", "甲", "A"), crop="x")
    token = language.set("en")
    try:
        english = str(why)
    finally:
        language.reset(token)

    assert english.startswith("GB 2763-2026 has no limit on file for A")
    assert "甲" in str(why)


def test_a_reason_without_a_sentence_cannot_be_given():
    with pytest.raises(KeyError):
        because("no_such_code")


WITH_EXAMPLES = (
    "censoring fertiliser_rules inhibition_rules instrument_words judgement_reasons judging naming reference "
    "residue_limits residue_rules soil_fertility_rules soil_pollution_rules units"
)


@pytest.mark.parametrize("name", WITH_EXAMPLES.split())
def test_the_examples_in_the_rules_are_true(name):
    result = doctest.testmod(importlib.import_module(f"backend.laboratory.{name}"))

    assert result.attempted > 0
    assert result.failed == 0
