"""The expert's desk in a real browser: by keyboard, by thumb, and how heavy it is."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Browser, Page, expect

from backend.diagnosis import records
from backend.diagnosis.words import RequestState
from backend.people.actors import Actor
from backend.people.sessions import access_token_for
from tests.cast import Cast
from tests.console.conftest import PHONE
from tests.console.test_clinic import field
from tests.console.test_pages import TOO_SMALL
from tests.console.test_today import CONTRASTS
from tests.diagnosis.clinic import Clinic, claimed_by

CLINIC = "/console/clinic"
DESK = {"width": 1280, "height": 800}
PHOTOS = Path(__file__).parents[2] / "seed" / "photos"
MOST_BYTES = 100_000

Open = Callable[..., Awaitable[Page]]


@pytest.fixture
async def clinic(cast: Cast) -> Clinic:
    return await Clinic.make(cast)


@pytest.fixture
async def open_as(clinic: Clinic, one_chromium: Browser, served: str) -> AsyncIterator[Open]:
    """A page as somebody: `page = await open_as(clinic.expert, "/console/clinic")`; keywords are the browser's."""
    contexts = []

    async def as_(who: Actor, path: str, **options: Any) -> Page:
        token = await access_token_for(person_id=who.person_id, valid_for=timedelta(hours=1))
        told = {"viewport": DESK, "locale": "zh-CN", "extra_http_headers": {"Authorization": f"Bearer {token}"}}
        context = await one_chromium.new_context(base_url=served, **(told | options))
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(10_000)
        await page.goto(path)
        return page

    yield as_
    for context in contexts:
        await context.close()


async def asked(clinic: Clinic, *names: str, by: Actor | None = None, **changed: Any) -> UUID:
    """A question with photos; before `by`, who has it in hand unless he is told to be offered it."""
    photo_ids = [await clinic.photo((PHOTOS / name).read_bytes(), by=clinic.cast.operator) for name in names]
    request_id = await clinic.routed(photo_ids=photo_ids, **changed)
    if by is not None:
        await claimed_by(request_id, by)
    return request_id


async def listens(page: Page) -> None:
    """The page's script is there."""
    await expect(page.locator("[data-opens=keys]")).to_be_visible()


async def who_has(clinic: Clinic, request_id: UUID) -> Actor:
    one = await records.read(request_id, by=None)
    return next(
        each for each in (clinic.expert, clinic.second, clinic.local) if one.expert and each.person_id == one.expert.id
    )


async def test_an_answer_from_a_template_takes_six_keys(clinic: Clinic, open_as: Open) -> None:
    request_id = await asked(clinic, "maize_rust.jpg")
    expert = await who_has(clinic, request_id)
    page = await open_as(expert, CLINIC)
    await listens(page)

    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/{request_id}*")
    await listens(page)
    await page.keyboard.press("c")
    await expect(page.locator("#answer-form")).to_be_visible()
    await listens(page)
    lodging = await page.locator("[data-template]", has_text="倒伏").locator("kbd").inner_text()
    for key in (lodging, "Space", "Control+Enter"):
        await page.keyboard.press(key)
    await expect(page.locator("[role=status]")).to_contain_text("已发出")

    one = await records.get(request_id=request_id, by=expert)
    assert one.state is RequestState.ANSWERED
    assert (one.answers[0].template_code, len(one.answers[0].advice.steps)) == ("maize.lodging.summer", 5)


async def test_no_key_is_taken_from_somebody_who_writes(clinic: Clinic, open_as: Open) -> None:
    request_id = await asked(clinic, by=clinic.expert)
    page = await open_as(clinic.expert, f"{CLINIC}/{request_id}")
    await listens(page)

    await page.keyboard.press("a")
    await page.keyboard.type("j k c 1 ? q 0 +")
    assert await page.input_value("#diagnosis") == "j k c 1 ? q 0 +"
    assert page.url.endswith(str(request_id))
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    await expect(page.locator("#keys")).to_be_visible()
    shown = set(await page.locator("#keys dt kbd").all_inner_texts())
    assert {"j", "k", "c", "q", "h", "s", "d", "a", "?", "Esc"} <= shown


