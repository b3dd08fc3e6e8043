"""How light the farmer's page is, and how soon he has a receipt on a thin line: `python -m tests.benchmarks.door`.

Debian's Chromium before the real program, its line made thin by the browser's own emulation, as its developer tools do.
Each round is a phone that was never here. What the farmer himself takes to tap and write is left out: it is told how
long it takes from the scan to a page that can be filled in, and from the tap on "send" to number and secret.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from tests.benchmarks.processes import housed
from tests.benchmarks.report import Line, table
from tests.benchmarks.uploads_server import Serving
from tests.console.audits import CHROMIUM
from tests.console.conftest import PHONE, QUIET
from tests.console.posters import hung_up

SMALL = os.environ.get("BENCH_SCALE") == "small"
ROUNDS = 1 if SMALL else 5
LIMIT_BYTES, RECEIPT_S = 60_000, 20


class Thin(NamedTuple):
    """A line: bits a second down and up, milliseconds there and back."""

    name: str
    down: int
    up: int
    latency_ms: int

    def emulated(self) -> dict[str, Any]:
        """As the browser is told."""
        return {
            "offline": False,
            "latency": self.latency_ms,
            "downloadThroughput": self.down / 8,
            "uploadThroughput": self.up / 8,
        }


LINES = (Thin("3G", 1_600_000, 750_000, 150), Thin("slow 3G", 400_000, 400_000, 400))


class Walk(NamedTuple):
    """Seconds from the scan until the form is there, from "send" to the receipt, and until the photos are there too."""

    form: float
    receipt: float
    photos: float


def main() -> int:
    """Measure and print."""
    if CHROMIUM is None:
        print("SKIPPED: the farmer's door needs a browser: apt-get install chromium", file=sys.stderr)
        return 1 if os.environ.get("CI") else 0
    print(table(asyncio.run(_measured())))
    return 0


async def _measured() -> list[Line]:
    with housed() as postgres:
        path = await _prepared(postgres.dsn)
        with Serving(postgres.dsn, Path(os.environ["LIANXIN_DATA"])) as server, tempfile.TemporaryDirectory() as folder:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
                address = f"http://127.0.0.1:{server.port}{path}"
                lines = await _weight(browser, address)
                for thin in LINES:
                    lines += await _walked(browser, address, thin, _photos(Path(folder)))
                await browser.close()
    return lines


async def _prepared(dsn: str) -> str:
    os.environ["DATABASE_URL"] = dsn
    from backend.core.settings import settings
    from backend.serving.preparing import pooled, prepare
    from tests.cast import make_cast

    settings.cache_clear()
    await prepare(settings())
    async with pooled(settings()):
        return await hung_up((await make_cast()).admin)


def _photos(folder: Path) -> tuple[Path, Path]:
    """One as a phone takes it, and one of 300 KB for the form without scripts."""
    large, small = folder / "large.jpg", folder / "small.jpg"
    noise = Image.effect_noise((1000, 750), 40).convert("RGB")
    noise.resize((4000, 3000), Image.Resampling.BICUBIC).save(large, quality=88)
    noise.save(small, quality=next(q for q in range(95, 5, -5) if _size(noise, q) < 300_000))
    return large, small


def _size(picture: Image.Image, quality: int) -> int:
    with tempfile.TemporaryFile() as file:
        picture.save(file, "JPEG", quality=quality)
        return file.tell()


async def _weight(browser: Browser, address: str) -> list[Line]:
    context = await browser.new_context(viewport=PHONE, locale="zh-CN")
    loaded: list[Any] = []
    context.on("requestfinished", lambda request: loaded.append(request))
    page = await context.new_page()
    await page.goto(address, wait_until="networkidle")
    from_here = [request for request in loaded if not request.service_worker]
    transferred, decoded = 0, 0
    for request in from_here:
        sizes = await request.sizes()
        transferred += sizes["responseBodySize"] + sizes["responseHeadersSize"]
        decoded += len(await (await request.response()).body())
    await context.close()
    detail = f"{len(from_here)} requests; {decoded / 1000:.1f} KB once unpacked"
    return [
        Line("page, all it loads", transferred / 1000, "KB", detail, aim_of="value", most=LIMIT_BYTES / 1000),
        Line("the same, unpacked", decoded / 1000, "KB", aim_of="value", most=LIMIT_BYTES / 1000),
    ]


async def _walked(browser: Browser, address: str, thin: Thin, photos: tuple[Path, Path]) -> list[Line]:
    large, small = photos
    scripted = [await _walk(browser, address, thin, large, _with_scripts) for _ in range(ROUNDS)]
    plain = [await _walk(browser, address, thin, small, _without, java_script_enabled=False) for _ in range(ROUNDS)]
    sent = f"{large.stat().st_size / 1e6:.1f} MB as taken"
    return [
        _line(f"{thin.name}: scan to form", [each.form for each in scripted], f"{thin.down // 1000} kbit/s down"),
        _line(f"{thin.name}: send to receipt", [each.receipt for each in scripted], "before the photo", RECEIPT_S),
        _line(f"{thin.name}: send to photo there", [each.photos for each in scripted], sent),
        _line(
            f"{thin.name}: send to receipt, no scripts",
            [each.receipt for each in plain],
            f"with a photo of {small.stat().st_size // 1000} KB",
            RECEIPT_S,
        ),
    ]


def _line(what: str, seconds: list[float], detail: str, most: float | None = None) -> Line:
    return Line(what, statistics.median(seconds), "s", detail, aim_of="value" if most else "", most=most)


Sending = Callable[[Page], Awaitable[tuple[float, float]]]


async def _walk(browser: Browser, address: str, thin: Thin, photo: Path, sending: Sending, **options: Any) -> Walk:
    context = await browser.new_context(viewport=PHONE, locale="zh-CN", service_workers="block", **options)
    page = await context.new_page()
    line = await context.new_cdp_session(page)
    await line.send("Network.enable")
    await line.send("Network.emulateNetworkConditions", thin.emulated())
    began = time.perf_counter()
    await page.goto(address)
    form = time.perf_counter() - began
    await page.set_input_files("#photo", photo)
    await page.locator("label:has([name=crop][value=maize])").click()
    await page.locator("label.tick:has([name=agree])").click(position={"x": 10, "y": 20})
    receipt, photos = await sending(page)
    await context.close()
    return Walk(form, receipt, photos)


async def _with_scripts(page: Page) -> tuple[float, float]:
    await page.locator(".shots li").wait_for()
    began = time.perf_counter()
    await page.click("#send")
    await page.locator("#given").wait_for(timeout=120_000)
    receipt = time.perf_counter() - began
    await page.get_by_text("全都到了").wait_for(timeout=120_000)
    return receipt, time.perf_counter() - began


async def _without(page: Page) -> tuple[float, float]:
    began = time.perf_counter()
    await page.click("#send", no_wait_after=True)
    await page.locator("[data-fill=secret]").wait_for(timeout=120_000)
    return time.perf_counter() - began, time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
