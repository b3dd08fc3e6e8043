"""The duty roster on a phone and on a desk, without scripts: who is there, my shifts, the week on the wall."""

import re
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import expect

from backend.console.roster_publish import read_lines
from backend.core import clock
from backend.rosters.units import Colleague
from tests.console.conftest import Door

LU, SHEN = Colleague(uuid4(), "陆望秋"), Colleague(uuid4(), "沈知墒")
SMALL = {"width": 360, "height": 740}


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=clock.SHANGHAI)


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-30,16:00,24:00,陆望秋",
        "2026/11/30\t16:00\t0:00\t陆望秋",
        "2026-11-30， 16：00， 24：00， 陆望秋",
        "2026-11-30 16 24 陆望秋",
    ],
)
def test_a_line_may_come_from_a_spreadsheet_a_file_or_a_hand(line: str) -> None:
    (read,) = read_lines(f"日期,开始,结束,姓名\n\n{line}\n", [LU, SHEN])

    assert read.shift is not None
    assert (read.shift.person_id, read.shift.starts_at) == (LU.person_id, at(30, 16))
    assert read.shift.ends_at == at(30, 16) + timedelta(hours=8)


def test_an_end_before_the_beginning_lies_on_the_next_day() -> None:
    (read,) = read_lines("2026-11-29,22:00,6:00,沈知墒", [LU, SHEN])

    assert read.shift is not None
    assert read.shift.ends_at == at(30, 6)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2026-11-30,8:00,16:00", "四项"),
        ("11月30日,8:00,16:00,陆望秋", "2026-11-30"),
        ("2026-11-30,8点,16点,陆望秋", "08:00"),
        ("2026-11-30,8:00,25:00,陆望秋", "08:00"),
        ("2026-11-30,8:00,16:00,陆望月", "没有叫这个名字"),
        ("2026-11-30,8:00,16:00,沈知墒", "同名"),
    ],
)
def test_a_line_that_cannot_be_read_says_why(line: str, said: str) -> None:
    (read,) = read_lines(line, [LU, SHEN, Colleague(uuid4(), "沈知墒")])

    assert read.shift is None
    assert said in (read.problem or "")


async def test_a_cadre_sees_on_a_phone_who_is_on_duty_until_when_and_who_is_next(sign_in: Door) -> None:
    page = await sign_in("cadre", java_script_enabled=False, viewport=SMALL)
    await page.goto("/console/roster")
    studio = page.locator(".duty", has_text="农技工作室")

    await expect(studio).to_contain_text("✓ 已确认")
    await expect(studio).to_contain_text(re.compile(r"\d+月\d+日 \d\d:\d\d 至"))
    await expect(studio).to_contain_text("下一班")
    assert await studio.locator("a").get_attribute("href") == "tel:06351540001"


async def test_one_tap_confirms_a_shift(sign_in: Door) -> None:
    for role in ("technician", "expert", "operator", "handler"):  # by the hour, one or the other has begun his last
        page = await sign_in(role, java_script_enabled=False, viewport=SMALL)
        await page.goto("/console/roster")
        if await page.locator("li.house", has_text="还没确认").count():
            break
    shift = page.locator("li.house", has_text="还没确认").first
    id = await shift.get_attribute("id")
    await shift.get_by_role("button", name="确认", exact=True).click()

    await expect(page.locator(".note.good")).to_contain_text("确认好了")
    await expect(page.locator(f"#{id}")).to_contain_text("✓ 已确认")


async def test_a_shift_is_offered_to_a_colleague_who_is_free(sign_in: Door) -> None:
    page = await sign_in("expert", java_script_enabled=False, viewport=SMALL)
    await page.goto("/console/roster")
    await page.get_by_role("link", name="找人换班").first.click()
    assert await page.locator("#in-return option").count() > 5
    await page.locator("#swap button").click()
    await expect(page.locator(".note.bad")).to_contain_text("请先选一位同事")
    for colleague in ("田守正", "闻夜澜", "程晚禾"):
        await page.select_option("#to", label=colleague)
        async with page.expect_navigation():
            await page.locator("#swap button").click()
        if await page.locator(".note.good").count():
            break

    await expect(page.locator(".note.good")).to_contain_text("已经问了同事")
    await expect(page.locator("main")).to_contain_text("⇄ 已请同事换班")


async def test_leave_is_asked_for_from_the_shift(sign_in: Door) -> None:
    page = await sign_in("expert", java_script_enabled=False, viewport=SMALL)
    await page.goto("/console/roster")
    await page.get_by_role("link", name="请假").last.click()
    await page.get_by_text("公出").click()
    await page.locator("#leave button").click()

    await expect(page.locator(".note.good")).to_contain_text("请假已提交")
    await expect(page.locator("main")).to_contain_text("○ 等待审批")


async def test_the_supervisor_approves_a_leave_with_a_substitute(sign_in: Door) -> None:
    page = await sign_in("supervisor", java_script_enabled=False)
    await page.goto("/console/roster")
    leave = page.locator("li", has_text="程晚禾 · 家里有事")
    id = await leave.get_attribute("id")
    await expect(leave.locator("select option").first).to_contain_text("小时")
    await leave.get_by_role("button", name="批准", exact=True).click()

    await expect(page.locator(".note.good")).to_contain_text("已审批")
    assert await page.locator(f"#{id}").count() == 0


