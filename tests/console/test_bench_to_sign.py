"""Fertiliser advice that waits for a signature, without scripts: told today, listed, one tap to the sample."""

from datetime import timedelta
from uuid import UUID

from backend.core import clock
from backend.laboratory import advice
from backend.laboratory.report_schemas import FertiliserAdviceRecord, NewFertiliserAdvice
from backend.laboratory.words import Method, SampleKind
from tests.console.bench_desk import BENCH, Desk, Page
from tests.laboratory.bench import Bench

TO_SIGN = f"{BENCH}/advice"


async def draft(bench: Bench, code: str, days: int = 0) -> FertiliserAdviceRecord:
    """Of a sample of its own, reckoned so many days ago."""
    sample_id: UUID = await bench.sample(code, kind=SampleKind.SOIL, household=bench.cast.household, crop_said="花生")
    tested = {"analyte": "alkali_hydrolysable_n", "method": Method.SOIL_TEST, "unit_said": "mg/kg", "grade": 4}
    await bench.result(sample_id, 60, **tested)
    new = NewFertiliserAdvice(crop_code="peanut", nutrient="n", fertiliser="urea", target_yield_kg_per_mu=300)
    with clock.stopped(clock.now() - timedelta(days=days)):
        return (await advice.advise_fertiliser(sample_id=sample_id, new=new, by=bench.technician)).record


def listed(page: Page) -> list[str]:
    """The numbers on the bags, as they stand there."""
    return [str(one.text_content()).split(" · ")[0] for one in page.all('//ul[contains(@class, "lines")]//a')]


async def test_the_front_page_counts_them_for_an_expert_and_leads_there(bench_desk: Desk, bench: Bench) -> None:
    await draft(bench, "T-1")
    await draft(bench, "T-2")
    today = await (await bench_desk.be(bench.expert)).look("/console/today")
    figure = f'//a[@href="{TO_SIGN}"]'
    assert today.said(figure) == "2▲ 待签施肥建议"

    today = await (await bench_desk.be(bench.technician)).look("/console/today")
    assert today.all(figure) == [], "he does not sign"


async def test_the_oldest_stands_first_with_its_amount_and_one_tap_leads_to_where_it_is_signed(
    bench_desk: Desk, bench: Bench
) -> None:
    await draft(bench, "T-1", days=1)
    await draft(bench, "T-2", days=3)
    page = await (await bench_desk.be(bench.expert)).look(TO_SIGN)

    assert listed(page) == ["T-2", "T-1"]
    first = page.said('//ul[contains(@class, "lines")]/li[1]')
    assert "每亩 尿素 17.5 公斤" in first
    assert "于化验" in first
    assert "▲ 等签字" in first

    sample = await bench_desk.look(page.all('//ul[contains(@class, "lines")]//a/@href')[0])
    signed = await bench_desk.send(sample, "signature")
    assert signed.status == 200, signed.said('//*[@role="alert"]')
    assert listed(await bench_desk.look(TO_SIGN)) == ["T-1"]


async def test_a_long_list_goes_on_page_by_page(bench_desk: Desk, bench: Bench) -> None:
    for number in range(31):
        await draft(bench, f"T-{number:02}", days=40 - number)
    page = await (await bench_desk.be(bench.expert)).look(TO_SIGN)
    assert listed(page) == [f"T-{number:02}" for number in range(30)]

    page = await bench_desk.look(page.all(f'//a[starts-with(@href, "{TO_SIGN}?after=")]/@href')[0])

    assert listed(page) == ["T-30"]
    assert page.all(f'//a[@class="button"][@href="{TO_SIGN}"]'), "and back to the first"


async def test_nothing_to_sign_is_said_and_others_have_no_such_page(bench_desk: Desk, bench: Bench) -> None:
    page = await (await bench_desk.be(bench.expert)).look(TO_SIGN)
    assert "没有等签字的建议" in page.text
    await bench_desk.look(f"{TO_SIGN}?after=nonsense", status=400)
    await bench_desk.be(bench.technician)
    await bench_desk.look(TO_SIGN, status=403)
