"""A cadre's own page: two taps for a contact, with and without signal, with and without scripts."""

import asyncio
from typing import Any

import httpx
from playwright.async_api import Page, Route, expect

from tests.console.conftest import KEPT, Door, until

PHOTO = "tests/media/photos/orientation_6_gps.jpg"


def visits_of(demo: dict[str, Any], household_id: str) -> list[dict[str, Any]]:
    token = next(account["access_token"] for account in demo["accounts"] if account["role"] == "cadre")
    answer = httpx.get(
        f"{demo['base_url']}/api/v1/visits",
        params={"household_id": household_id},
        headers={"Authorization": f"Bearer {token}"},
    )
    return list(answer.raise_for_status().json()["items"])


async def the_queue_is_empty(page: Page) -> None:
    await expect(page.locator("#queue")).to_be_hidden(timeout=15_000)
    await expect(page.locator("#line")).to_have_text("已全部上传")


async def visits_once_there(page: Page, demo: dict[str, Any], household: str, number: int) -> list[dict[str, Any]]:
    """The visits of a household, as soon as there are so many: an empty queue may also be one that has not begun."""
    for _ in range(100):
        if len(visits := visits_of(demo, household)) >= number:
            break
        await page.wait_for_timeout(100)
    assert len(visits) == number
    return visits


async def test_a_call_takes_two_taps(demo: dict[str, Any], sign_in: Door) -> None:
    page = await sign_in("cadre")
    house = page.locator(f'[data-id="{demo["household_id"]}"]')
    before = len(visits_of(demo, demo["household_id"]))

    await house.locator('[data-channel="call"]').click()
    await page.locator('button[value="save"]').click()

    await expect(house).to_contain_text("今天联系过")
    after = await visits_once_there(page, demo, demo["household_id"], before + 1)
    await the_queue_is_empty(page)
    assert (after[0]["channel"], after[0]["door"], after[0]["point"]) == ("call", "api", None)


async def test_households_stand_by_distance_and_can_stand_by_days(sign_in: Door) -> None:
    page = await sign_in("cadre")

    nearest = page.locator(".house").first
    await expect(nearest).to_contain_text("LLM-001")
    await expect(nearest.locator(".distance")).to_be_visible()
    await page.click('[data-order="days"]')

    days = await page.locator(".house").evaluate_all("houses => houses.map(house => Number(house.dataset.days))")
    assert days == sorted(days, reverse=True)


async def test_what_is_saved_without_signal_survives_a_closed_tab_and_arrives_once(
    demo: dict[str, Any], sign_in: Door
) -> None:
    page = await sign_in("cadre")
    await until(page, KEPT)
    household = demo["household_ids"]["LLM-002"]
    before = len(visits_of(demo, household))

    await page.context.set_offline(True)
    await page.locator(f'[data-id="{household}"] [data-channel="visit"]').click()
    await page.click("summary.button")
    await page.fill("#note", "门前排水沟堵了")
    await page.select_option("#need_category", "planning_construction")
    await page.fill("#need", "请清淤")
    await page.set_input_files("#photo", PHOTO)
    await page.click('button[value="save"]')
    await expect(page.locator("#queue-list li")).to_have_count(1, timeout=15_000)
    await page.close()

    again = await page.context.new_page()
    await again.goto("/console/log")
    await expect(again.locator("#queue-list li")).to_contain_text("走访")
    await again.context.set_offline(False)

    after = await visits_once_there(again, demo, household, before + 1)
    await the_queue_is_empty(again)
    assert after[0]["note"] == "门前排水沟堵了"
    assert after[0]["needs"][0]["description"] == "请清淤"
    assert len(after[0]["photos"]) == 1
    assert round(after[0]["point"]["latitude"], 4) == 36.8967


