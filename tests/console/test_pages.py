"""What holds for every page: who gets in, what it may load, and that nothing comes from elsewhere."""

from typing import Any

import httpx
import pytest
from playwright.async_api import expect

from tests.console.conftest import KEPT, Door, until

TOO_SMALL = """() => [...document.querySelectorAll(
  "main .button, .bar a, .bar button, main select, main input, main textarea")]
  .filter(one => one.checkVisibility() && !one.matches("[type=radio], [type=checkbox], [type=hidden]"))
  .filter(one => one.getBoundingClientRect().height < 44).map(one => one.outerHTML.slice(0, 80))"""
PAGES = [
    "/console/log",
    "/console/map",
    "/console/photos",
    "/console/today",
    "/docs",
    "/docs/photos",
    "/docs/reference",
    "/docs/operations",
    "/docs/operations/recordVisit",
]


@pytest.mark.parametrize("address", ["/console/today", "/console/log", "/console/map", "/console/photos"])
def test_nobody_is_sent_to_the_sign_in_page_and_back_afterwards(demo: dict[str, Any], address: str) -> None:
    answer = httpx.get(demo["base_url"] + address)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/console/sign-in?next=/console/")


def test_the_way_back_leads_to_the_console_and_nowhere_else(demo: dict[str, Any]) -> None:
    page = httpx.get(f"{demo['base_url']}/console/sign-in", params={"next": "https://evil.example/console/"})

    assert 'value="/console/today"' in page.text


def test_a_wrong_password_is_told_on_the_page(demo: dict[str, Any]) -> None:
    answer = httpx.post(
        f"{demo['base_url']}/console/sign-in",
        data={"phone": "15499999999", "password": "wrong", "next": ""},
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert answer.status_code == 401
    assert "手机号" in answer.text


def test_another_site_cannot_sign_anybody_in(demo: dict[str, Any]) -> None:
    account = demo["accounts"][0]
    answer = httpx.post(
        f"{demo['base_url']}/console/sign-in",
        data={"phone": account["phone"], "password": account["password"]},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("address", ["/console/sign-in", "/docs"])
def test_a_page_allows_only_what_lies_on_this_server(demo: dict[str, Any], address: str) -> None:
    policy = httpx.get(demo["base_url"] + address).headers["content-security-policy"]

    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


async def test_no_page_asks_another_server_for_anything(demo: dict[str, Any], sign_in: Door) -> None:
    page = await sign_in("cadre")
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for address in PAGES:
        await page.goto(address)
        await page.wait_for_load_state("networkidle")

    assert {url for url in asked if not url.startswith((demo["base_url"], "data:", "blob:"))} == set()
    assert complaints == []


@pytest.mark.parametrize("address", [*PAGES[:3], *PAGES[-2:]])
async def test_a_page_fits_a_phone_without_sideways_scrolling(sign_in: Door, address: str) -> None:
    page = await sign_in("cadre")
    await page.goto(address)
    await page.wait_for_load_state("networkidle")

    assert await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


@pytest.mark.parametrize("address", [*PAGES[:2], *PAGES[-2:]])
async def test_what_is_to_be_touched_is_large_enough(sign_in: Door, address: str) -> None:
    page = await sign_in("cadre")
    await page.goto(address)
    small = await page.evaluate(TOO_SMALL)

    assert small == []


async def test_the_guide_is_in_the_readers_language_and_knows_every_refusal(
    demo: dict[str, Any], sign_in: Door
) -> None:
    page = await sign_in("cadre", locale="en-GB")
    await page.goto("/docs/problems/core/different-arguments")

    await expect(page.locator("h1")).to_have_text("For whoever programs a phone")
    await expect(page.locator("section").first).to_contain_text("core/different-arguments")
    await expect(page.locator("tr.chosen")).to_be_visible()
    await expect(page.locator("tr.chosen")).to_contain_text("409")
    await expect(page.locator('tr[id="visits/need-unknown"]')).to_be_hidden()


@pytest.mark.parametrize("address", ["/console/log", "/console/today"])
async def test_signing_out_takes_the_page_off_the_phone(sign_in: Door, address: str) -> None:
    page = await sign_in("cadre")
    await until(page, KEPT)
    await page.goto(address)
    await page.locator('form[action="/console/sign-out"] button').click()
    await page.wait_for_url("**/console/sign-in")
    await until(page, "caches.match('/console/log').then(kept => !kept)")

    answer = await page.goto("/console/log")
    assert answer is not None
    assert page.url.endswith("next=/console/log")
