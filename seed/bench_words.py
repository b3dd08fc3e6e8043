"""What the demo's bench has tested: bags, what the instruments wrote about them, and what came of it."""

from typing import NamedTuple
from uuid import UUID

from backend.laboratory.words import LandUse, Method, RunKind, SampleKind
from seed import made_id

Moment = tuple[int, float]
"""How many days ago, and at which hour in Shandong."""


class Bench(NamedTuple):
    """An instrument of the studio; `calibrated` and `due` are days from today, the past below zero."""

    serial: str
    model: str
    method: Method
    calibrated: int
    due: int

    @property
    def id(self) -> UUID:
        return made_id(f"instrument/{self.serial}")


class Bag(NamedTuple):
    """A sample. With a household it was handed in at the village's point and driven to the studio in the evening."""

    code: str
    kind: SampleKind
    at: Moment
    household: str | None = None
    crop: str | None = None
    plot: str | None = None
    land_use: LandUse | None = None
    lot: str | None = None
    run_kind: RunKind = RunKind.ADVICE
    shares: bool = False

    @property
    def id(self) -> UUID:
        return made_id(f"sample/{self.code}")


class Sheet(NamedTuple):
    """A file as an instrument wrote it; {day} is the day on which it did."""

    name: str
    at: Moment
    lines: tuple[str, ...]
    encoding: str = "gb18030"
    blank_delta: float | None = None

    @property
    def id(self) -> UUID:
        return made_id(f"import/{self.name}")


RESIDUE = Bench("NC-0317", "农残速测仪（演示）", Method.ENZYME_INHIBITION, -200, 165)
OVERDUE = Bench("NC-0102", "旧农残速测仪（演示）", Method.ENZYME_INHIBITION, -377, -12)
SOIL = Bench("TR-0091", "土壤养分速测仪（演示）", Method.SOIL_TEST, -120, 245)
STRIP = Bench("JT-0008", "胶体金读数仪（演示）", Method.STRIP, -30, 335)
BENCHES = (RESIDUE, OVERDUE, SOIL, STRIP)

PRODUCE = (
    Bag("GT-0001", SampleKind.PRODUCE, (6, 8.5), "LLM-001", "spinach"),
    Bag("GT-0002", SampleKind.PRODUCE, (6, 8.6), "LLM-004", "chinese_chive"),
    Bag("GT-0003", SampleKind.PRODUCE, (6, 8.8), "LLM-007", "celery"),
    Bag("GT-0004", SampleKind.PRODUCE, (6, 9.1), "LLM-009", "cucumber"),
    Bag("GT-0005", SampleKind.PRODUCE, (5, 9.0), "LLM-012", "celery"),
    Bag(
        "GT-0006",
        SampleKind.PRODUCE,
        (2, 7.5),
        lot="东关批发市场 3 号摊（演示）",
        crop="spinach",
        run_kind=RunKind.SUPERVISION,
    ),
    Bag("GT-0007", SampleKind.PRODUCE, (3, 9.5), "LLM-015", "cucumber"),
    Bag("GT-0011", SampleKind.PRODUCE, (0, 7.6), "LLM-002", "spinach"),
    Bag("GT-0012", SampleKind.PRODUCE, (0, 7.7), "LLM-003", "chinese_chive"),
)
"""The last two wait for `seed/instrument_files/residue_tester_gbk.csv`."""

YEARS = (("东洼-2024", (740, 8.0)), ("东洼-2025", (375, 8.0)), ("东洼-2026", (20, 8.0)))
NEIGHBOURS = ("LLM-003", "LLM-005", "LLM-008", "LLM-011", "LLM-014", "LLM-018", "LLM-021")
FIELDS = tuple(
    Bag(code, SampleKind.SOIL, at, "LLM-001", "peanut", plot="东洼", land_use=LandUse.UPLAND, shares=True)
    for code, at in YEARS
) + tuple(
    Bag(
        f"TR-{number:04}", SampleKind.SOIL, (110, 8 + number / 10), house, "wheat", plot="村南", land_use=LandUse.UPLAND
    )
    for number, house in enumerate(NEIGHBOURS, start=1)
)
BAGS = (*PRODUCE, *FIELDS)

