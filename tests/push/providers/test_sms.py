"""Text messages: the signed contract, templates, and asking what became of one before it goes again."""

import json
import time

import pytest

from backend.push.provider import AddressKind, Receipt, ReceiptState, Sent
from backend.push.providers.signatures import ReceiptNotSigned, ReceiptUnreadable
from backend.push.providers.sms import Sms
from backend.push.providers.sms_templates import Template
from tests.outside.sms import KEY, SECRET, receipt
from tests.outside.standing import BROKEN, HALF_AN_ANSWER, HUNG_UP, NONSENSE, SILENT, Stumble, too_many
from tests.push.providers.conftest import PATIENT_S

TEMPLATES = {
    "task": Template(code="SMS_1", parameters={"place": 12, "link": 60}),
    "fraud": Template(code="SMS_2", parameters={"kind": 20}, no_links=True),
}


def way(gateway, **said):
    usual = {
        "url": gateway.url,
        "key": KEY,
        "secret": SECRET,
        "signature_name": "连心",
        "templates": TEMPLATES,
        "per_second": 20,
        "within_s": PATIENT_S,
    }
    return Sms(**{**usual, **said})


@pytest.fixture
async def sms(gateway, within_s):
    provider = way(gateway, within_s=within_s)
    yield provider
    await provider.aclose()


@pytest.fixture
def text(outgoing):
    def make(phone="13800000001", **said):
        usual = {"kind": AddressKind.SMS, "template": "fraud", "parameters": {"kind": "冒充客服"}}
        return outgoing(phone, **{**usual, **said})

    return make


# Verdicts


async def test_a_template_goes_out_signed_with_our_id_and_nothing_else(sms, gateway, text):
    message = text(template="task", parameters={"place": "东村", "link": "https://a.cn/1", "name": "never this"})
    (verdict,) = await sms.send([message])

    assert (verdict.sent, verdict.provider_message_id) == (Sent.ACCEPTED, f"g-{message.dedupe_id}")
    assert [json.loads(body) for body in gateway.bodies("/messages")] == [
        {
            "message_id": message.dedupe_id,
            "phone": "13800000001",
            "signature_name": "连心",
            "template_code": "SMS_1",
            "parameters": {"place": "东村", "link": "https://a.cn/1"},
            "ttl_s": 86_400,
        }
    ]


async def test_each_number_has_its_own_verdict(sms, text, by_address):
    batch = [text("13800000001"), text("19900000000"), text("19910000000")]
    found = by_address(batch, await sms.send(batch))

    assert {phone: (verdict.sent, verdict.reason) for phone, verdict in found.items()} == {
        "13800000001": (Sent.ACCEPTED, None),
        "19900000000": (Sent.PERMANENT_INVALID, "invalid_phone"),
        "19910000000": (Sent.PERMANENT_INVALID, "opted_out"),
    }


@pytest.mark.parametrize(
    ("stumble", "sent", "after_s"),
    [
        (too_many("7"), Sent.RETRY_AFTER, 7.0),
        (too_many(None), Sent.RETRY_AFTER, 60.0),
        (Stumble(status=503, headers={"Retry-After": "30"}), Sent.RETRY_AFTER, 30.0),
        (Stumble(status=422, body=b'{"status": "refused", "reason": "template"}'), Sent.REFUSED, None),
        (Stumble(status=401), Sent.REFUSED, None),
        (Stumble(status=404, body=b"<html>"), Sent.UNKNOWN, None),
        (BROKEN, Sent.UNKNOWN, None),
        (NONSENSE, Sent.UNKNOWN, None),
        (Stumble(status=200, body=b"{}"), Sent.UNKNOWN, None),
        (HUNG_UP, Sent.UNKNOWN, None),
        (HALF_AN_ANSWER, Sent.UNKNOWN, None),
        (SILENT, Sent.UNKNOWN, None),
    ],
)
async def test_whatever_the_gateway_does_is_a_verdict_and_nothing_is_sent_twice(
    sms, gateway, text, stumble, sent, after_s
):
    gateway.stumble(stumble)
    (verdict,) = await sms.send([text()])

    assert (verdict.sent, verdict.retry_after_s) == (sent, after_s)
    assert len(gateway.asked) == 1


async def test_a_gateway_that_is_not_there_took_nothing(gateway, text):
    sms = way(gateway, url="http://127.0.0.1:9")
    (verdict,) = await sms.send([text()])

    assert (verdict.sent, verdict.reason) == (Sent.RETRY_AFTER, "unreachable")
    await sms.aclose()


async def test_a_wrong_secret_is_refused(gateway, text):
    sms = way(gateway, secret="wrong")
    (verdict,) = await sms.send([text()])

    assert (verdict.sent, verdict.reason, gateway.sent) == (Sent.REFUSED, "credentials", {})
    await sms.aclose()


