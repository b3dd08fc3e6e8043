"""Instruments, runs and second looks at the desk, without scripts."""

from datetime import timedelta

import pytest

from backend.core import clock
from backend.core.database import fetch_row
from backend.core.ids import uuid7
from backend.laboratory import instrument_queries
from backend.laboratory.words import Calibration, Method, Verdict
from tests.console.bench_desk import BENCH, ROWS, Desk, Page
from tests.laboratory.bench import Bench
from tests.media.drawn import field, saved

INSTRUMENTS = f"{BENCH}/instruments"


def in_days(n: int) -> str:
    return (clock.today() + timedelta(days=n)).isoformat()


async def test_an_instrument_is_registered_and_says_whether_it_can_be_trusted(bench_desk: Desk, bench: Bench) -> None:
    page = await bench_desk.look(INSTRUMENTS)
    page = await bench_desk.send(
        page, "instruments", serial="NC-7", model="NC-800", calibrated_on=in_days(-10), calibration_due_on=in_days(355)
    )
    assert page.status == 200, page.said('//*[@role="alert"]')
    assert "已登记" in page.said('//*[@role="status"]')
    assert "○校准有效" in page.said("//h1/following-sibling::*")
    page = await bench_desk.look(INSTRUMENTS)
    page = await bench_desk.send(page, "instruments", serial="NC-8", calibrated_on=in_days(-10))
    assert page.status == 400
    assert page.all('//input[@id="serial"]/@value') == ["NC-8"], "what was typed stays"


async def test_one_that_files_told_of_is_registered_where_it_stands_with_its_results(
    bench_desk: Desk, bench: Bench
) -> None:
    await bench_desk.drop(*ROWS)
    page = await bench_desk.look(INSTRUMENTS)
    assert "只在文件里见过" in page.text
    page = await bench_desk.look(page.all("//h2/a/@href")[0])
    assert "◇校准情况不明" in page.said("//h1/following-sibling::*")
    page = await bench_desk.send(page, "instruments", model="NC-800")
    assert page.status == 200, page.said('//*[@role="alert"]')
    one = (await instrument_queries.list_instruments(by=bench.technician)).items[0]
    assert (one.registered, one.results_n) == (True, 3)


async def test_an_overdue_one_blocks_its_verdicts_until_somebody_answers_for_it_by_name(
    bench_desk: Desk, bench: Bench
) -> None:
    instrument = await bench.instrument(due_in_days=-3)
    row = ROWS[1].replace("2026-11-20", clock.today().isoformat())
    page = await bench_desk.drop(row)
    assert "没有判定" in page.said("//table")
    page = await bench_desk.look(f"{INSTRUMENTS}/{instrument}")
    assert "■校准过期" in page.said("//h1/following-sibling::*")
    assert not page.offers("override"), "a technician does not answer for himself"

    await bench_desk.be(bench.expert)
    page = await bench_desk.look(f"{INSTRUMENTS}/{instrument}")
    page = await bench_desk.send(page, "override", from_on=in_days(0), until_on=in_days(1), reason="已用标准样核对")

    assert page.status == 200, page.said('//*[@role="alert"]')
    assert "▲校准过期，有人负责" in page.said("//h1/following-sibling::*")
    row_now = await fetch_row("SELECT verdict FROM laboratory_result")
    assert row_now is not None
    assert row_now["verdict"] == Verdict.POSITIVE


async def test_a_calibration_is_written_down(bench_desk: Desk, bench: Bench) -> None:
    instrument = await bench.instrument(due_in_days=-3)
    page = await bench_desk.look(f"{INSTRUMENTS}/{instrument}")
    page = await bench_desk.send(page, "calibration", done_on=in_days(0), due_on=in_days(365), certificate="校2026-17")
    assert "校2026-17" in page.said("//dl")
    one = await instrument_queries.get(instrument_id=instrument, by=bench.technician)
    assert one.calibration is Calibration.VALID


async def test_the_key_for_signing_is_shown_once(bench_desk: Desk, bench: Bench) -> None:
    instrument = await bench.instrument()
    page = await bench_desk.send(await bench_desk.look(f"{INSTRUMENTS}/{instrument}"), "live-key")
    key = page.said('//p[@class="secret-key"]')
    assert len(bytes.fromhex(key)) == 32
    assert "/api/v1/laboratory/live/NC-1001" in page.text
    again = await bench_desk.look(f"{INSTRUMENTS}/{instrument}")
    assert key not in again.text
    assert "是，带签名" in again.text


