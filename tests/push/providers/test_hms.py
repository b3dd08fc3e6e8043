"""Huawei Push Kit: what becomes of each message, which receipts are believed, and Huawei's own client."""

import json
import time
import warnings

import pytest

from backend.push.provider import AddressKind, Category, Receipt, ReceiptState, Sent
from backend.push.providers.hms import Hms
from backend.push.providers.signatures import ReceiptNotSigned, ReceiptUnreadable
from tests.outside.hms import APP_ID, APP_SECRET, CALLBACK_SECRET, CALLBACK_USER, receipt
from tests.outside.standing import BROKEN, HALF_AN_ANSWER, HUNG_UP, NONSENSE, SILENT, Stumble, too_many
from tests.push.providers.conftest import PATIENT_S


def way(huawei, **said):
    usual = {
        "app_id": APP_ID,
        "app_secret": APP_SECRET,
        "callback_user": CALLBACK_USER,
        "callback_secret": CALLBACK_SECRET,
        "url": huawei.url,
        "sign_in_url": f"{huawei.url}/oauth2/v3/token",
        "per_second": 100,
        "within_s": PATIENT_S,
    }
    return Hms(**{**usual, **said})


@pytest.fixture
async def hms(huawei, within_s):
    provider = way(huawei, within_s=within_s)
    yield provider
    await provider.aclose()


@pytest.fixture
def to_huawei(outgoing):
    return lambda address="phone-1", **said: outgoing(address, **{"kind": AddressKind.HMS_TOKEN, **said})


def sent_to(huawei):
    return [json.loads(body)["message"] for body in huawei.bodies("messages:send")]


# Held against Huawei's own client


def test_huaweis_own_client_is_answered_as_huawei_answers(huawei):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        import hpa
        from hpa import messaging
    hpa.initialize_app(APP_ID, APP_SECRET, token_server=f"{huawei.url}/oauth2/v3/token", push_open_url=huawei.url)
    android = messaging.AndroidConfig(
        ttl="86400s",
        bi_tag="d1",
        notification=messaging.AndroidNotification(
            title="连心", body="一条", click_action=messaging.AndroidClickAction(action_type=3), importance="NORMAL"
        ),
    )
    said = [
        messaging.send_message(messaging.Message(data="{}", android=android, token=tokens), app_id=APP_ID)
        for tokens in (["phone-1"], ["phone-1", "illegal-1"])
    ]

    assert [(one.code, bool(one.requestId)) for one in said] == [("80000000", True), ("80100000", True)]
    assert json.loads(said[1].reason)["illegal_tokens"] == ["illegal-1"]
    with pytest.raises(messaging.ApiCallError, match="400"):
        messaging.send_message(messaging.Message(data="{}", android=android, token=["illegal-1"]), app_id=APP_ID)
    assert messaging.subscribe_topic("d-3702", ["phone-1"], app_id=APP_ID).successCount == 1


# Verdicts


async def test_each_token_has_its_own_verdict(hms, huawei, to_huawei, by_address):
    batch = [to_huawei(address) for address in ("phone-1", "illegal-1", "phone-2")]
    found = by_address(batch, await hms.send(batch))

    assert sorted(message["token"] for message in sent_to(huawei)) == [["illegal-1"], ["phone-1"], ["phone-2"]]
    assert {address: (verdict.sent, verdict.reason) for address, verdict in found.items()} == {
        "phone-1": (Sent.ACCEPTED, None),
        "phone-2": (Sent.ACCEPTED, None),
        "illegal-1": (Sent.PERMANENT_INVALID, "80300007"),
    }
    assert found["phone-1"].provider_message_id != found["phone-2"].provider_message_id


