"""The room on the wire. Asked of every route: nobody, wrong shape, stranger, right person, twice."""

import asyncio
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest

from backend.push import actions as push
from backend.push import streaming
from backend.push.provider import Category, Receipt, ReceiptState
from backend.push.streaming import Watch
from tests.application import whole_house
from tests.cast import COUNTY, VILLAGE
from tests.push.outside import signature

NOBODY = UUID(int=404)
ADDRESS = {"kind": "fcm_token", "value": "token-1"}
NOTICE = {
    "division_codes": [COUNTY],
    "category": "service",
    "title_zh": "防汛",
    "text_zh": "请远离河道",
    "roles": ["cadre"],
}
GROUP = {
    "name": "兴隆一群", "kind": "wechat", "division_code": VILLAGE, "owner_id": str(uuid4()), "headcount": 180,
    "headcount_as_of": "2026-11-01",
}  # fmt: skip

ROUTES = [
    ("POST", "/push-addresses", ADDRESS),
    ("GET", "/push-addresses", None),
    ("DELETE", f"/push-addresses/{NOBODY}", None),
    ("GET", "/my/notices", None),
    ("POST", "/my/notices/seen", {"notice_ids": [str(NOBODY)]}),
    ("GET", "/my/notices/stream", None),
    ("POST", f"/notices/{NOBODY}/acknowledgement", None),
    ("POST", "/notices", NOTICE),
    ("GET", "/notices", None),
    ("GET", f"/notices/{NOBODY}/progress", None),
    ("POST", f"/notices/{NOBODY}/pause", None),
    ("POST", f"/notices/{NOBODY}/resume", None),
    ("POST", f"/notices/{NOBODY}/cancellation", None),
    ("POST", "/push-groups", GROUP),
    ("GET", "/push-groups", None),
    ("DELETE", f"/push-groups/{NOBODY}", None),
]


@pytest.fixture
def ask(wire, as_):
    async def asked(who, method, path, body=None, **headers):
        signed = await as_(who) if who else {}
        return await wire.request(method, path, json=body, headers=signed | headers)

    return asked


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
async def test_nobody_is_asked_to_sign_in(ask, method, path, body):
    answer = await ask(None, method, path, body)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


WRONG = [
    ("/push-addresses", ADDRESS | {"kind": "pigeon"}, "/kind"),
    ("/push-addresses", ADDRESS | {"kind": "fcm_topic"}, "/kind"),
    ("/push-addresses", ADDRESS | {"value": "有空格的"}, "/value"),
    ("/push-addresses", ADDRESS | {"language": "fr"}, "/language"),
    ("/push-addresses", ADDRESS | {"muted": ["all"]}, "/muted/0"),
    ("/my/notices/seen", {"notice_ids": []}, "/notice_ids"),
    ("/notices", NOTICE | {"category": "gossip"}, "/category"),
    ("/notices", NOTICE | {"division_codes": ["37"]}, "/division_codes/0"),
    ("/notices", NOTICE | {"text_zh": ""}, "/text_zh"),
    ("/notices", NOTICE | {"link": "javascript:alert(1)"}, "/link"),
    ("/notices", NOTICE | {"not_before": "2026-11-23T08:00:00"}, "/not_before"),
    ("/notices", NOTICE | {"expires_at": "2020-01-01T00:00:00+08:00"}, "/expires_at"),
    ("/push-groups", GROUP | {"headcount": -1}, "/headcount"),
    ("/push-groups", GROUP | {"members": ["林大山"]}, "/members"),
]


async def test_what_has_the_wrong_shape_is_told_which_part(ask, cast):
    for path, body, pointer in WRONG:
        answer = await ask(cast.supervisor, "POST", path, body)
        assert answer.status_code == 400, answer.text
        assert pointer in [error["pointer"] for error in answer.json()["errors"]], answer.text
    for path in ("/my/notices", "/notices", "/push-groups"):
        for query in ("limit=0", "limit=1001", "cursor=abc"):
            assert (await ask(cast.supervisor, "GET", f"{path}?{query}")).status_code == 400