async def test_a_template_leads_to_what_it_leaves_open_and_what_is_not_wanted_goes_with_one_tap(
    clinic: Clinic, open_as: Open
) -> None:
    request_id = await asked(clinic, by=clinic.expert)
    page = await open_as(clinic.expert, f"{CLINIC}/{request_id}")
    await listens(page)
    await expect(page.locator("#dose-0")).to_be_hidden()

    await page.locator("[data-template]", has_text="南方锈病").click()
    await expect(page.locator("#dose-0")).to_be_focused()
    await expect(page.locator("#dose-1")).to_be_visible()
    await page.locator("[data-clears]").nth(1).click()
    assert await page.input_value("#name-1") == ""
    await expect(page.locator("#dose-1")).to_be_hidden()


async def test_a_photo_comes_closer_by_click_wheel_and_key(clinic: Clinic, open_as: Open) -> None:
    request_id = await asked(clinic, "maize_rust.jpg", "maize_borer.jpg", by=clinic.expert)
    page = await open_as(clinic.expert, f"{CLINIC}/{request_id}")
    shot = page.locator("[data-zoom]").first
    scale = "one => new DOMMatrix(getComputedStyle(one.querySelector('img')).transform).a"

    await shot.click()
    assert await shot.evaluate(scale) == 2.5
    await shot.click()
    assert await shot.evaluate(scale) == 1
    await shot.hover()
    await page.mouse.wheel(0, -200)
    await page.wait_for_timeout(50)
    assert await shot.evaluate(scale) > 1.5
    await page.keyboard.press("0")
    assert await shot.evaluate(scale) == 1
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("[data-goes='1']")).to_have_attribute("aria-current", "true")
    assert page.url.endswith(str(request_id))


async def test_it_is_worked_with_one_thumb(clinic: Clinic, open_as: Open) -> None:
    request_id = await asked(clinic, "maize_rust.jpg", by=clinic.expert)
    page = await open_as(clinic.expert, CLINIC, viewport=PHONE, has_touch=True)
    for address in (f"{CLINIC}?tab=claimed", f"{CLINIC}/{request_id}"):
        await page.goto(address)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await page.evaluate(TOO_SMALL) == []
        for scheme in ("dark", "light"):
            await page.emulate_media(color_scheme=scheme)
            assert await page.evaluate(CONTRASTS) == []
    bar = page.locator(".thumb-bar")
    box = await bar.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= PHONE["height"] + 1
    await bar.locator("#to-answer").tap()
    await page.locator("[data-template]", has_text="倒伏").tap()
    await page.locator(".chips label", has_text="确定").tap()
    await bar.locator("#send-answer").tap()
    await expect(page.locator("[role=status]")).to_contain_text("已发出")


async def test_the_page_without_its_photos_stays_light_also_with_its_map(clinic: Clinic, open_as: Open) -> None:
    await asked(clinic, by=clinic.second, point=field(0.02), contact_phone="199 0000 0078")
    request_id = await asked(clinic, "maize_rust.jpg", by=clinic.expert, point=field(0))
    page = await open_as(clinic.expert, "about:blank")
    weights: dict[str, int] = {}

    async def weigh(request: Any) -> None:
        sizes = await request.sizes()
        weights[request.url] = sizes["responseBodySize"] + sizes["responseHeadersSize"]

    page.on("requestfinished", weigh)
    await page.goto(f"{CLINIC}/{request_id}")
    await page.locator("#around-title").scroll_into_view_if_needed()
    await expect(page.locator("#map .spot")).to_have_count(2)
    await page.wait_for_load_state("networkidle")
    plain = {url.rpartition("/")[2]: n for url, n in weights.items() if "/media/" not in url}
    assert {"app.css", "clinic.css", "clinic.js", "leaflet.js"} <= plain.keys()
    assert 50_000 < sum(plain.values()) < MOST_BYTES, plain
