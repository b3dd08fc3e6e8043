"""Who stands at the door, on a phone without scripts: what is said of him, and what to do when nothing is."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from lxml import html
from playwright.async_api import Browser

from backend.console.routes import router
from backend.core import clock
from backend.core.logs import RequestContext
from backend.people.actors import Actor
from backend.people.sessions import access_token_for
from tests.antifraud.visitors import STATION_PHONE, Visitors, at
from tests.application import application
from tests.cast import Cast

NOBODYS = "12345674"
SAME_IN_ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
async def visitors(cast: Cast) -> Visitors:
    made = Visitors(cast)
    await made.open()
    return made


@pytest.fixture
async def phone(cast: Cast) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without scripts, and without a sign-in."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(RequestContext(application(router))), base_url="http://test"
    ) as client:
        yield client


def text(page: html.HtmlElement, xpath: str = "//main") -> str:
    found: Any = page.xpath(xpath)
    return " ".join(found[0].text_content().split())


def look(page: html.HtmlElement) -> tuple[str, str]:
    """The picture by its name, and the word beneath it."""
    section: Any = page.xpath("//section[contains(@class, 'verdict')]")
    return section[0].get("class").split()[-1], text(page, "//h1")


async def seen(phone: httpx.AsyncClient, path: str, status: int = 200, **query: str) -> html.HtmlElement:
    answer = await phone.get(path, params=query or None)
    assert answer.status_code == status, answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "<script" not in answer.text
    return html.fromstring(answer.text)


async def test_the_digits_typed_on_the_form_tell_name_unit_and_whom_to_ring(
    phone: httpx.AsyncClient, visitors: Visitors
) -> None:
    await visitors.issued()
    code = await visitors.code()
    (form,) = (await seen(phone, "/v")).forms
    assert (form.method, form.action, list(form.fields)) == ("GET", "/v", ["code"])

    for page in (await seen(phone, form.action, code=f"{code[:4]} {code[4:]}"), await seen(phone, f"/v/{code}")):
        assert look(page) == ("genuine", "赵强")
        assert "梁村派出所" in text(page)
        assert text(page, "//p[@class='word']") == "✓ 码是真的"
        assert "今天有效" in text(page)
        assert page.xpath("//a[starts-with(@href, 'tel:')]/@href") == ["tel:06350000110", "tel:96110"]
        assert STATION_PHONE in text(page)


async def test_whoever_is_not_on_the_roster_now_is_a_warning_and_whoever_is_is_told_so(
    phone: httpx.AsyncClient, visitors: Visitors
) -> None:
    with clock.stopped(at(1)):
        await visitors.issued()
        await visitors.at_the_desk(visitors.assistant, at(8), at(16))
    for hour, sign, words in ((7, "watch", "值班表上现在没有他"), (9, "genuine", "现在正在值班")):
        with clock.stopped(at(hour)):
            page = await seen(phone, f"/v/{await visitors.code()}")
        assert look(page)[0] == sign
        assert words in text(page)
        assert text(page, "//p[@class='word']") == ("✓ 码是真的" if sign == "genuine" else "△ 先别开门")


async def test_a_code_that_is_nobodys_is_a_stop_sign_with_whom_to_ring_and_the_digits_to_compare(
    phone: httpx.AsyncClient, visitors: Visitors
) -> None:
    pages = [
        await seen(phone, "/v", 404, code=NOBODYS),
        await seen(phone, f"/v/{NOBODYS}", 404),
        await seen(phone, "/v/%3Cb%3E", 404),
        await seen(phone, "/v", 404, code="9" * 200),
    ]
    assert {look(page) for page in pages} == {("stop", "今天没有人用这个码")}
    assert {text(page, "//p[@class='word']") for page in pages} == {"✕ 别开门"}
    assert all({"tel:96110", "tel:110"} <= set(page.xpath("//a/@href")) for page in pages)
    assert pages[0].forms[0].fields["code"] == NOBODYS
    assert len(pages[3].forms[0].fields["code"]) == 40


async def test_who_goes_on_guessing_is_told_to_wait_and_to_ring(phone: httpx.AsyncClient, visitors: Visitors) -> None:
    for _ in range(20):
        await seen(phone, f"/v/{NOBODYS}", 404)
    answer = await phone.get(f"/v/{NOBODYS}")

    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 90
    assert "96110" in answer.text


async def test_letters_grow_and_the_code_stays(phone: httpx.AsyncClient, visitors: Visitors) -> None:
    await visitors.issued()
    code = await visitors.code()
    page = await seen(phone, f"/v/{code}")
    (larger,) = page.xpath("//header//a/@href")
    page = await seen(phone, larger)

    assert page.get("class") == "large"
    assert page.xpath("//header//a/@href") == [f"/v/{code}"]


async def test_the_pages_are_light_and_speak_english_too(phone: httpx.AsyncClient, visitors: Visitors) -> None:
    await visitors.issued()
    for path in ("/v", f"/v/{await visitors.code()}", f"/v/{NOBODYS}"):
        said = await phone.get(path, headers=SAME_IN_ENGLISH)
        assert len(said.content) < 20_000
        assert "The police never ask you to transfer money" in said.text


async def today(phone: httpx.AsyncClient, who: Actor) -> html.HtmlElement:
    token = await access_token_for(person_id=who.person_id, valid_for=timedelta(minutes=5))
    answer = await phone.get("/console/today", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


async def test_the_carrier_sees_his_code_of_today_on_his_front_page_and_nobody_else_sees_one(
    phone: httpx.AsyncClient, visitors: Visitors
) -> None:
    card = await visitors.issued()
    code = await visitors.code()
    spoken = "//p[@class='spoken']"

    assert text(await today(phone, visitors.assistant), spoken) == f"{code[:4]} {code[4:]}"
    for who in (visitors.supervisor, visitors.cast.cadre):
        assert (await today(phone, who)).xpath(spoken) == [], card


@pytest.mark.parametrize("width", [320, 390, 1280])
async def test_no_page_is_wider_than_its_screen(
    phone: httpx.AsyncClient, visitors: Visitors, browser: Browser, width: int
) -> None:
    """The very bytes that the server gives, with their styles, in Chromium."""
    await visitors.issued()
    code = await visitors.code()
    context = await browser.new_context(viewport={"width": width, "height": 844})

    async def served(route: Any) -> None:
        answer = await phone.get(route.request.url)
        await route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.content)

    page = await context.new_page()
    await page.route("**/*", served)
    for path in ("/v", "/v?big=1", f"/v/{code}", f"/v/{code}?big=1", f"/v/{NOBODYS}"):
        await page.goto(f"http://test{path}")
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
        small = await page.evaluate(
            "[...document.querySelectorAll('a, button, input:not([type=hidden])')]"
            ".filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"
        )
        assert small == [], path
    await context.close()