async def test_a_phone_registers_confirms_and_leaves(ask, cast):
    body = ADDRESS | {"id": str(uuid4())}
    first = await ask(cast.cadre, "POST", "/push-addresses", body)
    again = await ask(cast.cadre, "POST", "/push-addresses", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert "token-1" not in first.text
    address_id = first.json()["id"]

    assert (await ask(cast.stranger, "DELETE", f"/push-addresses/{address_id}")).status_code == 404
    assert [each["id"] for each in (await ask(cast.cadre, "GET", "/push-addresses")).json()] == [address_id]
    for _ in range(2):
        assert (await ask(cast.cadre, "DELETE", f"/push-addresses/{address_id}")).status_code == 204
    assert (await ask(cast.cadre, "GET", "/push-addresses")).json() == []


async def test_text_messages_go_to_ones_own_number_and_to_nobody_elses(ask, cast):
    mine = {"kind": "sms", "value": "19900000001"}
    assert (await ask(cast.cadre, "POST", "/push-addresses", mine)).status_code == 201
    assert (await ask(cast.cadre, "POST", "/push-addresses", mine | {"value": "+86-199-0000-0001"})).status_code == 200
    theirs = await ask(cast.assistant, "POST", "/push-addresses", mine)
    assert (theirs.status_code, theirs.json()["errors"][0]["pointer"]) == (400, "/value")


async def test_the_inbox_has_the_words_unread_first_in_the_readers_language(ask, cast):
    ids = []
    for number in range(3):
        said = push.Text(zh=f"第{number}条", en=f"Number {number}", title_zh="提醒")
        told = {"text": said, "category": Category.SERVICE, "dedupe_key": str(number)}
        ids.append(str(await push.notify(to=cast.cadre.person_id, **told)))
    seen = {"notice_ids": [ids[2], str(NOBODY)]}
    for _ in range(2):
        assert (await ask(cast.cadre, "POST", "/my/notices/seen", seen)).status_code == 204

    first = (await ask(cast.cadre, "GET", "/my/notices?limit=2")).json()
    rest = (await ask(cast.cadre, "GET", f"/my/notices?limit=2&cursor={first['next_cursor']}")).json()
    assert [each["id"] for each in first["items"] + rest["items"]] == [ids[1], ids[0], ids[2]]
    assert first["items"][0]["text"] == "第1条"
    assert rest["next_cursor"] is None
    assert (await ask(cast.stranger, "GET", "/my/notices")).json()["items"] == []


async def test_a_notice_is_acknowledged_by_whom_it_is_for_and_twice_is_once(ask, cast):
    told = {"text": push.Text(zh="请看"), "category": Category.EMERGENCY, "dedupe_key": "1"}
    path = f"/notices/{await push.notify(to=cast.cadre.person_id, **told)}/acknowledgement"
    assert (await ask(cast.stranger, "POST", path)).status_code == 404
    for _ in range(2):
        assert (await ask(cast.cadre, "POST", path)).status_code == 204
    (item,) = (await ask(cast.cadre, "GET", "/my/notices")).json()["items"]
    assert item["acknowledged_at"] == item["seen_at"] is not None


async def test_a_campaign_is_sent_watched_paused_resumed_and_cancelled(ask, cast):
    assert (await ask(cast.cadre, "POST", "/notices", NOTICE)).status_code == 403
    first = await ask(cast.supervisor, "POST", "/notices", NOTICE, **{"Idempotency-Key": "flood"})
    again = await ask(cast.supervisor, "POST", "/notices", NOTICE, **{"Idempotency-Key": "flood"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    path = f"/notices/{first.json()['id']}"

    for verb, state in (("pause", "paused"), ("resume", "running"), ("cancellation", "cancelled")):
        assert (await ask(cast.stranger, "POST", f"{path}/{verb}")).status_code == 404
        assert (await ask(cast.auditor, "POST", f"{path}/{verb}")).status_code == 403
        for _ in range(2):
            answer = await ask(cast.operator, "POST", f"{path}/{verb}")
            assert (answer.status_code, answer.json()["campaign_state"]) == (200, state)
    assert (await ask(cast.operator, "POST", f"{path}/pause")).status_code == 409
    assert (await ask(cast.stranger, "GET", f"{path}/progress")).status_code == 404
    assert (await ask(cast.auditor, "GET", f"{path}/progress")).json()["deliveries"] == 0
    assert len((await ask(cast.auditor, "GET", "/notices")).json()["items"]) == 1


async def test_a_group_is_opened_counted_anew_and_closed(ask, cast):
    body = GROUP | {"id": str(uuid4()), "owner_id": str(cast.cadre.person_id)}
    assert (await ask(cast.cadre, "POST", "/push-groups", body)).status_code == 403
    assert (await ask(cast.supervisor, "POST", "/push-groups", body)).status_code == 201
    grown = await ask(cast.supervisor, "POST", "/push-groups", body | {"headcount": 190})
    assert (grown.status_code, grown.json()["headcount"]) == (200, 190)
    assert (await ask(cast.supervisor, "POST", "/push-groups", body | {"name": "别的群"})).status_code == 409
    for who, seen in ((cast.cadre, 1), (cast.supervisor, 1), (cast.stranger, 0)):
        assert len((await ask(who, "GET", "/push-groups")).json()["items"]) == seen

    path = f"/push-groups/{body['id']}"
    assert (await ask(cast.cadre, "DELETE", path)).status_code == 403
    for _ in range(2):
        assert (await ask(cast.supervisor, "DELETE", path)).status_code == 204
    assert (await ask(cast.supervisor, "GET", "/push-groups")).json()["items"] == []


async def test_a_receipt_needs_a_signature_and_no_account(wire, ways):
    body = msgspec.json.encode([Receipt(state=ReceiptState.SHOWN, dedupe_id=uuid4().hex)])
    forged = await wire.post("/push/receipts/sms", content=body, headers={"X-Signature": "no"})
    assert forged.status_code == 401
    assert (await wire.post("/push/receipts/nobody", content=body)).status_code == 404
    for _ in range(2):
        answer = await wire.post("/push/receipts/sms", content=body, headers={"X-Signature": signature(body)})
        assert (answer.status_code, answer.json()) == (200, {"moved": 0, "old": 0, "unknown": 1})


async def test_a_phone_without_push_hears_of_it_on_a_stream_and_goes_on_where_it_stopped(cast, ways, monkeypatch):
    monkeypatch.setattr(streaming, "EVERY_S", 0.05)
    monkeypatch.setattr(streaming, "HEARTBEAT_S", 0.3)
    watch = Watch()

    async def tell(key):
        return await push.notify(
            to=cast.cadre.person_id, text=push.Text(zh="请看"), category=Category.INFO, dedupe_key=key
        )

    stream = watch.follow(cast.cadre.person_id, after=None)
    assert await anext(stream) is None, "a heartbeat"
    first = await tell("1")
    heard = await asyncio.wait_for(anext(stream), 30)
    assert heard.notice == first
    assert await anext(stream) is None, "each is told once"
    await stream.aclose()

    second = await tell("2")
    resumed = watch.follow(cast.cadre.person_id, after=heard.at)
    heard_again = [each.notice async for each in _until_heartbeat(resumed)]
    assert heard_again[0] == second
    assert set(heard_again[1:]) <= {first}, "at worst once more, never lost"
    await resumed.aclose()
    others = watch.follow(cast.stranger.person_id, after=None)
    assert await anext(others) is None
    await others.aclose()


async def test_a_connection_that_breaks_in_the_middle_ends_no_stream(cast, ways, monkeypatch):
    monkeypatch.setattr(streaming, "EVERY_S", 0.05)
    monkeypatch.setattr(streaming, "HEARTBEAT_S", 0.3)
    with monkeypatch.context() as broken:

        async def news(*_, **__):
            raise asyncpg.ConnectionDoesNotExistError

        broken.setattr(streaming.queries, "news", news)
        stream = Watch().follow(cast.cadre.person_id, after=None)
        assert await anext(stream) is None, "a heartbeat"
    told = await push.notify(to=cast.cadre.person_id, text=push.Text(zh="请看"), category=Category.INFO, dedupe_key="1")
    assert (await asyncio.wait_for(anext(stream), 30)).notice == told
    await stream.aclose()


async def _until_heartbeat(stream):
    while (news := await asyncio.wait_for(anext(stream), 30)) is not None:
        yield news


async def test_the_stream_over_http_tells_ids_and_nothing_else(cast, ways, as_, monkeypatch):
    monkeypatch.setattr(streaming, "EVERY_S", 0.05)
    told: asyncio.Queue[bytes] = asyncio.Queue()
    notice_id = await push.notify(
        to=cast.cadre.person_id, text=push.Text(zh="林大山"), category=Category.INFO, dedupe_key="1"
    )
    headers = await as_(cast.cadre) | {"Accept-Encoding": "gzip"}
    listening = asyncio.create_task(_listen(whole_house(), "/api/v1/my/notices/stream", headers, told))
    try:
        line = await asyncio.wait_for(told.get(), 30)
    finally:
        listening.cancel()
    assert line.startswith(b"id: ")
    assert b"event: notice" in line
    assert f'data: {{"id":"{notice_id}","category":"info"}}'.encode() in line
    assert "林大山".encode() not in line


async def _listen(app, path, headers, told):
    """A phone's side of ASGI: httpx would wait for the end of an answer that has none."""
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "scheme": "http",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "server": ("test", 80), "client": ("127.0.0.1", 1), "http_version": "1.1", "root_path": "",
        "asgi": {"version": "3.0"}, "extensions": {},
    }  # fmt: skip

    async def receive():
        await asyncio.sleep(60)

    async def send(message):
        if message.get("body"):
            told.put_nowait(message["body"])

    await app(scope, receive, send)
