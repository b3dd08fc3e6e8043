"""Warnings in a real browser, on a phone and at a desk: written, approved, followed, and what it costs to load."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from backend.people.actors import Actor
from backend.people.sessions import access_token_for
from backend.push.planning import plan
from tests.cast import Cast
from tests.console.conftest import PHONE
from tests.console.test_alerts import ALERTS, NEW, at, published
from tests.console.test_farmer_phones import axe, violations  # noqa: F401 - a fixture
from tests.console.test_pages import TOO_SMALL
from tests.console.test_today import CONTRASTS
from tests.push import conftest as push

ways = push.ways
DESK = {"width": 1280, "height": 800}
MOST_BYTES = 100_000
FITS = "document.documentElement.scrollWidth <= innerWidth"


async def opened(browser: Browser, served: str, who: Actor, path: str, **options: Any) -> Page:
    token = await access_token_for(person_id=who.person_id, valid_for=timedelta(hours=1))
    told = {"viewport": PHONE, "locale": "zh-CN", "extra_http_headers": {"Authorization": f"Bearer {token}"}}
    context = await browser.new_context(base_url=served, **told | options)
    page = await context.new_page()
    page.set_default_timeout(10_000)
    await page.goto(path)
    return page


async def test_a_warning_goes_from_the_first_word_to_the_doors_on_two_phones(
    browser: Browser, served: str, cast: Cast, ways: object
) -> None:
    page = await opened(browser, served, cast.operator, f"{NEW}?preset=fraud")
    count = page.locator("[data-count]")
    await page.fill("#f-event", "诈" * 36)
    await expect(count).to_have_text("36 / 35 个字")
    await page.fill("#f-event", "冒充惠农补贴诈骗")
    await expect(count).to_have_text("8 / 35 个字")
    await page.fill("#f-headline", "有人冒充补贴办打电话要验证码")
    await page.fill("#f-description", "骗子说补贴要退款。")
    await page.locator("#f-places .chip", has_text="梁村镇").click()
    await page.click("button.main")
    await expect(page.locator("h1")).to_have_text("发出去的样子")
    await page.click("button.main")
    await expect(page.locator(".note.good")).to_contain_text("写好了")

    second = await opened(browser, served, cast.supervisor, page.url.partition("?")[0])
    await second.click("text=批准，马上发出")
    await expect(second.locator(".note.good")).to_contain_text("已发布")
    await second.click("text=谁知道了")
    await expect(second.locator(".reach-line").first).to_be_visible()


@pytest.mark.parametrize(
    "look",
    [{"viewport": PHONE}, {"viewport": DESK, "color_scheme": "dark"}],
    ids=["phone", "dark desk"],
)
async def test_every_page_fits_can_be_touched_stands_out_and_axe_finds_nothing(
    browser: Browser,
    served: str,
    cast: Cast,
    ways: object,
    axe: str,  # noqa: F811 - the fixture
    look: dict[str, Any],
) -> None:
    one = await published(cast)
    assert one.notice_id is not None
    await plan(one.notice_id)
    page = await opened(browser, served, cast.supervisor, ALERTS, **look)
    seen = []
    page.on("requestfinished", lambda request: seen.append(request))
    for address in (
        ALERTS,
        f"{NEW}?preset=fraud",
        at(one),
        at(one, "update"),
        at(one, "cancellation"),
        at(one, "reach"),
    ):
        await page.goto(address)
        assert await page.evaluate(FITS), address
        assert await page.evaluate(TOO_SMALL) == [], address
        assert await page.evaluate(CONTRASTS) == [], address
        assert await violations(page, axe) == [], address
    await page.goto(at(one, "poster"))
    assert await violations(page, axe) == []
    sizes = [(await request.sizes())["responseBodySize"] for request in seen if NEW in request.url]
    assert 0 < max(sizes) < MOST_BYTES


async def test_the_sheet_for_the_board_is_one_page_of_a4(
    browser: Browser, served: str, cast: Cast, ways: object
) -> None:
    for said in ("骗子说补贴要退款，让您报验证码。", "骗子说补贴要退款，让您报验证码。" * 50):
        one = await published(cast, description=said)
        page = await opened(browser, served, cast.supervisor, at(one, "poster"))
        pdf = await page.pdf(prefer_css_page_size=True, print_background=True)
        assert pdf.count(b"/Type /Page\n") == 1 or pdf.count(b"/Type /Page ") == 1
