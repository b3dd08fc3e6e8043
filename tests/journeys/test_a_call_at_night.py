"""A call that nobody took at two in the morning, in a real browser: rung back, a case, resolved, and not good enough.

The farmer is told before each thing that happens to him, and after it; what came back stands before a supervisor.
"""
# ruff: noqa: F811 - a fixture of the console's

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from backend.core import clock, ids
from backend.core.database import fetch
from backend.hotline.verifying import verify
from backend.people.actors import Actor
from backend.people.sessions import access_token_for
from backend.push import outlets
from backend.push.escalation import every_minute
from backend.push.provider import Outgoing
from tests.application import whole_house
from tests.cases.desk import WATER, Desk
from tests.cast import TOWNSHIP, VILLAGE, Cast
from tests.console.conftest import PHONE, one_chromium  # noqa: F401 - Debian's, started once
from tests.hotline.exchange import AT_TWO, CALLER, Exchange
from tests.journeys.night import token
from tests.push.conftest import Ways
from tests.queued import do_jobs
from tests.serving import on_loopback

SAID = "村东水管爆了，水往院里灌。"
NOT_GOOD = "接头还在滴，院里又湿了一片。"
CALLERS_PHONE = "+86" + CALLER.replace(" ", "")


class County:
    """A hotline at night with a water bureau behind it, its pages on loopback, and a clock that the test moves."""

    def __init__(self, exchange: Exchange, desk: Desk, ways: Ways, chromium: Browser) -> None:
        self.exchange, self.desk, self.ways, self.chromium = exchange, desk, ways, chromium
        self.at = AT_TWO
        self.url = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """The whole house, at the hour that the test says it is."""
        with clock.stopped(self.at):
            await whole_house()(scope, receive, send)

    @contextmanager
    def later(self, **span: float) -> Iterator[None]:
        """So long after two."""
        self.at = AT_TWO + timedelta(**span)
        with clock.stopped(self.at):
            yield

    async def posts(self, event: str) -> dict[str, Any]:
        """What the exchange tells, signed."""
        body = self.exchange.said(event)
        async with httpx.AsyncClient(base_url=self.url) as outside:
            path = f"/api/v1/hotline/calls/posts/{self.exchange.system_id}"
            answer = await outside.post(path, content=body, headers=self.exchange.signed(body))
        assert answer.is_success, answer.text
        return answer.json()

    async def asks(self, who: Actor, method: str, path: str, **said: Any) -> dict[str, Any]:
        """A programme of his on our interface."""
        async with httpx.AsyncClient(base_url=f"{self.url}/api/v1", headers=await _signed_in(who)) as his:
            answer = await his.request(method, path, json=said or None)
        assert answer.is_success, answer.text
        return answer.json()

    @asynccontextmanager
    async def browser_of(self, who: Actor, path: str) -> AsyncIterator[Page]:
        """A page in his browser, on his phone."""
        told = {"viewport": PHONE, "locale": "zh-CN", "extra_http_headers": await _signed_in(who)}
        context = await self.chromium.new_context(base_url=self.url, **told)
        page = await context.new_page()
        page.set_default_timeout(10_000)
        await page.goto(path)
        yield page
        await context.close()

    async def work(self) -> None:
        """What waits to be sent, as if its time had come."""
        await every_minute()
        while await do_jobs("push/send", "push/send-emergency", late=True):
            pass

    def rung(self, who: Actor) -> list[Outgoing]:
        """What reached the app on his phone."""
        return self.ways.app.to(token(who))

    def written(self) -> list[str]:
        """What the farmer was sent."""
        return [each.body for each in self.ways.sms.to(CALLERS_PHONE)]


async def _signed_in(who: Actor) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {await access_token_for(person_id=who.person_id, valid_for=timedelta(minutes=5))}"
    }


