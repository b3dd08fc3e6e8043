"""The bench in a real browser: a file dropped anywhere, a scanner, a thumb, and what it costs to load."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Browser, Page, expect

from backend.laboratory import import_jobs, sample_lists
from backend.laboratory.import_schemas import NewImport
from backend.people.actors import Actor
from backend.people.sessions import access_token_for
from tests.console.bench_desk import BENCH, HEADER, ROWS
from tests.console.conftest import PHONE
from tests.console.test_farmer_phones import axe, violations  # noqa: F401 - a fixture
from tests.console.test_pages import TOO_SMALL
from tests.console.test_today import CONTRASTS
from tests.laboratory.bench import Bench

DESK = {"width": 1280, "height": 800}
MOST_BYTES = 100_000

Open = Callable[..., Awaitable[Page]]


@pytest.fixture
async def open_as(bench: Bench, one_chromium: Browser, served: str) -> AsyncIterator[Open]:
    """A page as somebody: `page = await open_as(bench.technician)`; keywords are the browser's."""
    contexts = []

    async def as_(who: Actor, path: str = BENCH, **options: Any) -> Page:
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


DROPPED = """async (files) => {
  const carried = new DataTransfer();
  for (const [name, text] of files) carried.items.add(new File([text], name, { type: "text/csv" }));
  document.body.dispatchEvent(new DragEvent("dragover", { bubbles: true, cancelable: true, dataTransfer: carried }));
  document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: carried }));
}"""


async def drop(page: Page, *rows: str, name: str = "0520.csv") -> None:
    """A file let go somewhere on the page."""
    await page.locator("body.scripted").wait_for()
    await page.evaluate(DROPPED, [[name, "\n".join((HEADER, *rows))]])


async def test_a_file_let_go_anywhere_on_the_page_shows_every_rows_verdict_at_once(open_as: Open, bench: Bench) -> None:
    page = await open_as(bench.technician)
    await drop(page, *ROWS)
    await page.wait_for_url(f"**{BENCH}/imports/*")
    first = page.locator("table.rows tbody tr").first
    await expect(first).to_contain_text("阳性")
    assert await page.locator("table.rows tbody tr").count() == 4


async def test_what_was_only_looked_at_is_stored_by_one_more_tap_without_choosing_it_again(
    open_as: Open, bench: Bench
) -> None:
    page = await open_as(bench.technician)
    await page.locator("#look-first").check()
    await drop(page, *ROWS)
    await expect(page.locator("#answer")).to_contain_text("只是看看")
    assert page.url.endswith(BENCH)
    assert (await sample_lists.list_samples(by=bench.technician)).items == []

    await page.locator("#store-now").click()

    await page.wait_for_url(f"**{BENCH}/imports/*")
    assert len((await sample_lists.list_samples(by=bench.technician)).items) == 3


async def test_several_files_let_go_at_once_are_all_taken_in_and_each_says_what_came_of_it(
    open_as: Open, bench: Bench
) -> None:
    page = await open_as(bench.technician)
    await page.locator("body.scripted").wait_for()
    await page.evaluate(DROPPED, [[f"{n}.csv", f"{HEADER}\n{row}"] for n, row in enumerate(ROWS[:3])])
    lines = page.locator("#answer p.note")
    await expect(lines).to_have_count(3)
    await expect(lines.nth(1)).to_contain_text("1.csv")
    await expect(lines.nth(1)).to_contain_text("存入 1 条")
    assert len((await sample_lists.list_samples(by=bench.technician)).items) == 3
    await lines.nth(1).locator("a").click()
    await expect(page.locator("table.rows tbody tr")).to_contain_text("阳性")


async def test_without_a_network_the_file_stays_chosen_and_the_page_says_so(open_as: Open, bench: Bench) -> None:
    page = await open_as(bench.technician)
    await page.locator("body.scripted").wait_for()
    await page.context.set_offline(True)
    await drop(page, *ROWS)
    await expect(page.locator("#answer [role=alert]")).to_contain_text("网络不通")
    await page.context.set_offline(False)
    await page.locator("#drop button.main").click()
    await page.wait_for_url(f"**{BENCH}/imports/*")


