"""A case opened at the telephone, its receipt on A6, and the flow slip that goes along on paper."""
# ruff: noqa: F811 - fixtures of the desk next door

import re
from typing import Any

import pytest
from playwright.async_api import expect

from backend.cases import receipts, records
from backend.core import clock
from backend.core.database import fetch
from backend.core.ids import uuid7
from tests.cases.desk import Desk
from tests.console.conftest import Door
from tests.console.test_cases import CASES, Browser, browser_of, desk  # noqa: F401 - fixtures
from tests.console.test_today import SAME_SITE

NEW = f"{CASES}/new"
STAGES = ("受理", "分转", "办结", "反馈", "评价")
SAID = {
    "title": "村东水管坏了",
    "category": "停水与饮水",
    "place": "371526101335",
    "channel": "phone",
    "kind": "request",
}


async def opened(browser: Browser, **fields: str) -> Any:
    given = {"id": str(uuid7()), "step": "open"} | SAID | fields
    return await browser._client.post(NEW, data=given, headers=SAME_SITE)


async def test_it_opens_once_and_tells_the_secret_once(browser_of: Browser, desk: Desk) -> None:
    id = str(uuid7())
    first = await opened(browser_of, id=id, contact_name="林大山", contact_phone="199 0000 0051")
    assert first.status_code == 200, first.text
    assert re.search(r"<svg [^>]*viewBox", first.text), "without it a printer cuts the code off"
    number, secret = re.findall(r'class="receipt-number[^"]*">([0-9 ]+)<', first.text)
    case = await receipts.track(number=number, secret=secret, address="203.0.113.7")
    assert case.title == "村东水管坏了"
    again = await opened(browser_of, id=id, contact_name="林大山", contact_phone="199 0000 0051")
    assert (again.status_code, number in again.text, "密码只显示一次" in again.text) == (200, True, True)
    assert len(await fetch("SELECT 1 FROM cases_case")) == 1
    other = await opened(browser_of, id=id, title="别的事")
    assert (other.status_code, f'value="{id}"' in other.text) == (409, False)


async def test_the_date_is_looked_at_before_it_is_promised(browser_of: Browser) -> None:
    page = await opened(browser_of, step="look", title="")
    assert (page.status_code, "可以这样答应" in page.text, "为什么是这个日期" in page.text) == (200, True, True)
    assert await fetch("SELECT 1 FROM cases_case") == []


async def test_a_paper_typed_in_later_keeps_its_first_time(browser_of: Browser, desk: Desk) -> None:
    page = await opened(browser_of, opened_at="2026-01-05T08:10", channel="walk_in")
    assert "补录" in page.text
    (row,) = await fetch("SELECT id FROM cases_case")
    case = await records.read(row["id"])
    assert (clock.local(case.opened_at).strftime("%m-%d %H:%M"), case.entered_late) == ("01-05 08:10", True)


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"category": "没有这类"}, 400, "选一个"),
        ({"category": ""}, 400, "选一个"),
        ({"place": "没有这村"}, 400, "村名"),
        ({"place": "370782101255"}, 403, "不在"),
        ({"title": ""}, 400, "请在标题里用几个字写明"),
        ({"description": "长" * 4001}, 400, "写短一些"),
        ({"contact_phone": "打给我"}, 400, "电话号码应是 5 到 20 位数字"),
        ({"opened_at": "昨天"}, 400, "时间看不懂"),
        ({"opened_at": "2100-01-01T08:00"}, 400, "2000"),
        ({"id": "x"}, 400, "刷新"),
    ],
)
async def test_what_cannot_be_opened_is_told_with_all_that_was_typed(
    browser_of: Browser,
    fields: dict[str, str],
    status: int,
    said: str,
) -> None:
    page = await opened(browser_of, **{"place_note": "我打的话"} | fields)
    assert (page.status_code, said in page.text, "我打的话" in page.text) == (status, True, True), page.text
    assert await fetch("SELECT 1 FROM cases_case") == []


async def test_nobody_and_no_other_site_opens_one(browser_of: Browser) -> None:
    answer = await browser_of._client.post(NEW, data=SAID, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    await browser_of.leave()
    assert (await opened(browser_of)).status_code == 303


async def test_a_lost_receipt_is_made_anew_by_somebody_who_knows_him(browser_of: Browser, desk: Desk) -> None:
    case = (await desk.open()).case
    page = await browser_of.take(case, "receipt", recognised="")
    assert (page.status_code, "怎么确认" in page.text) == (400, True)
    page = await browser_of.take(case, "receipt", recognised="called_back")
    number, secret = re.findall(r'class="receipt-number[^"]*">([0-9 ]+)<', page.text)
    assert (await receipts.track(number=number, secret=secret, address="203.0.113.7")).number == case.number


async def test_a_slip_has_number_code_stages_and_lines_to_sign_but_nobodys_name(
    browser_of: Browser, desk: Desk
) -> None:
    case = await desk.dispatched()
    page = await browser_of.look(f"{CASES}/{case.id}/slip")
    assert [
        word
        for word in ("工作流转单", case.number_said, "<svg", "受理", "分转", "办结", "反馈", "评价")
        if word not in page
    ] == []
    assert "林大山" not in page
    await browser_of.sign_in("stranger")
    await browser_of.look(f"{CASES}/{case.id}/slip", 404)


async def test_the_front_page_of_a_supervisor_shows_figures_that_open_their_lists(
    browser_of: Browser,
    desk: Desk,
) -> None:
    await desk.open()
    await browser_of.sign_in("supervisor")
    page = await browser_of.look("/console/today")
    found = re.findall(r'<li><a class="\w*" href="(/console/cases\?[^"]+)"><b>(\d+)</b>', page)
    assert len(found) == 8
    for address, value in found:
        listed = await browser_of.look(address.replace("&amp;", "&"))
        assert listed.count('class="case-link"') == int(value), address
    await browser_of.sign_in("cadre")
    assert 'id="figures"' not in await browser_of.look("/console/today")


async def test_it_is_opened_without_scripts_and_printed_on_one_sheet(demo: dict[str, Any], sign_in: Door) -> None:
    page = await sign_in("operator", at=NEW, java_script_enabled=False)
    for name, value in (("title", "路灯不亮"), ("category", "停水与饮水"), ("place", demo["village_code"])):
        await page.fill(f"#{name}", value)
    await page.click('button[value="look"]')
    await expect(page.locator(".deadline")).to_be_visible()
    assert await page.input_value("#title") == "路灯不亮"
    await page.click('button[value="open"]')
    await expect(page.locator(".secret-shown")).to_have_text(re.compile(r"^\d{3} \d{3}$"))
    sheet = await page.pdf(prefer_css_page_size=True)
    assert sheet.count(b"/Type /Page\n") == 1
