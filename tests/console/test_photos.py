"""What the pipeline thought of each photo, on a phone and without scripts."""

from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import expect

from tests.console.conftest import Door, until
from tests.media import drawn
from tests.media.drawn import field, saved


@pytest.fixture(scope="session")
def album(demo: dict[str, Any]) -> dict[str, str]:
    """Five things that the demo's cadre sends, by name, looked at by the real worker."""
    cadre = next(account for account in demo["accounts"] if account["role"] == "cadre")
    signed = {"Authorization": f"Bearer {cadre['access_token']}"}
    made = {
        "good": saved(field(seed=31)),
        "alike": saved(field(seed=31), quality=60),
        "dark": drawn.dark(),
        "broken": saved(field(seed=33))[:9000],
        "voice": drawn.amr(),
    }
    sent = {name: str(uuid4()) for name in made}
    with httpx.Client(base_url=f"{demo['base_url']}/api/v1/photos", headers=signed, timeout=30) as client:
        for name, content in made.items():
            answer = client.post("", data={"id": sent[name]}, files={"photo": (f"{name}.jpg", content)})
            assert answer.status_code == 201, answer.text
        for photo_id in sent.values():
            _until_looked_at(client, photo_id)
    return sent


def _until_looked_at(client: httpx.Client, photo_id: str) -> None:
    by = monotonic() + 30
    while client.get(f"/{photo_id}").json()["state"] == "waiting":
        assert monotonic() < by
        sleep(0.1)


async def test_each_photo_says_in_words_what_is_wrong_with_it(sign_in: Door, album: dict[str, str]) -> None:
    page = await sign_in("cadre", java_script_enabled=False)
    await page.goto("/console/photos")

    await expect(page.locator(f"#photo-{album['good']}")).to_contain_text("清楚")
    await expect(page.locator(f"#photo-{album['dark']}")).to_contain_text("请到亮处或打开闪光灯")
    await expect(page.locator(f"#photo-{album['broken']}")).to_contain_text("请重新拍摄或重新发送")
    assert await page.locator(f"#photo-{album['broken']} img").count() == 0
    await expect(page.locator(f"#photo-{album['good']} .alike a")).to_have_count(1)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("state=refused", {"broken"}),
        ("reason=too_dark", {"dark"}),
        ("near_duplicate=true", {"good", "alike"}),
        ("state=waiting", set()),
    ],
)
async def test_filters_narrow_it(sign_in: Door, album: dict[str, str], query: str, names: set[str]) -> None:
    page = await sign_in("cadre", java_script_enabled=False)
    await page.goto(f"/console/photos?{query}")

    shown = {await one.get_attribute("id") for one in await page.locator(".card").all()}
    assert shown & {f"photo-{photo_id}" for photo_id in album.values()} == {f"photo-{album[name]}" for name in names}


async def test_a_filter_that_cannot_be_read_is_said_so(sign_in: Door) -> None:
    page = await sign_in("cadre")
    answer = await page.goto("/console/photos?state=verloren")

    assert answer is not None
    assert answer.status == 200
    await expect(page.locator(".note.bad")).to_contain_text("verloren")


async def test_what_is_shown_comes_as_a_zip_in_one_tap(sign_in: Door, album: dict[str, str]) -> None:
    page = await sign_in("cadre")
    await page.goto("/console/photos?near_duplicate=true")
    async with page.expect_download() as coming:
        await page.locator("a[download]").first.click()

    assert (await (await coming.value).path()).read_bytes().startswith(b"PK\3\4")


async def test_it_fits_a_phone(sign_in: Door, album: dict[str, str]) -> None:
    page = await sign_in("cadre")
    await page.goto("/console/photos")
    await until(page, "[...document.images].slice(0, 3).every(one => one.complete && one.naturalWidth > 0)")

    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
