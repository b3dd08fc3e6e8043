"""The farmer's door on phones: with scripts and without, on a thin line that is cut, and without any line at all."""
# ruff: noqa: F811 - the poster is a fixture of the file next door

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Page, Route, async_playwright, expect

from backend.core.database import fetch
from tests.console.audits import must_have_chromium
from tests.console.conftest import PHONE, QUIET, axe, until  # noqa: F401 - others take axe from here
from tests.console.posters import Poster, poster  # noqa: F401 - a fixture
from tests.console.test_pages import TOO_SMALL

LIMIT_BYTES = 60_000
THIN_LINE = {"offline": False, "latency": 200, "downloadThroughput": 200_000, "uploadThroughput": 120_000}
"""Bytes a second and milliseconds: 3G where it is not good."""

OLD = """
  Object.defineProperty(window, "indexedDB", { get() { throw new DOMException("no", "SecurityError"); } });
  for (const name of ["MediaRecorder", "CSS"]) delete window[name];
  for (const name of ["locks", "serviceWorker", "mediaDevices"])
    Object.defineProperty(navigator, name, { value: undefined });
"""
MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
LEAF = "tests/media/photos/orientation_6_gps.jpg"
KEPT = "caches.open('lianxin-door').then(kept => kept.keys()).then(keys => keys.length > 6)"
SEES_LARGE = "document.documentElement.scrollWidth <= innerWidth"

Scan = Callable[..., Awaitable[Page]]


@pytest.fixture
async def scan(browser: Browser, poster: Poster) -> AsyncIterator[Scan]:
    """A farmer's phone that has just scanned the code; keywords are the browser's."""
    opened: list[BrowserContext] = []

    async def scanned(query: str = "", **options: Any) -> Page:
        context = await browser.new_context(
            base_url=poster.base_url, **({"viewport": PHONE, "locale": "zh-CN"} | options)
        )
        opened.append(context)
        page = await context.new_page()
        await page.goto(poster.path + query)
        return page

    yield scanned
    for context in opened:
        await context.close()


async def tap(page: Page, name: str, value: str) -> None:
    await page.locator(f"label:has(input[name={name}][value={value}])").click()


async def fill_in(page: Page) -> None:
    await tap(page, "crop", "maize")
    await tap(page, "organ", "leaf")
    await tap(page, "topic", "disease")
    await page.fill("#symptoms", "叶子上有斑")
    await page.fill("#area", "3")
    await page.locator("label.tick:has([name=agree])").click(position={"x": 10, "y": 20})


async def receipt_of(page: Page) -> tuple[str, str]:
    """Number and secret as they stand on the page."""
    told = [page.locator(f"[data-fill={name}]") for name in ("number_said", "secret")]
    await expect(told[1]).to_have_text(re.compile(r"\d{3} \d{3}"), timeout=20_000)
    number, secret = [(await each.inner_text()).replace(" ", "") for each in told]
    return number, secret


async def arrived(number: str) -> int:
    """How many photos and notes have become part of the request of a receipt."""
    rows = await fetch(
        "SELECT 1 FROM media_photo p JOIN cases_case c ON c.id = p.claimed_id WHERE c.number = $1", number
    )
    return len(rows)


async def thin_line(page: Page) -> Callable[[], Awaitable[Any]]:
    """From now on; what it answers cuts the line."""
    line = await page.context.new_cdp_session(page)
    await line.send("Network.emulateNetworkConditions", THIN_LINE)
    return lambda: line.send("Network.emulateNetworkConditions", THIN_LINE | {"offline": True})


def large_photo(folder: Path) -> Path:
    """As many bytes as a phone's photo has after it was made smaller: noise cannot be packed."""
    file, content = folder / "leaf.jpg", BytesIO()
    Image.effect_noise((1600, 1200), 60).convert("RGB").save(content, "JPEG", quality=70)
    file.write_bytes(content.getvalue())
    return file


