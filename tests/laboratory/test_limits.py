"""A county's own tables: residue limits loaded whole, cut-offs entered kit by kit."""

import asyncio
import os
import subprocess
import sys
import time
from datetime import date, timedelta
from decimal import Decimal

import pytest

from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.refusals import DifferentArguments, Forbidden
from backend.laboratory import cutoff_routes, cutoffs, limit_telling, limits, rejudging
from backend.laboratory.cutoff_schemas import NewCutoff
from backend.laboratory.judgements import Context
from backend.laboratory.judging import judge
from backend.laboratory.limit_loading import load_limits
from backend.laboratory.readings import Reading
from backend.laboratory.reference import residue_standards
from backend.laboratory.refusals_results import CutoffWrong
from backend.laboratory.residue_limit_files import read_limits
from backend.laboratory.residue_limits import Limits
from backend.laboratory.words import JudgedBecause, Method, Verdict
from tests.laboratory.bench import Bench, client_of, signed_in

STANDARD = "GB 2763-2026"
MARCH = date(2026, 3, 1)
TABLE = """农药名称,食品类别,食品名称,最大残留限量(mg/kg),来源
虫螨腈,叶菜类蔬菜,叶菜类蔬菜（菜心、结球甘蓝除外）,2,正文表
虫螨腈,叶菜类蔬菜,菜心,3*,正文表
草甘膦,,小麦,5,正文表
虫螨腈,叶菜类蔬菜,娃娃菜,错,正文表
"""


@pytest.fixture(autouse=True)
def fresh():
    limits.forget()
    yield
    limits.forget()


def table(text: str = TABLE) -> bytes:
    return text.encode()


def judged(value: str, analyte: str, crop: str, tables: Limits | None):
    told = Reading(line=2, method=Method.CHROMATOGRAPHY, analyte_text=analyte, value=Decimal(value), unit="mg/kg")
    return judge(told, context=Context(sampled_on=MARCH, crop=crop), limits=tables)


def test_what_our_lists_lack_is_known_by_its_name_in_the_table_and_stands_under_its_category():
    read = read_limits(table(), standard=STANDARD, taking_new=True)
    tables = Limits(read.limits, residue_standards())

    assert read.new_pesticides == ("虫螨腈",)
    assert read.new_commodities == ("菜心",)
    assert [(each.line, each.reason) for each in read.refused] == [(5, "limit_number_wrong")]
    assert judged("2.5", "虫螨腈", "菠菜", tables).verdict is Verdict.POSITIVE
    assert judged("2.5", "虫螨腈", "菜心", tables).verdict is Verdict.NEGATIVE
    assert judged("3.5", "虫螨腈", "菜心", tables).limit == Decimal(3)


def test_a_new_commodity_takes_the_limit_of_its_category_where_it_has_none_of_its_own():
    rows = "农药,上级,食品名称,限量,来源\n虫螨腈,,叶菜类蔬菜,2,表\n草甘膦,叶菜类蔬菜,奶白菜,1,表\n"
    tables = Limits(read_limits(rows.encode(), standard=STANDARD, taking_new=True).limits, residue_standards())

    assert judged("1.5", "虫螨腈", "奶白菜", tables).limit == Decimal(2)


def test_categories_in_a_circle_end_nowhere_and_hang_nothing():
    rows = "农药,上级,食品名称,限量,来源\n虫螨腈,乙菜,甲菜,2,表\n虫螨腈,甲菜,乙菜,1,表\n"
    tables = Limits(read_limits(rows.encode(), standard=STANDARD, taking_new=True).limits, residue_standards())

    assert judged("1.5", "虫螨腈", "甲菜", tables).verdict is Verdict.NEGATIVE


def test_without_a_loaded_table_an_unknown_pesticide_stays_unknown():
    assert judged("1", "虫螨腈", "菠菜", None).codes[0] == "analyte_unknown"


async def test_a_loaded_table_stands_for_its_whole_standard_and_leaves_the_others(bench):
    loaded = await load_limits(data=table(), standard=STANDARD, by=bench.cast.admin.person_id)
    tables = await limits.current_limits()

    assert (loaded.taken, loaded.stored, loaded.ended, loaded.standards) == (3, 3, 0, (STANDARD,))
    assert judged("6", "草甘膦", "小麦", tables).verdict is Verdict.POSITIVE
    assert tables.find(pesticide="glyphosate", commodity="apple", day=date(2026, 2, 28)) is not None
    (row,) = await fetch("SELECT commodity, source FROM laboratory_residue_limit WHERE limit_mg_per_kg = 3")
    assert (row["commodity"], row["source"]) == ("leafy_vegetables>菜心", "正文表；临时限量")