@pytest.mark.parametrize(
    ("code", "sent", "reason"),
    [
        ((200, "80100000"), Sent.PERMANENT_INVALID, "80100000"),
        ((200, "80300007"), Sent.PERMANENT_INVALID, "80300007"),
        ((400, "80300008"), Sent.REFUSED, "payload_too_large"),
        ((400, "80100003"), Sent.REFUSED, "80100003"),
        ((400, "80300002"), Sent.REFUSED, "80300002"),
        ((401, "80200001"), Sent.REFUSED, "credentials"),
        ((200, "81000001"), Sent.RETRY_AFTER, "81000001"),
    ],
)
async def test_push_kits_codes_are_verdicts(hms, huawei, to_huawei, code, sent, reason):
    huawei.code = code
    (verdict,) = await hms.send([to_huawei()])

    assert (verdict.sent, verdict.reason) == (sent, reason)


@pytest.mark.parametrize(
    ("stumble", "sent", "after_s"),
    [
        (too_many("7"), Sent.RETRY_AFTER, 7.0),
        (too_many(None), Sent.RETRY_AFTER, 60.0),
        (BROKEN, Sent.RETRY_AFTER, None),
        (Stumble(status=503, headers={"Retry-After": "30"}), Sent.RETRY_AFTER, 30.0),
        (Stumble(status=404, body=b"<html>"), Sent.REFUSED, None),
        (NONSENSE, Sent.UNKNOWN, None),
        (Stumble(status=200, body=b'{"msg": "Success"}'), Sent.UNKNOWN, None),
        (HUNG_UP, Sent.UNKNOWN, None),
        (HALF_AN_ANSWER, Sent.UNKNOWN, None),
        (SILENT, Sent.UNKNOWN, None),
    ],
)
async def test_whatever_huawei_does_is_a_verdict_and_nothing_is_tried_twice(
    hms, huawei, to_huawei, stumble, sent, after_s
):
    huawei.stumble(stumble)
    (verdict,) = await hms.send([to_huawei()])

    assert (verdict.sent, verdict.retry_after_s) == (sent, after_s)
    assert len(sent_to(huawei)) == 1


async def test_what_is_too_large_is_refused_before_it_is_sent(hms, huawei, to_huawei):
    (verdict,) = await hms.send([to_huawei(body="长" * 1_400)])

    assert (verdict.sent, verdict.reason, sent_to(huawei)) == (Sent.REFUSED, "payload_too_large", [])


# Signing in


async def test_an_access_token_that_ran_out_is_fetched_anew_once(hms, huawei, to_huawei):
    await hms.send([to_huawei()])
    huawei.forget_access()
    (verdict,) = await hms.send([to_huawei()])

    assert verdict.sent is Sent.ACCEPTED
    assert len(huawei.bodies("/token")) == 2


async def test_a_wrong_secret_refuses_everything_and_sends_nothing(huawei, to_huawei):
    hms = way(huawei, app_secret="wrong")
    (verdict,) = await hms.send([to_huawei()])

    assert (verdict.sent, verdict.reason, sent_to(huawei)) == (Sent.REFUSED, "credentials", [])
    await hms.aclose()


async def test_a_sign_in_that_cannot_be_reached_means_later_for_nothing_was_sent(huawei, to_huawei):
    hms = way(huawei, sign_in_url="http://127.0.0.1:9/token")
    (verdict,) = await hms.send([to_huawei()])

    assert (verdict.sent, verdict.reason) == (Sent.RETRY_AFTER, "unreachable")
    await hms.aclose()


# What goes out


