"""What leaves for a partner: what its purpose allows, signed, tried again, logged, and told to the citizen."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

import pytest
from aiohttp import web
from msgspec import json
from msgspec.structs import replace
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from backend.cases import dispatching, ending, queries, timeline, working
from backend.cases.public import public_case
from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.settings import settings
from backend.open311 import addresses, deliveries, outgoing, sending, webhooks
from backend.open311.partner_schemas import NewWebhook
from backend.open311.policies import open311_policy
from backend.open311.words import Answer, DeliveryState, Event, Field
from backend.people import retention
from tests.open311.conftest import City
from tests.open311.test_following import id_of
from tests.spec.asyncapi_document import check

PURPOSE = "城管考核"


@dataclass
class StandIn:
    """A partner's server on loopback: what it was sent, and what it answers."""

    url: str = ""
    status: int = 204
    location: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((dict(request.headers), await request.read()))
        return web.Response(status=self.status, headers={"Location": self.location} if self.location else None)


@pytest.fixture
async def partner_server() -> AsyncIterator[StandIn]:
    stand_in = StandIn()
    served = web.Application()
    served.router.add_post("/hook", stand_in.take)
    runner = web.AppRunner(served)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    stand_in.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield stand_in
    await runner.cleanup()


@pytest.fixture
def loopback_allowed(monkeypatch) -> None:
    """As a deployment would say it: WEBHOOK_NETWORKS=127.0.0.0/8."""
    chosen = replace(settings(), webhook_networks="127.0.0.0/8")
    monkeypatch.setattr(addresses, "settings", lambda: chosen)


@pytest.fixture
async def hook(loopback_allowed, city: City, desk, partner_server: StandIn):
    """The city is told what offices do, in the fields of its purpose."""

    async def set_hook(**changes: Any):
        said: dict[str, Any] = {
            "address": partner_server.url,
            "purpose": PURPOSE,
            "events": [Event.DISPATCHED, Event.RESOLVED],
            "fields": [Field.NUMBER, Field.STATUS, Field.WORDS],
            "enabled": True,
        }
        data = NewWebhook(**(said | changes))
        return await webhooks.set_webhook(partner_id=city.record.id, data=data, by=desk.cast.admin)

    return set_hook


async def resolve(desk, number: str, remark: str = "坑填好了") -> None:
    case_id = await id_of(number)
    await dispatching.dispatch(case_id=case_id, id=ids.uuid7(), unit_id=desk.roads, by=desk.clerk)
    await working.resolve(case_id=case_id, id=ids.uuid7(), remark=remark, by=desk.mason)


async def waiting() -> list[Any]:
    rows = await fetch("SELECT id FROM open311_delivery WHERE state = 'waiting' ORDER BY made_at, id")
    return [row["id"] for row in rows]


async def send_all() -> None:
    await sending.gather()
    for each in await waiting():
        await sending.send(each)


async def log(desk, city):
    return (await deliveries.list_deliveries(partner_id=city.record.id, by=desk.cast.auditor)).items


async def test_a_partner_gets_the_events_and_fields_of_its_purpose_and_nothing_else(hook, city, desk, partner_server):
    await hook()
    number = await city.number()
    await resolve(desk, number, remark="坑填好了，林大山 13800138000 已确认")
    await send_all()
    messages = [json.decode(body) for _, body in partner_server.got]

    assert [each["type"] for each in messages] == ["case.dispatched", "case.resolved"]
    assert {each["purpose"] for each in messages} == {PURPOSE}
    assert messages[1]["data"]["words"].startswith("坑填好了，＊＊＊ ＊＊")
    assert {tuple(each["data"]) for each in messages} == {("number", "status", "words")}
    assert messages[1]["data"]["number"] == number


async def test_a_message_with_every_field_is_as_the_document_of_webhooks_says(hook, city, desk, partner_server):
    await hook(events=list(Event), fields=list(Field))
    await resolve(desk, await city.number())
    await send_all()
    messages = [json.decode(body) for _, body in partner_server.got]

    assert {each["type"] for each in messages} >= {"case.dispatched", "case.resolved"}
    for each in messages:
        check("CaseMessage", each)
        assert set(each["data"]) == {field.value for field in Field}


