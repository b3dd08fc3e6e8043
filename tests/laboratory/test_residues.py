"""Residues against the limit of their day."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from backend import diagnosis
from backend.core.words import translations
from backend.laboratory.judging import Context, judge
from backend.laboratory.naming import analyte, chain
from backend.laboratory.readings import Reading
from backend.laboratory.reference import commodities, residue_limits, residue_standards, substance_bans
from backend.laboratory.reference_rows import ResidueLimit
from backend.laboratory.residue_limit_files import SENTENCES, read_limits
from backend.laboratory.residue_limits import Limits
from backend.laboratory.words import Comparator, Method, Verdict

LAST_OF_2021, FIRST_OF_2026 = date(2026, 2, 28), date(2026, 3, 1)
BELOW, ABOVE, ND = Comparator.BELOW, Comparator.ABOVE, Comparator.NOT_DETECTED


def residue(
    value, pesticide="草甘膦", crop="苹果", *, unit="mg/kg", on=LAST_OF_2021, comparator=Comparator.EQUAL, **more
):
    reading = Reading(
        line=2,
        method=Method.CHROMATOGRAPHY,
        analyte_text=pesticide,
        sample_name=crop,
        value=None if value is None else Decimal(value),
        unit=unit,
        comparator=comparator,
    )
    return judge(reading, context=Context(sampled_on=on, lod=more.pop("lod", None)), **more)


@pytest.mark.parametrize(
    ("pesticide", "crop", "limit"),
    [
        ("草甘膦", "小麦", "5"),
        ("草甘膦", "全麦粉", "5"),
        ("草甘膦", "小麦粉", "0.5"),
        ("草甘膦", "玉米", "1"),
        ("草甘膦", "鲜食玉米", "1"),
        ("草甘膦", "稻谷", "0.1"),
        ("草甘膦", "苹果", "0.5"),
        ("草甘膦", "梨", "0.1"),
        ("草甘膦", "仁果类水果", "0.1"),
        ("草甘膦", "茶叶", "1"),
        ("草甘膦", "油菜籽", "2"),
        ("草甘膦", "甘蔗", "2"),
        ("草甘膦", "棉籽油", "0.05"),
        ("喹啉铜", "番茄", "2"),
        ("喹啉铜", "黄瓜", "2"),
        ("喹啉铜", "辣椒", "2"),
        ("喹啉铜", "马铃薯", "0.2"),
        ("喹啉铜", "苹果", "2"),
        ("喹啉铜", "梨", "5"),
        ("喹啉铜", "葡萄", "3"),
        ("喹啉铜", "猕猴桃", "0.5"),
        ("喹啉铜", "西瓜", "0.2"),
    ],
)
def test_every_verified_row_is_found_and_holds_at_its_limit_but_not_over_it(pesticide, crop, limit):
    at, over = residue(limit, pesticide, crop), residue(Decimal(limit) + Decimal("0.001"), pesticide, crop)

    assert (at.verdict, at.limit, at.rule) == (Verdict.NEGATIVE, Decimal(limit), "GB 2763-2021")
    assert over.verdict is Verdict.POSITIVE
    assert "re-check against 2026" in at.source


def test_the_edition_follows_the_day_of_sampling_and_an_old_limit_is_not_carried_over():
    found = residue("0.6", on=FIRST_OF_2026)

    assert residue("0.6", on=LAST_OF_2021).verdict is Verdict.POSITIVE
    assert (found.verdict, found.rule) == (None, "GB 2763-2026")
    assert found.codes[:2] == ("no_limit_on_file", "older_limit_not_valid")


def test_no_limit_on_file_is_said_and_is_no_clean_bill():
    found = residue("0.6", crop="菠菜")

    assert (found.verdict, found.codes[0]) == (None, "no_limit_on_file")
    assert "不等于合格" in str(found.reasons[0])


def test_before_the_first_edition_on_file_no_rule_counts():
    assert residue("0.6", on=date(2021, 9, 2)).codes[0] == "rule_not_begun"
    assert residue("0.6", on=date(2021, 9, 3)).verdict is Verdict.POSITIVE


def limit(commodity, number, *, except_for=""):
    return ResidueLimit(
        standard="GB 2763-2026",
        pesticide="acetamiprid",
        commodity=commodity,
        except_for=except_for,
        limit_mg_per_kg=Decimal(number),
        valid_from=FIRST_OF_2026,
        source="a test",
    )


TREE = Limits(
    [
        limit("vegetables", "1", except_for="solanaceous_vegetables|garlic"),
        limit("bulb_vegetables", "5", except_for="garlic"),
        limit("fruits", "2"),
        limit("pome_fruit", "0.8", except_for="apple"),
        limit("grape", "0.5"),
    ],
    residue_standards(),
)


@pytest.mark.parametrize(
    ("crop", "number"),
    [
        ("菠菜", "1"),  # the category far above
        ("大葱", "5"),  # the nearer of two categories
        ("番茄", None),  # its category is excluded from the one above
        ("大蒜", None),  # excluded by both
        ("梨", "0.8"),
        ("苹果", "2"),  # excluded from the near one, covered by the far one
        ("葡萄", "0.5"),  # its own row
        ("桃", "2"),
        ("核桃", None),  # no row above it
    ],
)
def test_the_most_specific_limit_wins_and_an_exclusion_reaches_all_below_it(crop, number):
    found = residue("0.1", "啶虫脒", crop, on=FIRST_OF_2026, limits=TREE)

    assert found.limit == (None if number is None else Decimal(number))
    assert found.verdict is (None if number is None else Verdict.NEGATIVE)


@pytest.mark.parametrize(
    ("comparator", "value", "lod", "verdict", "code"),
    [
        (BELOW, "5.0", None, None, "censored_undecided"),
        (BELOW, "0.05", None, Verdict.NEGATIVE, "below_value_within"),
        (BELOW, "0.1", None, Verdict.NEGATIVE, "below_value_within"),
        (ND, "0.2", None, None, "censored_undecided"),
        (ND, "0.1", None, Verdict.NEGATIVE, "below_value_within"),
        (ND, None, "0.2", None, "censored_undecided"),
        (ND, None, "0.01", Verdict.NEGATIVE, "below_value_within"),
        (ND, None, None, None, "lod_unknown"),
        (ABOVE, "0.1", None, Verdict.POSITIVE, "over_limit"),
        (ABOVE, "0.09", None, None, "above_undecided"),
    ],
)
def test_a_censored_value_decides_only_where_the_method_sees_low_enough(comparator, value, lod, verdict, code):
    found = residue(value, crop="梨", comparator=comparator, lod=None if lod is None else Decimal(lod))

    assert (found.verdict, found.codes[0]) == (verdict, code)


def test_an_undecided_value_is_shown_as_it_stood():
    assert "<5.0" in str(residue("5.0", crop="梨", comparator=BELOW).reasons[0])


@pytest.mark.parametrize(
    ("value", "unit", "verdict"),
    [
        ("100", "ug/kg", Verdict.NEGATIVE),
        ("101", "μg/kg", Verdict.POSITIVE),
        ("101", "ppb", Verdict.POSITIVE),
        ("0.1", "ppm", Verdict.NEGATIVE),
        ("0.1", "mg/L", None),
        ("0.1", None, None),
    ],
)
def test_a_value_is_turned_into_the_limits_unit_or_not_judged(value, unit, verdict):
    assert residue(value, crop="梨", unit=unit).verdict is verdict


@pytest.mark.parametrize("substance", ["氧乐果", "克百威", "灭多威", "涕灭威"])
def test_a_finding_is_a_ban_finding_from_the_day_of_the_ban_on(substance):
    before, after = (residue("0.004", substance, "黄瓜", on=date(2026, *day)) for day in ((5, 31), (6, 1)))

    assert (before.verdict, before.codes[0]) == (None, "no_limit_on_file")
    assert (after.verdict, after.codes[0]) == (Verdict.POSITIVE, "ban_finding")
    assert "第736号" in str(after.reasons[0])
    assert "ban_finding_note" in after.codes


def test_what_was_not_found_is_no_ban_finding():
    for comparator, value in ((ND, None), (BELOW, "0.01"), (Comparator.EQUAL, "0")):
        assert "ban_finding" not in residue(value, "克百威", "黄瓜", on=date(2026, 6, 1), comparator=comparator).codes


def of_the_clinic(name):
    text = (Path(diagnosis.__file__).parent / "reference" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def test_the_bans_are_those_that_the_clinic_keeps_to():
    clinic = {row["substance"]: row["valid_from"] for row in of_the_clinic("bans.csv")}

    ours = {code: bans[0].valid_from.isoformat() for code, bans in substance_bans().items()}
    assert ours.items() <= clinic.items()


def test_every_crop_of_the_clinic_is_a_commodity_and_every_limit_has_one():
    crops = {row["code"] for row in of_the_clinic("crops.csv")} - {"other"}

    assert crops - commodities().keys() == set()
    for row in residue_limits():
        assert {row.commodity, *filter(None, row.except_for.split("|"))} <= commodities().keys()
        assert analyte(row.pesticide).kind == "pesticide"


def test_every_commodity_stands_under_one_that_exists():
    for row in commodities().values():
        assert row.parent is None or row.parent in commodities()
        assert len(chain(row.code)) <= 4


FULL = """标准号,农药名称,食品名称,除外,最大残留限量(mg/kg),来源
GB 2763-2026,草甘膦,小麦,,５,正文表
GB 2763-2026,喹啉铜,仁果类水果,苹果、梨,0.5*,正文表
GB 2763-2026,没有的药,小麦,,5,正文表
GB 2763-2026,草甘膦,没有的菜,,5,正文表
GB 2763-2026,草甘膦,茶叶,,<0.5,正文表
GB 2763-2026,草甘膦,茶叶,,5,
GB 2763-1999,草甘膦,茶叶,,5,正文表