async def test_scan_snap_and_the_receipt_is_there_before_the_photo(scan: Scan, poster: Poster, tmp_path: Path) -> None:
    page = await scan()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    photo = tmp_path / "12-megapixels.jpg"
    Image.linear_gradient("L").resize((4000, 3000)).convert("RGB").save(photo, quality=95)
    await page.set_input_files("#photo", [photo, LEAF])
    await expect(page.locator(".shots li")).to_have_count(2)
    shrunk = "[...document.querySelectorAll('.shots img')].every(each => each.complete && each.naturalWidth <= 1600)"
    await until(page, shrunk)
    await fill_in(page)
    await page.locator("#send").dblclick()
    number, _ = await receipt_of(page)
    await expect(page.locator("#going")).to_contain_text("全都到了", timeout=20_000)
    assert await arrived(number) == 2
    await page.click("[data-fill=address]")
    await expect(page.locator("main")).to_contain_text("叶子上有斑")
    assert {url for url in asked if not url.startswith((poster.base_url, "data:", "blob:"))} == set()
    assert complaints == []


async def test_a_missing_tick_is_asked_for_in_the_pages_words_and_ticking_it_is_enough(scan: Scan) -> None:
    page = await scan()
    await tap(page, "crop", "maize")
    await page.click("#send")
    agree = page.locator("[name=agree]")
    said = await agree.evaluate("box => box.validationMessage")
    assert said == "请勾上“同意让专家看”，不勾谁也不能答复您。"
    await page.locator("label.tick:has([name=agree])").click(position={"x": 10, "y": 20})
    await page.click("#send")
    await receipt_of(page)


async def test_without_scripts_it_is_a_form_and_the_receipt_is_the_answer(scan: Scan) -> None:
    page = await scan(java_script_enabled=False)
    await page.set_input_files("#photo", LEAF)
    await page.select_option("#crop_other", "garlic")
    await page.locator("label.tick:has([name=agree])").click(position={"x": 10, "y": 20})
    await page.click("#send")
    number, _ = await receipt_of(page)
    assert await arrived(number) == 1
    await page.click("[data-fill=address]")
    await expect(page.locator("main")).to_contain_text("大蒜")


async def test_a_cut_line_and_a_closed_tab_cost_nothing_that_had_arrived(
    scan: Scan, poster: Poster, tmp_path: Path
) -> None:
    page = await scan()
    context = page.context
    photo = large_photo(tmp_path)
    await page.set_input_files("#photo", photo)
    await expect(page.locator(".shots li")).to_have_count(1)
    await fill_in(page)
    cut = await thin_line(page)
    await page.click("#send")
    number, secret = await receipt_of(page)
    assert await arrived(number) == 0, "the receipt is there before the photo"
    await until(page, "document.querySelector('#going progress').value > 300000")
    await cut()
    await expect(page.locator("#going")).to_contain_text("没有网")
    await page.close()

    again = await context.new_page()
    offsets: list[int] = []
    again.on(
        "request",
        lambda request: offsets.append(int(request.headers["upload-offset"])) if request.method == "PATCH" else None,
    )
    await again.goto(poster.path)
    await expect(again.locator("#going h2")).to_have_text("您有一份没发完的")
    assert await receipt_of(again) == (number, secret)
    await expect(again.locator("#going")).to_contain_text("全都到了", timeout=20_000)
    assert await arrived(number) == 1
    assert offsets[0] >= 256 * 1024, "it went on where it had stopped"
    await again.reload()
    await expect(again.locator("#form")).to_be_visible()


async def test_without_a_line_it_opens_waits_and_goes_by_itself(scan: Scan, poster: Poster) -> None:
    page = await scan()
    context = page.context
    await until(page, KEPT)
    await context.set_offline(True)
    await page.goto(poster.path)
    await page.set_input_files("#photo", LEAF)
    await expect(page.locator(".shots li")).to_have_count(1)
    await fill_in(page)
    await page.wait_for_timeout(600)
    await page.reload()  # as WeChat does when the camera needs its memory
    await expect(page.locator("#restored")).to_be_visible()
    await expect(page.locator(".shots li")).to_have_count(1)
    assert await page.locator("#symptoms").input_value() == "叶子上有斑"
    await page.click("#send")
    await expect(page.locator("#unsent")).to_contain_text("没有网")
    await page.close()

    again = await context.new_page()
    await again.goto(poster.path)
    await expect(again.locator("#unsent h2")).to_have_text("您有一份没发完的")
    await context.set_offline(False)
    number, _ = await receipt_of(again)
    await expect(again.locator("#going")).to_contain_text("全都到了", timeout=20_000)
    assert await arrived(number) == 1


