"""What stands in a cell."""

from datetime import date
from decimal import Decimal

import pytest

from backend.laboratory.cells import CellWrong, Measured, clean, measured, moment, unit
from backend.laboratory.words import Comparator

EQUAL, BELOW, ABOVE, ND = Comparator.EQUAL, Comparator.BELOW, Comparator.ABOVE, Comparator.NOT_DETECTED


@pytest.mark.parametrize(
    ("text", "comparator", "value", "said"),
    [
        ("50", EQUAL, "50", None),
        ("40.0", EQUAL, "40.0", None),
        ("１２．５％", EQUAL, "12.5", "%"),
        ("63.25 %", EQUAL, "63.25", "%"),
        ("<5.0", BELOW, "5.0", None),
        ("＜５", BELOW, "5", None),
        ("小于0.05mg/kg", BELOW, "0.05", "mg/kg"),
        ("<5.0%抑制率", BELOW, "5.0", "%"),
        (">80", ABOVE, "80", None),
        ("1,234.5", EQUAL, "1234.5", None),
        ("-3.2", EQUAL, "-3.2", None),
        ("1.2E-3", EQUAL, "0.0012", None),
        ("0.05 毫克/千克", EQUAL, "0.05", "mg/kg"),
        ("ND", ND, None, None),
        ("未检出", ND, None, None),
    ],
)
def test_a_number_is_taken_as_it_stood_with_its_comparator_and_unit(text, comparator, value, said):
    found = measured(clean(text))

    assert (found.comparator, found.value, found.unit) == (comparator, Decimal(value) if value else None, said)


@pytest.mark.parametrize("text", ["阴性", "阳性", "＋", "不合格"])
def test_words_in_a_column_of_numbers_are_the_instruments_verdict(text):
    assert measured(clean(text)) == Measured(words=clean(text))


@pytest.mark.parametrize("text", ["", "/", "—", "--", "无"])
def test_a_cell_that_says_nothing_is_nothing_and_no_zero(text):
    assert measured(clean(text)) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("12,5", "not_a_number"),
        ("1.2.3", "not_a_number"),
        ("5o", "not_a_number"),
        ("e5", "not_a_number"),
        ("#DIV/0!", "not_a_number"),
        ("OVER", "not_a_number"),
        ("NaN", "not_a_number"),
        ("≤5", "comparator_unclear"),
        ("=1+1", "formula"),
        ("=HYPERLINK(1)", "formula"),
    ],
)
def test_what_could_be_two_numbers_or_none_is_refused_with_its_reason(text, reason):
    with pytest.raises(CellWrong) as wrong:
        measured(clean(text))

    assert str(wrong.value) == reason


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("黄瓜\0\0", "黄瓜"),
        ("黄瓜\\0\\0", "黄瓜"),
        ("　Ａ１　", "A1"),
        ('="00123"', "00123"),
        ("\ufeff番茄", "番茄"),
    ],
)
def test_padding_and_full_width_are_taken_off(text, cleaned):
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-01 09:30:00",
        "2026/5/1 9:30",
        "2026.5.1 09:30",
        "2026年5月1日 9时30分",
        "2026年5月1日9时30分0秒",
        "２０２６年５月１日　上午９：３０",
        "20260501093000",
        "2026-05-01T09:30:00+08:00",
        "2026-05-01T01:30:00Z",
        "46143.3958333333",
        "1777599000",
        "1777599000000",
    ],
)
def test_a_moment_is_read_in_every_usual_form_as_shandong_time(text):
    assert moment(clean(text)).isoformat() == "2026-05-01T09:30:00+08:00"


def test_a_time_alone_needs_the_day_from_another_column():
    assert moment("下午3:05", date(2026, 5, 1)).isoformat() == "2026-05-01T15:05:00+08:00"
    with pytest.raises(CellWrong):
        moment("15:05")


@pytest.mark.parametrize("text", ["5/1/2026", "26-05-01", "2026-13-01", "2026-02-30", "2026-05-01 25:00", "昨天"])
def test_a_date_that_could_be_two_days_or_none_is_refused(text):
    with pytest.raises(CellWrong) as wrong:
        moment(text)

    assert str(wrong.value) == "date_unclear"


def test_a_unit_has_one_spelling_and_an_unknown_one_stays():
    assert [unit(text) for text in ("％抑制率", "MG/KG", "㎎/㎏", "µg/kg", "ppm", "斤", "")] == [
        "%",
        "mg/kg",
        "mg/kg",
        "ug/kg",
        "mg/kg",
        "斤",
        None,
    ]
