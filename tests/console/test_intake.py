"""A call or a walk-in about a sick crop: typed once, agreed to aloud, with a receipt to be read out."""

import hashlib
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from lxml import html

import backend.push.escalation  # noqa: F401 - registers what looks after an emergency
from backend.console import intake_consent
from backend.console.routes import router
from backend.core.database import fetch, fetch_row
from backend.core.ids import uuid7
from backend.people.guards import SESSION_COOKIE
from backend.people.sessions import open_session
from tests.application import application
from tests.cast import FARMER_PHONE, PASSWORD, VILLAGE, Cast, phone_of
from tests.console.test_today import SAME_SITE
from tests.diagnosis.clinic import Clinic

NEW = "/console/clinic/new"


class Desk:
    """A browser without scripts, signed in as one of the cast."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def sign_in(self, who: str) -> None:
        session = await open_session(phone=phone_of(who), password=PASSWORD)
        self._client.cookies.set(SESSION_COOKIE, session.token)

    def leave(self) -> None:
        self._client.cookies.clear()

    async def look(self, address: str = NEW) -> httpx.Response:
        return await self._client.get(address)

    async def send(self, address: str = NEW, **fields: str) -> httpx.Response:
        return await self._client.post(address, data=fields, headers=SAME_SITE, follow_redirects=True)


@pytest.fixture
async def clinic(cast: Cast) -> Clinic:
    return await Clinic.make(cast)


@pytest.fixture
async def desk(clinic: Clinic) -> AsyncIterator[Desk]:
    app = application(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        desk = Desk(client)
        await desk.sign_in("operator")
        yield desk


def call(**changes: str) -> dict[str, str]:
    """What an operator types while a farmer speaks."""
    return {
        "id": str(uuid7()),
        "channel": "phone",
        "crop_code": "maize",
        "symptoms": "叶子发黄，边上干枯",
        "area_mu": "６.5亩",
        "place": "琉璃庙村",
        "contact_name": "林大山",
        "contact_phone": FARMER_PHONE,
        "handling": "yes",
    } | changes


async def test_a_call_is_typed_once_and_gives_number_and_secret_to_read_out(desk: Desk) -> None:
    page = await desk.send(**call())
    assert page.status_code == 200, page.text
    number, secret = (
        "".join(each.text_content().split())
        for each in html.fromstring(page.text).xpath("//p[starts-with(@class, 'receipt-number')]")
    )
    assert re.fullmatch(r"\d{12}", number)
    assert re.fullmatch(r"\d{6}", secret)
    assert "庄稼医院" in page.text, "where it went"
    row = await fetch_row(
        "SELECT c.number, c.channel, c.kind, c.division_code, r.crop, r.area_mu::float8 AS area, r.wants_call "
        "FROM diagnosis_request r JOIN cases_case c ON c.id = r.id"
    )
    assert row is not None
    assert tuple(row) == (number, "phone", "diagnosis", VILLAGE, "maize", 6.5, True)


async def test_a_second_tap_asks_nothing_more(desk: Desk) -> None:
    typed = call()
    for _ in range(2):
        assert (await desk.send(**typed)).status_code == 200
    assert len(await fetch("SELECT 1 FROM diagnosis_request")) == 1


async def test_his_yes_is_kept_as_spoken_with_the_very_words_that_were_read(desk: Desk) -> None:
    page = await desk.look()
    await desk.send(**call(channel="walk_in", learning="yes"))
    rows = await fetch("SELECT purpose, given, method, channel, text_version, text_sha256 FROM diagnosis_consent")
    texts = intake_consent.texts()
    assert {(row["purpose"], row["given"], row["method"], row["channel"]) for row in rows} == {
        ("handling", True, "spoken", "desk"),
        ("learning", True, "spoken", "desk"),
    }
    for row in rows:
        assert texts[row["purpose"]] in page.text
        assert hashlib.sha256(texts[row["purpose"]].encode()).digest() == row["text_sha256"]


async def test_neither_yes_is_ticked_beforehand(desk: Desk) -> None:
    page = html.fromstring((await desk.look()).text)
    assert page.xpath("//input[@type='checkbox' and @checked]") == []


async def test_every_wrong_field_is_said_at_the_field_at_once_and_what_was_typed_stays(desk: Desk) -> None:
    answer = await desk.send(
        **call(crop_code="", handling="", area_mu="很多", place="没有这个村", contact_phone="123", symptoms="黄了")
    )
    page = html.fromstring(answer.text)
    assert answer.status_code == 400
    wrong = {each.get("id") for each in page.xpath("//p[starts-with(@id, 'wrong-')]")}
    assert wrong == {f"wrong-{name}" for name in ("crop_code", "handling", "area_mu", "place")}
    for name in wrong:
        assert page.xpath(f"//*[@aria-describedby='{name}' and @aria-invalid='true']"), name
    assert "".join(page.xpath("//textarea[@id='symptoms']/text()")) == "黄了"
    assert page.xpath("//input[@id='area_mu']/@value") == ["很多"]
    answer = await desk.send(**call(contact_phone="123"))
    assert "wrong-contact_phone" in answer.text
    assert await fetch("SELECT 1 FROM diagnosis_request") == []


async def test_a_card_number_says_where_and_only_one_of_his_own_territory(desk: Desk, cast: Cast) -> None:
    assert (await desk.send(**call(place="", household="llm-001"))).status_code == 200
    row = await fetch_row("SELECT household FROM cases_case")
    assert row is not None
    assert row["household"] == cast.household
    answer = await desk.send(**call(place="", household="ZG-001"))
    assert (answer.status_code, "wrong-household" in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("who", "status"), [("technician", 200), ("expert", 200), ("cadre", 200), ("auditor", 403), ("handler", 403)]
)
async def test_whoever_stands_at_a_desk_may_and_others_may_not(desk: Desk, who: str, status: int) -> None:
    await desk.sign_in(who)
    assert (await desk.look()).status_code == status
    assert (await desk.send(**call(channel="walk_in"))).status_code == status


async def test_nobody_is_sent_to_sign_in(desk: Desk) -> None:
    desk.leave()
    assert (await desk.look()).status_code == 303
