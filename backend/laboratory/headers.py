"""What a column is called, in the many ways instruments and people write it.

One field has many names; `（%）`, `(mg/kg)` and `/g·kg-1` behind a name are its unit. What nobody knows stays in `raw`.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

from msgspec import Struct

from backend.laboratory import cells
from backend.laboratory.words import LandUse, Method

FIELDS: dict[str, str] = {
    "sample_code": "样品编号 样品号 样本编号 样品条码 条码 条形码 样品代码 ybbh "
    "sample_code sample_id sampleid sample_no",
    "sample_name": "样品名称 样本名称 蔬菜品种 品种 菜名 品名 名称 样品 产品名称 农产品名称 样品种类 作物 作物名称 "
    "ybmc sample_name sample",
    "analyte_text": "检测项目 检验项目 项目 项目名称 检测指标 农药名称 农药 参数 jcxm analyte item item_name test_item",
    "value": "检测值 测定值 测量值 结果值 检测数值 含量 浓度 残留量 实测值 数值 jcz value test_value",
    "inhibition": "抑制率 酶抑制率 抑制 抑制值 抑制百分率 抑制率值 inhibition inhibition_rate yzl",
    "tc_ratio": "t/c值 t/c 比值 tc值 t/c比值 tc tc_ratio",
    "control_line": "c线 质控线 c线状态 质控线状态 control_line",
    "blank_delta": "δa0 对照δa 对照吸光度变化 对照吸光度差 空白吸光度差 空白吸光度变化 对照δa0 blank_delta",
    "sample_delta": "δat 样品δa 样品吸光度变化 样品吸光度差 样品δat sample_delta",
    "unit": "单位 检测值单位 结果单位 计量单位 unit",
    "lod": "检出限 方法检出限 最低检出限 检测下限 lod mdl",
    "loq": "定量限 方法定量限 最低定量限 loq",
    "dilution": "稀释倍数 稀释因子 稀释 dilution",
    "replicate": "平行 平行号 平行样 平行样号 重复 重复号 重复次数 replicate",
    "limit_text": "检测限值 限值 限量值 限量 标准值 判定限 限量标准 最大残留限量 xlz limit",
    "result": "检测结果 判定结果 结果判定 结果 结论 检测结论 判定 判定结论 检验结论 单项结论 jgpd "
    "result verdict conclusion",
    "tested_on": "检测日期 检验日期 测试日期 日期 date test_date",
    "tested_at": "检测时间 测试时间 检验时间 时间 测定时间 完成时间 jcdt test_time tested_at time detect_time",
    "channel": "通道号 通道 检测通道 孔位 孔号 通道编号 channel",
    "operator": "检测人员 检测人 检测员 操作员 操作人 检验员 检验人 检验人员 jcy operator",
    "place": "样品产地 产地 来源 样品来源 采样地点 抽样地点 地块 origin place",
    "tested_unit": "被检单位 受检单位 送检单位 被检人 送检人 被检单位名称 bjdw tested_unit",
    "device_serial": "仪器编号 设备编号 仪器序列号 设备序列号 设备号 机器号 序列号 sbbh did device_sn device_serial sn",
    "record_id": "检测编号 记录编号 记录号 流水号 报告编号 检测流水号 manufacturer_record_id record_id",
    "land_use": "土地利用 土地利用类型 土地利用方式 利用方式 土地用途 地类 耕地类型 land_use",
    "method": "检测方法 方法 检验方法 method",
    "contact": "联系方式 联系电话 电话 手机 手机号 手机号码 电话号码 联系人电话 受检单位电话 phone tel mobile contact",
    "ignored": "检测标准 检测依据 判定依据 检测单位 检测机构 检验机构 备注 序号 样品数量 jcdw bzbh xlbz no. no 编号",
}
"""Field → its names, the most telling first. `inhibition` and the soil's names are values of a known analyte;
`result` is a number or a word; `contact` is personal and goes nowhere; `ignored` is known and stays in `raw` only."""

SOIL: dict[str, str] = {
    "ph": "ph ph值 土壤ph 酸碱度 土壤ph值",
    "organic_matter": "有机质 土壤有机质 有机质含量 om",
    "total_n": "全氮 全氮含量 总氮",
    "alkali_hydrolysable_n": "碱解氮 水解性氮 水解氮 碱解性氮",
    "olsen_p": "有效磷 速效磷 olsen-p",
    "available_k": "速效钾 有效钾",
    "slow_k": "缓效钾",
    "olsen_p2o5": "有效磷(p2o5) 速效磷(p2o5) 有效五氧化二磷",
    "available_k2o": "速效钾(k2o) 有效钾(k2o) 有效氧化钾",
    "organic_carbon": "有机碳 土壤有机碳",
    "available_b": "有效硼",
    "available_cu": "有效铜",
    "available_zn": "有效锌",
    "available_mn": "有效锰",
    "available_mo": "有效钼",
    "available_fe": "有效铁",
    "cadmium": "镉 总镉 全镉 cd",
    "mercury": "汞 总汞 全汞 hg",
    "arsenic": "砷 总砷 全砷 as",
    "lead": "铅 总铅 全铅 pb",
    "chromium": "铬 总铬 全铬 cr",
    "copper": "铜 总铜 全铜 cu",
    "nickel": "镍 总镍 全镍 ni",
    "zinc": "锌 总锌 全锌 zn",
}
"""Analyte → names of its column in a table that gives every sample one row."""

METHODS = (
    (Method.ENZYME_INHIBITION, re.compile("酶抑制|抑制率|有机磷.*氨基甲酸酯|199")),
    (Method.STRIP, re.compile("胶体金|试纸|层析|卡$|荧光|strip", re.IGNORECASE)),
    (Method.CHROMATOGRAPHY, re.compile("色谱|质谱|gc|lc|ms", re.IGNORECASE)),
)
LAND_USES = (
    (LandUse.ROTATION, re.compile("轮作|水改旱|rotation", re.IGNORECASE)),
    (LandUse.PADDY, re.compile("水田|稻田|paddy", re.IGNORECASE)),
    (LandUse.ORCHARD, re.compile("果园|园地|茶园|桑园|orchard", re.IGNORECASE)),
    (LandUse.UPLAND, re.compile("旱地|旱田|水浇地|菜地|菜田|大棚|麦田|upland", re.IGNORECASE)),
)
"""The first that fits: a rotation names both of its uses. 耕地 alone says neither paddy nor upland."""
MAX_HEADER = 80
"""Characters of a header that are looked at; no pattern here may meet a cell of any length."""
PESTICIDES_TOGETHER = re.compile("农药残留|农残|有机磷|氨基甲酸酯|抑制|胆碱酯酶|inhibition", re.IGNORECASE)
"""What an enzyme test calls what it looks for: two classes at once, no single pesticide."""


class Heading(Struct, frozen=True):
    """What a column holds. `text` as it stood; `rank` 0 for the most telling of a field's names."""

    text: str
    field: str
    unit: str | None = None
    analyte: str | None = None
    rank: int = 0