async def test_the_same_table_again_changes_nothing_and_a_newer_one_ends_the_old_rows(bench):
    await load_limits(data=table(), standard=STANDARD)
    again = await load_limits(data=table(), standard=STANDARD)
    newer = await load_limits(data=table().replace(b",5,", b",4,"), standard=STANDARD)

    assert (again.stored, again.ended) == (0, 0)
    assert (newer.stored, newer.ended) == (3, 3)
    assert len(await fetch("SELECT 1 FROM laboratory_residue_limit")) == 6
    assert (await limits.current_limits()).find(pesticide="glyphosate", commodity="wheat", day=MARCH) is not None


async def test_a_file_of_which_nothing_can_be_taken_ends_nothing(bench):
    await load_limits(data=table(), standard=STANDARD)

    nothing = await load_limits(data=b"\xff\xfe\x00", standard=STANDARD)
    tried = await load_limits(data=table().replace(b",5,", b",4,"), standard=STANDARD, dry_run=True)

    assert (nothing.taken, tried.taken, tried.stored) == (0, 3, 0)
    assert len(await fetch("SELECT 1 FROM laboratory_residue_limit WHERE ended_at IS NULL")) == 3


async def test_what_became_of_a_table_is_told_by_row_in_chinese(bench):
    loaded = await load_limits(data=table(), standard=STANDARD)

    told = list(limit_telling.told(loaded, dry_run=False))

    assert told[0].startswith("第 5 行“limit_mg_per_kg”：“错”不是限量")
    assert told[1] == "名录里没有的农药，按原名收下：虫螨腈"
    assert told[-1] == "GB 2763-2026 的 3 行自现在起生效，之前的 0 行停用；1 行未能收下。"


async def test_the_command_loads_a_table_and_says_what_became_of_it(bench, migrated, tmp_path):
    file = tmp_path / "limits.csv"
    file.write_bytes(TABLE.encode("gb18030"))
    words = [sys.executable, "-m", "backend.cli", "lab", "limits", str(file), "--standard", STANDARD]

    ran = await asyncio.to_thread(
        subprocess.run, words, env=os.environ | {"DATABASE_URL": migrated}, capture_output=True, timeout=60, check=False
    )

    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout.decode().splitlines()[-1].startswith("GB 2763-2026 的 3 行自现在起生效")
    assert len(await fetch("SELECT 1 FROM laboratory_residue_limit WHERE ended_at IS NULL")) == 3


async def test_a_full_edition_of_ten_thousand_rows_is_loaded_and_read_within_seconds(bench):
    pesticides, foods = [f"农药甲{i}" for i in range(107)], [f"蔬菜乙{i}" for i in range(101)]
    rows = [f"{each},叶菜类蔬菜,{food},0.05,正文表" for each in pesticides for food in foods][:10_749]
    text = "\n".join(["农药名称,食品类别,食品名称,最大残留限量,来源", *rows])

    began = time.process_time()
    loaded = await load_limits(data=text.encode(), standard=STANDARD)
    tables = await limits.current_limits()
    took_s = time.process_time() - began

    assert (loaded.stored, loaded.refused) == (10_749, ())
    assert judged("0.06", "农药甲106", "蔬菜乙0", tables).verdict is Verdict.POSITIVE
    assert took_s < 10


async def test_a_changed_table_judges_new_results_and_leaves_the_old_until_somebody_asks(bench):
    sample = await bench.sample(crop_said="小麦", sampled_on=MARCH)
    glyphosate = {"analyte": "glyphosate", "unit_said": "mg/kg", "method": Method.CHROMATOGRAPHY}
    old = await bench.result(sample, 6, **glyphosate)
    await rejudging.judge_again(result_ids=[old], because=JudgedBecause.JOINED, by=bench.technician)

    await load_limits(data=table(), standard=STANDARD)
    new = await bench.result(sample, 6, **glyphosate)
    await rejudging.judge_again(result_ids=[new], because=JudgedBecause.JOINED, by=bench.technician)

    rows = {row["id"]: row["verdict"] for row in await fetch("SELECT id, verdict FROM laboratory_result")}
    assert rows == {old: None, new: "positive"}