async def test_every_field_that_may_be_allowed_can_be_made_and_names_nobody(hook, city, desk, partner_server):
    await hook(events=list(Event), fields=list(Field))
    number = await city.number(description="林大山家门口有坑，电话 19900000051")
    await resolve(desk, number)
    await send_all()
    told = b"".join(body for _, body in partner_server.got).decode()

    assert set(json.decode(partner_server.got[0][1])["data"]) == {each.value for each in Field}
    for hidden in ("林大山", "19900000051", "钱接线", "褚路工", "116.2815"):
        assert hidden not in told


async def test_a_public_library_accepts_the_signature_and_refuses_a_changed_or_old_message(
    hook, city, desk, partner_server
):
    record = await hook()
    await resolve(desk, await city.number())
    await send_all()
    headers, body = partner_server.got[0]
    verifier = Verifier(record.secret)

    assert verifier.verify(body, headers)["type"] == "case.dispatched"
    with pytest.raises(WebhookVerificationError):
        verifier.verify(body.replace(b"closed", b"opened"), headers)
    with pytest.raises(WebhookVerificationError):
        verifier.verify(body, {**headers, "webhook-id": str(ids.uuid7())})
    with pytest.raises(WebhookVerificationError):
        verifier.verify(body, {**headers, "webhook-timestamp": str(int(clock.now().timestamp()) - 600)})


async def test_the_citizen_reads_once_to_whom_what_went_and_what_for(hook, city, desk, partner_server):
    await hook()
    number = await city.number()
    await resolve(desk, number)
    await send_all()
    case = await public_case(case_id=await id_of(number))
    told = [line.said for line in case.timeline if line.kind == "disclosed"]

    assert len(partner_server.got) == 2
    assert told == [
        {
            "words": "已提供给高唐随手拍，用途：城管考核。提供的内容：编号、是否办结、答复内容（个人信息已遮住）。",
            "partner": "高唐随手拍",
            "purpose": PURPOSE,
            "fields": ["number", "status", "words"],
        }
    ]
    assert (await timeline.verify(case_id=await id_of(number))).intact


async def test_other_fields_are_told_again(hook, city, desk, partner_server):
    await hook()
    number = await city.number()
    case_id = await id_of(number)
    await dispatching.dispatch(case_id=case_id, id=ids.uuid7(), unit_id=desk.roads, by=desk.clerk)
    await send_all()
    await hook(fields=[Field.NUMBER])
    await working.resolve(case_id=case_id, id=ids.uuid7(), remark="好了", by=desk.mason)
    await send_all()
    lines = [line for line in await queries.lines(case_id) if line["kind"] == "disclosed"]

    assert len(lines) == 2


async def test_nothing_leaves_unless_it_is_switched_on_and_nothing_from_before(hook, city, desk, partner_server):
    await resolve(desk, await city.number())
    await hook(enabled=False)
    await resolve(desk, await city.number(description="第二个"))
    await send_all()
    await hook()
    await send_all()

    assert partner_server.got == []
    assert await log(desk, city) == []


async def test_a_partner_hears_of_its_own_cases_or_of_its_territory_and_never_beyond(hook, city, desk, partner_server):
    await hook(events=[Event.OPENED])
    await desk.open()
    await send_all()
    assert partner_server.got == []

    await hook(events=[Event.OPENED], only_own=False)
    await desk.open(title="又一件")
    await send_all()
    assert {json.decode(body)["type"] for _, body in partner_server.got} == {"case.opened"}


async def test_gathering_and_sending_twice_tell_a_thing_once(hook, city, desk, partner_server):
    await hook()
    await resolve(desk, await city.number())
    await send_all()
    rows = await fetch("SELECT id FROM open311_delivery")
    await sending.gather()
    for row in rows:
        await sending.send(row["id"])

    assert len(partner_server.got) == 2
    assert len(await fetch("SELECT id FROM open311_delivery")) == 2


