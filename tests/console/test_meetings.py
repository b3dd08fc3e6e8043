"""Meetings, suggestions, hot spots and what nobody does, on pages that work without scripts."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from backend.cases import hot_spots, loops, working
from backend.cases.schemas import CaseRecord
from backend.cases.words import CaseKind
from backend.console.routes import router
from backend.core import clock, ids
from backend.core.database import fetch
from backend.people.guards import SESSION_COOKIE
from backend.people.sessions import open_session
from backend.tasks import actions as tasks
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind
from tests.application import application
from tests.cases.desk import Desk
from tests.cast import COUNTY, PASSWORD, VILLAGE, Cast, phone_of
from tests.console.conftest import Door
from tests.console.test_pages import TOO_SMALL
from tests.console.test_today import SAME_SITE

BRIDGE: dict[str, Any] = {"kind": CaseKind.SUGGESTION, "title": "村口修一座桥", "description": "娃上学要绕三里路"}
PAGES = ["/console/meetings", "/console/meetings/new", "/console/suggestions", "/console/hot-spots", "/console/tasks"]


class Browser:
    """A browser without scripts."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def sign_in(self, who: str) -> None:
        session = await open_session(phone=phone_of(who), password=PASSWORD)
        self._client.cookies.set(SESSION_COOKIE, session.token)

    async def look(self, address: str, status: int = 200) -> str:
        answer = await self._client.get(address)
        assert answer.status_code == status, answer.text
        return answer.text

    async def send(self, address: str, status: int = 200, **fields: Any) -> str:
        """A form, and the page that the browser shows next."""
        answer = await self._client.post(address, data=fields, headers=SAME_SITE, follow_redirects=True)
        assert answer.status_code == status, answer.text
        return answer.text


@pytest.fixture
async def desk(cast: Cast) -> Desk:
    """The cast with two units, their handlers, and a route."""
    return await Desk.make(cast)


