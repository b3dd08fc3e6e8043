"""A round on a phone: one thumb, no signal, a phone that is handed on, and what is left on it at the end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, expect

from backend.antifraud import letters, rounds
from backend.antifraud.outreach_tables import LetterRange
from backend.antifraud.round_schemas import RoundProgress
from backend.people.guards import SESSION_COOKIE
from backend.people.sessions import open_session
from tests.antifraud.outreach import planned
from tests.antifraud.test_rounds import stored
from tests.cast import PASSWORD, VILLAGE, Cast, phone_of
from tests.console.conftest import PHONE, until
from tests.console.test_farmer_phones import axe, violations  # noqa: F401 - a fixture
from tests.console.test_pages import TOO_SMALL
from tests.console.test_round import in_stock
from tests.console.test_today import CONTRASTS

DOORS = f"/console/round?village={VILLAGE}"
KEPT = "caches.open('lianxin-round').then(kept => kept.match('/console/round')).then(Boolean)"
LEFT = """async () => {
  const known = (await indexedDB.databases()).some((each) => each.name === "lianxin-round");
  const held = known ? await new Promise((done) => {
    const opened = indexedDB.open("lianxin-round");
    opened.onsuccess = () => {
      const all = opened.result.transaction("doors").objectStore("doors").getAll();
      all.onsuccess = () => { opened.result.close(); done(all.result.length); };
    };
  }) : 0;
  return [held, await caches.has("lianxin-round")];
}"""
"""Doors that lie on the phone, and whether their page does."""
FITS = "document.documentElement.scrollWidth <= innerWidth"
REACH_PX = 300
"""How far up from the lower edge a thumb gets that also holds the phone."""

Open = Callable[..., Awaitable[Page]]


@pytest.fixture
async def plan(cast: Cast) -> RoundProgress:
    await in_stock(cast)
    found: RoundProgress = await planned(cast)
    return found


@pytest.fixture
async def phone(plan: RoundProgress, one_chromium: Browser, served: str) -> AsyncIterator[Open]:
    """The assistant's, at the doors of his village; keywords are the browser's."""
    contexts = []

    async def opened(path: str = DOORS, who: str = "assistant", **options: Any) -> Page:
        context = await one_chromium.new_context(base_url=served, **({"viewport": PHONE, "locale": "zh-CN"} | options))
        contexts.append(context)
        session = await open_session(phone=phone_of(who), password=PASSWORD)
        await context.add_cookies([{"name": SESSION_COOKIE, "value": session.token, "url": served}])
        page = await context.new_page()
        page.set_default_timeout(10_000)
        await page.goto(path)
        return page

    yield opened
    for context in contexts:
        await context.close()


async def knock(page: Page, code: str, mark: str, letter: str = "none") -> None:
    """Two taps, three with a letter."""
    await page.locator(f'#doors [data-code="{code}"]').click()
    if letter != "none":
        await page.locator(f"#door label:has([name=letter][value={letter}])").click()
    await page.locator(f'#door button[value="{mark}"]').click()
    await expect(page.locator("#door")).to_be_hidden()


async def sent(page: Page) -> None:
    await expect(page.locator("#queue")).to_be_hidden()
    await expect(page.locator("#line")).to_have_text("✓ 已全部上传")


async def stock_of(cast: Cast) -> Any:
    (found,) = (await letters.list_stocks(by=cast.assistant, division_code=VILLAGE)).items
    return found


async def test_a_door_takes_two_taps_in_reach_of_the_thumb_and_the_count_goes_up(phone: Open, cast: Cast) -> None:
    page = await phone()
    await expect(page.locator("#done")).to_have_text("0/3")
    await page.locator('[data-code="LLM-001"]').click()
    for value in ("visited", "absent", "declined"):
        box = await page.locator(f'#door button[value="{value}"]').bounding_box()
        assert box is not None
        assert box["height"] >= 56
        assert PHONE["height"] - REACH_PX < box["y"] < PHONE["height"] - 50
    await page.locator('#door button[value="visited"]').click()

    await expect(page.locator("#done")).to_have_text("1/3")
    await sent(page)
    assert [row["mark"] for row in await stored()] == ["visited"]
    await expect(page.locator("#recent")).to_contain_text("LLM-001")


async def test_a_door_that_is_saved_while_another_is_being_sent_goes_right_after_it(phone: Open) -> None:
    page = await phone()
    both_saved = asyncio.Event()

    async def slowly(route: Route) -> None:
        await both_saved.wait()
        await route.continue_()

    await page.route("**/marks/batch", slowly)
    await knock(page, "LLM-001", "visited")
    await knock(page, "LLM-002", "declined")
    both_saved.set()
    await sent(page)
    assert sorted(row["mark"] for row in await stored()) == ["declined", "visited"]


async def test_a_little_typing_finds_a_door_and_enter_opens_it(phone: Open) -> None:
    page = await phone()
    await page.fill("#find", "03")
    await expect(page.locator("#doors li:visible")).to_have_count(1)
    await page.press("#find", "Enter")
    await expect(page.locator("#door-title")).to_have_text("LLM-003")


async def test_without_signal_doors_and_letters_wait_survive_a_closed_tab_and_go_by_themselves(
    phone: Open, cast: Cast
) -> None:
    page = await phone()
    await until(page, KEPT)
    await page.context.set_offline(True)
    await knock(page, "LLM-001", "visited", "signed")
    await knock(page, "LLM-002", "absent")
    await knock(page, "LLM-003", "visited", "declined")
    await expect(page.locator("#line")).to_have_text("3 条待发送")
    await page.close()

    again = await page.context.new_page()
    await again.goto("/console/round")
    await expect(again.locator("#queue-title")).to_have_text("3 条待发送")
    await expect(again.locator("#queue-list")).to_contain_text("LLM-003 · ✓ 到访")
    await expect(again.locator("#queue-list")).to_contain_text("GX-002")
    await expect(again.locator("#done")).to_have_text("2/3")
    assert await stored() == []
    await again.context.set_offline(False)

    await sent(again)
    assert sorted(row["mark"] for row in await stored()) == ["absent", "visited", "visited"]
    stock = await stock_of(cast)
    assert (stock.signed_n, stock.declined_n, stock.ranges) == (1, 1, ["GX-003 – GX-100"])
    await expect(again.locator("#doors .door")).to_have_count(1)


async def test_a_slip_is_changed_from_the_list_of_the_last_ones_and_the_door_comes_back(phone: Open) -> None:
    page = await phone()
    await knock(page, "LLM-001", "declined")
    await sent(page)
    await page.locator("#recent button").first.click()
    await page.locator('#door button[value="absent"]').click()
    await expect(page.locator("#door")).to_be_hidden()
    await expect(page.locator('#doors [data-code="LLM-001"]')).to_contain_text("没人")
    await sent(page)
    assert [row["mark"] for row in await stored()] == ["absent"]
    await page.reload()
    await expect(page.locator("#done")).to_have_text("0/3")


async def test_a_letter_that_is_refused_says_why_stays_and_is_put_right(phone: Open, cast: Cast) -> None:
    page = await phone()
    await page.locator('[data-code="LLM-001"]').click()
    await page.locator("#door label:has([name=letter][value=signed])").click()
    await page.fill("#serial", "GX-777")
    await page.locator('#door button[value="visited"]').click()
    await expect(page.locator("#queue .note.bad")).to_contain_text("GX-777")
    await page.reload()
    await expect(page.locator("#queue .note.bad")).to_contain_text("GX-777")

    await page.locator("#queue .note.bad button").last.click()
    await page.fill("#serial", "GX-001")
    await page.locator('#door button[value="visited"]').click()

    await sent(page)
    assert (await stock_of(cast)).signed_n == 1
    assert await LetterRange.count().where(LetterRange.move == "signed") == 1


async def test_nobody_home_takes_no_letter(phone: Open) -> None:
    page = await phone()
    await page.locator('[data-code="LLM-001"]').click()
    await page.locator("#door label:has([name=letter][value=signed])").click()
    await page.locator('#door button[value="absent"]').click()
    await expect(page.locator("#door-note")).to_contain_text("没人在家")
    assert await stored() == []


async def test_when_the_round_closes_the_phone_says_what_was_counted_and_forgets_its_doors(
    phone: Open, cast: Cast, plan: RoundProgress
) -> None:
    page = await phone()
    await until(page, KEPT)
    await knock(page, "LLM-001", "visited")
    await sent(page)
    await page.context.set_offline(True)
    await knock(page, "LLM-002", "declined")
    await rounds.close_round(round_id=plan.id, by=cast.supervisor)
    await page.context.set_offline(False)

    await expect(page.locator("#said")).to_contain_text("有 1 条到得太晚")
    await page.goto("/console/round")
    await expect(page.locator("#closed")).to_contain_text("都已删掉")
    await until(page, f"({LEFT})().then(([held]) => held === 0)")
    await page.context.set_offline(True)
    assert "LLM-" not in await page.content()


async def test_signing_out_sends_what_waits_and_leaves_nothing_on_the_phone(phone: Open) -> None:
    page = await phone()
    await until(page, KEPT)
    await page.context.set_offline(True)
    await knock(page, "LLM-001", "visited")
    await page.locator('form[action="/console/sign-out"] button').click()
    await page.wait_for_url("**leaving=true")
    await expect(page.locator("#queue-title")).to_have_text("1 条待发送")
    await page.context.set_offline(False)
    await sent(page)

    await page.locator('form[action="/console/sign-out"] button').click()
    await page.wait_for_url("**/console/sign-in**")

    assert [row["mark"] for row in await stored()] == ["visited"]
    assert await page.evaluate(LEFT) == [0, False]


async def test_what_one_knocked_at_is_never_sent_as_another(phone: Open, cast: Cast) -> None:
    page = await phone()
    await until(page, KEPT)
    await page.context.set_offline(True)
    await knock(page, "LLM-001", "visited")
    await page.context.clear_cookies()
    await page.context.set_offline(False)
    await expect(page.locator("#queue-send")).to_have_text("登录后上传")
    assert await stored() == []


LOOKS = [{"color_scheme": "light"}, {"color_scheme": "dark", "viewport": {"width": 320, "height": 568}}]


@pytest.mark.parametrize("look", LOOKS, ids=["light", "small and dark"])
async def test_axe_finds_nothing_and_all_of_it_fits_and_can_be_touched(
    phone: Open,
    axe: str,  # noqa: F811 - the fixture
    look: dict[str, Any],
) -> None:
    page = await phone(**look)
    await page.locator("#doors a").first.click()
    await judged(page, axe)
    door = await page.locator("#doors a").first.get_attribute("href")
    for address in (str(door), f"/console/letters/{VILLAGE}", "/console/letters"):
        await page.goto(address)
        await judged(page, axe)


async def judged(page: Page, axe: str) -> None:  # noqa: F811
    assert await page.evaluate(FITS), page.url
    assert await page.evaluate(TOO_SMALL) == [], page.url
    assert await page.evaluate(CONTRASTS) == [], page.url
    assert await violations(page, axe) == [], page.url