async def test_only_what_the_message_holds_goes_out_with_its_importance(hms, huawei, to_huawei):
    urgent = to_huawei(category=Category.EMERGENCY, link="/a", data={"kind": "call"}, parameters={"name": "never"})
    news = to_huawei(category=Category.INFO, collapse_key="news", ttl_s=9_999_999)
    await hms.send([urgent, news])
    first, second = sorted(sent_to(huawei), key=lambda one: json.loads(one["data"])["category"])  # sent side by side

    assert first.keys() == {"data", "android", "token"}
    assert json.loads(first["data"]) == {
        "kind": "call",
        "link": "/a",
        "dedupe_id": urgent.dedupe_id,
        "category": "emergency",
    }
    assert first["android"] == {
        "urgency": "HIGH",
        "ttl": "86400s",
        "bi_tag": urgent.dedupe_id,
        "notification": {
            "title": urgent.title,
            "body": urgent.body,
            "click_action": {"type": 3},
            "importance": "NORMAL",
            "channel_id": "emergency",
            "tag": urgent.dedupe_id,
        },
    }
    assert (second["android"]["urgency"], second["android"]["ttl"]) == ("NORMAL", "1296000s")
    assert (second["android"]["notification"]["importance"], second["android"]["notification"]["tag"]) == (
        "LOW",
        "news",
    )


async def test_a_granted_category_is_named_for_all_but_news(huawei, to_huawei):
    hms = way(huawei, category="WORK")
    await hms.send([to_huawei(), to_huawei(category=Category.EMERGENCY), to_huawei(category=Category.INFO)])

    assert [message["android"]["category"] for message in sent_to(huawei)] == ["WORK", "WORK", "MARKETING"]
    await hms.aclose()


# Receipts


async def test_a_receipt_names_the_message_it_is_about_in_either_version(hms, huawei, to_huawei, by_address):
    batch = [to_huawei("phone-1", dedupe_id="n1"), to_huawei("phone-2", dedupe_id="n2")]
    found = by_address(batch, await hms.send(batch))
    ids = [found[address].provider_message_id for address in ("phone-1", "phone-2")]
    first = {"biTag": "n1", "token": "phone-1", "requestId": ids[0], "appid": APP_ID, "status": 0, "timestamp": 1}
    second = {
        "biTag": "n2",
        "token": "phone-2",
        "requestId": ids[1],
        "pushType": 0,
        "appPackageName": "cn.example.lianxin",
        "deliveryStatus": {"result": 2, "timestamp": 1},
    }
    body = json.dumps({"statuses": [first, second]}).encode()

    assert hms.receipts_of(body, receipt(body)) == [
        Receipt(state=ReceiptState.DELIVERED, provider_message_id=ids[0], dedupe_id="n1"),
        Receipt(state=ReceiptState.FAILED, provider_message_id=ids[1], dedupe_id="n2", reason="2"),
    ]


def test_an_older_secret_signs_by_its_text(huawei):
    hms = way(huawei, callback_secret="an older secret!")

    assert hms.receipts_of(b'{"statuses": []}', receipt(b"", secret="an older secret!", old=True)) == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-HUAWEI-CALLBACK-ID": "timestamp=1; nonce=2"},
        {"X-HUAWEI-CALLBACK-ID": "timestamp=1; nonce=2; value=AAAA"},
        receipt(b"", secret="d3Jvbmc="),
    ],
)
def test_a_receipt_that_is_not_signed_is_turned_away(huawei, headers):
    with pytest.raises(ReceiptNotSigned):
        way(huawei).receipts_of(b'{"statuses": []}', headers)


@pytest.mark.parametrize("off_s", [-600, 600])
def test_a_receipt_of_another_time_is_turned_away(huawei, off_s):
    with pytest.raises(ReceiptNotSigned):
        way(huawei).receipts_of(b'{"statuses": []}', receipt(b"", at_s=time.time() + off_s))


@pytest.mark.parametrize("missing", ["callback_user", "callback_secret"])
def test_without_a_secret_no_receipt_is_believed(huawei, missing):
    hms = way(huawei, **{missing: ""})

    assert not hms.capabilities.receipts
    with pytest.raises(ReceiptNotSigned):
        hms.receipts_of(b'{"statuses": []}', receipt(b""))


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"statuses": [{}]}', b"\xff"])
def test_a_signed_body_that_is_no_receipt_is_refused(huawei, body):
    with pytest.raises(ReceiptUnreadable):
        way(huawei).receipts_of(body, receipt(body))
