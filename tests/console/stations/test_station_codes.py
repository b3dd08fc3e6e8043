"""Stations, their codes, and the sheet with the QR code that hangs there."""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
import segno

import backend.push.escalation  # noqa: F401 - registers what looks after an emergency
from backend.console.routes import router
from backend.core.database import fetch
from backend.core.ids import uuid7
from backend.people import actions
from backend.people.guards import SESSION_COOKIE
from backend.people.sessions import open_session
from backend.people.tables import UnitKind
from tests.application import application
from tests.cast import COUNTY, OTHER_VILLAGE, PASSWORD, VILLAGE, Cast, phone_of
from tests.console.test_today import SAME_SITE

STATIONS = "/console/stations"
PHONE = "0635-0000001"


@pytest.fixture
async def station(cast: Cast) -> UUID:
    studio = await actions.open_unit(
        id=uuid7(), name="农技工作室", kind=UnitKind.STUDIO, division_code=COUNTY, public_phone=PHONE
    )
    made = await actions.open_unit(
        id=uuid7(), name="村农技服务点", kind=UnitKind.STATION, division_code=VILLAGE, parent_id=studio.id
    )
    return made.id


class Desk:
    """A browser of somebody signed in, without scripts."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def sign_in(self, who: str) -> "Desk":
        session = await open_session(phone=phone_of(who), password=PASSWORD)
        self._client.cookies.set(SESSION_COOKIE, session.token)
        return self

    async def look(self, address: str = STATIONS) -> httpx.Response:
        return await self._client.get(address)

    async def send(self, address: str, headers: dict[str, str] = SAME_SITE, **fields: Any) -> httpx.Response:
        return await self._client.post(address, data=fields, headers=headers, follow_redirects=True)


@pytest.fixture
async def desk(cast: Cast) -> AsyncIterator[Desk]:
    app = application(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield Desk(client)


def sheet_of(page: httpx.Response) -> str:
    found = re.search(r'href="(/console/stations/[^"]+/sheet)"', page.text)
    assert found, page.text
    return found[1]


async def test_a_supervisor_makes_a_code_once_and_prints_its_sheet(desk: Desk, station: UUID) -> None:
    await desk.sign_in("supervisor")
    listed = (await desk.look()).text
    assert ("村农技服务点" in listed, "还没有码" in listed) == (True, True)
    id = str(uuid7())
    for _ in range(2):
        page = await desk.send(f"{STATIONS}/{station}/codes", id=id)
        assert page.status_code == 200, page.text
    assert len(await fetch("SELECT 1 FROM people_station_code")) == 1
    sheet = await desk.look(sheet_of(page))
    address = re.search(r"http://test/q/[0-9A-Z]{16}", sheet.text)
    assert address
    drawn = segno.make(address[0], error="q", micro=False).svg_inline(
        omitsize=True, border=3, dark="#000", light="#fff"
    )
    assert re.findall(r' d="[^"]+"', drawn)[-1] in sheet.text, "the QR code leads to that address"
    missing = [word for word in ("庄稼病了？", "扫一扫", PHONE, "村农技服务点", "农技工作室") if word not in sheet.text]
    assert missing == []
    assert "村农技服务点" in (await desk.look(address[0].removeprefix("http://test"))).text


async def test_the_sheet_is_in_chinese_whatever_the_reader_speaks(desk: Desk, station: UUID) -> None:
    await desk.sign_in("admin")
    page = await desk.send(f"{STATIONS}/{station}/codes", id=str(uuid7()))
    sheet = await desk._client.get(sheet_of(page), headers={"Accept-Language": "en"})
    assert "庄稼病了？" in sheet.text


async def test_a_void_code_has_no_sheet_and_opens_nothing(desk: Desk, station: UUID) -> None:
    await desk.sign_in("admin")
    page = await desk.send(f"{STATIONS}/{station}/codes", id=str(uuid7()))
    sheet = sheet_of(page)
    door = re.search(r'href="(/q/[^"]+)"', page.text)
    assert door
    for _ in range(2):
        page = await desk.send(sheet.replace("/sheet", "/revocation"))
    assert "已作废" in page.text
    assert (await desk.look(sheet)).status_code == 404
    assert (await desk.look(door[1])).status_code == 401


async def test_nobody_no_stranger_and_no_other_site_makes_or_revokes_one(desk: Desk, station: UUID) -> None:
    assert (await desk.look()).headers["location"].startswith("/console/sign-in")
    elsewhere = await actions.open_unit(id=uuid7(), name="别处的站", kind=UnitKind.STATION, division_code=OTHER_VILLAGE)
    await desk.sign_in("cadre")
    assert (await desk.look()).status_code == 200
    assert "/codes" not in (await desk.look(f"{STATIONS}/{station}")).text
    assert (await desk.send(f"{STATIONS}/{station}/codes", id=str(uuid7()))).status_code == 403
    await desk.sign_in("supervisor")
    assert "别处的站" not in (await desk.look()).text
    assert (await desk.look(f"{STATIONS}/{elsewhere.id}")).status_code == 404
    assert (await desk.send(f"{STATIONS}/{elsewhere.id}/codes", id=str(uuid7()))).status_code == 404
    forged = {"Sec-Fetch-Site": "cross-site"}
    assert (await desk.send(f"{STATIONS}/{station}/codes", headers=forged, id=str(uuid7()))).status_code == 403
    assert (await desk.look(f"{STATIONS}/{station}/codes/{uuid7()}/sheet")).status_code == 404
    assert await fetch("SELECT 1 FROM people_station_code") == []