def cutoff(**changed) -> NewCutoff:
    given = {"analyte": "氟虫腈", "tc_cutoff": 0.5, "kit": "某某胶体金 202611", "source": "说明书第 2 页"}
    return NewCutoff(**(given | changed))


async def strip(bench: Bench, ratio: float):
    read = {"method": Method.STRIP, "analyte": "fipronil", "value": None, "unit_said": None, "control_line": True}
    result = await bench.result(await bench.sample(str(ids.uuid7())), tc_ratio=Decimal(str(ratio)), **read)
    await rejudging.judge_again(result_ids=[result], because=JudgedBecause.JOINED, by=bench.technician)
    (row,) = await fetch("SELECT verdict, judged_limit, rule_source FROM laboratory_result WHERE id = $1", result)
    return row


async def test_a_strip_is_judged_by_what_stands_on_its_kit_from_then_on(bench):
    assert (await strip(bench, 0.3))["verdict"] is None

    await cutoffs.set_cutoff(new=cutoff(), by=bench.technician)

    row = await strip(bench, 0.3)
    assert (row["verdict"], row["judged_limit"], row["rule_source"]) == ("positive", Decimal("0.5"), "说明书第 2 页")
    assert (await strip(bench, 0.51))["verdict"] == "negative"
    (told,) = await fetch("SELECT kind FROM laboratory_retest")
    assert told["kind"] == "confirmation"


async def test_a_cutoff_again_is_the_same_and_with_other_content_is_refused(bench):
    id = ids.uuid7()
    first = await cutoffs.set_cutoff(new=cutoff(id=id), by=bench.technician)
    again = await cutoffs.set_cutoff(new=cutoff(id=id), by=bench.technician)

    assert (first.created, again.created, again.record) == (True, False, first.record)
    with pytest.raises(DifferentArguments):
        await cutoffs.set_cutoff(new=cutoff(id=id, tc_cutoff=0.6), by=bench.technician)


async def test_a_cutoff_needs_a_known_substance_and_days_in_their_order(bench):
    for wrong in (
        cutoff(analyte="没有的药"),
        cutoff(analyte="ph"),
        cutoff(valid_from=MARCH, valid_to=date(2026, 2, 1)),
    ):
        with pytest.raises(CutoffWrong):
            await cutoffs.set_cutoff(new=wrong, by=bench.technician)


async def test_cutoffs_are_listed_by_day_with_who_entered_them(bench):
    today = clock.today()
    await cutoffs.set_cutoff(new=cutoff(valid_to=today), by=bench.technician)
    await cutoffs.set_cutoff(new=cutoff(valid_from=today + timedelta(days=1), kit="新批"), by=bench.technician)

    assert [each.kit for each in await cutoffs.list_cutoffs(on=today)] == ["某某胶体金 202611"]
    every = await cutoffs.list_cutoffs()
    assert [(each.kit, each.analyte_name) for each in every] == [("新批", "氟虫腈"), ("某某胶体金 202611", "氟虫腈")]
    assert every[0].entered_by is not None


async def test_over_http_nobody_a_wrong_shape_a_stranger_the_right_person_and_twice(bench):
    new = {"analyte": "fipronil", "tc_cutoff": 0.5, "kit": "批 1", "source": "说明书", "id": str(ids.uuid7())}
    new["source"] = "说明书第 2 页"
    async with client_of(cutoff_routes.router) as client:
        path, his = "/laboratory/strip-cutoffs", await signed_in(bench.technician)

        assert (await client.post(path, json=new)).status_code == 401
        assert (await client.get(path)).status_code == 401
        assert (await client.post(path, json=new | {"tc_cutoff": 0}, headers=his)).status_code == 400
        cadres = await signed_in(bench.cast.cadre)
        assert (await client.post(path, json=new, headers=cadres)).status_code == 403
        assert [(await client.post(path, json=new, headers=his)).status_code for _ in range(2)] == [201, 200]
        assert [each["kit"] for each in (await client.get(path, headers=cadres)).json()] == ["批 1"]
    with pytest.raises(Forbidden):
        await cutoffs.set_cutoff(new=cutoff(), by=bench.cast.cadre)