_TESTER = "仪器编号,记录号,通道号,样品编号,样品名称,检测项目,抑制率(%),判定结果,检测时间"
_STRIP = "仪器编号,记录号,样品编号,样品名称,检测项目,T/C值,检测结果,检测时间"
_SOIL = "仪器编号,样品编号,pH,有机质(g/kg),碱解氮(mg/kg),有效磷(mg/kg),速效钾(mg/kg),镉(mg/kg),检测时间"

SHEETS = (
    Sheet(
        "农残速测仪导出.csv",
        (5, 10),
        (
            _TESTER,
            "NC-0317,1,1,GT-0001,菠菜,农药残留,12.40,合格,{day} 10:02",
            "NC-0317,2,2,GT-0002,韭菜,农药残留,44.10,合格,{day} 10:02",
            "NC-0317,3,3,GT-0003,芹菜,农药残留,61.30,不合格,{day} 10:03",
            "NC-0317,4,4,GT-0004,黄瓜,农药残留,<5.0,合格,{day} 10:03",
            "NC-0317,5,5,无编号,豆角,农药残留,9.80,合格,{day} 10:04",
            "NC-0317,6,6,,番茄,农药残留,未测,,{day} 10:04",
        ),
        blank_delta=0.512,
    ),
    Sheet(
        "复测.csv",
        (5, 11),
        (
            _TESTER,
            "NC-0317,7,1,GT-0003,芹菜,农药残留,58.00,不合格,{day} 11:20",
            "NC-0317,8,2,GT-0003,芹菜,农药残留,63.20,不合格,{day} 11:20",
        ),
        blank_delta=0.498,
    ),
    Sheet(
        "旧仪器.csv",
        (4, 9),
        (_TESTER, "NC-0102,1,1,GT-0005,芹菜,农药残留,21.00,合格,{day} 09:10"),
        blank_delta=0.471,
    ),
    Sheet("试纸条.csv", (3, 15), (_STRIP, "JT-0008,1,GT-0007,黄瓜,克百威,0.31,阳性,{day} 15:05")),
    Sheet(
        "监督抽样.csv",
        (2, 10),
        (_TESTER, "NC-0317,9,1,GT-0006,菠菜,农药残留,55.00,合格,{day} 10:30"),
        blank_delta=0.455,
    ),
    *(
        Sheet(f"土壤 {code}.csv", (at[0] - 5, 15), (_SOIL, f"TR-0091,{code},{numbers},{{day}} 15:00"), "utf-8-sig")
        for (code, at), numbers in zip(
            YEARS,
            ("7.9,12.1,55,11.2,98,0.21", "7.8,13.4,58,14.0,108,0.21", "7.7,15.2,60,18.5,121,0.22"),
            strict=True,
        )
    ),
    Sheet(
        "土壤养分速测仪.csv",
        (104, 15),
        (
            _SOIL,
            "TR-0091,TR-0001,7.8,9.6,57,6.4,92,0.19,{day} 15:00",
            "TR-0091,TR-0002,8.1,11.2,66,9.0,101,0.20,{day} 15:05",
            "TR-0091,TR-0003,7.6,16.8,92,21.5,133,0.24,{day} 15:10",
            "TR-0091,TR-0004,8.0,8.8,49,5.1,84,0.18,{day} 15:15",
            "TR-0091,TR-0005,7.9,14.1,81,15.8,117,0.22,{day} 15:20",
            "TR-0091,TR-0006,6.2,22.5,124,33.0,156,0.42,{day} 15:25",
            "TR-0091,TR-0007,8.2,10.4,63,8.2,95,0.20,{day} 15:30",
        ),
        "utf-8-sig",
    ),
)
BLANKS = (0.521, 0.517, 0.509, 0.513, 0.502, 0.499, 0.508, 0.495, 0.489, 0.492, 0.481, 0.476)
"""ΔA₀ of the dozen runs before, a day apart: the enzyme ages, and the chart shows it."""

ADVISED_AT: Moment = (14, 9)
REPORTED: dict[str, Moment] = {
    **dict.fromkeys(("GT-0001", "GT-0002", "GT-0003", "GT-0004"), (5, 16)),
    **{f"TR-{number:04}": (103, 10) for number in range(1, len(NEIGHBOURS) + 1)},
    "东洼-2026": (13, 10),
}
"""When each report was issued."""
OBJECTED = "GT-0006"
STRIP_LOOKED_AT = "GT-0007"
SHOWN = "GT-0003"
"""Whose slip and report demo.json shows: a positive, which asks for something to be done."""
SOIL_SHOWN = "东洼-2026"