async def test_an_offer_is_accepted_in_one_tap(sign_in: Door) -> None:
    page = await sign_in("technician", java_script_enabled=False, viewport=SMALL)
    await page.goto("/console/roster")
    await page.locator("section[aria-labelledby=offers]").get_by_role("button", name="我来值").first.click()

    await expect(page.locator(".note.good")).to_contain_text("这个班归您了")


async def test_the_wall_sheet_has_names_and_the_office_number_and_nothing_to_click(
    sign_in: Door, demo: dict[str, Any]
) -> None:
    page = await sign_in("supervisor", viewport={"width": 720, "height": 1000})
    await page.goto(f"/console/roster?unit={demo['unit_ids']['water']}")
    await page.emulate_media(media="print")
    wall = await page.locator(".wall").inner_text()

    assert "0635-1540002" in wall
    assert "郑远埠" in wall
    assert "1540000" not in (await page.locator("body").inner_text()).replace(" ", "").replace("0635-1540002", "")
    assert not await page.locator(".bar").is_visible()
    assert await page.locator(".wall a:visible, .wall button:visible").count() == 0


async def test_a_gap_is_told_by_word_and_shape(sign_in: Door, demo: dict[str, Any]) -> None:
    page = await sign_in("supervisor", java_script_enabled=False)
    week = clock.today() + timedelta(days=13)
    await page.goto(f"/console/roster?unit={demo['unit_ids']['water']}&week={week}")

    await expect(page.locator(".unheld").first).to_contain_text("▲ 空缺")
    assert await page.locator(".unheld").first.evaluate("e => getComputedStyle(e).borderStyle") == "dashed"


async def test_a_roster_is_published_line_by_line_or_not_at_all(sign_in: Door, demo: dict[str, Any]) -> None:
    page = await sign_in("supervisor", java_script_enabled=False, viewport=SMALL)
    await page.goto(f"/console/roster/new?unit={demo['studio_unit_id']}")
    lines = (await page.locator("#lines").input_value()).splitlines()
    begins = await page.locator("#begins").input_value()
    assert len(lines) == 21
    await page.fill("#lines", "\n".join([lines[0].replace(lines[0].split(",")[3], "陆望月"), *lines[1:]]))
    await page.locator("form[enctype] button").click()
    await expect(page.locator(".answers tbody tr")).to_have_count(21)
    await expect(page.locator(".answers tbody tr").first).to_contain_text("✕ 本单位没有叫这个名字的人")
    await page.fill("#lines", "\n".join(lines[1:]))
    await page.locator("form[enctype] button").click()
    first = date.fromisoformat(begins)
    await expect(page.locator(".note.bad")).to_contain_text(f"{first.month}月{first.day}日 00:00 至 08:00")
    await page.fill("#lines", "")
    content = "\n".join(["日期,开始,结束,姓名", *lines]).encode("gb18030")
    await page.set_input_files("#file", {"name": "值班表.csv", "mimeType": "text/csv", "buffer": content})
    await page.locator("form[enctype] button").click()

    await expect(page.locator(".note.good")).to_contain_text("值班表发布了")
    nobody = await page.locator(".unheld").all_inner_texts()
    desk_hours = ("08:30", "13:30")  # of another post, whose roster of that week may not be out yet
    assert [each for each in nobody if not each.startswith(desk_hours)] == []


async def test_what_does_not_fit_is_said_beside_its_line(sign_in: Door, demo: dict[str, Any]) -> None:
    page = await sign_in("supervisor", java_script_enabled=False)
    await page.goto(f"/console/roster/new?unit={demo['studio_unit_id']}")
    today = clock.today().isoformat()
    await page.fill("#begins", today)
    await page.fill("#ends", today)
    await page.fill("#lines", f"{today},00:00,24:00,陆望秋")
    await page.locator("form[enctype] button").click()

    taken_or_busy = re.compile("✕ (那时岗上已有人|这个人那时已有班)")  # by the day of the week
    await expect(page.locator(".answers tbody tr")).to_contain_text(taken_or_busy)


async def test_only_who_leads_gets_the_form_and_a_strangers_shift_is_unknown(
    sign_in: Door, demo: dict[str, Any]
) -> None:
    page = await sign_in("technician", java_script_enabled=False)
    await page.goto("/console/roster")
    assert await page.get_by_role("link", name="发布值班表").count() == 0
    refused = await page.goto(f"/console/roster/new?unit={demo['studio_unit_id']}")
    unknown = await page.goto(f"/console/roster/shifts/{uuid4()}")

    assert refused is not None
    assert unknown is not None
    assert (refused.status, unknown.status) == (403, 404)


@pytest.mark.parametrize("role", ["cadre", "technician", "handler", "supervisor", "auditor"])
async def test_it_fits_a_phone(sign_in: Door, role: str) -> None:
    page = await sign_in(role, viewport=SMALL)
    await page.goto("/console/roster")

    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = await page.evaluate(
        "[...document.querySelectorAll('main button, main .button, main select')].filter(e => e.checkVisibility())"
        ".filter(e => e.getBoundingClientRect().height < 44).length"
    )
    assert small == 0
