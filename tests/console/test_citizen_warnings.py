"""Warnings by text message for a farmer without an app: behind a station's QR, and at a desk that does it for him."""
# ruff: noqa: F811 - the poster is a fixture of the file next door

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar, Router
from playwright.async_api import Browser, expect

import backend.push.escalation  # noqa: F401 - registers what looks after an emergency
from backend.console import citizen_warnings, citizen_warnings_desk, farmer_door, refused
from backend.console.citizen_warnings import COOKIE
from backend.core import clock
from backend.core.database import fetch
from backend.core.ids import uuid7
from backend.core.logs import RequestContext
from backend.core.problems import HANDLERS
from backend.people import actions, station_codes
from backend.people.guards import NEEDS_SIGN_IN, SESSION_COOKIE
from backend.people.sessions import open_session
from backend.people.tables import UnitKind
from backend.push import outlets
from backend.push.citizen_sending import code_of
from backend.push.provider import AddressKind
from tests.cast import PASSWORD, VILLAGE, Cast, phone_of
from tests.console.conftest import PHONE
from tests.console.posters import Poster, poster  # noqa: F401 - a fixture
from tests.console.test_farmer_phones import axe, violations  # noqa: F401 - a fixture
from tests.console.test_pages import TOO_SMALL
from tests.console.test_today import SAME_SITE
from tests.push.outside import Outside

NUMBER, E164 = "139 0000 0001", "+8613900000001"
LIMIT_BYTES = 60_000


@pytest.fixture
def sms(monkeypatch: pytest.MonkeyPatch) -> Outside:
    made = Outside("sms", AddressKind.SMS)
    monkeypatch.setattr(outlets, "in_use", lambda: [made])
    return made


