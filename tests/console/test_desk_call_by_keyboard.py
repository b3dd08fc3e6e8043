"""A call from its first word to its end without a mouse; and its pages on a phone, in the dark, and for axe."""
# ruff: noqa: F811 - fixtures of the file next door

from typing import Any

from playwright.async_api import Page, expect

from backend.cases import opening
from backend.cases.schemas import NewCase
from backend.cases.words import Channel
from backend.core import ids
from backend.core.database import fetch
from backend.hotline import transfers
from backend.hotline.transfer_schemas import NewTransfer, TransferAcceptance, TransferReturn
from backend.hotline.words import Line
from tests.cast import VILLAGE
from tests.console.conftest import PHONE
from tests.console.duty_desk import DUTY
from tests.console.test_bench_browser import DESK, OPENED, SIDEWAYS
from tests.console.test_desk_browser import Open, a_call, hotline, open_as  # noqa: F401
from tests.console.test_farmer_phones import axe, violations  # noqa: F401 - a fixture
from tests.console.test_pages import TOO_SMALL
from tests.console.test_today import CONTRASTS
from tests.hotline.desk_cast import Hotline

UNREACHABLE = """() => [...document.querySelectorAll("main :is(a[href], button, input, textarea, summary)")]
  .filter(one => one.type !== "hidden" && one.checkVisibility() && one.tabIndex < 0).map(one => one.outerHTML)"""


async def pressed(page: Page, key: str) -> None:
    """A key that leads to another page; with Alt an access key."""
    async with page.expect_navigation():
        await (with_alt(page, key[-1]) if key.startswith("Alt+") else page.keyboard.press(key))


async def with_alt(page: Page, key: str) -> None:
    """An access key. Playwright's own keyboard sends no letter with Alt, and Chromium goes by the letter."""
    session = await page.context.new_cdp_session(page)
    told = {"modifiers": 1, "key": key, "code": f"Key{key.upper()}", "unmodifiedText": key, "text": key}
    told["windowsVirtualKeyCode"] = ord(key.upper())
    for kind in ("keyDown", "keyUp"):
        await session.send("Input.dispatchKeyEvent", {"type": kind, **told})


async def test_a_call_is_heard_becomes_a_case_and_ends_by_keys_alone(open_as: Open, hotline: Hotline) -> None:
    call = await a_call(hotline)
    page = await open_as(hotline.clerk, f"{DUTY}/calls/{call}", viewport=DESK)
    assert await page.evaluate(UNREACHABLE) == []
    await with_alt(page, "s")
    await page.keyboard.type("断电两天了，冰箱里有药")
    await page.keyboard.press("Tab")
    await page.keyboard.type(VILLAGE)
    await pressed(page, "Enter")
    await expect(page.locator("#said")).to_have_value("断电两天了，冰箱里有药")
    await pressed(page, "Alt+n")
    await expect(page.locator("#title")).to_have_value("断电两天了")
    await page.locator("#category").focus()
    await page.keyboard.type("planning_construction.water")
    await pressed(page, "Enter")
    back = page.get_by_role("link", name="回到通话")
    await back.focus()
    await pressed(page, "Enter")
    await with_alt(page, "w")
    await page.keyboard.press("Tab")
    await expect(page.locator("[name=code]:checked")).to_be_focused()
    await pressed(page, "Enter")
    await expect(page.get_by_role("status")).to_contain_text("通话结果记下了")
    rows = await fetch('SELECT c.title FROM hotline_call l JOIN cases_case c ON c.id = l."case"')
    assert [row["title"] for row in rows] == ["断电两天了"]


async def test_a_caller_goes_to_another_line_by_keys_while_one_writes(open_as: Open, hotline: Hotline) -> None:
    call = await a_call(hotline)
    page = await open_as(hotline.clerk, f"{DUTY}/calls/{call}", viewport=DESK)
    await with_alt(page, "s")
    await page.keyboard.type("有人在门口砸东西")
    await with_alt(page, "t")
    await expect(page.locator("#hand-over")).to_have_attribute("open", "")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await page.locator("#their_desk").focus()
    await page.keyboard.press("Tab")
    await pressed(page, "Enter")
    await expect(page.locator("#reference")).to_contain_text("ZJ 0000")
    await expect(page.locator("h1")).to_have_text("110 公安")


async def every_page(hotline: Hotline) -> list[str]:
    """The addresses, with something on each."""
    call = await a_call(hotline)
    new = NewCase(
        channel=Channel.PHONE, category_code="planning_construction.water", title="断水", division_code=VILLAGE
    )
    case = (await opening.open_case(new=new, by=hotline.clerk)).record.case
    made: list[Any] = []
    for line in (Line.POLICE_110, Line.LEGAL_12348, Line.FRAUD_96110):
        given = NewTransfer(line=line, reason="有人上门讨债", case_id=case.id, call_id=call)
        made.append((await transfers.transfer_to_line(id=ids.uuid7(), new=given, by=hotline.clerk)).record)
    _, accepted, back = made
    told = TransferAcceptance(their_reference="F-7", their_desk="三席")
    await transfers.accept_transfer(transfer_id=accepted.id, told=told, by=hotline.clerk)
    await transfers.return_transfer(transfer_id=back.id, told=TransferReturn(because="不归他们管"), by=hotline.clerk)
    ways = ("", "?which=all", "?reference=ZJ1", "/new", f"/new?case={case.id}", *(f"/{each.id}" for each in made))
    return [f"{DUTY}/calls", f"{DUTY}/calls/{call}", *(f"{DUTY}/transfers{way}" for way in ways)]


async def test_every_page_of_a_call_and_its_transfers_fits_a_phone_and_a_desk_and_axe_finds_nothing(
    open_as: Open, hotline: Hotline, axe: str
) -> None:
    page = await open_as(hotline.clerk, "about:blank")
    for address in await every_page(hotline):
        await page.goto(address)
        await page.evaluate(OPENED)
        assert await page.evaluate(TOO_SMALL) == [], address
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert await page.evaluate(CONTRASTS) == [], (address, scheme)
        assert await violations(page, axe) == [], address
        for size in (DESK, PHONE, {"width": 360, "height": 740}):
            await page.set_viewport_size(size)  # type: ignore[arg-type]
            assert await page.evaluate(SIDEWAYS) <= 0, (address, size)
