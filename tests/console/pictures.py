"""Take the README's pictures anew: `make pictures`. The demo county, plus the recorded submission of ODK Collect."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, Page, async_playwright

from tests.console.audits import CHROMIUM
from tests.console.conftest import AT_THE_DOOR, PHONE, QUIET
from tests.house import House

PICTURES = Path(__file__).parents[2] / "seed" / "pictures"
FILES = Path(__file__).parents[2] / "seed" / "instrument_files"
RECORDED = Path(__file__).parents[1] / "openrosa" / "recorded"
DESK = {"width": 1180, "height": 760}


def main() -> None:
    """Start the demo, send what Collect sent, look at the pages."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        house = House(Path(folder) / "data")
        house.open("demo")
        demo = json.loads((house.data / "demo.json").read_text(encoding="utf-8"))
        submit_recorded(demo, role="cadre")
        asyncio.run(take(demo))
        house.close()


def submit_recorded(demo: dict[str, Any], *, role: str) -> httpx.Response:
    """What ODK Collect sent, byte for byte, to the address the demo gives out for a role."""
    account = next(account for account in demo["accounts"] if account["role"] == role)
    headers = json.loads((RECORDED / "headers.json").read_text(encoding="utf-8"))["headers"]
    kept = {name: value for name, value in headers.items() if name.lower() not in ("host", "content-length")}
    body = (RECORDED / "body.bin").read_bytes()
    return httpx.post(f"{account['openrosa_url']}/submission", content=body, headers=kept, timeout=30)


async def take(demo: dict[str, Any]) -> None:
    """One picture a page."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        desk = await _signed_in(browser, demo, "supervisor", viewport=DESK)
        await desk.goto(f"/console/map?division={demo['village_code']}&from=2026-11-20&to=2026-11-20")
        await desk.wait_for_timeout(1500)
        await _opened(desk, '.leaflet-marker-icon[title^="11-20"]')
        await desk.wait_for_timeout(800)
        await desk.screenshot(path=PICTURES / "map.png")
        phone = await _signed_in(
            browser, demo, "cadre", viewport=PHONE, geolocation=AT_THE_DOOR, permissions=["geolocation"]
        )
        await phone.goto("/console/log")
        await phone.wait_for_timeout(1500)
        await phone.screenshot(path=PICTURES / "log.png")
        await _sick_field(browser, demo)
        await _test_run(browser, demo)
        await _warnings(browser, demo)
        await _desk(browser, demo)
        await browser.close()


async def _opened(desk: Page, marker: str) -> None:
    """A visit's mark, out of the cluster it may lie in."""
    for _ in range(3):
        if await desk.locator(marker).count():
            break
        await desk.locator(".leaflet-marker-icon").first.click()
        await desk.wait_for_timeout(800)
    await desk.locator(marker).first.click()


async def _test_run(browser: Browser, demo: dict[str, Any]) -> None:
    """What a technician has after dropping a file, and what a farmer's slip leads to."""
    bench = await _signed_in(browser, demo, "technician", viewport=DESK)
    await bench.goto("/console/bench")
    await bench.set_input_files("input[type=file]", FILES / "residue_tester_gbk.csv")
    await bench.wait_for_timeout(3000)
    await bench.screenshot(path=PICTURES / "bench.png")
    context = await browser.new_context(base_url=demo["base_url"], locale="zh-CN", viewport=PHONE)
    farmer = await context.new_page()
    await farmer.goto(demo["sample_url"])
    await farmer.wait_for_timeout(500)
    await farmer.screenshot(path=PICTURES / "slip.png")


async def _warnings(browser: Browser, demo: dict[str, Any]) -> None:
    """A warning and a round on the assistant's phone, the citizen's check, and who knows of a public warning."""
    assistant = await _signed_in(browser, demo, "assistant", viewport=PHONE)
    supervisor = await _signed_in(browser, demo, "supervisor", viewport=DESK)
    citizen = await (await browser.new_context(base_url=demo["base_url"], locale="zh-CN", viewport=PHONE)).new_page()
    shots = (
        (assistant, f"/console/warnings/{demo['open_warning_id']}", "warning"),
        (assistant, "/console/round", "round"),
        (citizen, demo["visitor_url"], "visitor"),
        (supervisor, f"/console/alerts/{demo['alert_id']}/reach", "reach"),
    )
    for page, address, name in shots:
        await page.goto(address)
        await page.wait_for_timeout(800)
        await page.screenshot(path=PICTURES / f"{name}.png")


async def _desk(browser: Browser, demo: dict[str, Any]) -> None:
    """The duty desk, what waits of what phones sent, and a farmer's market days."""
    operator = await _signed_in(browser, demo, "operator", viewport={"width": 1180, "height": 1150})
    supervisor = await _signed_in(browser, demo, "supervisor", viewport=PHONE)
    farmer = await (await browser.new_context(base_url=demo["base_url"], locale="zh-CN", viewport=PHONE)).new_page()
    shots = (
        (operator, "/console/desk", "desk"),
        (supervisor, "/console/submissions", "submissions"),
        (supervisor, "/console/conflicts", "conflicts"),
        (farmer, "/markets", "markets"),
    )
    for page, address, name in shots:
        await page.goto(address)
        await page.wait_for_timeout(800)
        await page.screenshot(path=PICTURES / f"{name}.png")


async def _sick_field(browser: Browser, demo: dict[str, Any]) -> None:
    """What a farmer sees behind the QR, what is before the expert, and the answer on his receipt."""
    context = await browser.new_context(base_url=demo["base_url"], locale="zh-CN", viewport=PHONE)
    farmer = await context.new_page()
    await farmer.goto(demo["station_url"])
    await farmer.wait_for_timeout(500)
    await farmer.screenshot(path=PICTURES / "door.png")
    await farmer.goto(demo["diagnosis_receipt_url"])
    await farmer.fill("[name=secret]", demo["diagnosis_receipt_secret"])
    await farmer.keyboard.press("Enter")
    await farmer.wait_for_url("**/r/*")
    await farmer.locator("#answer").scroll_into_view_if_needed()
    await farmer.wait_for_timeout(500)
    await farmer.screenshot(path=PICTURES / "answer.png")
    desk = await _signed_in(browser, demo, "expert", viewport=DESK)
    await desk.goto(f"/console/clinic/{demo['diagnosis_ids']['borer']}")
    await desk.wait_for_timeout(1500)
    await desk.screenshot(path=PICTURES / "clinic.png")


async def _signed_in(browser: Browser, demo: dict[str, Any], role: str, **options: Any) -> Page:
    account = next(account for account in demo["accounts"] if account["role"] == role)
    context = await browser.new_context(base_url=demo["base_url"], locale="zh-CN", **options)
    page = await context.new_page()
    await page.goto("/console/sign-in")
    await page.fill("#phone", account["phone"])
    await page.fill("#password", account["password"])
    await page.click("button.main")
    await page.wait_for_load_state("networkidle")
    return page


if __name__ == "__main__":
    main()
