"""Walk 3 in browsers side by side: a technician at the bench, a farmer with his phone, a stranger with the paper."""
# ruff: noqa: F811 - the house is a fixture of the file next door

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from backend.people.sessions import access_token_for
from tests.console.bench_desk import BENCH, HEADER
from tests.console.test_slip_phones import DESK, FITS, SMALL, House, house  # noqa: F401 - a fixture

CODE = "NY-0520"
FIRST = f"{CODE},黄瓜,63.2,合格,2026-11-20 09:30,NC-1001,1"
REPEATS = (f"{CODE},黄瓜,12.1,合格,2026-11-20 11:00,NC-1001,2", f"{CODE},黄瓜,14.0,合格,2026-11-20 11:20,NC-1001,3")


@pytest.fixture
async def desk(browser: Browser, house: House) -> AsyncIterator[Page]:
    """The bench's PC, where a technician is signed in."""
    token = await access_token_for(person_id=house.bench.technician.person_id, valid_for=timedelta(hours=1))
    signed_in = {"Authorization": f"Bearer {token}"}
    context = await browser.new_context(base_url=house.url, viewport=DESK, locale="zh-CN", extra_http_headers=signed_in)
    yield await context.new_page()
    await context.close()


@pytest.fixture
async def phone(browser: Browser, house: House) -> AsyncIterator[Page]:
    """A farmer's, who has no account."""
    context = await browser.new_context(base_url=house.url, viewport=SMALL, locale="zh-CN")
    yield await context.new_page()
    await context.close()


async def hand_in(desk: Page) -> str:
    """The bag is received; what the QR of the farmer's slip says."""
    await desk.goto(f"{BENCH}/samples/new")
    await desk.check("input[name=kind][value=produce]")
    await desk.fill("#code", CODE)
    await desk.fill("#crop", "黄瓜")
    await desk.fill("#sampled_on", "2026-11-20")
    await desk.fill("#plot", "东坡地")
    await desk.locator("main form button.main").click()
    await expect(desk.locator(".farmers-slip")).to_contain_text(CODE)
    return await desk.locator(".farmers-slip p").last.inner_text()


async def drop(desk: Page, folder: Path, *rows: str) -> None:
    """The instrument's file is chosen; the page sends it by itself."""
    file = folder / f"{len(rows)}.csv"
    file.write_bytes("\n".join((HEADER, *rows)).encode("gb18030"))
    await desk.goto(BENCH)
    await desk.set_input_files("#file", file)
    await desk.wait_for_url(f"**{BENCH}/imports/*")


async def issue(desk: Page) -> str:
    """The report is issued; its number."""
    await desk.goto(f"{BENCH}/samples?code={CODE}")
    await desk.locator("form[action$='/report'] button:not(.main)").click()
    link = desk.locator("a[href^='/t/']").first
    return (await link.get_attribute("href") or "").removeprefix("/t/")


async def sees(phone: Page, word: str, means: str) -> None:
    """The farmer scans his slip once more."""
    await phone.reload()
    await expect(phone.locator("h1")).to_have_text(word)
    await expect(phone.locator(".means")).to_contain_text(means)
    assert await phone.evaluate(FITS)


async def test_a_bag_goes_from_the_bench_to_the_farmers_phone_and_a_strangers_check(
    desk: Page, phone: Page, house: House, tmp_path: Path
) -> None:
    address = await hand_in(desk)
    await phone.goto(address)
    await sees(phone, "正在测", "样品到了农技工作室")

    await drop(desk, tmp_path, FIRST)
    await expect(desk.locator("table.rows tbody tr").first).to_contain_text("阳性")
    await sees(phone, "偏高，先别卖", "再测 2 次才算数")

    await drop(desk, tmp_path, *REPEATS)
    await sees(phone, "没测出异常", "第一次测偏高，再测没有发现异常。")
    await expect(phone.locator("ul.not")).to_contain_text("不是合格证明")

    number = await issue(desk)
    await phone.reload()
    link = await phone.get_by_role("link", name="看检测报告").get_attribute("href")
    sheet = await phone.request.get(f"{house.url}{link}")
    assert (sheet.status, (await sheet.body())[:5]) == (200, b"%PDF-")

    await phone.goto(f"/t/{number}")
    await expect(phone.locator("h1")).to_have_text("是真报告")
    await expect(phone.locator("main")).not_to_contain_text("63.2")
