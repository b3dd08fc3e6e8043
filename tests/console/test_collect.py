"""The page that sets a phone up for ODK Collect."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar, Router

from backend.console import collect
from backend.console import refused as console_refused
from backend.core.database import fetch
from backend.openrosa import collect_routes
from backend.people.guards import NEEDS_SIGN_IN
from tests.application import application
from tests.cast import Cast
from tests.console.bench_desk import SAME_SITE, Desk, Page

HERE = "/console/collect"
PHONE = "李秀兰的红米"
PAGES = Router(
    path="/",
    route_handlers=[collect.router],
    dependencies=NEEDS_SIGN_IN,
    exception_handlers=console_refused.HANDLERS,  # type: ignore[arg-type]
)


@pytest.fixture
async def client(cast: Cast) -> AsyncIterator[httpx.AsyncClient]:
    app: Litestar = application(PAGES, collect_routes.router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


@pytest.fixture
async def desk(client: httpx.AsyncClient, cast: Cast) -> Desk:
    return await Desk(client).be(cast.cadre)


async def set_up(desk: Desk, address: str = HERE, phone: str = PHONE) -> Page:
    return await desk.send(await desk.look(address), "collect", device_label=phone)


def drawn(page: Page) -> str:
    return next(reversed(page.all("//figure//*[local-name()='path']/@d")), "")


def phones(page: Page) -> str:
    return page.said('//section[@aria-labelledby="phones"]')


async def keys() -> int:
    return len(await fetch("SELECT FROM people_access_key WHERE revoked_at IS NULL"))


async def test_a_name_and_one_tap_lead_to_the_code_of_the_phone_and_three_steps(desk, client):
    page = await set_up(desk)

    assert page.said("//h1") == PHONE
    assert len(page.all('//section[@aria-labelledby="steps"]//li')) == 3
    [address] = re.findall("http://test/openrosa/key/[A-Za-z0-9_-]{43}", page.text)
    [picture] = page.all("//a[@download]/@href")
    drawing = await client.get(picture.replace(".png", ".svg"))
    assert drawn(page) in drawing.text.replace("\n", "")
    assert (await client.get(picture)).headers["content-type"] == "image/png"
    assert address not in page.said("//section[@aria-labelledby='steps']")


async def test_the_same_form_again_leads_to_the_same_code(desk):
    first = await desk.look(HERE)
    made = [await desk.send(first, "collect", device_label=PHONE) for _ in range(2)]

    assert drawn(made[0]) == drawn(made[1]) != ""
    assert await keys() == 1


async def test_the_code_is_found_again_from_the_list_of_ones_phones(desk):
    made = await set_up(desk)
    page = await desk.look(HERE)

    assert PHONE in phones(page)
    [link] = page.all('//section[@aria-labelledby="phones"]//a/@href')
    assert drawn(await desk.look(link)) == drawn(made)


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"device_label": ""}, "wrong-device_label"),
        ({"device_label": "长" * 61}, "wrong-device_label"),
        ({"device_label": PHONE, "id": "no"}, ""),
    ],
)
async def test_a_wrong_form_comes_back_with_what_was_typed_and_what_is_wrong_beside_it(desk, typed, wrong):
    page = await desk.send(await desk.look(HERE), "collect", **typed)

    assert page.status == 400
    assert page.all('//*[@role="alert"]')
    assert not wrong or page.all(f'//*[@id="{wrong}"]')
    assert page.all('//input[@id="device_label"]/@value') == [typed["device_label"]]
    assert await keys() == 0


async def test_a_revoked_phone_leaves_the_list_and_its_page_says_so_without_the_code(desk):
    made = await set_up(desk)
    page = await desk.send(await desk.look(HERE), "revocation")

    assert "已停用" in page.said('//*[@role="status"]')
    assert "暂无" in phones(page)
    after = await desk.look(made.address)
    assert (drawn(after), "已停用" in after.said('//*[@role="status"]')) == ("", True)


async def test_a_supervisor_finds_somebody_by_name_sets_his_phone_up_and_revokes_it(desk, cast):
    await desk.be(cast.supervisor)
    people = await desk.look(f"{HERE}/people?name=秀兰")
    [link] = people.all("//main//ul//a/@href")
    assert "还没有设手机" in people.text

    made = await set_up(desk, link)
    assert (made.said("//h1"), drawn(made) != "") == (PHONE, True)
    assert "设了 1 部手机" in (await desk.look(f"{HERE}/people?name=秀兰")).text

    await desk.be(cast.cadre)
    own = await desk.look(HERE)
    assert "王建国设的" in phones(own)
    assert not own.all('//section[@aria-labelledby="phones"]//a')
    his = await desk.look(made.address)
    assert (drawn(his), "只有他能看" in his.text) == ("", True)

    await desk.be(cast.supervisor)
    page = await desk.send(await desk.look(link), "revocation")
    assert (page.address.partition("?")[0].endswith(link), await keys()) == (True, 0)


async def test_people_are_those_of_ones_area_page_by_page(desk, cast, monkeypatch):
    monkeypatch.setattr(collect, "ROWS", 4)
    await desk.be(cast.supervisor)
    page, seen = await desk.look(f"{HERE}/people"), []
    while True:
        seen += [each.text for each in page.all('//main//ul//p[@class="big"]')]
        more = [link for link in page.all("//main//a/@href") if "after=" in link]
        if not more:
            break
        page = await desk.look(more[0])
    assert sorted(seen) == sorted(set(seen))
    assert len(seen) == 10
    assert "高洁" not in seen
    assert "没有这个名字" in (await desk.look(f"{HERE}/people?name=无名氏")).text


async def test_whoever_oversees_but_does_not_keep_sees_phones_and_changes_nothing(desk, cast):
    await set_up(desk)
    await desk.be(cast.auditor)
    page = await desk.look(f"{HERE}/of/{cast.cadre.person_id}")

    assert PHONE in phones(page)
    assert not page.all("//main//form")


async def test_nobody_signs_in_first_and_a_stranger_finds_nothing(desk, client, cast):
    made = await set_up(desk)
    path = httpx.URL(made.address).path
    of_her = f"{HERE}/of/{cast.cadre.person_id}"

    await desk.be(cast.stranger)
    assert "暂无" in phones(await desk.look(HERE))
    for address, status in ((path, 404), (of_her, 404), (f"{HERE}/people", 403), (f"{HERE}?after=x", 400)):
        await desk.look(address, status)
    assert (await client.post(f"{path}/revocation", headers=SAME_SITE)).status_code == 404
    sent = {"id": "00000000-0000-4000-8000-000000000001", "person_id": str(cast.cadre.person_id), "device_label": "x"}
    assert (await client.post(HERE, data=sent, headers=SAME_SITE)).status_code == 404

    client.headers.pop("Authorization")
    for method, address in (
        ("GET", HERE), ("POST", HERE), ("GET", path), ("GET", of_her), ("GET", f"{HERE}/people"),
        ("POST", f"{path}/revocation"),
    ):  # fmt: skip
        answer = await client.request(method, address, headers=SAME_SITE)
        assert answer.headers["location"].startswith("/console/sign-in"), address
    assert await keys() == 1