async def test_a_spoken_note_goes_along_and_a_ticket_that_is_over_is_renewed(poster: Poster) -> None:
    chromium = must_have_chromium()
    async with async_playwright() as playwright:
        speaking = await playwright.chromium.launch(executable_path=chromium, args=[*QUIET, *MICROPHONE])
        context = await speaking.new_context(
            base_url=poster.base_url, viewport=PHONE, locale="zh-CN", permissions=["microphone"]
        )
        page = await context.new_page()
        await page.route("**/q/*", _ticket_of_yesterday)
        await page.goto(poster.path)
        await page.click("#record")
        await page.wait_for_timeout(1200)
        await page.click("#record")
        await expect(page.locator(".spoken audio")).to_be_visible()
        await fill_in(page)
        await page.click("#send")
        number, _ = await receipt_of(page)
        await expect(page.locator("#going")).to_contain_text("全都到了", timeout=20_000)
        await speaking.close()
    rows = await fetch(
        "SELECT o.kind, o.content_type FROM media_photo p JOIN cases_case c ON c.id = p.claimed_id "
        "JOIN media_original o ON o.sha256 = p.original WHERE c.number = $1",
        number,
    )
    assert [tuple(row) for row in rows] == [("voice", "audio/webm")]


async def _ticket_of_yesterday(route: Route) -> None:
    if route.request.method != "POST":
        return await route.continue_()
    answer = await route.fetch()
    return await route.fulfill(response=answer, json=await answer.json() | {"ticket": "b3Zlcg"})


async def test_a_browser_that_keeps_nothing_and_hears_nothing_still_sends(scan: Scan) -> None:
    page = await scan()
    await page.add_init_script(OLD)
    await page.reload()
    await expect(page.locator("#form .center")).to_contain_text("存不住东西")
    await expect(page.locator("#voice")).to_be_visible()
    await expect(page.locator("#record")).to_be_hidden()
    await page.set_input_files("#photo", LEAF)
    await expect(page.locator(".shots li")).to_have_count(1)
    await fill_in(page)
    await page.click("#send")
    number, _ = await receipt_of(page)
    await expect(page.locator("#going")).to_contain_text("全都到了", timeout=20_000)
    assert await arrived(number) == 1


async def test_the_page_with_all_it_loads_is_light(browser: Browser, poster: Poster) -> None:
    context = await browser.new_context(base_url=poster.base_url, viewport=PHONE, locale="zh-CN")
    page = await context.new_page()
    loaded: list[Any] = []
    context.on("requestfinished", lambda request: loaded.append(request))
    await page.goto(poster.path, wait_until="networkidle")
    await until(page, KEPT)
    from_here = [request for request in loaded if not request.service_worker]
    transferred, decoded = 0, 0
    for request in from_here:
        transferred += (await request.sizes())["responseBodySize"]
        decoded += len(await (await request.response()).body())
    assert len(from_here) >= 9, [request.url for request in from_here]
    assert (transferred < LIMIT_BYTES, decoded < LIMIT_BYTES) == (True, True), (transferred, decoded)
    await context.close()


SEEN = [
    ("", {"color_scheme": "light"}),
    ("?big=1", {"color_scheme": "dark", "viewport": {"width": 320, "height": 568}}),
    ("", {"locale": "en-GB", "viewport": {"width": 360, "height": 740}}),
]


@pytest.mark.parametrize(("query", "look"), SEEN, ids=["as most see it", "small, large letters, dark", "in English"])
async def test_axe_finds_nothing_and_all_of_it_fits_and_can_be_touched(
    scan: Scan, axe: str, query: str, look: dict[str, Any]
) -> None:
    page = await scan(query, **look)
    await page.set_input_files("#photo", LEAF)
    await expect(page.locator(".shots li")).to_have_count(1)
    await page.locator("details summary").click()
    assert await violations(page, axe) == []
    assert await page.evaluate(SEES_LARGE)
    assert await page.evaluate(TOO_SMALL) == []
    await page.locator("#crop_other").select_option("garlic", force=True)
    await fill_in(page)
    await page.click("#send")
    await receipt_of(page)
    assert await violations(page, axe) == []
    assert await page.evaluate(SEES_LARGE)


async def violations(page: Page, axe: str) -> list[str]:
    await page.evaluate(axe)
    found = await page.evaluate("axe.run().then(found => found.violations)")
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found]