@pytest.fixture
async def county(cast: Cast, one_chromium: Browser, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[County]:
    ways = Ways()
    monkeypatch.setattr(outlets, "in_use", ways.all)
    desk = await Desk.make(cast)
    made = County(await Exchange.open(cast), desk, ways, one_chromium)
    async with on_loopback(made) as made.url:
        with clock.stopped(AT_TWO):
            for who in (made.exchange.night, made.exchange.morning, cast.supervisor):
                await made.asks(who, "POST", "/push-addresses", kind="fcm_token", value=token(who))
        yield made


async def test_a_missed_call_at_two_becomes_a_case_and_comes_back_before_a_supervisor_when_it_was_not_done_well(
    county: County,
) -> None:
    link = await _nobody_takes_it(county)
    case_id = await _rung_back_it_becomes_a_case(county, link)
    await _the_unit_says_it_is_done(county, case_id)
    callback = await _somebody_is_to_ask_whether_it_helped(county)
    await _it_did_not(county)
    await _open_again_with_a_fresh_clock(county, case_id)
    await _before_a_supervisor(county, callback)


async def _nobody_takes_it(county: County) -> str:
    """The duty phone rings while the caller still has his in his hand; he is told by when."""
    with county.later(seconds=0):
        await county.posts("ringing")
    with county.later(seconds=32):
        missed = await county.posts("missed")
        assert missed["state"] == "missed"
        await county.work()
        (ring,) = county.rung(county.exchange.night)
        assert county.rung(county.exchange.morning) == []
    assert ring.link is not None
    (promised,) = county.written()
    assert "02:30" in promised
    return ring.link


async def _rung_back_it_becomes_a_case(county: County, link: str) -> str:
    """The operator follows the notice, rings, types once what he says, and has the case."""
    with county.later(minutes=3):
        async with county.browser_of(county.exchange.night, link) as page:
            await page.get_by_role("button", name="看号码").click()
            await expect(page.locator("#dial")).to_have_attribute("href", f"tel:{CALLERS_PHONE}")
            await page.locator("#words").fill(SAID)
            await page.locator("#place").fill(VILLAGE)
            await page.get_by_role("button", name="登记一件事").click()
            await expect(page.locator("#title")).to_have_value("村东水管爆了")
            await expect(page.locator("#contact_phone")).to_have_value(CALLERS_PHONE)
            await page.locator("#category").fill("停水与饮水")
            await page.get_by_role("button", name="登记，出回执").click()
            await expect(page.get_by_text("村东水管爆了").first).to_be_visible()
            await page.goto(link)
            await expect(page.locator("h1")).to_have_text("村东水管爆了")
    (row,) = await fetch(
        "SELECT c.id, b.state FROM hotline_callback b JOIN hotline_call l ON l.id = b.call "
        'JOIN cases_case c ON c.id = l."case"'
    )
    assert row["state"] == "reached"
    return str(row["id"])


async def _the_unit_says_it_is_done(county: County, case_id: str) -> None:
    """Handed to whom the routing table names, taken at four, done at six."""
    await county.desk.route(WATER, TOWNSHIP, county.desk.water)
    with county.later(minutes=6):
        sent = await county.asks(county.exchange.night, "POST", f"/cases/{case_id}/dispatch", id=_id())
        assert sent["state"] == "dispatched"
    with county.later(hours=2):
        await county.asks(county.desk.plumber, "POST", f"/cases/{case_id}/taking-in-hand", id=_id())
    with county.later(hours=4):
        done = await county.asks(
            county.desk.plumber, "POST", f"/cases/{case_id}/resolution", id=_id(), remark="换了接头"
        )
        assert done["state"] == "resolved"


async def _somebody_is_to_ask_whether_it_helped(county: County) -> str:
    """Nobody asks for it: it opens by itself, for the morning's operator, and he is told beforehand."""
    before = len(county.written())
    with county.later(hours=4, minutes=1):
        await verify()
    with county.later(hours=6, minutes=31):
        await verify()
        await county.work()
        (row,) = await fetch("SELECT id, assignee, due_at FROM hotline_callback WHERE reason = 'resolution'")
        assert row["due_at"] == AT_TWO + timedelta(hours=6, minutes=30), "not at night"
        assert row["assignee"] == county.exchange.morning.person_id
    (told,) = county.written()[before:]
    assert "问问办得怎么样" in told
    assert "08:30" in told
    return str(row["id"])


async def _it_did_not(county: County) -> None:
    """Rung in the morning: what he says is written down as he says it, and he is told what follows."""
    before = len(county.written())
    with county.later(hours=6, minutes=35):
        async with county.browser_of(county.exchange.morning, "/console/desk/callbacks") as page:
            await page.get_by_role("link", name="村东水管爆了").click()
            await page.get_by_role("button", name="看号码").click()
            await expect(page.locator("#dial")).to_have_attribute("href", f"tel:{CALLERS_PHONE}")
            await expect(page.get_by_text("换了接头")).to_be_visible()
            await page.locator("summary", has_text="不满意").click()
            await page.locator("#words").fill(NOT_GOOD)
            await page.get_by_role("button", name="记下来，退回重办").click()
            await page.wait_for_url("**/console/desk/callbacks?rung=*")
        await county.work()
    (told,) = county.written()[before:]
    assert "重新办理" in told


async def _open_again_with_a_fresh_clock(county: County, case_id: str) -> None:
    """A whole new day for water, counted from when he said so."""
    with county.later(hours=6, minutes=40):
        again = await county.asks(county.exchange.morning, "GET", f"/cases/{case_id}")
    assert again["state"] == "reopened"
    clocks = {each["kind"]: each for each in again["clocks"] if each["stopped_at"] is None}
    due_at = AT_TWO + timedelta(hours=6, minutes=35) + timedelta(hours=24)
    assert datetime.fromisoformat(clocks["response"]["due_at"]) == due_at.astimezone(UTC)


async def _before_a_supervisor(county: County, callback: str) -> None:
    """His phone rang, and it stands among what he follows, with whose it is and the clock that runs."""
    supervisor = county.desk.cast.supervisor
    with county.later(hours=6, minutes=45):
        (ring,) = county.rung(supervisor)
        assert ring.link == f"/console/desk/callbacks/{callback}"
        (notice,) = (await county.asks(supervisor, "GET", "/my/notices"))["items"]
        assert "群众不满意" in notice["text"]
        async with county.browser_of(supervisor, "/console/desk/supervised") as page:
            row = page.locator("li.callback")
            await expect(row).to_have_count(1)
            await expect(row).to_contain_text("村东水管爆了")
            await expect(row).to_contain_text("督办：群众不满意")
            await expect(row).to_contain_text("水务站")
            await expect(row).to_contain_text("11月25日 08:35")
            await row.get_by_role("link", name="村东水管爆了").click()
            await expect(page.get_by_text(NOT_GOOD)).to_be_visible()


def _id() -> str:
    return str(ids.uuid7())
