"""A warning in a real browser: the clock runs, a thumb takes it, tries and ends it, and the list renews itself."""
# ruff: noqa: F811 - fixtures of the file next door

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from backend.antifraud import purging
from backend.antifraud.words import WarningLevel
from backend.core import clock
from backend.core.database import fetch
from backend.people.actors import Actor
from backend.people.sessions import access_token_for
from tests.antifraud.centre import NAME, Centre
from tests.cast import Cast
from tests.console.conftest import PHONE
from tests.console.test_bench_browser import DESK, OPENED, SIDEWAYS
from tests.console.test_farmer_phones import axe, violations  # noqa: F401 - a fixture
from tests.console.test_pages import TOO_SMALL
from tests.console.test_today import CONTRASTS
from tests.console.warning_desk import WARNINGS

Open = Callable[..., Awaitable[Page]]


@pytest.fixture
async def centre(cast: Cast) -> Centre:
    return await Centre.open(cast)


@pytest.fixture
async def open_as(centre: Centre, one_chromium: Browser, served: str) -> AsyncIterator[Open]:
    """A page as somebody: `page = await open_as(centre.assistant)`; keywords are the browser's."""
    contexts = []

    async def as_(who: Actor, path: str = WARNINGS, **options: Any) -> Page:
        token = await access_token_for(person_id=who.person_id, valid_for=timedelta(hours=1))
        told = {"viewport": PHONE, "locale": "zh-CN", "extra_http_headers": {"Authorization": f"Bearer {token}"}}
        context = await one_chromium.new_context(base_url=served, **(told | options))
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(10_000)
        await page.goto(path)
        return page

    yield as_
    for context in contexts:
        await context.close()


async def test_a_thumb_takes_a_warning_reaches_the_person_and_says_how_it_ended(open_as: Open, centre: Centre) -> None:
    page = await open_as(centre.assistant)
    await expect(page.locator("#mine")).to_contain_text("没有预警")
    warning = await centre.posted()
    await page.reload()
    await page.get_by_role("button", name="收到，我去").click()
    await expect(page.get_by_role("status")).to_contain_text("归您办")
    await expect(page.locator("body")).not_to_contain_text(NAME)
    await page.get_by_role("button", name="看要找谁").click()
    await expect(page.locator("#person")).to_contain_text(NAME)
    await expect(page.locator("#person a[href^='tel:']")).to_be_visible()
    await page.locator("#attempts").get_by_text("打了电话").click()
    await page.get_by_text("找到了，说上话了").click()
    await page.get_by_role("button", name="记下来").click()
    await expect(page.locator(".timeline").last).to_contain_text("打了电话 · 找到本人")
    await page.get_by_text("劝住了").click()
    await page.get_by_role("button", name="确定，就是这个结果").click()
    await expect(page.get_by_role("status")).to_contain_text("已办结")
    (row,) = await fetch("SELECT state, outcome FROM antifraud_warning WHERE id = $1", warning.id)
    assert tuple(row) == ("closed", "dissuaded")


async def test_the_clock_runs_on_without_a_reload_and_by_the_server_s_time(open_as: Open, centre: Centre) -> None:
    await centre.posted()
    await fetch("UPDATE antifraud_warning SET due_acknowledge_at = $1", clock.now() + timedelta(seconds=63))
    page = await open_as(centre.assistant, "about:blank")
    await page.add_init_script("const real = Date.now; Date.now = () => real() + 3600e3;")
    await page.goto(WARNINGS)
    due = page.locator(".due-next")
    await expect(due).to_contain_text("还剩 1 分钟")
    await expect(due).to_contain_text("还剩不到 1 分钟")
    await fetch("UPDATE antifraud_warning SET due_acknowledge_at = $1", clock.now() + timedelta(seconds=1))
    await page.reload()
    await expect(due).to_contain_text("■")
    await expect(due).to_contain_text("到时间了")


async def every_page(centre: Centre) -> list[tuple[Actor, str]]:
    """The addresses, each with somebody who may look, and something on it."""
    cast, gone = centre.cast, await centre.posted(centre.said("YJ-9"), message_id="9")
    day = clock.now() - timedelta(days=40)
    await fetch("UPDATE antifraud_warning SET received_at = $1, key_day = $2", day, day.date())
    await purging.destroy_keys()
    open_ = await centre.posted(centre.said(fraud_type="fake_loan"))
    await centre.posted(centre.said("YJ-2", level="medium", exercise=True), message_id="2")
    await centre.typed(level=WarningLevel.LOW)
    return [
        *((centre.assistant, WARNINGS + path) for path in ("", f"/{open_.id}", f"/{gone.id}")),
        (centre.assistant, "/console/today"),
        *((cast.operator, WARNINGS + path) for path in ("", "/new")),
        *((cast.supervisor, WARNINGS + path) for path in ("/county", "/county?which=all", "/purges", f"/{open_.id}")),
        (cast.admin, f"{WARNINGS}/sources"),
    ]


async def test_every_page_fits_a_phone_and_a_desk_its_targets_a_thumb_and_axe_finds_nothing(
    open_as: Open, centre: Centre, axe: str
) -> None:
    pages: dict[Actor, Page] = {}
    for who, address in await every_page(centre):
        page = pages[who] = pages.get(who) or await open_as(who)
        answer = await page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        await page.evaluate(OPENED)
        assert await page.evaluate(TOO_SMALL) == [], address
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert await page.evaluate(CONTRASTS) == [], (address, scheme)
        assert await violations(page, axe) == [], address
        for size in (DESK, PHONE):
            await page.set_viewport_size(size)  # type: ignore[arg-type]
            assert await page.evaluate(SIDEWAYS) <= 0, (address, size)


async def test_a_page_weighs_little_and_breaks_no_policy(open_as: Open, centre: Centre) -> None:
    await centre.posted()
    page = await open_as(centre.assistant, "about:blank")
    sizes: list[Any] = []
    complaints: list[str] = []
    page.on("requestfinished", lambda request: sizes.append(asyncio.ensure_future(request.sizes())))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    await page.goto(WARNINGS)
    await page.wait_for_load_state("networkidle")
    loaded = sum(each["responseBodySize"] for each in await asyncio.gather(*sizes))
    assert 0 < loaded < 60_000
    assert complaints == []
