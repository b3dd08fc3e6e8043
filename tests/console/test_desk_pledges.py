"""Pledges at the desk: a batch is typed line by line and published whole or not at all, and each is kept or not."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import httpx
import pytest
from lxml import html
from msgspec.structs import replace

from backend.console import pledges_page
from backend.core import clock, ids
from backend.core.database import fetch
from backend.hotline import pledges
from backend.hotline.pledge_schemas import NewPledge
from tests.application import application
from tests.cases.desk import Desk as Cases
from tests.cast import COUNTY, Cast
from tests.console.bench_desk import SAME_SITE, Desk, Page
from tests.console.duty_desk import DUTY, duty_desk
from tests.hotline.test_pledges import LAMPS, NOON, ROAD, WELLS, done, published

PLEDGES = f"{DUTY}/pledges"
LINES = f"单位\t事项\t完成日期\t责任科室\n水务站\t{WELLS}\t2026/11/10\t农村供水科\n\n公路站\t{LAMPS}\t11月22日\n"


@pytest.fixture
async def cases(cast: Cast) -> AsyncIterator[Cases]:
    made = await Cases.make(cast)
    with clock.stopped(NOON):
        yield made


@pytest.fixture
async def desk(cases: Cases) -> AsyncIterator[Desk]:
    async with duty_desk() as desk:
        yield await desk.be(cases.cast.supervisor)


async def typed_in(desk: Desk, page: Page | None = None, act: str = "look", **fields: str) -> Page:
    page = page or await desk.look(f"{PLEDGES}/new")
    return await desk.send(page, "new", **({"title": "2026 年第一批实事", "rows": LINES, "act": act} | fields))


async def batches() -> int:
    (row,) = await fetch("SELECT count(*) AS n FROM hotline_pledge_batch")
    return row["n"]


# -- who may look


async def test_nobody_is_led_to_the_sign_in_page_and_a_stranger_to_a_refusal(cases: Cases, desk: Desk) -> None:
    one = (await published(cases)).pledges[0]
    async with duty_desk() as nobody:
        answer = await nobody.raw(PLEDGES)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/console/sign-in?next={PLEDGES}")
    await desk.be(cases.cast.stranger)
    for address in (PLEDGES, f"{PLEDGES}/new", f"{PLEDGES}/{one.id}"):
        await desk.look(address, status=403)
    for step in ("new", f"{one.id}/done", f"{one.id}/dropped"):
        given = {"done_on": "2026-11-20", "note": "改线", "rows": LINES}
        answer = await desk._client.post(f"{PLEDGES}/{step}", data=given, headers=SAME_SITE)
        assert answer.status_code == 403, step
    await desk.be(cases.cast.supervisor)
    await desk.look(f"{PLEDGES}/nine", status=404)
    await desk.look(f"{PLEDGES}/{ids.uuid7()}", status=404)


# -- publishing


async def test_a_pasted_table_is_looked_at_before_it_is_published_once(cases: Cases, desk: Desk) -> None:
    page = await typed_in(desk)
    assert "共 2 件，都没有问题" in page.said('//section[@aria-labelledby="looked"]')
    assert (await batches(), WELLS in page.text) == (0, True)
    for _ in range(2):
        after = await desk.send(page, "new", act="publish")
        assert "已公布" in after.said('//*[@role="status"]')
    assert await batches() == 1
    wells, lamps = (await pledges.public_pledges()).batches[0].pledges
    assert (wells.title, wells.unit.name, wells.office, wells.due_on) == (
        WELLS,
        "水务站",
        "农村供水科",
        date(2026, 11, 10),
    )
    assert (lamps.unit.id, lamps.office) == (cases.roads, "公路站")
    (number,) = (await desk.look(f"{PLEDGES}/new")).all('//input[@id="number"]/@value')
    assert number == "2"


async def test_lines_that_do_not_fit_are_told_by_their_number_and_nothing_is_published(desk: Desk) -> None:
    rows = f"水务站,{WELLS},12月31日\n没有这个局,{LAMPS},12月31日\n公路站,{ROAD},快了\n水务站,{WELLS},2026-12-01"
    page = await typed_in(desk, act="publish", rows=rows)
    assert page.status == 400
    said = page.said('//section[@aria-labelledby="looked"]')
    assert all(
        each in said for each in ("有 2 行不对", "第 2 行： 本县没有叫“没有这个局”的单位", "第 3 行： 这一行没找到日期")
    )
    assert page.said('//textarea[@id="rows"]') == " ".join(rows.split())
    twice = await typed_in(desk, page, rows=f"水务站,{WELLS},12月31日\n水务站,{WELLS},2027-12-01")
    said = twice.said('//section[@aria-labelledby="looked"]')
    assert (twice.status, "第 2 行" in said, "第 1 行" in said) == (400, True, False)
    named = await typed_in(desk, page, rows=f"水务站,{WELLS}找 13812345678,12月31日")
    assert "第 1 行" in named.said('//section[@aria-labelledby="looked"]')
    assert await batches() == 0


@pytest.mark.parametrize(
    ("field", "wrong"), [("place", "没有这个地方"), ("year", "今年"), ("number", "0"), ("title", " "), ("rows", " ")]
)
async def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    desk: Desk, field: str, wrong: str
) -> None:
    page = await typed_in(desk, act="publish", **{field: wrong})
    assert (page.status, await batches()) == (400, 0)
    assert page.all(f'//*[@id="{field}" and @aria-invalid="true"]')
    assert page.all(f'//*[@id="wrong-{field}"]')
    if field != "rows":
        assert WELLS in page.said('//textarea[@id="rows"]')


async def test_a_batch_that_is_published_is_not_published_under_its_number_again(cases: Cases, desk: Desk) -> None:
    await published(cases)
    page = await typed_in(desk, number="1")
    assert (page.status, await batches()) == (409, 1)
    assert "2026 年第 1 批" in page.said('//*[@role="alert"]')


# -- keeping


async def test_a_pledge_is_done_on_a_day_and_everybody_reads_it(cases: Cases, desk: Desk) -> None:
    wells = (await published(cases)).pledges[0]
    page = await desk.look(f"{PLEDGES}?which=late")
    (href,) = page.all('//a[@class="open"]/@href')
    assert "已超期 12 天" in page.text
    page = await desk.look(href)
    wrong = await desk.send(page, "done", done_on="2026-12-30", note="井水清了")
    assert wrong.status == 400
    assert wrong.all('//input[@id="done_on" and @value="2026-12-30" and @aria-invalid="true"]')
    assert wrong.said('//textarea[@id="note"]') == "井水清了"
    for _ in range(2):
        after = await desk.send(page, "done", done_on="2026-11-20")
        assert "已记为完成" in after.said('//*[@role="status"]')
    assert wells.id == UUID(href.rsplit("/", 1)[1])
    assert (await pledges.public_pledges()).counts.done_late_n == 1
    reason = await desk.send(after, "underway", note="井还没通电")
    assert "改回进行中" in reason.said('//*[@role="status"]')


async def test_a_pledge_is_dropped_with_a_reason_or_not_at_all(cases: Cases, desk: Desk) -> None:
    road = (await published(cases)).pledges[2]
    page = await desk.look(f"{PLEDGES}/{road.id}")
    bare = await desk.send(page, "dropped", note=" ")
    assert bare.status == 400
    assert bare.all('//textarea[@id="why" and @aria-invalid="true"]')
    after = await desk.send(page, "dropped", note="改线，并入国道工程")
    assert "改线，并入国道工程" in after.text
    assert (await desk.look(f"{PLEDGES}?which=settled")).all('//a[@class="open"]/@href') == [f"{PLEDGES}/{road.id}"]


async def test_the_unit_that_promised_sees_its_own_and_says_alone_that_they_are_done(cases: Cases, desk: Desk) -> None:
    wells, lamps, _ = (await published(cases)).pledges
    await desk.be(cases.plumber)
    page = await desk.look(f"{PLEDGES}?which=all")
    assert page.all('//a[@class="open"]/@href') == [f"{PLEDGES}/{wells.id}"]
    assert not page.all('//a[@href="/console/desk/pledges/new"]')
    own = await desk.look(f"{PLEDGES}/{wells.id}")
    assert (own.offers("done"), own.offers("dropped")) == (True, False)
    others = await desk.look(f"{PLEDGES}/{lamps.id}")
    assert not others.offers("done")
    assert "已记为完成" in (await desk.send(own, "done", done_on="2026-11-22")).text


async def test_a_long_list_comes_in_parts_with_nothing_left_out(cases: Cases, desk: Desk) -> None:
    await many(cases, 70)
    seen: list[str] = []
    page = await desk.look(PLEDGES)
    for _ in range(5):
        seen += page.all('//a[@class="open"]/@href')
        more = page.all('//a[contains(@href, "after=")]/@href')
        if not more:
            break
        page = await desk.look(more[0])
    assert (len(seen), len(set(seen))) == (70, 70)


# -- everybody's page


async def many(cases: Cases, n: int) -> None:
    rows = [
        NewPledge(title=f"第 {i} 口机井", unit_id=cases.water, office="供水科", due_on=date(2026, 1 + i % 12, 15))
        for i in range(n)
    ]
    await published(cases, pledges=rows)


async def test_the_picture_says_how_many_were_kept_and_its_pieces_make_a_whole(cases: Cases, desk: Desk) -> None:
    wells, _, _ = (await published(cases)).pledges
    await pledges.change_pledge(pledge_id=wells.id, change=done(date(2026, 11, 20)), by=cases.cast.supervisor)
    counts = (await pledges.public_pledges()).counts
    pieces = pledges_page.bars(counts)
    assert [(each.kind, each.n) for each in pieces] == [("late", 1), ("open", 2)]
    assert (pieces[0].begins, sum(each.width for each in pieces)) == (0, 1000)
    page = await desk.look(PLEDGES)
    assert page.all('//*[name()="svg"]/@aria-label') == ["3 件中已完成 1 件"]
    assert pledges_page.bars(replace(counts, pledges_n=0, done_n=0, done_late_n=0, underway_n=0)) == []


async def test_a_year_of_many_pledges_is_light_tells_what_is_overdue_and_opens_batch_by_batch(cases: Cases) -> None:
    await many(cases, 70)
    app = application(pledges_page.router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as everybody:
        answer = await everybody.get("/pledges", params={"place": COUNTY})
        assert len(answer.content) < 60_000
        page = html.fromstring(answer.text)
        assert len(page.xpath('//section[@aria-labelledby="late"]//li[div]')) == pledges_page.MOST_LATE
        (href,) = page.xpath('//a[contains(@href, "batch=")]/@href')
        shown = 0
        for _ in range(3):
            part = html.fromstring((await everybody.get(href)).text)
            shown += len(part.xpath("//li[div]"))
            more = part.xpath('//a[contains(@href, "from=")]/@href')
            if not more:
                break
            href = more[0]
        assert shown == 70
        assert (await everybody.get("/pledges?batch=nine")).status_code == 400
        assert (await everybody.get(f"/pledges?batch={ids.uuid7()}")).status_code == 200