@pytest.fixture
async def window(desk: Desk) -> AsyncIterator[Browser]:
    app = application(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        found = Browser(client)
        await found.sign_in("supervisor")
        yield found


async def second_loop(desk: Desk) -> CaseRecord:
    case = await desk.dispatched()
    return await loops.escalate(case_id=case.id, id=ids.uuid7(), reason="要挖公路", to_loop=2, by=desk.plumber)


async def test_a_meeting_is_called_held_and_written_down_once(window: Browser, desk: Desk) -> None:
    case, id = await second_loop(desk), str(ids.uuid7())
    form = {
        "id": id, "division": COUNTY, "title": "水管改道会商", "meets_at": "2026-12-01T09:00", "place_note": "二楼",
        "numbers": case.number_said, "unit": [str(desk.water), str(desk.roads)],
    }  # fmt: skip
    refused = await window.send("/console/meetings/new", 400, **form | {"numbers": "1111 1111 1111"})
    assert ("您能看到的工单里没有 1111 1111 1111" in refused, "水管改道会商" in refused) == (True, True)
    refused = await window.send("/console/meetings/new", 400, **form | {"unit": [str(desk.water)]})
    assert refused.count("checked") == 1
    for _ in range(2):
        called = await window.send("/console/meetings/new", **form)
    assert ("已召集" in called, case.title in called, "12月1日 09:00" in called) == (True, True, True)

    page = await window.look(f"/console/meetings/{id}")
    conclusion: dict[str, Any] = dict(re.findall(r'name="(task-\d-id)" value="([^"]+)"', page))
    conclusion |= {
        "minutes": "公路站牵头，本月改道。", "lead": str(desk.roads), "attended": str(desk.roads),
        "due_at": "2026-12-20T18:00", f"clocks-{case.id}": "renew", "task-0-unit": str(desk.water),
        "task-0-what": "关总阀", "task-0-due": "2026-12-02T08:00",
    }  # fmt: skip
    refused = await window.send(f"/console/meetings/{id}/conclusion", 400, **conclusion)
    assert ('role="alert"' in refused, "关总阀" in refused, "本月改道" in refused) == (True, True, True)
    conclusion[f"reason-{case.id}"] = "会商后重排"
    for _ in range(2):
        done = await window.send(f"/console/meetings/{id}/conclusion", **conclusion)
    assert ("已记下" in done, "公路站" in done, "时限重新算" in done, "✕ 水务站" in done) == (True, True, True, True)
    assert "关总阀" in done
    assert len(await fetch("SELECT 1 FROM cases_meeting_task")) == 1
    assert "水管改道会商" in await window.look("/console/meetings?state=concluded")
    assert "水管改道会商" not in await window.look("/console/meetings?state=called")
    await window.sign_in("cadre")
    await window.look(f"/console/meetings/{id}", 404)
    await window.look("/console/meetings/new", 403)
    assert "水管改道会商" not in await window.look("/console/meetings")


async def test_nine_steps_are_written_down_one_after_the_other(window: Browser, desk: Desk) -> None:
    case = await desk.dispatched(**BRIDGE)
    here, at = f"/console/suggestions/{case.id}", clock.local(clock.now()).strftime("%Y-%m-%dT%H:%M")
    page = await window.look(here)
    assert (page.count("☐"), page.count("☑"), f"{here}/hearing" in page) == (9, 0, False)

    page = await window.send(
        f"{here}/text", id=str(ids.uuid7()), title="村口修便桥", description="绕路", reason="先便桥"
    )
    text = re.findall(r'name="text_sha256" value="([^"]+)"', page)[0]
    refused = await window.send(
        f"{here}/signature", 400, id=str(ids.uuid7()), signatory="county_leader", text_sha256=text
    )
    assert 'role="alert"' in refused
    for who, office in (("county_leader", "副县长"), ("bureau_head", "交通局局长"), ("suggester", "")):
        sign = {"id": str(ids.uuid7()), "signatory": who, "signed_as": office, "text_sha256": text, "signed_at": at}
        for _ in range(2):
            page = await window.send(f"{here}/signature", **sign)
    assert (page.count("☑"), "副县长" in page) == (3, True)

    hearing = {
        "id": str(ids.uuid7()), "held_at": at, "point": "36.93, 116.30", "crs": "gcj02", "committee": "代表工委",
        "unit": str(desk.roads), "unit_spoke_by": "站长", "minutes": "三方同意建便桥。",
    }  # fmt: skip
    refused = await window.send(f"{here}/hearing", 400, **hearing)
    assert ("三方同意建便桥" in refused, "36.93, 116.30" in refused) == (True, True)
    page = await window.send(f"{here}/hearing", **hearing, came="yes")
    assert (page.count("☑"), f"{here}/text" in page) == (6, False)

    await working.resolve(case_id=case.id, id=ids.uuid7(), remark="桥建好了", by=desk.plumber)
    for audience in ("party_committee", "congress", "public_notice"):
        report = {"id": str(ids.uuid7()), "audience": audience, "text": "桥已建成通行。", "reported_on": at[:10]}
        page = await window.send(f"{here}/report", **report)
    assert (page.count("☑"), "九步齐全" in page) == (9, True)
    told = {"id": str(ids.uuid7()), "way": "in_person", "text": "桥修好了。", "given_at": at}
    refused = await window.send(f"{here}/feedback", 400, **told | {"way": "wechat"})
    assert "桥修好了" in refused
    for _ in range(2):
        page = await window.send(f"{here}/feedback", **told)
    assert ("见面反馈" in page, "已答复建议人" in page, page.count("桥修好了。")) == (True, True, 1)
    listed = await window.look("/console/suggestions")
    assert ("村口修便桥" in listed, "9 项记了 9 项" in listed) == (True, True)


async def test_a_changed_text_shows_whose_signature_is_void(window: Browser, desk: Desk) -> None:
    case = await desk.dispatched(**BRIDGE)
    here = f"/console/suggestions/{case.id}"
    text = re.findall(r'name="text_sha256" value="([^"]+)"', await window.look(here))[0]
    await window.send(
        f"{here}/signature", id=str(ids.uuid7()), signatory="bureau_head", signed_as="局长", text_sha256=text
    )
    page = await window.send(f"{here}/text", id=str(ids.uuid7()), title="修便桥", description="绕路", reason="改")

    assert (page.count("☑"), "作废：局长" in page) == (0, True)
    stale = await window.send(f"{here}/signature", 409, id=str(ids.uuid7()), signatory="suggester", text_sha256=text)
    assert 'role="alert"' in stale
    await window.sign_in("stranger")
    await window.look(here, 404)


async def test_a_hot_spot_is_taken_up_or_dropped_with_a_reason(window: Browser, desk: Desk) -> None:
    with clock.stopped(clock.now() - timedelta(hours=1)):
        for n in range(3):
            await desk.open(contact_phone=f"199 0000 1{n:03d}")
    await hot_spots.find_hot_spots()
    page = await window.look("/console/hot-spots")
    address = re.findall(r'action="(/console/hot-spots/[^"]+)"', page)[0]
    assert "3 件工单" in page

    refused = await window.send(address, 400, take_up="yes", reason="", unit=str(desk.water))
    assert ('role="alert"' in refused, f'value="{desk.water}" selected' in refused) == (True, True)
    for _ in range(2):
        done = await window.send(address, take_up="yes", reason="都停水", unit=str(desk.water))
    assert "已立项办理" in done
    assert "都停水" in await window.look("/console/hot-spots?state=taken_up")
    assert (await window.send(address, 409, take_up="no", reason="算了")).count('class="sheet brief"') == 0
    await window.sign_in("cadre")
    await window.look("/console/hot-spots", 403)


async def test_what_nobody_does_is_given_to_somebody(window: Browser, cast: Cast) -> None:
    task = NewTask(
        id=ids.uuid7(), kind=TaskKind.VISIT, title_zh="看看老人", household_id=cast.household, division_code=VILLAGE,
        origin_room="visits", origin_id=ids.uuid7(), due_at=clock.now() - timedelta(days=1),
    )  # fmt: skip
    await tasks.ask(task=task)
    await fetch("DELETE FROM people_household_service WHERE household = $1", cast.household)
    assert "看看老人" in await window.look("/console/tasks?show=overdue")
    page = await window.look("/console/tasks")
    assert ("没人管：这户" in page, "看看老人" in page) == (True, True)

    here = re.findall(r'href="(/console/tasks/[^"?]+/hand-over)', page)[0]
    id = re.findall(r'name="id" value="([^"]+)"', await window.look(here))[0]
    refused = await window.send(here, 400, id=id, show="nobody", to="", remark="住村东")
    assert ("住村东" in refused, id in refused) == (True, True)
    for _ in range(2):
        done = await window.send(here, id=id, show="nobody", to=str(cast.cadre.person_id), remark="住村东")
    assert ("note good" in done, "看看老人" in done) == (True, False)
    assert len(await fetch("SELECT 1 FROM tasks_task WHERE title_zh = '看看老人'")) == 2
    await window.sign_in("cadre")
    await window.look("/console/tasks", 403)


async def test_the_pages_fit_a_phone_and_have_room_for_thumbs(sign_in: Door) -> None:
    page = await sign_in("supervisor", java_script_enabled=False, viewport={"width": 360, "height": 740})
    for address in PAGES:
        await page.goto(address)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        assert await page.evaluate(TOO_SMALL) == [], address