@pytest.fixture
async def site(cast: Cast, sms: Outside) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without scripts; `/q/…` is the poster of a station, staff sign in with a cookie."""
    desk = Router(
        path="/",
        route_handlers=[citizen_warnings_desk.router],
        dependencies=NEEDS_SIGN_IN,
        exception_handlers=refused.HANDLERS,  # type: ignore[arg-type]
    )
    app = Litestar(
        [farmer_door.router, citizen_warnings.router, desk], exception_handlers=HANDLERS, logging_config=None
    )
    app.asgi_handler = RequestContext(app.asgi_handler)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test", headers=SAME_SITE
    ) as client:
        yield client


@pytest.fixture
async def door(cast: Cast) -> str:
    station = await actions.open_unit(id=uuid7(), name="服务点", kind=UnitKind.STATION, division_code=VILLAGE)
    code = await station_codes.make_station_code(unit_id=station.id, by=cast.admin)
    return f"/q/{code}/warnings"


def filled_in(**more: Any) -> dict[str, Any]:
    said = {"id": str(uuid7()), "phone": NUMBER, "agree": "yes", "text_version": "2026-11-zh"}
    return {name: value for name, value in (said | more).items() if value}


def carried(page: httpx.Response) -> dict[str, Any]:
    """What the page with the digits carries along."""
    found: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text):
        found.setdefault(name, []).append(value)
    return found


async def registered(site: httpx.AsyncClient, door: str, **said: Any) -> httpx.Response:
    asked = await site.post(door, data=filled_in(**said))
    assert asked.status_code == 200, asked.text
    given = carried(asked)
    answer = await site.post(f"{door}/code", data=given | {"code": code_of(UUID(given["id"][0]))})
    assert answer.status_code == 303, answer.text
    return await site.get(answer.headers["location"])


async def numbers() -> list[Any]:
    return list(await fetch("SELECT * FROM push_address WHERE dead_at IS NULL"))


# -- the farmer's pages


async def test_the_poster_leads_there_and_looking_changes_nothing(site: httpx.AsyncClient, door: str) -> None:
    front = await site.get(door.removesuffix("/warnings"))
    assert f'href="{door}"' in front.text
    page = await site.get(door)
    assert page.status_code == 200
    assert "琉璃庙村" in page.text
    assert " checked" not in page.text, "nothing is ticked for him"
    for told in ("紧急的一定发，夜里也发", "号码马上删除", "退订"):
        assert told in page.text
    assert await fetch("SELECT 1 FROM people_allowance") == []
    assert (await site.get("/q/0000-0000/warnings")).status_code == 401


async def test_number_ticks_and_digits_and_his_own_page_says_what_he_gets(site: httpx.AsyncClient, door: str) -> None:
    mine = await registered(site, door, interests=["fraud", "crop.wheat"])
    for told in ("开通了", "尾号 0001", "✓ 紧急预警", "✓ 全村的事", "✓ 防骗", "小麦"):
        assert told in mine.text, told
    (row,) = await numbers()
    assert row["division_code"] == VILLAGE
    assert "crop.wheat" in row["interests"]
    assert "fraud.fake_loan" in row["interests"]
    assert site.cookies.get(COOKIE, path=door)
    assert "0001" not in str(mine.url), "nothing of him is in the address"
    assert E164[3:] not in mine.text


async def test_one_tap_and_only_emergencies_come_and_one_tap_takes_it_back(site: httpx.AsyncClient, door: str) -> None:
    mine = await registered(site, door, interests=["fraud"])
    assert "除了紧急的，都别发" in mine.text
    for step, muted, told in (("quiet", ["info", "service"], "以后只发紧急的"), ("loud", [], "都恢复发送")):
        for _ in range(2):
            answer = await site.post(f"{door}/mine/{step}")
            assert answer.status_code == 303
        assert told in (await site.get(answer.headers["location"])).text
        (row,) = await numbers()
        assert sorted(row["muted"]) == muted
        assert row["interests"], "what he chose waits for him"
    lied = await site.get(f"{door}/mine?did=quiet")
    assert "以后只发紧急的" not in lied.text, "an address can be typed by anybody"


async def test_he_chooses_anew_and_he_stops_and_nothing_of_his_number_is_left(
    site: httpx.AsyncClient, door: str
) -> None:
    await registered(site, door, interests=["fraud", "crop.wheat"])
    await site.post(f"{door}/mine/wishes", data={"interests": ["crop.maize", "crop.moon", "everything"]})
    (row,) = await numbers()
    assert row["interests"] == ["crop.maize"]
    stopped = await site.post(f"{door}/mine/stop")
    assert stopped.status_code == 200
    assert "已退订，您的号码已删除" in stopped.text
    assert "紧急预警也不再发" in stopped.text
    assert await fetch("SELECT 1 FROM push_address") == []
    again = await site.post(f"{door}/mine/stop")
    assert again.status_code == 403
    assert (await site.get(f"{door}/mine")).headers["location"] == door


async def test_what_is_wrong_stands_at_its_field_and_what_he_typed_stays(
    site: httpx.AsyncClient, door: str, sms: Outside
) -> None:
    page = await site.post(door, data=filled_in(agree="", phone="0635 3950001", interests=["fraud"]))
    assert page.status_code == 400
    assert "请勾选“同意给我发短信”" in page.text
    assert 'value="0635 3950001"' in page.text
    assert re.search(r'value="fraud" checked', page.text)
    fixed = await site.post(door, data=filled_in(phone="0635 3950001"))
    assert "短信只能发到手机号" in fixed.text
    assert 'id="wrong-phone"' in fixed.text
    assert await fetch("SELECT 1 FROM push_citizen_code") == []


async def test_wrong_digits_ask_again_with_all_he_ticked(site: httpx.AsyncClient, door: str) -> None:
    given = carried(await site.post(door, data=filled_in(interests=["fraud"])))
    refused_page = await site.post(f"{door}/code", data=given | {"code": "12"})
    assert refused_page.status_code == 403
    assert "验证码不对" in refused_page.text or "请再看看短信" in refused_page.text
    assert carried(refused_page)["interests"] == ["fraud"]
    assert await numbers() == []
    right = await site.post(f"{door}/code", data=given | {"code": code_of(UUID(given["id"][0]))})
    twice = await site.post(f"{door}/code", data=given | {"code": code_of(UUID(given["id"][0]))})
    assert (right.status_code, twice.status_code) == (303, 303)
    assert len(await numbers()) == 1


async def test_who_comes_back_needs_his_number_and_new_digits_and_a_stranger_learns_nothing(
    site: httpx.AsyncClient, door: str
) -> None:
    await registered(site, door)
    left = await site.post(f"{door}/mine/leaving")
    assert left.status_code == 303
    assert (await site.get(f"{door}/mine")).status_code == 303
    pages = {}
    for number in (NUMBER, "139 0000 0009"):
        asked = await site.post(door, data={"id": str(uuid7()), "want": "back", "phone": number})
        pages[number] = carried(asked)
        assert "填六位验证码" in asked.text, "the same answer whether or not the number is known"
    unknown = pages["139 0000 0009"]
    answer = await site.post(f"{door}/code", data=unknown | {"code": code_of(UUID(unknown["id"][0]))})
    assert (answer.status_code, "请先开通" in answer.text) == (404, True)
    mine = pages[NUMBER]
    answer = await site.post(f"{door}/code", data=mine | {"code": code_of(UUID(mine["id"][0]))})
    assert "尾号 0001" in (await site.get(answer.headers["location"])).text


async def test_another_sites_form_and_an_old_ticket_do_nothing(site: httpx.AsyncClient, door: str) -> None:
    await registered(site, door)
    foreign = {"sec-fetch-site": "cross-site", "origin": "http://evil.example"}
    assert (await site.post(f"{door}/mine/stop", headers=foreign)).status_code == 403
    assert (await site.post(door, data=filled_in(), headers=foreign)).status_code == 403
    assert (await site.post(f"{door}/mine/everything")).status_code == 404
    with clock.stopped(clock.now() + timedelta(minutes=31)):
        answer = await site.post(f"{door}/mine/stop")
        assert (answer.status_code, "重新发一个验证码" in answer.text) == (403, True)
    assert len(await numbers()) == 1


# -- the desk


async def signed_in(site: httpx.AsyncClient, who: str) -> None:
    session = await open_session(phone=phone_of(who), password=PASSWORD)
    site.cookies.set(SESSION_COOKIE, session.token)


async def test_a_desk_reads_it_out_and_registers_him_with_the_digits_he_tells_and_stops_him_too(
    site: httpx.AsyncClient, cast: Cast
) -> None:
    path = "/console/citizen-warnings"
    assert "/console/sign-in" in (await site.get(path)).headers["location"]
    await signed_in(site, "auditor")
    assert (await site.get(path)).status_code == 403
    await signed_in(site, "operator")
    page = await site.get(path)
    assert "您同意吗？" in page.text
    said = filled_in(place="琉璃庙", channel="call", interests=["fraud"], text_version="2026-11-aloud-zh")
    for missing in ("agree", "phone", "place"):
        wrong = await site.post(path, data={name: value for name, value in said.items() if name != missing})
        assert (wrong.status_code, f'id="wrong-{missing}"' in wrong.text) == (400, True)
        assert re.search(r'value="fraud" checked', wrong.text)

    asked = await site.post(path, data=said)
    given = carried(asked)
    assert (await site.post(f"{path}/code", data=given | {"code": "7"})).status_code == 403
    done = await site.post(f"{path}/code", data=given | {"code": code_of(UUID(given["id"][0]))})
    assert (done.status_code, "尾号 0001" in done.text) == (200, True)
    (line,) = await fetch("SELECT * FROM push_citizen_consent")
    assert (line["method"], line["channel"], line["recorded_by"]) == ("spoken", "call", cast.operator.person_id)

    asked = await site.post(path, data=said | {"id": str(uuid7()), "do": "stop", "agree": ""})
    given = carried(asked)
    done = await site.post(f"{path}/code", data=given | {"code": code_of(UUID(given["id"][0]))})
    assert "他的号码已删除" in done.text
    assert await fetch("SELECT 1 FROM push_address") == []


# -- on a phone


async def test_on_a_phone_without_scripts_from_the_poster_to_quiet(browser: Browser, poster: Poster) -> None:
    context = await browser.new_context(
        base_url=poster.base_url, viewport=PHONE, locale="zh-CN", java_script_enabled=False
    )
    page = await context.new_page()
    await page.goto(poster.path)
    await page.click("#to-warnings")
    await page.fill("#phone", NUMBER)
    await page.click("label:has([value=fraud])")
    await page.click("label.tick:has([name=agree])", position={"x": 10, "y": 20})
    await page.click("text=给我发验证码")
    shown = await page.inner_text("#stand-in")
    await page.fill("#code", re.findall(r"\d{6}", shown)[0])
    await page.click("text=确认开通")
    await expect(page.locator(".note.good")).to_contain_text("开通了")
    await page.click("text=除了紧急的，都别发")
    await expect(page.locator(".gets")).to_contain_text("✕ 防骗 现在不发")
    await context.close()


SEEN = [{"color_scheme": "light"}, {"color_scheme": "dark", "viewport": {"width": 320, "height": 568}}]


@pytest.mark.parametrize("options", SEEN, ids=["light", "dark, narrow, large"])
async def test_it_is_light_large_enough_and_nothing_is_wrong_with_it(
    browser: Browser, poster: Poster, axe: str, options: dict[str, Any]
) -> None:
    context = await browser.new_context(
        **({"base_url": poster.base_url, "viewport": PHONE, "locale": "zh-CN", "bypass_csp": True} | options)
    )
    page = await context.new_page()
    asked: list[Any] = []
    page.on("request", lambda request: asked.append(request))
    await page.goto(f"{poster.path}/warnings{'?big=1' if 'viewport' in options else ''}")
    for look in ("form", "digits", "mine"):
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), look
        assert await page.evaluate(TOO_SMALL) == [], look
        assert await violations(page, axe) == [], look
        if look == "form":
            weight = sum([len(await (await each.response()).body()) for each in asked])
            assert weight < LIMIT_BYTES
            await page.fill("#phone", f"139 0000 001{len(options)}")
            await page.click("label.tick:has([name=agree])", position={"x": 10, "y": 20})
            await page.click("text=给我发验证码")
            await page.wait_for_selector("#code")
        elif look == "digits":
            await page.fill("#code", re.findall(r"\d{6}", await page.inner_text("#stand-in"))[0])
            await page.click("text=确认开通")
            await page.wait_for_selector(".gets")
    await context.close()