async def test_what_is_not_accepted_is_tried_again_later_and_later_and_then_held(hook, city, desk, partner_server):
    await hook(events=[Event.RESOLVED])
    partner_server.status = 503
    await resolve(desk, await city.number())
    await sending.gather()
    [delivery_id] = await waiting()
    waits = open311_policy(clock.today()).waits
    for n in range(len(waits) + 1):
        assert (await log(desk, city))[0].state == DeliveryState.WAITING, n
        await sending.send(delivery_id)
    [held] = await log(desk, city)
    queued = await fetch(
        "SELECT execute_after - now() AS wait FROM pgqueuer WHERE entrypoint = 'open311/send' "
        "AND dedupe_key IS NULL ORDER BY 1"
    )

    assert (held.state, held.attempts, held.status, held.answer) == ("held", len(waits) + 1, 503, Answer.REFUSED)
    assert len(partner_server.got) == len(waits) + 1
    assert len({headers["webhook-id"] for headers, _ in partner_server.got}) == 1
    assert len({body for _, body in partner_server.got}) == 1
    assert [round(row["wait"].total_seconds(), -1) for row in queued] == pytest.approx(
        [each.total_seconds() for each in waits], abs=20
    )


async def test_a_held_message_is_sent_again_by_an_admin_and_by_nobody_else(wire, as_, hook, city, desk, partner_server):
    await hook(events=[Event.RESOLVED])
    partner_server.status = 500
    await resolve(desk, await city.number())
    await sending.gather()
    [delivery_id] = await waiting()
    for _ in range(len(open311_policy(clock.today()).waits) + 1):
        await sending.send(delivery_id)
    path = f"/api/v1/partner-deliveries/{delivery_id}/resending"
    for who, status in [("supervisor", 403), ("stranger", 403), ("cadre", 403), ("admin", 200), ("admin", 200)]:
        answer = await wire.post(path, headers=await as_(getattr(desk.cast, who)))
        assert answer.status_code == status, who
    unknown = await wire.post(f"/api/v1/partner-deliveries/{ids.uuid7()}/resending", headers=await as_(desk.cast.admin))
    partner_server.status = 200
    await sending.send(delivery_id)

    assert unknown.status_code == 404
    assert answer.json()["state"] == "waiting"
    [sent] = await log(desk, city)
    assert (sent.state, sent.status, sent.attempts) == ("delivered", 200, 1)


async def test_the_log_shows_exactly_what_was_sent_to_overseers_of_the_place(
    wire, as_, hook, city, desk, partner_server
):
    await hook()
    await resolve(desk, await city.number())
    await send_all()
    path = f"/api/v1/partners/{city.record.id}/deliveries"
    for who, status in [("cadre", 403), ("operator", 403), ("stranger", 403)]:
        assert (await wire.get(path, headers=await as_(getattr(desk.cast, who)))).status_code == status
    page = (await wire.get(path, params={"limit": 1}, headers=await as_(desk.cast.auditor))).json()
    rest = await wire.get(path, params={"cursor": page["next_cursor"]}, headers=await as_(desk.cast.auditor))
    shown = [*page["items"], *rest.json()["items"]]

    assert {each["body"].encode() for each in shown} == {body for _, body in partner_server.got}
    assert {each["purpose"] for each in shown} == {PURPOSE}


async def test_bodies_are_forgotten_after_ninety_days_and_that_it_was_sent_is_not(hook, city, desk, partner_server):
    await hook(events=[Event.RESOLVED])
    await resolve(desk, await city.number(service_request_id_ext="A-7"))
    await send_all()
    await fetch("UPDATE open311_delivery SET made_at = $1", clock.now() - timedelta(days=91))
    await fetch("UPDATE open311_filing SET filed_at = $1", clock.now() - timedelta(days=732))
    for rule in retention.rules():
        if rule.name.startswith("open311."):
            await retention.apply_rule(rule)
    [sent] = await log(desk, city)
    [filing] = await fetch("SELECT reference FROM open311_filing")

    assert (sent.body, sent.state, sent.fields) == (None, "delivered", ["number", "status", "words"])
    assert filing["reference"] is None
    with pytest.raises(deliveries.BodyGone):
        await deliveries.resend(delivery_id=sent.id, by=desk.cast.admin)