def _names(names: Mapping[str, str]) -> dict[str, tuple[str, int]]:
    return {name: (field, rank) for field, all_names in names.items() for rank, name in enumerate(all_names.split())}


_FIELD_OF = _names(FIELDS)
_SOIL_OF = _names(SOIL)
_BEHIND = re.compile(
    r"^(?P<name>.+?)[(\[](?P<unit>[^()\[\]]*(?:\([^()]*\))?[^()\[\]]*)[)\]]$|^(?P<bare>.+?)/?(?P<percent>%)$"
)


@lru_cache(maxsize=2048)
def normal(text: str) -> str:
    """A header without spaces, in half width and small letters.

    >>> normal(" 抑制率（％）：")
    '抑制率(%)'
    """
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", cells.clean(text[:MAX_HEADER]))).strip(":*").lower()


def heading(text: str, more: Mapping[str, str] | None = None) -> Heading:
    """What a header means; field "" where nobody knows.

    more   names of a profile, normalised, that go before ours: header → field, or `analyte:CODE`

    >>> heading("抑制率（%）").field, heading("抑制率（%）").unit, heading("有机质(g/kg)").analyte
    ('inhibition', '%', 'organic_matter')
    """
    name = normal(text)
    said = (more or {}).get(name)
    if said is not None:
        return _told(text, said)
    base, unit = _split(name)
    if name in _SOIL_OF:
        return Heading(text, "value", None, _SOIL_OF[name][0])
    if base in _SOIL_OF:
        return Heading(text, "value", unit, _SOIL_OF[base][0])
    field, rank = _FIELD_OF.get(name) or _FIELD_OF.get(base) or ("", 0)
    return Heading(text, field, unit, rank=rank)


def _told(text: str, said: str) -> Heading:
    """`field`, or `analyte:CODE`; the unit still stands behind the name."""
    _, unit = _split(normal(text))
    if said.startswith("analyte:"):
        return Heading(text, "value", unit, said.removeprefix("analyte:"))
    return Heading(text, said, unit)


def _split(name: str) -> tuple[str, str | None]:
    if found := _BEHIND.match(name):
        return (found["name"] or found["bare"]).rstrip("/"), cells.unit(found["unit"] or found["percent"] or "")
    base, slash, behind = name.partition("/")
    if slash and behind in cells.UNITS:
        return base, cells.unit(behind)
    return name, None


def recognised(texts: Sequence[str], more: Mapping[str, str] | None = None) -> int:
    """How many of a row's cells are headers that we know."""
    return sum(bool(text) and len(text) < 60 and bool(heading(text, more).field) for text in texts)


@lru_cache(maxsize=256)
def land_use_of(text: str) -> LandUse | None:
    """What a field is used for, by what people write; null where it says nothing of that.

    >>> land_use_of("水稻田").value, land_use_of("水旱轮作").value, land_use_of("大棚菜地").value, land_use_of("荒地")
    ('paddy', 'rotation', 'upland', None)
    """
    return next((use for use, named in LAND_USES if named.search(text[:MAX_HEADER])), None)


def method_of(text: str) -> Method:
    """The method that a text names; unknown where it names none.

    >>> method_of("胶体金免疫层析法"), method_of("酶抑制率法")
    (<Method.STRIP: 'strip'>, <Method.ENZYME_INHIBITION: 'enzyme_inhibition'>)
    """
    return next((method for method, named in METHODS if named.search(text[:MAX_HEADER])), Method.UNKNOWN)


def analyte_of(text: str) -> str | None:
    """The code of a soil analyte by its name, in a file with a row for each; pesticides keep their names."""
    name = normal(text)
    found = _SOIL_OF.get(name) or _SOIL_OF.get(_split(name)[0])
    return found[0] if found else None
