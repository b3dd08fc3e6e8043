"""What must not become public is found however it is written; what only looks like it is left alone."""

import doctest
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backend.cases import lint as room
from backend.cases import lint_shapes
from backend.cases.lint import MASK, Hit, fold, lint, redacted
from backend.cases.lint_shapes import HitKind, is_bank_card, is_id_number
from backend.cases.numbers import grouped, number_of

MOBILE, LANDLINE, ID, CARD, PLATE = (
    HitKind.MOBILE, HitKind.LANDLINE, HitKind.ID_NUMBER, HitKind.BANK_CARD, HitKind.PLATE,
)  # fmt: skip

SPELLINGS = [
    "0123456789",
    "０１２３４５６７８９",
    "〇一二三四五六七八九",
    "零壹贰叁肆伍陆柒捌玖",
    "⓪①②③④⑤⑥⑦⑧⑨",
    "零幺二三四五六七八九",
]
GAPS = ["", " ", "-", "－", "—", "·", ".", "\u3000", "\u200b", "\u00a0"]


def spelt(draw, number: str) -> str:
    """A number as somebody might write it: each digit in a spelling of its own."""
    return "".join(draw(st.sampled_from(SPELLINGS))[int(digit)] if digit.isdigit() else digit for digit in number)


@st.composite
def mobiles(draw):
    digits = draw(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True).filter(str.isascii))
    gap = draw(st.sampled_from(GAPS))
    groups = draw(st.sampled_from([(11,), (3, 4, 4), (4, 3, 4), (1,) * 11, (3, 8)]))
    parts, at = [], 0
    for length in groups:
        parts.append(digits[at : at + length])
        at += length
    return gap.join(spelt(draw, part) for part in parts)


def with_check_digit(first: str) -> str:
    return first + next(last for last in "0123456789X" if is_id_number(first + last))


@st.composite
def id_numbers(draw):
    region = draw(st.sampled_from(["371526", "370782", "110105", "653201"]))
    born = draw(st.dates(min_value=__import__("datetime").date(1930, 1, 1))).strftime("%Y%m%d")
    number = with_check_digit(region + min(born, "20991231") + f"{draw(st.integers(0, 999)):03d}")
    gap = draw(st.sampled_from(GAPS))
    return gap.join([spelt(draw, number[:6]), spelt(draw, number[6:14]), spelt(draw, number[14:])])


@st.composite
def cards(draw):
    first = draw(st.sampled_from(["62", "4", "51", "95", "60"]))
    body = first + draw(st.text("0123456789", min_size=15 - len(first), max_size=18 - len(first)))
    number = next(body + last for last in "0123456789" if is_bank_card(body + last))
    gap = draw(st.sampled_from(GAPS))
    return gap.join(spelt(draw, number[at : at + 4]) for at in range(0, len(number), 4))


@given(mobiles())
@example("138 0013 8000")
@example("１３８－００１３－８０００")
@example("一三八〇〇一三八〇〇〇")
@example("1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣")
def test_a_mobile_number_is_found_however_it_is_written(number):
    (hit,) = lint(f"有事找村里，{number}，晚上也行")

    assert hit.kind == MOBILE
    assert number.startswith(f"有事找村里，{number}"[hit.start : hit.end])


@given(id_numbers())
def test_an_identity_number_is_found_however_it_is_written(number):
    text = f"身份证{number}已登记"
    (hit,) = lint(text)

    assert (hit.kind, text[hit.start : hit.end]) == (ID, number)


@given(cards())
def test_a_bank_card_is_found_however_it_is_written(number):
    (hit,) = lint(f"补贴打到{number}这张卡")

    assert hit.kind == CARD


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("手机+86 13800138000", MOBILE, "86 13800138000"),
        ("手机008613800138000", MOBILE, "008613800138000"),
        ("8613800138000", MOBILE, "8613800138000"),
        ("加微信wx13800138000", MOBILE, "13800138000"),
        ("案件联系电话 0571 8765 4321", LANDLINE, "0571 8765 4321"),
        ("工单 0571 8765 4322", LANDLINE, "0571 8765 4322"),
        ("座机0635-3950001找她", LANDLINE, "0635-3950001"),
        ("（0635）3950001", LANDLINE, "0635）3950001"),
        ("0635 395 0001", LANDLINE, "0635 395 0001"),
        ("010-65123456", LANDLINE, "010-65123456"),
        ("〇六三五三九五〇〇〇一", LANDLINE, "〇六三五三九五〇〇〇一"),
        ("打电话3950001就行", LANDLINE, "3950001"),
        ("电话：8235-6789", LANDLINE, "8235-6789"),
        ("老身份证371526680101123", ID, "371526680101123"),
        ("尾号是x：11010519491231002x", ID, "11010519491231002x"),
        ("110105 19491231 002X", ID, "110105 19491231 002X"),
        ("6222 0212 3456 7890 128", CARD, "6222 0212 3456 7890 128"),
        ("车是鲁P12345", PLATE, "鲁P12345"),
        ("鲁P·A123B", PLATE, "鲁P·A123B"),
        ("鲁 p 1 2 3 4 5", PLATE, "鲁 p 1 2 3 4 5"),
        ("鲁Ｐ１２３４５", PLATE, "鲁Ｐ１２３４５"),
        ("鲁P一二三四五", PLATE, "鲁P一二三四五"),
        ("新能源鲁PD12345停在门口", PLATE, "鲁PD12345"),
        ("大货车鲁P12345F", PLATE, "鲁P12345F"),
        ("半挂鲁P1234挂", PLATE, "鲁P1234挂"),
        ("京AF0236", PLATE, "京AF0236"),
    ],
)
def test_each_kind_is_found_at_its_place(text, kind, found):
    (hit,) = lint(text)

    assert (hit.kind, text[hit.start : hit.end]) == (kind, found)


