"""Visits on a map and in a table."""

from typing import Any

from playwright.async_api import expect

from tests.console.conftest import Door

DESK = {"width": 1280, "height": 860}


async def test_visits_stand_on_the_map_and_in_the_table(sign_in: Door) -> None:
    page = await sign_in("supervisor", viewport=DESK)

    await expect(page.locator("#map .cluster, #map .pin").first).to_be_visible()
    assert await page.locator("tbody tr").count() > 50


async def test_it_works_as_a_table_without_scripts(sign_in: Door) -> None:
    page = await sign_in("supervisor", java_script_enabled=False)

    await expect(page.locator("#map")).to_be_hidden()
    await page.select_option("#flag", "far_from_household")
    await page.locator(".filters button").click()

    await expect(page.locator("tbody tr")).to_have_count(1)
    await expect(page.locator("tbody")).to_contain_text("离户较远")


async def test_filters_by_place_day_and_channel_narrow_it(demo: dict[str, Any], sign_in: Door) -> None:
    page = await sign_in("supervisor", viewport=DESK)
    await page.goto(f"/console/map?division={demo['village_code']}&channel=call&from=2026-01-01&to=2026-12-31")

    rows = page.locator("tbody tr")
    assert await rows.count() > 0
    assert set(await page.locator("tbody tr td:nth-child(2)").all_inner_texts()) == {"电话"}
    assert all("琉璃庙村" in place for place in await page.locator("tbody tr td:nth-child(3)").all_inner_texts())


async def test_a_filter_that_cannot_be_read_is_said_so(sign_in: Door) -> None:
    page = await sign_in("supervisor", viewport=DESK)
    answer = await page.goto("/console/map?from=gestern")

    assert answer is not None
    assert answer.status == 200
    await expect(page.locator(".note.bad")).to_contain_text("gestern")


async def test_a_cadre_sees_his_own_visits_only(sign_in: Door) -> None:
    page = await sign_in("cadre")
    await page.goto("/console/map")
    mine = await page.locator("tbody tr").count()

    page = await sign_in("supervisor", viewport=DESK)
    assert 0 < mine < await page.locator("tbody tr").count()


async def test_older_ones_are_a_page_further(sign_in: Door) -> None:
    page = await sign_in("supervisor", java_script_enabled=False)
    first = await page.locator("tbody tr a").first.get_attribute("href")
    await page.locator("section.scroll a.button").click()

    assert first != await page.locator("tbody tr a").first.get_attribute("href")