async def test_a_contact_that_is_saved_while_another_is_being_sent_goes_right_after_it(
    demo: dict[str, Any], sign_in: Door
) -> None:
    page = await sign_in("cadre")
    both_saved = asyncio.Event()

    async def slowly(route: Route) -> None:
        await both_saved.wait()
        await route.continue_()

    await page.route("**/api/v1/visits", slowly)
    cards = [demo["household_ids"][code] for code in ("LLM-006", "LLM-007")]
    before = [len(visits_of(demo, household)) for household in cards]
    for household in cards:
        await page.locator(f'[data-id="{household}"] [data-channel="call"]').click()
        await page.locator('button[value="save"]').click()
        await expect(page.locator("#contact")).to_be_hidden()
    both_saved.set()
    await the_queue_is_empty(page)
    assert [len(visits_of(demo, household)) for household in cards] == [n + 1 for n in before]


async def test_what_one_cadre_saved_is_never_sent_as_another(demo: dict[str, Any], sign_in: Door) -> None:
    page = await sign_in("cadre")
    await until(page, KEPT)
    household = demo["household_ids"]["LLM-003"]
    before = len(visits_of(demo, household))
    await page.context.set_offline(True)
    await page.locator(f'[data-id="{household}"] [data-channel="sms"]').click()
    await page.click('button[value="save"]')
    await expect(page.locator("#queue-list li")).to_have_count(1)
    await page.context.clear_cookies()  # the phone is handed on before it finds a signal
    await page.context.set_offline(False)
    await expect(page.locator("#queue-send")).to_have_text("登录后上传")

    other = next(account for account in demo["accounts"] if account["role"] == "assistant")
    await page.goto("/console/sign-in?next=/console/log")
    await page.fill("#phone", other["phone"])
    await page.fill("#password", other["password"])
    await page.click("button.main")
    await page.wait_for_url("**/console/log")
    await expect(page.locator("#queue")).to_be_hidden()

    assert len(visits_of(demo, household)) == before


async def test_it_works_without_scripts(demo: dict[str, Any], sign_in: Door) -> None:
    page = await sign_in("cadre", java_script_enabled=False)
    household = demo["household_ids"]["LLM-004"]
    before = len(visits_of(demo, household))

    await page.locator(f'[data-id="{household}"] [data-channel="wechat"]').click()
    await page.locator("button.main").click()

    await expect(page.locator(".note.good")).to_contain_text("已保存")
    assert len(visits_of(demo, household)) == before + 1


async def test_a_day_in_the_form_is_the_day_of_the_contact(demo: dict[str, Any], sign_in: Door) -> None:
    page = await sign_in("cadre", java_script_enabled=False)
    household = demo["household_ids"]["LLM-005"]
    await page.goto(f"/console/log/new?household={household}&channel=visit")
    await page.locator("main summary").click()
    await page.fill("#occurred_at", "2026-11-01T08:30")
    await page.locator("button.main").click()

    late = next(visit for visit in visits_of(demo, household) if visit["entered_late"])
    assert late["occurred_at"].startswith("2026-11-01T00:30")


async def test_a_cadre_sees_a_flag_and_answers_it(demo: dict[str, Any], sign_in: Door) -> None:
    page = await sign_in("cadre")
    visit = demo["flagged_visit_ids"]["far_from_household"]
    await page.locator("details.note summary").click()
    await page.locator(f'a[href="/console/visits/{visit}"]').first.click()
    await expect(page.locator(".note.warn")).to_contain_text("米")

    await page.fill("textarea", "在地头见的面")
    await page.locator(".note.warn button").click()

    await expect(page.locator(".note.warn")).to_contain_text("在地头见的面")


async def test_a_name_and_phone_are_opened_on_request_and_that_is_written_down(
    demo: dict[str, Any], sign_in: Door
) -> None:
    page = await sign_in("cadre")
    await page.goto(f"/console/households/{demo['household_id']}")
    await expect(page.locator('a[href^="tel:"]')).to_have_count(0)
    await page.locator("button.main").click()
    await expect(page.locator('a[href^="tel:"]')).to_be_visible()

    auditor = next(account for account in demo["accounts"] if account["role"] == "auditor")
    log = httpx.get(
        f"{demo['base_url']}/api/v1/access-log",
        params={"household_id": demo["household_id"]},
        headers={"Authorization": f"Bearer {auditor['access_token']}"},
    )
    assert "contact_phone" in log.json()["items"][0]["fields"]
