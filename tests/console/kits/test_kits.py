"""What phones carry: read by overseers; looked over, published, withdrawn and closed by an administrator."""

import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from litestar import Router

from backend.console import refused as console_refused
from backend.console.kits import routes
from backend.core.database import fetch
from backend.kits.folder_zips import folder_of
from backend.people.guards import NEEDS_SIGN_IN
from tests.application import application
from tests.cast import Cast
from tests.console.bench_desk import SAME_SITE, Desk, Page
from tests.kits.conftest import zip_of
from tests.kits.small_kit import KIT_TOML, SHEET, forgotten, write

HERE = "/console/kits"
VERSION = "2026112201"
PAGES = Router(
    path="/",
    route_handlers=[routes.router],
    dependencies=NEEDS_SIGN_IN,
    exception_handlers=console_refused.HANDLERS,  # type: ignore[arg-type]
)
NEXT = {"kit.toml": KIT_TOML.replace(VERSION, "2026112202")}


@pytest.fixture
async def desk(cast: Cast) -> AsyncIterator[Desk]:
    transport = httpx.ASGITransport(application(PAGES))
    async with forgotten(), httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield await Desk(client).be(cast.admin)


async def checked(desk: Desk, content: bytes, *, name: str = "orchard.zip", kit: str = "") -> Page:
    answer = await desk._client.post(
        f"{HERE}/check", files={"file": (name, content)}, data={"kit": kit}, headers=SAME_SITE
    )
    return Page(answer)


async def published(desk: Desk, page: Page) -> Page:
    """The one click of a page that says that all is well."""
    (carried,) = page.all('//input[@name="zip"]/@value')
    answer = await desk._client.post(
        f"{HERE}/publication", files={"zip": (None, carried)}, headers=SAME_SITE, follow_redirects=True
    )
    return Page(answer)


async def versions() -> list[str]:
    rows = await fetch("SELECT version FROM kits_version WHERE kit_id = 'orchard' ORDER BY version")
    return [row["version"] for row in rows]


async def test_nobody_signs_in_first_and_only_overseers_read(cast: Cast, desk: Desk, tmp_path: Path) -> None:
    await published(desk, await checked(desk, zip_of(write(tmp_path))))
    for who in (cast.cadre, cast.stranger, cast.operator):
        await (await desk.be(who)).look(HERE, status=403)
        await desk.look(f"{HERE}/forms/orchard/{VERSION}", status=403)
    for who in (cast.supervisor, cast.auditor):
        page = await (await desk.be(who)).look(HERE)
        assert "果园" in page.text
        assert not page.tree.forms[1:]
    del desk._client.headers["Authorization"]
    assert (await desk.raw(HERE)).headers["location"] == f"/console/sign-in?next={HERE}"


async def test_only_an_administrator_changes_anything(cast: Cast, desk: Desk, tmp_path: Path) -> None:
    content = zip_of(write(tmp_path))
    await published(desk, await checked(desk, content))
    await desk.be(cast.supervisor)
    for path, sent in (
        ("/check", {"files": {"file": ("k.zip", content)}}),
        ("/publication", {"files": {"zip": (None, "")}}),
        (f"/versions/orchard/{VERSION}/withdrawal", {"data": {"sure": "yes"}}),
        (f"/forms/orchard/{VERSION}/state", {"data": {"state": "closed"}}),
    ):
        answer = await desk._client.post(f"{HERE}{path}", headers=SAME_SITE, **sent)
        assert answer.status_code == 403, path
    assert (await desk.raw(f"{HERE}/versions/orchard/{VERSION}/folder.zip")).status_code == 403


async def test_a_folder_is_looked_over_first_then_published_once(desk: Desk, tmp_path: Path) -> None:
    page = await checked(desk, zip_of(write(tmp_path)))
    assert "没有错误" in page.text
    assert await versions() == []
    for _ in range(2):
        after = await published(desk, page)
    assert "这个版本已经发布过" in after.said('//*[@role="status"]')
    assert await versions() == [VERSION]
    changed = await checked(desk, zip_of(write(tmp_path, **NEXT, **{"cards/scab.md": "# 黑星病\n"})))
    assert "cards/scab.md" in changed.said("//dl")
    assert "已发布" in (await published(desk, changed)).said('//*[@role="status"]')
    assert await versions() == [VERSION, "2026112202"]


async def test_every_mistake_is_told_with_its_file_and_row_in_chinese(desk: Desk, tmp_path: Path) -> None:
    wrong = {"kit.toml": KIT_TOML.replace("recordVisit", "recordVisits"), "cards/ring_rot.md": "没有标题\n"}
    page = await checked(desk, zip_of(write(tmp_path, **wrong)))
    assert page.status == 400
    assert page.all("//h2/text()") == ["orchard/cards/ring_rot.md", "orchard/kit.toml"]
    assert "卡片第一行是标题" in page.text
    assert "orchard/kit.toml，第 11 行" in page.text
    sheet = await checked(
        desk, zip_of(write(tmp_path, **{"forms/orchard.md": SHEET.replace("dateTime ", "datetimes")}))
    )
    assert "工作表 survey，第 3 行" in sheet.text
    assert await versions() == []