async def test_a_long_file_is_followed_until_its_rows_are_there(open_as: Open, bench: Bench) -> None:
    page = await open_as(bench.technician)
    rows = [f"NY-{n:05},白菜,{12 + n % 30}.5,合格,2026-11-20 09:30,NC-1001,{n}" for n in range(10_400)]
    await drop(page, *rows, f"NY-X,黄瓜,63.2,合格,2026-11-20 09:35,NC-1001,{len(rows)}")
    await page.wait_for_url(f"**{BENCH}/imports/*", timeout=30_000)
    await expect(page.locator("#going progress")).to_be_visible()
    import_id = UUID(page.url.rpartition("/")[2])
    await import_jobs.import_queued(import_jobs.Queued(import_id, NewImport()))
    await expect(page.locator("table.rows tbody tr").first).to_contain_text("阳性", timeout=30_000)


async def test_a_scanner_on_the_bench_leads_to_the_bag_and_in_the_form_to_the_next_field(
    open_as: Open, bench: Bench
) -> None:
    sample = await bench.sample("6901234567892")
    page = await open_as(bench.technician)
    await expect(page.locator("#code")).to_be_focused()
    await page.keyboard.type("6901234567892\n", delay=2)
    await page.wait_for_url(f"**{BENCH}/samples/{sample}")
    await page.goto(f"{BENCH}/samples/new")
    await expect(page.locator("#code")).to_be_focused()
    await page.keyboard.type("6901234567893\n", delay=2)
    await expect(page.locator("#household")).to_be_focused()
    assert page.url.endswith("/new")


async def every_page(bench: Bench, page: Page) -> list[str]:
    """The addresses of the bench, with something on each."""
    instrument = await bench.instrument()
    sample = await bench.sample("NY-002")
    soil = await bench.sample("T-9", kind="soil", crop_said="花生", plot="村东三亩")
    await drop(page, *ROWS)
    await page.wait_for_url(f"**{BENCH}/imports/*")
    return [
        *(BENCH, page.url, f"{BENCH}/samples", f"{BENCH}/samples/new", f"{BENCH}/samples/{sample}"),
        *(f"{BENCH}/samples/{soil}", f"{BENCH}/samples/{sample}/slip", f"{BENCH}/instruments"),
        *(f"{BENCH}/instruments/{instrument}", f"{BENCH}/runs/new", f"{BENCH}/strips"),
    ]


SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OPENED = "document.querySelectorAll('main details:not([name])').forEach((one) => { one.open = true; })"


async def test_every_page_fits_a_phone_its_targets_a_thumb_its_words_the_eye_and_axe_finds_nothing(
    open_as: Open,
    bench: Bench,
    axe: str,  # noqa: F811
) -> None:
    page = await open_as(bench.technician, viewport=PHONE)
    for address in await every_page(bench, page):
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


async def test_a_page_of_the_bench_weighs_little(open_as: Open, bench: Bench) -> None:
    page = await open_as(bench.technician)
    loaded: list[int] = []
    page.on("requestfinished", lambda request: asyncio.ensure_future(_weigh(request, loaded)))
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    await page.goto(BENCH)
    await page.wait_for_load_state("networkidle")
    await asyncio.sleep(0.2)
    assert 0 < sum(loaded) < MOST_BYTES
    assert complaints == []


async def _weigh(request: Any, loaded: list[int]) -> None:
    sizes = await request.sizes()
    loaded.append(sizes["responseBodySize"])


async def test_a_wrong_join_is_taken_back_by_the_thumb_that_made_it(open_as: Open, bench: Bench) -> None:
    page = await open_as(bench.technician, viewport=PHONE)
    await drop(page, ROWS[0])
    await page.wait_for_url(f"**{BENCH}/imports/*")
    await bench.sample("S2611220001")
    await page.goto(BENCH)
    await page.get_by_role("button", name="S2611220001").click()
    undo = page.get_by_role("button", name="不是它，分开")
    await expect(undo).to_be_in_viewport()
    assert await page.evaluate(TOO_SMALL) == []
    await undo.click()
    await expect(page.locator(".note.good")).to_contain_text("已分开")
    await expect(page.get_by_role("button", name="S2611220001")).to_be_visible()
