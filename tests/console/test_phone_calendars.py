"""The page from which a calendar gets into somebody's phone."""

from collections.abc import AsyncIterator

import httpx
import pytest
import segno
from litestar import Litestar, Router
from playwright.async_api import Browser, expect

from backend.console import phone_calendars
from backend.console import refused as console_refused
from backend.core.database import fetch
from backend.feeds import calendars
from backend.people.guards import NEEDS_SIGN_IN
from tests.application import application
from tests.cast import COUNTY, TOWNSHIP, Cast
from tests.console.bench_desk import SAME_SITE, Desk, Page
from tests.console.test_alerts_browser import FITS, opened
from tests.console.test_farmer_phones import axe, violations  # noqa: F401 - a fixture
from tests.console.test_pages import TOO_SMALL
from tests.console.test_today import CONTRASTS

HERE = "/console/calendar"
CLIPBOARD = ["clipboard-read", "clipboard-write"]
PAGES = Router(
    path="/",
    route_handlers=[phone_calendars.router],
    dependencies=NEEDS_SIGN_IN,
    exception_handlers=console_refused.HANDLERS,  # type: ignore[arg-type]
)


@pytest.fixture
async def client(cast: Cast) -> AsyncIterator[httpx.AsyncClient]:
    app: Litestar = application(PAGES, calendars.router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


@pytest.fixture
async def desk(client: httpx.AsyncClient, cast: Cast) -> Desk:
    return await Desk(client).be(cast.cadre)


def address_on(page: Page) -> str:
    return page.said('//*[@id="the-address"]')


async def test_one_tap_shows_an_address_a_link_for_the_phone_and_a_code_for_its_camera(desk, client):
    page = await desk.send(await desk.look(HERE), "calendar", near="生成地址")
    address = address_on(page)
    feed = await client.get(address)

    assert (feed.status_code, "X-WR-CALNAME:我的值班" in feed.text) == (200, True)
    [link] = page.all('//a[starts-with(@href, "webcal:")]')
    assert link.get("href") == address.replace("http:", "webcal:")
    drawn = segno.make(link.get("href"), error="m", micro=False).svg_inline(omitsize=True, border=3)
    assert drawn.rpartition(' d="')[2].partition('"')[0] in page.text
    assert "只显示这一次" in page.said('//*[@id="made"]')
    assert [len(page.all(f'//section[@aria-labelledby="{phone}"]//li')) for phone in ("iphone", "android")] == [3, 3]


async def test_the_address_is_on_that_answer_alone_and_the_same_form_again_makes_no_second_one(desk):
    first = await desk.look(HERE)
    made = [await desk.send(first, "calendar", near="生成地址") for _ in range(2)]

    assert address_on(made[0]) == address_on(made[1])
    assert len(await fetch("SELECT FROM rosters_calendar_feed")) == 1
    later = await desk.look(HERE)
    assert address_on(later) == ""
    assert "我的值班" in later.said('//section[@aria-labelledby="mine"]')


async def test_markets_of_his_own_township_are_offered_and_any_of_the_county_may_be_chosen(desk, client):
    page = await desk.look(HERE)
    assert [option.get("value") for option in page.all("//option[@selected]")] == [TOWNSHIP]
    assert COUNTY in [option.get("value") for option in page.all("//option")]
    made = await desk.send(page, "calendar", near="哪种日子", kind="stalls", place=COUNTY)

    assert "X-WR-CALNAME:代表接待日：高唐县" in (await client.get(address_on(made))).text
    assert made.said('//*[@id="address-of"]') == "代表接待日 · 高唐县的地址"


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"kind": "birthdays"}, "wrong-kind"),
        ({"place": ""}, "wrong-place"),
        ({"place": "12"}, "wrong-place"),
        ({"id": "no"}, ""),
        ({"place": "371526999000"}, ""),
    ],
)
async def test_a_wrong_form_comes_back_with_what_is_wrong_beside_the_field(desk, typed, wrong):
    page = await desk.send(await desk.look(HERE), "calendar", near="哪种日子", **typed)

    assert page.status in (400, 404)
    assert page.all('//*[@role="alert"]')
    assert not wrong or page.all(f'//*[@id="{wrong}"]')
    assert await fetch("SELECT FROM rosters_calendar_feed") == []


async def test_he_revokes_it_and_its_address_is_dead(desk, client):
    address = address_on(await desk.send(await desk.look(HERE), "calendar", near="生成地址"))
    page = await desk.send(await desk.look(HERE), "revocation")

    assert "已停用" in page.said('//*[@role="status"]')
    assert "暂无" in page.said('//section[@aria-labelledby="mine"]')
    assert (await client.get(address)).status_code == 404


async def test_nobody_signs_in_first_and_neither_a_stranger_nor_another_site_gets_anything(desk, client, cast):
    await desk.send(await desk.look(HERE), "calendar", near="生成地址")
    [row] = await fetch("SELECT id FROM rosters_calendar_feed")
    revoke = f"{HERE}/{row['id']}/revocation"

    await desk.be(cast.stranger)
    assert "暂无" in (await desk.look(HERE)).said('//section[@aria-labelledby="mine"]')
    assert (await client.post(revoke, headers=SAME_SITE)).status_code == 404
    client.headers.pop("Authorization")
    for method, path in (("GET", HERE), ("POST", HERE), ("POST", revoke)):
        answer = await client.request(method, path, headers=SAME_SITE)
        assert answer.headers["location"].startswith("/console/sign-in"), path
    assert await fetch("SELECT FROM rosters_calendar_feed WHERE revoked_at IS NOT NULL") == []


async def test_it_reads_well_on_a_phone_and_copies_the_address(browser: Browser, served: str, cast: Cast, axe: str):  # noqa: F811
    for scheme in ("light", "dark"):
        page = await opened(
            browser,
            served,
            cast.assistant,
            HERE,
            color_scheme=scheme,
            permissions=CLIPBOARD,
        )
        assert await page.evaluate(FITS)
        await page.locator("section[aria-labelledby=shifts] button.main").click()
        address = await page.locator("#the-address").inner_text()
        await page.click("[data-copies]")
        await expect(page.locator("[data-copies]")).to_contain_text("已复制")
        assert await page.evaluate("navigator.clipboard.readText()") == address
        assert await page.evaluate(FITS)
        assert await page.evaluate(TOO_SMALL) == []
        assert await page.evaluate(CONTRASTS) == []
        assert await violations(page, axe) == []
