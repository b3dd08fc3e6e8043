"""The leader's desk: a dissatisfied firm is there at once, by word and clock; a leader says what is to be done."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from backend.cases.schemas import CaseRecord
from backend.console.routes import router
from backend.core import clock, ids
from backend.core.database import fetch
from tests.application import application
from tests.cases.desk import Desk as Cases
from tests.cast import Cast
from tests.console.bench_desk import SAME_SITE, Desk, Page
from tests.console.duty_desk import DUTY, duty_desk
from tests.hotline.test_firm_cases import FIRM, WHY, leader, opened, resolved_again

__all__ = ["leader"]
FIRMS = f"{DUTY}/firms"
DO_IT, DONE = "三日内更换主管道，由水务站牵头", "主管道已更换，当面告知企业"


@pytest.fixture
async def cases(cast: Cast) -> Cases:
    return await Cases.make(cast)


@pytest.fixture(name="desk")
async def _cases_desk(cases: Cases) -> Cases:
    """What the hotline's own fixtures call it."""
    return cases


@pytest.fixture
async def case(cases: Cases) -> CaseRecord:
    return await cases.resolved()


@pytest.fixture
async def page_desk(cases: Cases) -> AsyncIterator[Desk]:
    async with duty_desk() as desk:
        yield await desk.be(cases.clerk)


async def firms_n() -> int:
    (row,) = await fetch("SELECT count(*) AS n FROM hotline_firm_case")
    return row["n"]


async def typed_in(desk: Desk, page: Page, /, **fields: str) -> Page:
    return await desk.send(page, "new", **({"firm": FIRM, "reason": WHY} | fields))


async def test_nobody_is_led_to_the_sign_in_page_and_a_stranger_finds_no_firm(
    cases: Cases, case: CaseRecord, page_desk: Desk
) -> None:
    one = await opened(cases, case)
    async with duty_desk() as nobody:
        answer = await nobody.raw(FIRMS)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/console/sign-in?next={FIRMS}")
    await page_desk.be(cases.cast.stranger)
    assert one.firm not in (await page_desk.raw(FIRMS)).text
    await page_desk.look(f"{FIRMS}/{one.id}", status=404)
    await page_desk.look(f"{FIRMS}/nine", status=404)
    for step in ("endorsement", "closure"):
        given = {"words": DO_IT, "result": DONE}
        answer = await page_desk._client.post(f"{FIRMS}/{one.id}/{step}", data=given, headers=SAME_SITE)
        assert answer.status_code == 404, step
    await page_desk.be(cases.cast.cadre)
    for address in (FIRMS, f"{FIRMS}/new"):
        await page_desk.look(address, status=403)


async def test_a_firm_goes_from_the_screen_of_its_case_to_the_leaders_desk_once(
    cases: Cases, case: CaseRecord, page_desk: Desk
) -> None:
    form = await page_desk.look(f"{FIRMS}/new?case={case.id}")
    assert form.all(f'//input[@id="number" and @value="{case.number_said}"]')
    for _ in range(2):
        after = await typed_in(page_desk, form)
        assert "已送到领导台" in after.said('//*[@role="status"]')
    assert await firms_n() == 1
    assert WHY in after.said('//section[@aria-labelledby="says"]')
    assert "领导批示: 还剩 24 小时" in after.text or "领导批示: 还剩 23 小时" in after.text
    assert not after.offers("endorsement")
    again = await page_desk.look(f"{FIRMS}/new?case={case.id}")
    assert again.all(f'//a[@href="{after.address.split("?")[0].removeprefix("http://test")}"]')


async def test_the_screen_of_a_case_leads_to_the_leaders_desk_and_no_case_underway_does(
    cases: Cases, case: CaseRecord
) -> None:
    going = await cases.dispatched()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application(router)), base_url="http://test") as client:
        desk = await Desk(client).be(cases.clerk)
        screen = await desk.look(f"/console/cases/{case.id}")
        assert screen.all(f'//a[@href="{FIRMS}/new?case={case.id}"]')
        assert not (await desk.look(f"/console/cases/{going.id}")).all(f'//a[contains(@href, "{FIRMS}")]')
        one = await opened(cases, case)
        assert (await desk.look(f"/console/cases/{case.id}")).all(f'//a[@href="{FIRMS}/{one.id}"]')


@pytest.mark.parametrize(
    ("field", "wrong"), [("number", "000"), ("firm", "某"), ("reason", " "), ("desk", "没有这个单位")]
)
async def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    case: CaseRecord, page_desk: Desk, field: str, wrong: str
) -> None:
    form = await page_desk.look(f"{FIRMS}/new?case={case.id}")
    page = await typed_in(page_desk, form, **{field: wrong})
    assert (page.status, await firms_n()) == (400, 0)
    assert page.all(f'//*[@id="{field}" and @aria-invalid="true"]')
    assert page.all(f'//p[@id="wrong-{field}"]')
    if field != "reason":
        assert page.said('//textarea[@id="reason"]') == WHY


async def test_a_case_that_has_not_ended_is_refused_and_says_so(cases: Cases, page_desk: Desk) -> None:
    going = await cases.dispatched()
    page = await typed_in(page_desk, await page_desk.look(f"{FIRMS}/new"), number=going.number)
    assert (page.status, await firms_n()) == (409, 0)
    assert page.all('//*[@role="alert"]')


async def test_a_leader_endorses_and_closes_once_the_case_has_ended_again(
    cases: Cases, case: CaseRecord, page_desk: Desk, leader
) -> None:
    (at,) = [held.unit_id for held in leader.held]
    one = await opened(cases, case, desk_unit_id=at)
    await page_desk.be(leader)
    listed = await page_desk.look(FIRMS)
    assert listed.all('//a[@class="open"]/@href') == [f"{FIRMS}/{one.id}"]
    page = await page_desk.look(f"{FIRMS}/{one.id}")
    empty = await page_desk.send(page, "endorsement", words=" ")
    assert empty.all('//textarea[@id="words" and @aria-invalid="true"]')
    for _ in range(2):
        after = await page_desk.send(page, "endorsement", words=DO_IT)
        assert "已批示" in after.said('//*[@role="status"]')
    assert DO_IT in after.said('//section[@aria-labelledby="word"]')
    assert (after.offers("closure"), "承办单位还在办" in after.text) == (False, True)
    await resolved_again(cases, case)
    page = await page_desk.look(f"{FIRMS}/{one.id}")
    for _ in range(2):
        after = await page_desk.send(page, "closure", result=DONE)
        assert "已办结销号" in after.said('//*[@role="status"]')
    assert DONE in after.text
    assert "这里没有企业的事" in (await page_desk.look(f"{FIRMS}?which=endorsed")).text
    assert (await page_desk.look(f"{FIRMS}?which=closed")).all('//a[@class="open"]/@href') == [f"{FIRMS}/{one.id}"]


async def test_a_clock_that_has_run_out_is_told_by_a_word_a_sign_and_an_edge(
    cases: Cases, case: CaseRecord, page_desk: Desk
) -> None:
    one = await opened(cases, case)
    with clock.stopped(one.opened_at + timedelta(days=3, hours=1)):
        page = await (await page_desk.be(cases.cast.supervisor)).look(FIRMS)
    (row,) = page.all('//li[contains(@class, "callback")]')
    assert "bad" in row.get("class")
    assert "■已超 2 天" in page.said('//p[contains(@class, "due bad")]')
    await page_desk.look(f"{FIRMS}/{ids.uuid7()}", status=404)