# Templates


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"template": None}, "no_template"),
        ({"template": "never approved"}, "no_template"),
        ({"parameters": {}}, "parameter_missing:kind"),
        ({"parameters": {"kind": "很" * 21}}, "parameter_too_long:kind"),
        ({"parameters": {"kind": "见 https://a.cn"}}, "parameter_has_link:kind"),
        ({"parameters": {"kind": "见www.bank点击"}}, "parameter_has_link:kind"),
        ({"parameters": {"kind": "见 10.1.2.3/a"}}, "parameter_has_link:kind"),
        ({"parameters": {"kind": "登录Bank-95588.TOP领取"}}, "parameter_has_link:kind"),
    ],
)
async def test_what_no_template_allows_is_refused_before_it_is_sent(sms, gateway, text, said, reason):
    (verdict,) = await sms.send([text(**said)])

    assert (verdict.sent, verdict.reason, gateway.asked) == (Sent.REFUSED, reason, [])


@pytest.mark.parametrize("words", ["冒充客服", "3.15 晚会", "损失 2.5 万元", "No.1 村", "16:00-17:00"])
async def test_ordinary_words_are_no_links(sms, text, words):
    (verdict,) = await sms.send([text(parameters={"kind": words})])

    assert verdict.sent is Sent.ACCEPTED


# Unknown fate


@pytest.mark.parametrize("stumble", [SILENT], ids=["nobody answers"])
async def test_what_became_of_an_sms_is_asked_before_it_goes_again(sms, gateway, text, stumble):
    lost, never = text(), text("13800000002")
    gateway.stumble(stumble, HUNG_UP)
    assert [verdict.sent for verdict in await sms.send([lost, never])] == [Sent.UNKNOWN, Sent.UNKNOWN]
    gateway.told.clear()
    gateway.take(lost.dedupe_id)

    asked = await sms.query([lost.dedupe_id, never.dedupe_id])
    assert asked == {lost.dedupe_id: Sent.ACCEPTED, never.dedupe_id: Sent.RETRY_AFTER}


async def test_a_query_tells_receipts_too_and_asks_a_hundred_at_a_time(sms, gateway):
    gateway.take("a", "delivered")
    gateway.take("b", "failed")
    found = await sms.query(["a", "b", *(f"c{number}" for number in range(150))])

    assert (found["a"], found["b"], found["c7"]) == (ReceiptState.DELIVERED, ReceiptState.FAILED, Sent.RETRY_AFTER)
    assert len(gateway.bodies("/query")) == 2


@pytest.mark.parametrize(
    "stumble", [too_many(), BROKEN, NONSENSE, HUNG_UP, SILENT, Stumble(status=200, body=b'{"messages": [{}]}')]
)
async def test_a_query_without_an_answer_leaves_everything_unknown(sms, gateway, stumble):
    gateway.stumble(stumble)

    assert await sms.query(["a", "b"]) == {"a": Sent.UNKNOWN, "b": Sent.UNKNOWN}


async def test_the_same_id_again_is_the_same_sms(sms, gateway, text):
    message = text()
    await sms.send([message])
    await sms.send([message])

    assert gateway.sent[message.dedupe_id] == 1


# Receipts


def test_a_signed_receipt_is_read(gateway):
    body, headers = receipt(
        {"message_id": "d1", "gateway_id": "g1", "status": "delivered"},
        {"message_id": "d2", "status": "failed", "reason": "phone_off"},
    )

    assert way(gateway).receipts_of(body, headers) == [
        Receipt(state=ReceiptState.DELIVERED, provider_message_id="g1", dedupe_id="d1"),
        Receipt(state=ReceiptState.FAILED, dedupe_id="d2", reason="phone_off"),
    ]


def test_a_receipt_with_a_wrong_secret_is_turned_away(gateway):
    body, headers = receipt({"message_id": "d1", "status": "delivered"}, secret="wrong")

    with pytest.raises(ReceiptNotSigned):
        way(gateway).receipts_of(body, headers)


@pytest.mark.parametrize("off_s", [-400, 400])
def test_a_receipt_of_another_time_is_turned_away(gateway, off_s):
    body, headers = receipt({"message_id": "d1", "status": "delivered"}, at_s=time.time() + off_s)

    with pytest.raises(ReceiptNotSigned):
        way(gateway).receipts_of(body, headers)


@pytest.mark.parametrize("changed", ["body", "x-lianxin-timestamp", "x-lianxin-nonce", "x-lianxin-signature", "none"])
def test_a_receipt_changed_on_its_way_is_turned_away(gateway, changed):
    body, headers = receipt({"message_id": "d1", "status": "delivered"})
    changes = {"x-lianxin-timestamp": str(int(time.time()) + 60), "x-lianxin-nonce": "0" * 32}
    if changed == "body":
        body = body.replace(b"d1", b"d2")
    elif changed == "none":
        headers = {}
    else:
        headers |= {changed: changes.get(changed, "not hexadecimal")}

    with pytest.raises(ReceiptNotSigned):
        way(gateway).receipts_of(body, headers)


def test_a_signed_body_that_is_no_receipt_is_refused(gateway):
    body, headers = receipt({"message_id": "d1", "status": "read aloud"})

    with pytest.raises(ReceiptUnreadable):
        way(gateway).receipts_of(body, headers)