async def test_what_is_no_kit_is_refused_on_the_page(desk: Desk) -> None:
    for content in (b"", b"PK", b"no zip"):
        page = await checked(desk, content)
        assert (page.status, bool(page.all('//*[@role="alert"]'))) == (400, True), content
    answer = await desk._client.post(f"{HERE}/publication", files={"zip": (None, "%%")}, headers=SAME_SITE)
    assert answer.status_code == 400


async def test_a_version_comes_back_as_the_folder_it_was_and_is_sent_again_changed(
    cast: Cast, desk: Desk, tmp_path: Path
) -> None:
    await published(desk, await checked(desk, zip_of(write(tmp_path))))
    answer = await desk.raw(f"{HERE}/versions/orchard/{VERSION}/folder.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as folder:
        names = folder.namelist()
        assert folder.read("orchard/forms/orchard.md").decode() == SHEET
    assert {"orchard/kit.toml", "orchard/README.md", "orchard/cards/ring_rot.md"} <= set(names)
    assert "已经发布过" in (await checked(desk, answer.content)).text
    assert (await desk.raw(f"{HERE}/versions/orchard/2020010101/folder.zip")).status_code == 404


async def test_one_changed_sheet_alone_is_enough_and_raises_the_kit(cast: Cast, desk: Desk, tmp_path: Path) -> None:
    await published(desk, await checked(desk, zip_of(write(tmp_path))))
    same = await checked(desk, SHEET.replace("什么事", "要办什么事").encode(), name="orchard (1).md", kit="orchard")
    assert (same.status, "settings" in same.said('//*[@role="alert"]')) == (409, True)
    sheet = SHEET.replace("什么事", "要办什么事").replace(VERSION, "2026112209")
    page = await checked(desk, sheet.encode(), name="orchard (1).md", kit="orchard")
    assert "forms/orchard.md" in page.said("//dl")
    await published(desk, page)
    before, after = await versions()
    assert (before, after > before) == (VERSION, True)
    folder = await folder_of(kit_id="orchard", version=None, by=cast.admin)
    assert folder["forms/orchard.md"].decode() == sheet
    shown = await desk.look(f"{HERE}/forms/orchard/2026112209")
    assert "要办什么事" in shown.text


async def test_a_form_is_shown_as_a_phone_asks_it(desk: Desk, tmp_path: Path) -> None:
    await published(desk, await checked(desk, zip_of(write(tmp_path))))
    page = await desk.look(f"{HERE}/forms/orchard/{VERSION}")
    labels = [heading.text_content().strip() for heading in page.all('//section[contains(@class, "ask")]/h3')]
    assert labels == ["时间", "村", "户卡", "照片", "类别", "什么事"]
    assert page.all('//ul[@class="choices"]/li/text()') == ["◯ 生产经营", "◯ 其他"]
    assert "拍照片" in page.text
    assert "可以填好几组" in page.text
    await desk.look(f"{HERE}/forms/orchard/2020010101", status=404)


async def test_a_form_is_closed_and_opened_again(desk: Desk, tmp_path: Path) -> None:
    await published(desk, await checked(desk, zip_of(write(tmp_path))))
    for state, word in (("closing", "只收不发"), ("closed", "已关闭"), ("open", "使用中")):
        page = await desk.look(HERE)
        after = await desk.send(page, f"forms/orchard/{VERSION}/state", state=state)
        assert "马上生效" in after.said('//*[@role="status"]')
        assert word in after.said('//section[@aria-labelledby="kit-orchard"]//span[contains(@class, "tag")]')
    wrong = await desk.send(after, f"forms/orchard/{VERSION}/state", state="ajar")
    assert wrong.status == 400


async def test_a_version_is_withdrawn_by_whoever_says_that_he_is_sure(desk: Desk, tmp_path: Path) -> None:
    await published(desk, await checked(desk, zip_of(write(tmp_path))))
    await published(desk, await checked(desk, zip_of(write(tmp_path, **NEXT))))
    page = await desk.look(HERE)
    unsure = await desk.send(page, "versions/orchard/2026112202/withdrawal")
    assert (unsure.status, "请先打勾" in unsure.said('//*[@role="alert"]')) == (400, True)
    for _ in range(2):
        after = await desk.send(page, "versions/orchard/2026112202/withdrawal", sure="yes")
        assert "已收回" in after.said('//*[@role="status"]')
    (row,) = await fetch("SELECT withdrawn FROM kits_version WHERE kit_id = 'orchard' AND version = '2026112202'")
    assert row["withdrawn"]
    assert f"版本 {VERSION}" in after.said('//section[@aria-labelledby="kit-orchard"]/p')