@pytest.mark.parametrize(
    "text",
    [
        "回执 20261122-000017", "单号2026112200001783", "工单LX-2026-00012345", "编号 371526101335",
        "流转单第 2026-11-0815 号", "全村耕地1,275 亩", "全村耕地 1,275.50亩，其中水浇地 13 800 亩",
        "补贴13800138000元", "合计 ¥13,800,138,000.00", "收入 62,220,212.34 元", "2026-11-22 2026-12-01",
        "2026年11月22日08:30-11:30,13:30-17:30", "2026-11-22 08:30 至 2026-11-22 17:30", "1998年8月8日",
        "二〇二六年十一月二十二日", "一千三百八十元", "苗木 1350 2400 3000 株", "每亩 135 240 30 公斤",
        "东经116.3012345 北纬36.9305123", "12345热线", "打110", "12348 12345 12341", "井深 120 米、管径 110 毫米",
        "云A区12号", "一三五、二四六单双号", "青岛的路，甘肃A级", "身份证371526198002301234",
        "110105194912310021", "6222021234567890129", "第13800次", "GB 5009.199-2003", "版本1.3.8.0.0.1",
        "户号0001350013", "鲁P市场12345", "GB/T 35965-2018 15618-2018", "电话亭 3950001 个",
    ],
)  # fmt: skip
def test_receipts_areas_dates_and_amounts_raise_no_alarm(text):
    assert lint(text) == []


@given(st.dates(), st.dates(), st.sampled_from(["-", "/", ".", "年"]))
def test_no_two_dates_make_a_number(first, second, mark):
    text = " ".join(mark.join([f"{day.year:04d}", f"{day.month:02d}", f"{day.day:02d}"]) for day in (first, second))

    assert first.year < 1900 or second.year < 1900 or lint(text) == []


@given(st.integers(0, 10**12), st.sampled_from(["元", "亩", "公斤", "吨", "平方米"]))
def test_no_amount_with_its_unit_is_a_number(amount, unit):
    assert lint(f"共{amount}{unit}") == []
    assert lint(f"共{amount:,}{unit}") == []
    assert lint(f"共{amount:,}.50 {unit}") == []


@given(st.integers(1, 10**11 - 1), st.sampled_from(["回执", "受理编号：", "工单 ", "单号为"]))
@example(38_017_342_091, "回执 ")
def test_no_receipt_of_ours_is_a_number(sequence, word):
    number = number_of(sequence)

    assert lint(f"您的{word}{number}，请收好") == lint(f"{word}{grouped(number)}") == []


def test_two_numbers_side_by_side_are_two():
    text = "13800138000 13900139000，或鲁P12345"

    assert [text[hit.start : hit.end] for hit in lint(text)] == ["13800138000", "13900139000", "鲁P12345"]


def test_a_name_that_the_caller_knows_is_found_with_blanks_in_it_too():
    text = "林大山和林 大　山都来了，林小满没来"

    assert [text[hit.start : hit.end] for hit in lint(text, names=["林大山", "山"])] == ["林大山", "林 大　山"]
    assert redacted("林大山家的井", names=["林大山"]) == f"{MASK * 3}家的井"


@given(st.one_of(st.text(), mobiles(), id_numbers(), cards(), st.from_regex(r"[鲁京0-9A-Z \-元亩.]{0,60}")))
def test_nothing_is_left_to_find_in_what_was_redacted_and_every_place_stays(text):
    covered = redacted(text)

    assert lint(covered) == []
    assert len(covered) == len(text)
    hits = lint(text)
    assert all(hits[i].end <= hits[i + 1].start for i in range(len(hits) - 1))
    assert all(covered[hit.start : hit.end] == MASK * (hit.end - hit.start) for hit in hits)


@given(st.text())
def test_folding_keeps_every_place(text):
    assert len(fold(text)) == len(text)


def test_a_long_text_of_nothing_but_digits_is_read_in_no_time():
    before = time.process_time()
    for text in ("1 " * 2000, "1" * 4000, "13800138000 " * 333, "鲁P" * 2000):
        lint(text)

    assert time.process_time() - before < 2


@pytest.mark.parametrize("module", [room, lint_shapes])
def test_the_examples_in_the_manual_hold(module):
    assert doctest.testmod(module).failed == 0


def test_a_hit_is_told_by_its_place_in_characters():
    assert lint("找13800138000") == [Hit(1, 12, MOBILE)]
