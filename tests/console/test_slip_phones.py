"""A farmer's slip on phones: every state fits, is light, is read aloud, and can be read by anybody."""

from collections.abc import AsyncIterator
from typing import Any, Literal, NamedTuple

import pytest
from playwright.async_api import Browser, Page, expect

import backend.push.escalation  # noqa: F401 - registers what looks after an emergency
from backend.core.database import fetch
from tests.conftest import Played, emptied
from tests.console.slip_states import STATES
from tests.console.test_pages import TOO_SMALL
from tests.console.test_today import CONTRASTS
from tests.laboratory.bench import Bench
from tests.media.uploads.nodes import Nodes

LIMIT_BYTES = 60_000
SMALL, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
FITS = "document.documentElement.scrollWidth <= innerWidth"
UNFOLD = "document.querySelectorAll('details').forEach(each => { each.open = true; })"
COLOURS: tuple[Literal["light", "dark"], ...] = ("light", "dark")


async def violations(page: Page, axe: str) -> list[str]:
    await page.evaluate(axe)
    found = await page.evaluate("axe.run().then(found => found.violations)")
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found]


class House(NamedTuple):
    """A bench whose studio can be rung, and the address of the program."""

    bench: Bench
    url: str


@pytest.fixture(scope="module")
async def house(
    pool: None, migrated: str, played: Played, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """The real program on the tests' own database."""
    nodes = Nodes(migrated, tmp_path_factory.mktemp("slips") / "printed")
    async with emptied():
        bench = await Bench.make(await played.again())
        await fetch("UPDATE people_unit SET public_phone = '0635-0000002' WHERE id = $1", bench.studio)
        try:
            yield House(bench, f"http://127.0.0.1:{nodes.start()}")
        finally:
            nodes.close()


@pytest.fixture
async def page(browser: Browser, house: House) -> AsyncIterator[Page]:
    """A small, cheap phone."""
    context = await browser.new_context(base_url=house.url, viewport=SMALL, locale="zh-CN")
    yield await context.new_page()
    await context.close()


async def test_every_state_fits_and_axe_finds_nothing(page: Page, house: House, axe: str) -> None:
    wrong: dict[str, list[str]] = {}
    for state, make in STATES.items():
        await page.set_viewport_size(SMALL)
        await page.emulate_media(color_scheme="light")
        await page.goto(await make(house.bench))
        await page.evaluate(UNFOLD)
        found = await violations(page, axe) + await page.evaluate(TOO_SMALL)
        fits = [await page.evaluate(FITS)]
        await page.emulate_media(color_scheme="dark")
        found += await page.evaluate(CONTRASTS)
        await page.set_viewport_size(DESK)
        fits.append(await page.evaluate(FITS))
        wrong[state] = found + [f"does not fit: {fits}"] * (fits != [True, True])

    assert len(wrong) == len(STATES)
    assert {state: found for state, found in wrong.items() if found} == {}


async def test_in_large_letters_on_the_smallest_phone_nothing_runs_out_of_the_page(
    page: Page, house: House, axe: str
) -> None:
    await page.set_viewport_size({"width": 320, "height": 568})
    for state in ("repeating", "soil", "genuine"):
        await page.goto(await STATES[state](house.bench) + "?big=1")
        await page.evaluate(UNFOLD)
        for colours in COLOURS:
            await page.emulate_media(color_scheme=colours)
            assert await violations(page, axe) == [], (state, colours)
        assert await page.evaluate(FITS), state


async def test_the_verdict_is_on_the_first_screen_with_what_to_do(page: Page, house: House) -> None:
    await page.goto(await STATES["repeating"](house.bench))

    for seen in (".picture", "h1", ".means", "ol.next li >> nth=0"):
        await expect(page.locator(seen)).to_be_in_viewport(ratio=1)


async def test_each_verdict_has_a_shape_of_its_own(page: Page, house: House) -> None:
    shapes = set()
    states = ("waiting", "negative", "suspect", "repeating", "invalid", "undecided", "soil")
    for state in states:
        await page.goto(await STATES[state](house.bench))
        shapes.add(await page.locator(".picture").inner_html())

    assert len(shapes) == len(states)


async def test_the_page_is_light_and_asks_nobody_else(page: Page, house: House) -> None:
    loaded: list[Any] = []
    complaints: list[str] = []
    page.on("requestfinished", lambda request: loaded.append(request))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    await page.goto(await STATES["soil"](house.bench), wait_until="networkidle")

    decoded = [len(await (await each.response()).body()) for each in loaded]
    assert len(loaded) >= 4, [each.url for each in loaded]
    assert 15_000 < sum(decoded) < LIMIT_BYTES, decoded
    assert {each.url for each in loaded if not each.url.startswith(house.url)} == set()
    assert complaints == []


async def test_read_aloud_has_the_verdict_and_what_to_do_and_not_the_figures(page: Page, house: House) -> None:
    await page.goto(await STATES["repeating"](house.bench))
    said = " ".join(await page.locator("[data-aloud]").all_inner_texts())

    assert "偏高，先别卖" in said
    assert "这一批先别采、别卖、别吃。" in said
    assert "GB/T" not in said


async def test_with_one_tap_he_agrees_and_with_another_he_takes_it_back(page: Page, house: House) -> None:
    await page.goto(await STATES["suspect"](house.bench))
    agree = page.get_by_role("button", name="我同意")
    await agree.click()
    assert await page.locator("[name=share]").evaluate("box => !box.validity.valid"), "the tick is his to make"
    await page.locator("label.tick").click(position={"x": 10, "y": 20})
    await agree.click()
    await expect(page.locator("[role=status]")).to_contain_text("可以告诉别人")
    await page.get_by_role("button", name="收回同意").click()
    await expect(page.locator("[role=status]")).to_contain_text("不告诉别人")