GB 2763-2026,草甘膦,麦子,,4,正文表
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_full_table_is_read_in_each_encoding_and_what_is_wrong_is_told_by_row(encoding):
    found = read_limits(FULL.replace("\n", "\r\n").encode(encoding))

    assert [(each.pesticide, each.commodity, each.limit_mg_per_kg, each.temporary) for each in found.limits] == [
        ("glyphosate", "wheat", Decimal(5), False),
        ("oxine_copper", "pome_fruit", Decimal("0.5"), True),
    ]
    assert found.limits[1].except_for == "apple|pear"
    assert found.limits[0].valid_from == FIRST_OF_2026
    assert [(each.line, each.reason) for each in found.refused] == [
        (4, "limit_pesticide_unknown"),
        (5, "limit_commodity_unknown"),
        (6, "limit_number_wrong"),
        (7, "limit_source_missing"),
        (8, "limit_standard_unknown"),
        (10, "limit_twice"),
    ]


def test_an_imported_table_judges_at_once():
    table = Limits(read_limits(FULL.encode()).limits, residue_standards())

    assert residue("5.1", crop="小麦", on=FIRST_OF_2026, limits=table).verdict is Verdict.POSITIVE
    assert residue("5.1", crop="小麦", on=LAST_OF_2021, limits=table).verdict is None


def test_a_table_without_its_columns_gives_nothing_and_names_them():
    for data in (b"", b"\xff\xfe\x00", "农药,食品名称\n草甘膦,小麦\n".encode()):
        found = read_limits(data)
        assert found.limits == ()
        assert {each.reason for each in found.refused} == {"limit_column_missing"}


def test_a_wrong_day_and_a_short_row_are_told():
    rows = "pesticide,commodity,limit_mg_per_kg,source,valid_from\nglyphosate,wheat,5,x,2026年\nglyphosate,wheat\n"
    found = read_limits(rows.encode(), standard="GB 2763-2026")

    assert [each.reason for each in found.refused] == ["limit_day_wrong", "limit_source_missing"]


def test_every_reason_of_the_importer_is_there_in_chinese():
    assert [each for each in SENTENCES.values() if translations("zh").gettext(each) == each] == []