async def test_a_run_says_at_once_whether_it_counts_and_its_file_is_judged_by_it(
    bench_desk: Desk, bench: Bench
) -> None:
    await bench.instrument()
    page = await bench_desk.drop(*ROWS)
    page = await bench_desk.look(page.all('//a[contains(@href, "/runs/new?import_id=")]/@href')[0])
    assert page.all('//select[@name="import_id"]/option[@selected]/@value') != [""]

    page = await bench_desk.send(page, "runs/new", blank_delta="0.05", reagent_lot="A-1")

    assert page.status == 200, page.said('//*[@role="alert"]')
    assert "╳这批无效" in page.said('//section[@role="status"]')
    assert "空白超出范围" in page.text
    rows = await fetch_row("SELECT count(*) AS n FROM laboratory_result WHERE verdict = 'invalid'")
    assert rows is not None
    assert rows["n"] == 3
    page = await bench_desk.look(f"{BENCH}/runs/new")
    page = await bench_desk.send(page, "runs/new", blank_delta="0.512")
    assert "○这批有效" in page.said('//section[@role="status"]')


async def test_a_figure_that_cannot_be_is_said_and_nothing_is_recorded(bench_desk: Desk, bench: Bench) -> None:
    await bench.instrument()
    page = await bench_desk.send(await bench_desk.look(f"{BENCH}/runs/new"), "runs/new", blank_delta="很多")
    assert page.status == 400
    assert await fetch_row("SELECT 1 FROM laboratory_run") is None


async def a_strip(bench: Bench) -> tuple[str, str]:
    """A sample with a strip's result."""
    sample = await bench.sample("NY-9")
    result = await bench.result(
        sample, analyte="fipronil", method=Method.STRIP, value=None, unit_said=None, verdict=Verdict.POSITIVE
    )
    return str(sample), str(result)


async def test_a_strips_photo_goes_to_an_expert_who_says_his_own_before_he_reads_ours(
    bench_desk: Desk, bench: Bench
) -> None:
    sample, result = await a_strip(bench)
    page = await bench_desk.look(f"{BENCH}/samples/{sample}")
    assert page.offers("second-look")
    answer = await bench_desk.photo(f"{BENCH}/results/{result}/second-look", saved(field()))
    assert "已请专家看" in answer.said('//*[@role="status"]'), answer.text
    look = await fetch_row("SELECT id, expert FROM laboratory_second_look")
    assert look is not None
    expert = next(each for each in (bench.expert, bench.second) if each.person_id == look["expert"])

    await bench_desk.be(expert)
    page = await bench_desk.look(f"{BENCH}/looks/{look['id']}")
    assert _reading_of(page) == "", "neither the technician's reading nor ours"
    page = await bench_desk.send(page, f"looks/{look['id']}", seen="negative")

    assert page.status == 200
    assert "阴性" in _reading_of(page)
    assert "阳性" in _reading_of(page)
    assert "两边不一致" in page.text


def _reading_of(page: Page) -> str:
    return page.said('//div[@class="said"][not(ancestor::form)]')


async def test_no_photo_is_said_plainly(bench_desk: Desk, bench: Bench) -> None:
    _, result = await a_strip(bench)
    answer = await bench_desk.photo(f"{BENCH}/results/{result}/second-look", b"")
    assert answer.status == 400
    assert "试纸照片" in answer.text


async def test_what_stands_on_a_kit_is_entered_and_a_wrong_figure_is_said(bench_desk: Desk, bench: Bench) -> None:
    page = await bench_desk.look(f"{BENCH}/strips")
    typed = {"analyte": "氟虫腈", "kit": "甲牌 A 盒", "source": "说明书 2026 版"}
    wrong = await bench_desk.send(page, "strips", tc_cutoff="深", **typed)
    assert wrong.status == 400
    page = await bench_desk.send(page, "strips", tc_cutoff="0.85", **typed)
    assert page.status == 200, page.said('//*[@role="alert"]')
    assert "氟虫腈 · T/C 0.85 · 甲牌 A 盒" in page.said("//main")


@pytest.mark.parametrize("who", ["cadre", "handler", "stranger"])
async def test_instruments_and_looks_are_nobody_elses(bench_desk: Desk, bench: Bench, who: str) -> None:
    instrument = await bench.instrument()
    await bench_desk.be(getattr(bench.cast, who))
    await bench_desk.look(f"{INSTRUMENTS}/{instrument}", status=404)
    await bench_desk.look(f"{BENCH}/looks/{uuid7()}", status=404)
    await bench_desk.look(f"{BENCH}/runs/new", status=403)
