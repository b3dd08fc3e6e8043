"""What columns are called."""

import pytest

from backend.laboratory.headers import FIELDS, SOIL, analyte_of, heading, method_of, recognised
from backend.laboratory.words import Method


@pytest.mark.parametrize(
    "text", ["抑制%", "抑制率%", "抑制率(%)", "抑制率（%）", " 抑制率 （％） ", "抑制率/%", "抑制率："]
)
def test_every_way_to_write_inhibition_is_the_same_column(text):
    assert heading(text).field == "inhibition"
    assert heading(text).unit == (None if text == "抑制率：" else "%")


@pytest.mark.parametrize(
    ("texts", "field"),
    [
        ("品种 蔬菜品种 名称 菜名 样品名称 ybmc", "sample_name"),
        ("结果 检测结果 判定结果 结论 jgpd", "result"),
        ("通道号 通道", "channel"),
        ("样品编号 样品条码", "sample_code"),
        ("样品产地", "place"),
        ("被检单位 bjdw", "tested_unit"),
        ("检测项目 jcxm", "analyte_text"),
        ("T/C值 Ｔ／Ｃ值 T/C", "tc_ratio"),
        ("检测限值 xlz", "limit_text"),
        ("检测时间 jcdt", "tested_at"),
        ("检测人员 jcy", "operator"),
        ("联系方式 联系电话 手机号", "contact"),
        ("仪器编号 sbbh did device_sn", "device_serial"),
    ],
)
def test_the_names_seen_on_real_files_are_known(texts, field):
    assert {heading(text).field for text in texts.split()} == {field}


@pytest.mark.parametrize(
    ("text", "analyte", "unit"),
    [
        ("有机质(g/kg)", "organic_matter", "g/kg"),
        ("有机质/(g·kg-1)", "organic_matter", "g/kg"),
        ("速效钾（毫克/千克）", "available_k", "mg/kg"),
        ("有效磷(P2O5)", "olsen_p2o5", None),
        ("pH", "ph", None),
        ("总镉", "cadmium", None),
    ],
)
def test_a_soil_column_names_its_analyte_and_its_unit(text, analyte, unit):
    found = heading(text)

    assert (found.field, found.analyte, found.unit) == ("value", analyte, unit)


def test_a_name_belongs_to_one_field_only():
    names = [name for group in (FIELDS, SOIL) for all_names in group.values() for name in all_names.split()]

    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_a_row_of_data_is_no_header():
    assert recognised(["A1", "黄瓜", "63.2", "合格"]) == 0
    assert recognised(["样品编号", "样品名称", "抑制率", "结论"]) == 4


def test_a_method_and_an_analyte_are_known_by_their_names():
    assert method_of("GB/T 5009.199 酶抑制率法") is Method.ENZYME_INHIBITION
    assert method_of("胶体金试纸条") is Method.STRIP
    assert method_of("气相色谱") is Method.CHROMATOGRAPHY
    assert method_of("目测") is Method.UNKNOWN
    assert (analyte_of("速效磷"), analyte_of("吡虫啉")) == ("olsen_p", None)
