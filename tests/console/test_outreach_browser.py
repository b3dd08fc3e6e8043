"""Outreach on a phone and at a desk, in a real browser: one walk, and what every page owes an eye and a thumb."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

import tests.media
from backend.antifraud import checks, coverages, rounds, talks
from backend.antifraud.outreach_schemas import NewAppCoverage, NewFix, NewPosters, NewSupervisionCheck, NewTalk
from backend.antifraud.outreach_words import HouseholdMark
from backend.core import clock
from backend.media import looking
from backend.people.actors import Actor
from backend.people.sessions import access_token_for
from tests.antifraud.outreach import DAY, planned
from tests.cast import NEXT_VILLAGE, VILLAGE, Cast
from tests.console.conftest import PHONE, until
from tests.console.outreach_desk import HERE, doors, knocked
from tests.console.test_bench_browser import DESK, OPENED, SIDEWAYS
from tests.console.test_farmer_phones import axe, violations  # noqa: F401 - a fixture
from tests.console.test_pages import TOO_SMALL
from tests.console.test_today import CONTRASTS

PHOTO = Path(next(iter(tests.media.__path__))) / "photos" / "orientation_6_gps.jpg"
MOST_BYTES = 60_000

Open = Callable[..., Awaitable[Page]]


@pytest.fixture
async def open_as(one_chromium: Browser, served: str) -> AsyncIterator[Open]:
    """A page as somebody, on a phone unless told."""
    contexts = []

    async def as_(who: Actor, path: str, **options: Any) -> Page:
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


async def a_county_at_work(cast: Cast) -> list[str]:
    """Something on every page; their addresses."""
    homes = await doors(cast, VILLAGE, NEXT_VILLAGE)
    plan, over = await planned(cast), await planned(cast, name="夏季反诈走访")
    for household, mark in zip(homes, [*HouseholdMark, HouseholdMark.VISITED] * 2, strict=False):
        await knocked(cast, plan, household, mark)
    await rounds.close_round(round_id=over.id, by=cast.supervisor)
    at, today = clock.now(), clock.today()
    for place in ("村委会大院", "梁村大集东头戏台前的空地"):
        new = NewTalk(division_code=VILLAGE, place=place, headcount=86, at=at, fraud_type="brushing_rebates")
        await talks.record_talk(new=new, by=cast.assistant)
        posters = NewPosters(division_code=VILLAGE, place=place, posters_n=12, at=at)
        await talks.record_posters(new=posters, by=cast.assistant)
    count = NewAppCoverage(division_code=VILLAGE, asked_n=80, with_app_n=60, on=today, source="村民大会举手")
    await coverages.record_app_coverage(new=count, by=cast.assistant)
    for fix_by in (today - 2 * DAY, today + 5 * DAY, today):
        check = NewSupervisionCheck(
            group_number=2, division_code=VILLAGE, on=today - 3 * DAY, finding="宣传栏内容过期", fix_by=fix_by
        )
        made = await checks.record_check(new=check, by=cast.supervisor)
    fix = NewFix(fixed_on=today, note="已换新内容")
    await checks.fix_check(check_id=made.record.id, fix=fix, by=cast.assistant)
    return [
        *(HERE, f"{HERE}/rounds/new", f"{HERE}/rounds/{plan.id}", f"{HERE}/rounds/{plan.id}/closing"),
        *(f"{HERE}/rounds/{plan.id}/sheet", f"{HERE}/rounds/{over.id}", f"{HERE}/talks", f"{HERE}/talks/new"),
        *(f"{HERE}/posters", f"{HERE}/posters/new", f"{HERE}/coverage", f"{HERE}/coverage/{VILLAGE}"),
        *(f"{HERE}/coverage/new", f"{HERE}/checks", f"{HERE}/checks/new", f"{HERE}/gaps"),
    ]


async def test_an_assistant_writes_down_posters_with_a_photo_from_his_front_page(open_as: Open, cast: Cast) -> None:
    page = await open_as(cast.assistant, "/console/today")
    await page.get_by_role("main").get_by_role("link", name="反诈宣传").click()
    await page.get_by_role("link", name="记张贴海报").click()
    await expect(page.locator("fieldset .note.warn")).to_contain_text("拍地方，不拍人")
    await page.select_option("#division_code", VILLAGE)
    await page.fill("#place", "村口宣传栏")
    await page.fill("#posters_n", "12张")
    await page.set_input_files("#photo", PHOTO)
    await page.get_by_role("button", name="记下来").click()
    await expect(page.locator(".note.good")).to_contain_text("张贴记好了")
    await expect(page.locator("li.done")).to_contain_text("村口宣传栏 12 张")
    await expect(page.locator("li.done")).to_contain_text("正在检查")
    await looking.look(looking.Look(hashlib.sha256(PHOTO.read_bytes()).hexdigest()))
    await page.reload()
    await until(page, "document.querySelector('.shot img')?.naturalWidth > 0")


async def test_a_supervisor_plans_a_round_looks_first_and_closes_it(open_as: Open, cast: Cast) -> None:
    page = await open_as(cast.supervisor, HERE, viewport=DESK)
    await page.get_by_role("link", name="安排一轮走访").click()
    await page.fill("#name", "秋收反诈大走访")
    await page.select_option("#division_code", label="高唐县")
    await page.get_by_role("button", name="下一步").click()
    await expect(page.locator(".count")).to_contain_text("4 户")
    await page.get_by_role("button", name="就这么定").click()
    await expect(page.locator(".note.good")).to_contain_text("安排好了")
    await page.get_by_role("link", name="收尾").click()
    await page.get_by_label("我看明白了").check()
    await page.get_by_role("button", name="收尾，只留数字").click()
    await expect(page.locator(".note.good")).to_contain_text("已收尾")
    assert (await rounds.list_rounds(by=cast.supervisor, running=True)).items == []


async def test_every_page_fits_a_phone_its_targets_a_thumb_its_words_the_eye_and_axe_finds_nothing(
    open_as: Open,
    cast: Cast,
    axe: str,  # noqa: F811
) -> None:
    addresses = await a_county_at_work(cast)
    page = await open_as(cast.supervisor, HERE)
    for address in addresses:
        answer = await page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        await page.evaluate(OPENED)
        assert await page.evaluate(SIDEWAYS) <= 0, address
        assert await page.evaluate(TOO_SMALL) == [], address
        assert await violations(page, axe) == [], address
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert await page.evaluate(CONTRASTS) == [], (address, scheme)


async def test_a_page_weighs_little_and_the_browser_complains_of_nothing(open_as: Open, cast: Cast) -> None:
    await planned(cast)
    page = await open_as(cast.assistant, HERE)
    loaded: list[Any] = []
    complaints: list[str] = []
    page.on("requestfinished", lambda request: loaded.append(request))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    await page.goto(HERE)
    await page.wait_for_load_state("networkidle")
    sizes = [(await request.sizes())["responseBodySize"] for request in loaded]
    assert 0 < sum(sizes) < MOST_BYTES
    assert complaints == []
