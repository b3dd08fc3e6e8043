"""/console/partners: each partner, its purpose and fields, and exactly what it was sent."""

from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Router

from backend.console import partners as page
from backend.console import refused
from backend.open311 import sending
from backend.open311.words import Event
from backend.people.guards import NEEDS_SIGN_IN
from tests.application import application
from tests.open311.test_webhooks import hook, log, loopback_allowed, partner_server, resolve, send_all, waiting

__all__ = ["hook", "loopback_allowed", "partner_server"]


@pytest.fixture
async def pages(desk) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without a session, on the same origin."""
    router = Router(
        "/",
        route_handlers=[page.router],
        dependencies=NEEDS_SIGN_IN,
        exception_handlers=refused.HANDLERS,  # type: ignore[arg-type]
    )
    app = application(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


async def test_nobody_is_sent_to_sign_in_and_those_who_do_not_oversee_are_refused(pages, as_, desk, city):
    assert (await pages.get("/console/partners")).status_code == 303
    for who, status in [("cadre", 403), ("operator", 403), ("supervisor", 200), ("auditor", 200), ("admin", 200)]:
        for path in ("/console/partners", f"/console/partners/{city.record.id}"):
            answer = await pages.get(path, headers=await as_(getattr(desk.cast, who)))
            assert answer.status_code == status, (who, path)


async def test_a_partner_that_is_told_nothing_says_so(pages, as_, desk, city):
    shown = (await pages.get("/console/partners", headers=await as_(desk.cast.auditor))).text

    assert "高唐随手拍" in shown
    assert "没有向它推送" in shown


async def test_purpose_fields_and_the_very_message_are_shown(pages, as_, hook, city, desk, partner_server):
    await hook()
    number = await city.number()
    await resolve(desk, number)
    await send_all()
    headers = await as_(desk.cast.auditor)
    listed = (await pages.get("/console/partners", headers=headers)).text
    shown = (await pages.get(f"/console/partners/{city.record.id}", headers=headers)).text

    for told in ("城管考核", "编号、是否办结、答复内容（个人信息已遮住）", "正在向它推送", "已收到：2"):
        assert told in listed
    assert shown.count("发送的原文") == 2
    assert f"&#34;number&#34;: &#34;{number}&#34;" in shown
    assert "重新发送" not in shown


async def test_an_admin_sends_a_held_one_again_from_the_page(pages, as_, hook, city, desk, partner_server):
    await hook(events=[Event.RESOLVED])
    partner_server.status = 500
    await resolve(desk, await city.number())
    await sending.gather()
    [delivery_id] = await waiting()
    for _ in range(8):
        await sending.send(delivery_id)
    path, admin = f"/console/partners/{city.record.id}", await as_(desk.cast.admin)
    shown = (await pages.get(path, params={"state": "held"}, headers=admin)).text
    again = await pages.post(f"{path}/deliveries/{delivery_id}/resending", headers=admin)
    refused_ = await pages.post(f"{path}/deliveries/{delivery_id}/resending", headers=await as_(desk.cast.auditor))

    assert "多次失败，已停发" in shown
    assert "重新发送" in shown
    assert again.status_code == 303
    assert (await log(desk, city))[0].state == "waiting"
    assert refused_.status_code == 200
    assert 'class="note bad" role="alert"' in refused_.text
