"""A farmer scans, snaps, and hears from a named expert: the whole walk, over the demo as it is started."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.console.conftest import PHONE, Door

LEAF = Path(__file__).parents[2] / "seed" / "photos" / "wheat_yellow.jpg"
DESK = {"width": 1280, "height": 800}
WORDS = "晚播的麦子叶上一道一道黄粉，东头最重"
WAITED_S = 40
"""For the gate to see the photo's verdict, and for the routing after it; the job runs within seconds."""


@pytest.fixture
async def farmer(browser: Browser, demo: dict[str, Any]) -> AsyncIterator[Any]:
    """His phone's browser; keywords are Playwright's."""
    opened: list[BrowserContext] = []

    async def phone(**options: Any) -> Page:
        opened.append(await browser.new_context(viewport=PHONE, locale="zh-CN", **options))
        page = await opened[-1].new_page()
        page.set_default_timeout(15_000)
        return page

    yield phone
    for context in opened:
        await context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_scan_snap_a_named_answer_and_it_helped(
    demo: dict[str, Any], farmer: Any, sign_in: Door, scripts: bool
) -> None:
    words = f"{WORDS}（{'有' if scripts else '没有'}脚本）"
    phone = await farmer(java_script_enabled=scripts)
    address = await _asks(phone, demo["station_url"], words)

    desk = await sign_in("expert", at="/console/clinic", viewport=DESK)
    await _is_before_her(desk, words)
    await desk.get_by_role("link", name=re.compile(re.escape(words[:12]))).first.click()
    await expect(desk.locator("main img").first).to_be_visible()
    await desk.locator("form[action$='/claim'] button").first.click()
    await _answers(desk)

    await phone.goto(address)
    answer = phone.locator("#answer")
    await expect(answer).to_contain_text("陆望秋")
    await expect(answer).to_contain_text("小麦条锈病")
    await expect(answer).to_contain_text("先看东头")
    face = answer.locator(".face img")
    assert await face.evaluate("face => face.complete && face.naturalWidth > 0") if scripts else await face.count()
    await phone.locator("#judge button[value=satisfied]").click()
    await expect(phone.locator("[role=status]")).to_contain_text("✓")
    await expect(phone.locator("#judge")).to_have_count(0)


async def _asks(phone: Page, station_url: str, words: str) -> str:
    """He fills in the form behind the QR; the address of his receipt, which his own phone opens without the secret."""
    await phone.goto(station_url)
    await phone.set_input_files("#photo", LEAF)
    await phone.locator("label:has(input[name=crop][value=wheat])").click()
    await phone.locator("label:has(input[name=organ][value=leaf])").click()
    await phone.fill("#symptoms", words)
    await phone.locator("label.tick:has([name=agree])").click(position={"x": 10, "y": 20})
    await phone.click("#send")
    secret = phone.locator("[data-fill=secret]")
    await expect(secret).to_have_text(re.compile(r"\d{3} \d{3}"))
    going = phone.locator("#going")
    if await going.is_visible():
        await expect(going).to_contain_text("全都到了", timeout=30_000)
    path = await phone.locator("[data-fill=address]").first.get_attribute("href")
    assert path is not None
    origin = urlsplit(station_url)
    return path if path.startswith("http") else f"{origin.scheme}://{origin.netloc}{path}"


async def _is_before_her(desk: Page, words: str) -> None:
    """Routed to her, by herself: the queue of what is offered shows it."""
    for _ in range(WAITED_S):
        if await desk.get_by_text(words[:12]).count():
            return
        await desk.wait_for_timeout(1000)
        await desk.goto("/console/clinic?tab=offered")
    raise AssertionError("it never came before the expert")


async def _answers(desk: Page) -> None:
    """In the words of a farmer, with the code that figures are made of."""
    await desk.fill("#diagnosis", "小麦条锈病，叶上的黄粉顺着叶脉成行。")
    await desk.fill("#condition", "小麦条锈病")
    await desk.locator("label:has(input[name=confidence][value=sure])").click()
    await desk.fill("textarea[name=steps]", "先看东头发病中心有多大。\n三天后再看一次，扩大了就打电话。")
    await desk.locator("#answer-form .send button").click()
    await expect(desk.locator("[role=status]")).to_contain_text("✓")


async def test_the_experts_pages_fit_a_small_phone(demo: dict[str, Any], sign_in: Door) -> None:
    page = await sign_in("expert", at="/console/today", viewport={"width": 320, "height": 640})
    named = demo["diagnosis_ids"]
    requests = [f"/console/clinic/{named[name]}" for name in ("borer", "flooded", "urgent")]
    pages = ["/console/today", "/console/clinic", "/console/clinic?tab=opinion", *requests, "/console/clinic/new"]
    for address in [*pages, "/console/experts", "/console/outbreaks"]:
        await page.goto(address)
        assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, address
