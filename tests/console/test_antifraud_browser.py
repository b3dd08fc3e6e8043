"""The anti-fraud desk in a real browser: nothing sideways, nothing too small for a thumb, nothing that axe minds."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.async_api import expect

from backend.antifraud import fraud_cases, library_approving
from backend.antifraud.fraud_case_schemas import NewFraudCase
from backend.antifraud.library_files import shipped_items
from backend.antifraud.library_rules import words_digest
from backend.antifraud.library_schemas import NewLibraryApproval
from backend.core import clock
from tests.antifraud.visitors import Visitors
from tests.cast import COUNTY, VILLAGE, Cast
from tests.console.antifraud_desk import ANTIFRAUD, BOARD, CARDS, CASES, CHECK, LIBRARY
from tests.console.conftest import PHONE
from tests.console.test_bench_browser import Open, open_as  # noqa: F401 - a fixture
from tests.console.test_farmer_phones import axe, violations  # noqa: F401 - a fixture
from tests.console.test_pages import TOO_SMALL
from tests.console.test_today import CONTRASTS

ITEM = next(each for each in shipped_items() if each.name == "fake_loan_story")
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OPENED = "document.querySelectorAll('main details').forEach((one) => { one.open = true; })"
LOOKS = [
    {"viewport": PHONE, "color_scheme": "dark"},
    {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
]


@pytest.fixture
async def furnished(cast: Cast) -> Visitors:
    """Something on each page."""
    visitors = Visitors(cast)
    await visitors.open()
    await visitors.issued()
    today = clock.today()
    for n, loss in enumerate((9_000, 34_000, 120_000)):
        happened = today - timedelta(days=40 * n + 20)
        await fraud_cases.register_case(new=_case(happened, today - timedelta(days=35 * n), loss), by=cast.supervisor)
    approval = NewLibraryApproval(sha256=words_digest(ITEM))
    await library_approving.approve_library_item(name=ITEM.name, new=approval, by=cast.supervisor)
    return visitors


def _case(occurred_on: date, registered_on: date, loss: float) -> NewFraudCase:
    return NewFraudCase(
        occurred_on=occurred_on,
        registered_on=registered_on,
        fraud_type="fake_loan",
        loss_yuan=loss,
        division_code=COUNTY,
    )


@pytest.mark.parametrize("look", LOOKS, ids=["phone, dark", "desk, light"])
async def test_every_page_fits_is_touched_and_read_by_everybody(
    open_as: Open,  # noqa: F811
    furnished: Visitors,
    axe: str,  # noqa: F811
    look: dict[str, Any],
) -> None:
    person = furnished.cast.cadre.person_id
    page = await open_as(furnished.supervisor, ANTIFRAUD, **look)
    for address in (
        *(ANTIFRAUD, CASES, LIBRARY, f"{LIBRARY}/{ITEM.name}", CHECK),
        *(f"{CARDS}?q=赵", f"{CARDS}?person={person}", f"{BOARD}?township={VILLAGE[:9]}000"),
    ):
        await page.goto(address)
        await page.evaluate(OPENED)
        assert await page.evaluate(SIDEWAYS) == 0, address
        assert await page.evaluate(TOO_SMALL) == [], address
        assert await page.evaluate(CONTRASTS) == [], address
        assert await violations(page, axe) == [], address


async def test_one_tap_copies_the_text_for_the_group_and_one_line_answers_a_caller(
    open_as: Open,  # noqa: F811
    furnished: Visitors,
) -> None:
    asking, reading = await asyncio.gather(
        open_as(furnished.cast.operator, CHECK, viewport=PHONE),
        open_as(furnished.assistant, f"{LIBRARY}/{ITEM.name}", permissions=["clipboard-read", "clipboard-write"]),
    )
    await reading.get_by_role("button", name="复制群里发的话").click()
    await expect(reading.get_by_role("button", name="复制好了")).to_be_visible()
    assert ITEM.stop_sentence.strip() in await reading.evaluate("navigator.clipboard.readText()")

    await expect(asking.locator("#code")).to_be_focused()
    await asking.keyboard.type(await furnished.code() + "\n")
    await expect(asking.locator(".answer.genuine")).to_contain_text("赵强")


async def test_a_sheet_is_one_page_of_a4(open_as: Open, furnished: Visitors) -> None:  # noqa: F811
    page = await open_as(furnished.supervisor, f"{BOARD}/{VILLAGE}")
    within = "[...document.querySelectorAll('.a4')].every((one) => one.scrollHeight <= one.clientHeight)"
    assert await page.evaluate(within)
    assert (await page.pdf(prefer_css_page_size=True)).count(b"/Type /Page\n") == 1