async def test_a_redirect_is_not_followed(hook, city, desk, partner_server):
    await hook(events=[Event.RESOLVED])
    partner_server.status, partner_server.location = 302, partner_server.url
    await resolve(desk, await city.number())
    await send_all()
    [sent] = await log(desk, city)

    assert (sent.status, sent.answer, len(partner_server.got)) == (302, Answer.REFUSED, 1)


async def test_a_name_that_stands_for_our_own_network_is_not_connected_to_and_nothing_is_told(
    hook, city, desk, partner_server, monkeypatch
):
    await hook(events=[Event.RESOLVED])
    number = await city.number()
    await resolve(desk, number)
    await sending.gather()
    monkeypatch.setattr(addresses, "settings", settings)  # loopback is forbidden again
    await fetch("UPDATE open311_webhook SET address = $1", partner_server.url.replace("127.0.0.1", "localhost"))
    [delivery_id] = await waiting()
    await sending.send(delivery_id)
    [held_back] = await log(desk, city)
    case = await public_case(case_id=await id_of(number))

    assert held_back.answer is Answer.ADDRESS_FORBIDDEN
    assert partner_server.got == []
    assert "disclosed" not in {line.kind for line in case.timeline}


async def test_a_dead_partner_costs_a_try_and_is_told_nothing(hook, city, desk, partner_server):
    await hook(events=[Event.RESOLVED], address="http://127.0.0.1:9/hook")
    number = await city.number()
    await resolve(desk, number)
    await send_all()
    [tried] = await log(desk, city)

    assert (tried.answer, tried.state) == (Answer.UNREACHABLE, DeliveryState.WAITING)
    assert "disclosed" not in {line.kind for line in (await public_case(case_id=await id_of(number))).timeline}


async def test_a_partner_that_never_answers_is_given_up_on(loopback_allowed, monkeypatch):
    async def listen_and_say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    monkeypatch.setattr(outgoing, "WITHIN_S", 0.3)
    server = await asyncio.start_server(listen_and_say_nothing, "127.0.0.1", 0)
    outcome = await outgoing.post(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook", b"{}", {})
    await asyncio.sleep(0.05)  # the other side sees that we hung up
    server.close()

    assert outcome.answer is Answer.NO_ANSWER


async def test_what_is_switched_off_meanwhile_is_held(hook, city, desk, partner_server):
    await hook(events=[Event.RESOLVED])
    await resolve(desk, await city.number())
    await sending.gather()
    await hook(events=[Event.RESOLVED], enabled=False)
    await send_all()
    [held] = await log(desk, city)

    assert (held.state, held.answer, partner_server.got) == (DeliveryState.HELD, Answer.SWITCHED_OFF, [])


async def test_an_erased_case_is_told_without_what_was_erased(hook, city, desk, partner_server):
    await hook(events=[Event.REOPENED], fields=[Field.TITLE, Field.DESCRIPTION])
    number = await city.number(description="林大山家的事")
    await resolve(desk, number)
    case_id = await id_of(number)
    await ending.erase_contact(case_id=case_id, id=ids.uuid7(), by=None)
    await ending.reopen(case_id=case_id, id=ids.uuid7(), reason="又坏了", by=None)
    await send_all()

    assert b"\xe6\x9e\x97\xe5\xa4\xa7\xe5\xb1\xb1" not in partner_server.got[0][1]


@pytest.mark.parametrize(
    ("number", "may"),
    [
        ("1.1.1.1", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("127.0.0.1", False),
        ("0.0.0.1", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("2002:7f00:1::", False),
        ("2606:4700:4700::1111", True),
    ],
)
def test_only_public_numbers_are_connected_to(number, may):
    assert addresses.may_connect(ip_address(number)) is may
