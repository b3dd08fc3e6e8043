"""The demo as somebody would start it, and a phone's browser to look at it with."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.application import whole_house
from tests.cast import Cast
from tests.conftest import Once
from tests.console.audits import AXE, CHROMIUM, from_npm, must_have_chromium  # noqa: F401 - some look here for it
from tests.console.bench_desk import Desk, desk_of
from tests.house import House
from tests.laboratory.bench import Bench
from tests.serving import on_loopback

PHONE = {"width": 390, "height": 844}
AT_THE_DOOR = {"latitude": 36.8967, "longitude": 116.2815, "accuracy": 12}
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


async def until(page: Page, expression: str) -> None:
    """Wait until a JavaScript expression holds. Playwright's own wait needs eval, which our pages forbid."""
    for _ in range(100):
        if await page.evaluate(expression):
            return
        await page.wait_for_timeout(100)
    raise AssertionError(f"never came true: {expression}")


KEPT = "caches.match('/console/log').then(Boolean)"
"""That the cadre's page lies on the phone."""

Door = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, seeded: Path) -> Iterator[dict[str, Any]]:
    """A running demo county, and what its demo.json says."""
    folder = tmp_path_factory.mktemp("console")
    folder.chmod(0o711)
    house = House(folder / "data")
    house.move_in(seeded)
    house.open("demo")
    yield json.loads((Path(house.data) / "demo.json").read_text(encoding="utf-8"))
    house.close()


@pytest.fixture(scope="session")
async def served(pool: None) -> AsyncIterator[str]:
    """Where the whole house is, on loopback, in front of the tests' own database."""
    async with on_loopback(whole_house()) as url:
        yield url


@pytest.fixture(scope="session")
async def one_chromium() -> AsyncIterator[Browser]:
    """Debian's, started once. Without it these tests skip and say so; CI has it."""
    path = must_have_chromium()
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=path, args=QUIET)
        yield running
        await running.close()


@pytest.fixture
async def browser(one_chromium: Browser) -> AsyncIterator[Browser]:
    """The same, with nothing in it: cookies, caches and workers of another test were in its contexts and went."""
    yield one_chromium
    for context in one_chromium.contexts:
        await context.close()


@pytest.fixture(scope="session")
def axe(once: Once) -> str:
    """axe-core as a script, fetched once for all processes."""
    return (once("axe", partial(from_npm, package=AXE)) / "node_modules/axe-core/axe.min.js").read_text("utf-8")


@pytest.fixture
async def sign_in(browser: Browser, demo: dict[str, Any]) -> AsyncIterator[Door]:
    """Open a page as one of the demo's roles: `page = await sign_in("cadre")`; keywords are the browser's.

    It is the page where a role's work lies, unless told: cadres' households, everybody else's map.
    """
    opened: list[BrowserContext] = []

    async def as_role(role: str, *, at: str = "", **options: Any) -> Page:
        settings = {"viewport": PHONE, "locale": "zh-CN", "geolocation": AT_THE_DOOR, "permissions": ["geolocation"]}
        context = await browser.new_context(base_url=demo["base_url"], **(settings | options))
        opened.append(context)
        page = await context.new_page()
        account = next(account for account in demo["accounts"] if account["role"] == role)
        address = at or ("/console/log" if role == "cadre" else "/console/map")
        await page.goto(f"/console/sign-in?next={address}")
        await page.fill("#phone", account["phone"])
        await page.fill("#password", account["password"])
        await page.click("button.main")
        await page.wait_for_url(f"**{address}")
        return page

    yield as_role
    for context in opened:
        await context.close()


@pytest.fixture
async def bench(cast: Cast) -> Bench:
    """The cast with a studio that tests, a station below it, and who works there."""
    return await Bench.make(cast)


@pytest.fixture
async def bench_desk(bench: Bench) -> AsyncIterator[Desk]:
    """In front of the bench's pages, as the studio's technician."""
    async with desk_of(bench.technician) as desk:
        yield desk
