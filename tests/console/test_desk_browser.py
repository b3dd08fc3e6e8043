"""The duty desk in a real browser: by keyboard, by thumb, and renewed without a reload."""
# ruff: noqa: F811 - fixtures of the file next door

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Browser, Page, expect

from backend.core import clock, ids
from backend.core.database import fetch
from backend.hotline import calls, shift_notes
from backend.hotline.call_schemas import NewTypedCall
from backend.hotline.shift_note_schemas import NewShiftNote
from backend.hotline.words import CallDirection
from backend.people.actors import Actor
from backend.people.sessions import access_token_for
from tests.cast import Cast
from tests.console.conftest import PHONE
from tests.console.duty_desk import DUTY
from tests.console.test_bench_browser import DESK, OPENED, SIDEWAYS
from tests.console.test_desk_callbacks import CALLBACKS, missed
from tests.console.test_farmer_phones import axe, violations  # noqa: F401 - a fixture
from tests.console.test_pages import TOO_SMALL
from tests.console.test_today import CONTRASTS
from tests.hotline.desk_cast import Hotline

Open = Callable[..., Awaitable[Page]]


@pytest.fixture
async def hotline(cast: Cast) -> Hotline:
    return await Hotline.open(cast)


@pytest.fixture
async def open_as(hotline: Hotline, one_chromium: Browser, served: str) -> AsyncIterator[Open]:
    """A page as somebody: `page = await open_as(hotline.clerk)`; keywords are the browser's."""
    contexts = []

    async def as_(who: Actor, path: str = DUTY, **options: Any) -> Page:
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


async def due_now(hotline: Hotline, **changes: Any) -> Any:
    """A callback whose hour has come, whatever the hour is."""
    _, callback = await hotline.asked(**changes)
    await fetch(
        "UPDATE hotline_callback SET due_at = $2 WHERE id = $1", callback.id, clock.now() - timedelta(minutes=5)
    )
    return callback


async def test_a_key_opens_a_row_a_tap_shows_his_number_and_another_says_that_he_is_satisfied(
    open_as: Open, hotline: Hotline
) -> None:
    await due_now(hotline)
    await missed(hotline, minutes=3)
    page = await open_as(hotline.clerk, viewport=DESK)
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await expect(page.locator("a.open").nth(1)).to_be_focused()
    await page.keyboard.press("2")
    await page.get_by_role("button", name="看号码").click()
    await expect(page.locator("#dial")).to_have_attribute("href", "tel:+8619900000051")
    await page.get_by_role("button", name="☺ 满意").click()
    await expect(page.get_by_role("status")).to_contain_text("满意，这件事办结")


async def test_a_thumb_writes_down_what_he_says_who_is_not_satisfied(open_as: Open, hotline: Hotline) -> None:
    callback = await due_now(hotline)
    page = await open_as(hotline.clerk, f"{CALLBACKS}/{callback.id}")
    await page.locator("summary", has_text="不满意").click()
    await page.locator("#words").fill("还是没有水 2 天了")
    await page.get_by_role("button", name="记下来，退回重办").click()
    await expect(page.get_by_role("status")).to_contain_text("退回重办")


async def test_a_missed_call_comes_up_on_an_open_board_and_the_row_in_hand_stays_in_hand(
    open_as: Open, hotline: Hotline
) -> None:
    await due_now(hotline)
    page = await open_as(hotline.clerk)
    await page.keyboard.press("j")
    await missed(hotline, minutes=3)
    await expect(page.locator("a.open").first).to_contain_text("漏接来电", timeout=10_000)  # the clock asks after 15 s
    await expect(page.locator("a.open").nth(1)).to_be_focused()
    await expect(page).to_have_title(re.compile(r"^\(2\) "))
    await page.keyboard.press("n")
    await page.keyboard.type("r1")
    assert await page.locator("#text").input_value() == "r1"
    await page.locator("#text").blur()
    await page.keyboard.press("r")
    await page.wait_for_url("**/callbacks/*")


async def test_a_board_that_no_stream_reaches_asks_by_the_clock(open_as: Open, hotline: Hotline) -> None:
    page = await open_as(hotline.clerk, "about:blank")
    await page.add_init_script("const real = setInterval; setInterval = (f, ms, ...more) => real(f, ms / 30, ...more);")
    await page.route("**/console/desk/stream", lambda route: route.abort())
    await page.goto(DUTY)
    await missed(hotline, minutes=3)
    await expect(page.locator("a.open").first).to_contain_text("漏接来电")


async def every_page(hotline: Hotline) -> list[str]:
    """The addresses, with something on each."""
    open_ = await due_now(hotline, title="桥塌了", policy_code="emergency")
    over = await due_now(hotline)
    await hotline.rang(over, "satisfied")  # type: ignore[arg-type]
    waiting = await missed(hotline, minutes=3)
    await hotline.desk.open(title="断电")
    ways = ("", "?which=all", "?which=supervised", "?which=closed", f"/{open_.id}", f"/{over.id}", f"/{waiting}")
    new = NewShiftNote(unit_id=hotline.desk.hotline, text="断电的事还没回话")
    await shift_notes.leave_shift_note(id=ids.uuid7(), new=new, by=hotline.late)
    call = await a_call(hotline)
    return [DUTY, *(CALLBACKS + way for way in ways), f"{DUTY}/calls/{call}", f"{DUTY}/calls/{call}?place=none"]


async def a_call(hotline: Hotline) -> UUID:
    """One that the clerk talks to, of somebody with an open case."""
    await hotline.desk.open(title="路灯不亮")
    new = NewTypedCall(
        direction=CallDirection.IN,
        unit_id=hotline.desk.hotline,
        began_at=clock.now(),
        answered_at=clock.now(),
        caller="199 0000 0051",
    )
    id = ids.uuid7()
    await calls.enter_call(id=id, new=new, by=hotline.clerk, request_id="test")
    return id


async def test_every_page_fits_a_phone_and_a_desk_its_targets_a_thumb_and_axe_finds_nothing(
    open_as: Open, hotline: Hotline, axe: str
) -> None:
    page = await open_as(hotline.clerk, "about:blank")
    for address in await every_page(hotline):
        await fits(page, address, axe, status=400 if address.endswith("none") else 200)
    months = await open_as(hotline.supervisor, "about:blank")
    await fits(months, f"{DUTY}/duties", axe)


async def fits(page: Page, address: str, axe: str, *, status: int = 200) -> None:
    """In light and dark, on a phone and on a desk."""
    answer = await page.goto(address)
    assert answer is not None
    assert answer.status == status, address
    await page.evaluate(OPENED)
    assert await page.evaluate(TOO_SMALL) == [], address
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert await page.evaluate(CONTRASTS) == [], (address, scheme)
    assert await violations(page, axe) == [], address
    for size in (DESK, PHONE):
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        assert await page.evaluate(SIDEWAYS) <= 0, (address, size)
