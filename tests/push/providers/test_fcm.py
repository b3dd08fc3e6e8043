"""FCM: what becomes of each message, and that our way asks exactly what Google's own client asks."""

import json
import os
import subprocess
import sys
import warnings
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import firebase_admin
import pytest
from firebase_admin import credentials, messaging

from backend.core import clock
from backend.push.provider import AddressKind, Category, Sent
from backend.push.providers.fcm import Fcm
from tests.outside.standing import BROKEN, HALF_AN_ANSWER, HUNG_UP, NONSENSE, SILENT, Stumble, too_many
from tests.push.providers.conftest import PATIENT_S


@pytest.fixture
async def fcm(fcm_outside, within_s):
    provider = Fcm(account=fcm_outside.account, url=fcm_outside.url, per_second=10_000, within_s=within_s)
    yield provider
    await provider.aclose()


@pytest.fixture
def google_client(fcm_outside, monkeypatch):
    """firebase_admin itself, pointed at the stand-in: it has no public way."""
    monkeypatch.setattr(messaging._MessagingService, "FCM_URL", fcm_outside.url + "/v1/projects/{0}/messages:send")
    app = firebase_admin.initialize_app(credentials.Certificate(fcm_outside.account), name="held-against")
    topics = f"{fcm_outside.url}/v1/projects/{app.project_id}/registrations"
    monkeypatch.setattr(messaging._get_messaging_service(app), "_fcm_topic_url", topics)
    # google-auth also asks Google, in a thread, where the account may be used; there is no Google here
    monkeypatch.setattr(app.credential.get_credential(), "_after_refresh", lambda *asked: None)
    yield app
    firebase_admin.delete_app(app)


async def only(fcm, message):
    (verdict,) = await fcm.send([message])
    assert verdict.delivery_id == message.delivery_id
    return verdict


def messages(fcm_outside):
    return [json.loads(body)["message"] for body in fcm_outside.bodies("messages:send")]


# Held against the real client


def test_googles_own_client_is_answered_as_google_answers(fcm_outside, google_client):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Message.token, which most phones still have
        batch = [
            messaging.Message(token=t, data={"a": "b"}) for t in ("phone-1", "gone-1", "stranger-1", "malformed-1")
        ]
    answered = messaging.send_each([*batch, messaging.Message(fid="phone-2")], app=google_client).responses

    assert [response.success for response in answered] == [True, False, False, False, True]
    assert answered[0].message_id.startswith("projects/county-demo/messages/")
    assert isinstance(answered[1].exception, messaging.UnregisteredError)
    assert isinstance(answered[2].exception, messaging.SenderIdMismatchError)
    assert isinstance(answered[3].exception, firebase_admin.exceptions.InvalidArgumentError)


def test_googles_own_client_subscribes_to_topics(fcm_outside, google_client):
    answered = messaging.subscribe_to_topic(["phone-1", "gone-1"], "d-3702", app=google_client)
    again = messaging.subscribe_to_topic(["phone-1"], "d-3702", app=google_client)

    assert [(error.index, error.reason) for error in answered.errors] == [(1, "UNREGISTERED")]
    assert (again.success_count, fcm_outside.subscribed) == (1, {("phone-1", "d-3702")})
    messaging.unsubscribe_from_topic(["phone-1"], "d-3702", app=google_client)
    assert fcm_outside.subscribed == set()


async def test_our_way_asks_what_googles_own_client_asks(fcm, fcm_outside, google_client, outgoing):
    sent = outgoing("phone-1", kind=AddressKind.FCM_FID, category=Category.EMERGENCY, collapse_key="warning", ttl_s=600)
    with clock.stopped(datetime.now(UTC)):
        until = str(int((clock.now() + timedelta(minutes=10)).timestamp()))
        assert (await only(fcm, sent)).sent is Sent.ACCEPTED
    messaging.send(
        messaging.Message(
            fid="phone-1",
            data={"dedupe_id": sent.dedupe_id, "category": "emergency"},
            notification=messaging.Notification(title=sent.title, body=sent.body),
            android=messaging.AndroidConfig(
                collapse_key="warning",
                priority="high",
                ttl=600,
                notification=messaging.AndroidNotification(channel_id="emergency", tag="warning"),
            ),
            apns=messaging.APNSConfig(
                headers={"apns-priority": "10", "apns-expiration": until, "apns-collapse-id": "warning"}
            ),
        ),
        app=google_client,
    )
    ours, theirs = messages(fcm_outside)

    assert ours == theirs


# Verdicts


async def test_each_address_has_its_own_verdict(fcm, outgoing, by_address):
    batch = [outgoing(address) for address in ("phone-1", "gone-1", "stranger-1", "malformed-1", "iphone-1", "phone-2")]
    found = by_address(batch, await fcm.send(batch))

    assert {address: (verdict.sent, verdict.reason) for address, verdict in found.items()} == {
        "phone-1": (Sent.ACCEPTED, None),
        "phone-2": (Sent.ACCEPTED, None),
        "gone-1": (Sent.PERMANENT_INVALID, "UNREGISTERED"),
        "stranger-1": (Sent.PERMANENT_INVALID, "SENDER_ID_MISMATCH"),
        "malformed-1": (Sent.PERMANENT_INVALID, "INVALID_ARGUMENT"),
        "iphone-1": (Sent.REFUSED, "THIRD_PARTY_AUTH_ERROR"),
    }
    assert found["phone-1"].provider_message_id.startswith("projects/county-demo/messages/")


async def test_a_message_that_is_wrong_itself_costs_nobody_his_address(fcm, fcm_outside, outgoing):
    error = {"code": 400, "status": "INVALID_ARGUMENT", "message": "Invalid value at 'message.data'", "details": []}
    fcm_outside.stumble(Stumble(status=400, body=json.dumps({"error": error}).encode()))
    verdict = await only(fcm, outgoing())

    assert (verdict.sent, verdict.reason) == (Sent.REFUSED, "INVALID_ARGUMENT")


@pytest.mark.parametrize(
    ("stumble", "sent", "after_s"),
    [
        (too_many("7"), Sent.RETRY_AFTER, 7.0),
        (too_many(None), Sent.RETRY_AFTER, 60.0),
        (too_many("soon"), Sent.RETRY_AFTER, 60.0),
        (too_many("99999999"), Sent.RETRY_AFTER, 86_400.0),
        (BROKEN, Sent.RETRY_AFTER, None),
        (Stumble(status=503, headers={"Retry-After": "30"}), Sent.RETRY_AFTER, 30.0),
        (Stumble(status=404, body=b"{}"), Sent.REFUSED, None),
        (Stumble(status=400, body=b'{"error": "nope"}'), Sent.REFUSED, None),
        (Stumble(status=403, body=b"\xff"), Sent.REFUSED, None),
        (Stumble(status=302, headers={"Location": "http://elsewhere.example/"}), Sent.REFUSED, None),
        (NONSENSE, Sent.UNKNOWN, None),
        (Stumble(status=200, body=b"[]"), Sent.UNKNOWN, None),
        (HUNG_UP, Sent.UNKNOWN, None),
        (HALF_AN_ANSWER, Sent.UNKNOWN, None),
        (SILENT, Sent.UNKNOWN, None),
    ],
)
async def test_whatever_google_does_is_a_verdict_and_nothing_is_tried_twice(
    fcm, fcm_outside, outgoing, stumble, sent, after_s
):
    fcm_outside.stumble(stumble)
    verdict = await only(fcm, outgoing())

    assert (verdict.sent, verdict.retry_after_s) == (sent, after_s)
    assert len(messages(fcm_outside)) == 1


async def test_retry_after_may_be_a_date(fcm, fcm_outside, outgoing):
    fcm_outside.stumble(too_many(format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)))

    assert (await only(fcm, outgoing())).retry_after_s == pytest.approx(90, abs=3)


async def test_a_port_where_nobody_listens_means_later_for_everybody(fcm_outside, outgoing):
    fcm = Fcm(account=fcm_outside.account, url="http://127.0.0.1:9", per_second=1)
    batch = [outgoing(), outgoing()]
    verdicts = await fcm.send(batch)

    assert [(verdict.sent, verdict.reason) for verdict in verdicts] == [(Sent.RETRY_AFTER, "unreachable")] * 2
    await fcm.aclose()


async def test_what_is_too_large_is_refused_before_it_is_sent(fcm, fcm_outside, outgoing):
    verdict = await only(fcm, outgoing(body="长" * 1_400))

    assert (verdict.sent, verdict.reason, messages(fcm_outside)) == (Sent.REFUSED, "payload_too_large", [])


async def test_a_malformed_topic_is_refused_in_its_own_row(fcm, outgoing, by_address):
    batch = [outgoing("phone-1"), outgoing("d 37", kind=AddressKind.FCM_TOPIC)]
    found = by_address(batch, await fcm.send(batch))

    assert (found["phone-1"].sent, found["d 37"].sent) == (Sent.ACCEPTED, Sent.REFUSED)


# Signing in


async def test_one_sign_in_serves_every_message(fcm, fcm_outside, outgoing):
    await fcm.send([outgoing(f"phone-{number}") for number in range(150)])
    await fcm.send([outgoing()])

    assert sum(asked.path == "/token" for asked in fcm_outside.asked) == 1


async def test_an_access_token_that_no_longer_counts_is_fetched_anew_once(fcm, fcm_outside, outgoing):
    await fcm.send([outgoing()])
    fcm_outside.access_tokens.clear()
    batch = [outgoing(f"phone-{number}") for number in range(5)]
    verdicts = await fcm.send(batch)

    assert [verdict.sent for verdict in verdicts] == [Sent.ACCEPTED] * 5
    assert sum(asked.path == "/token" for asked in fcm_outside.asked) == 2


async def test_what_went_out_before_the_key_was_revoked_stays_accepted(fcm, fcm_outside, outgoing):
    await fcm.send([outgoing()])
    fcm_outside.key_revoked = True
    fcm_outside.stumble(Stumble(status=401, body=b'{"error": {"code": 401, "status": "UNAUTHENTICATED"}}'))
    batch = [outgoing(f"phone-{number}") for number in range(5)]
    verdicts = await fcm.send(batch)

    assert sorted((verdict.sent, verdict.reason or "") for verdict in verdicts) == [
        *[(Sent.ACCEPTED, "")] * 4,
        (Sent.REFUSED, "credentials"),
    ]


async def test_a_revoked_key_refuses_everything_and_sends_nothing(fcm, fcm_outside, outgoing):
    fcm_outside.key_revoked = True
    verdicts = await fcm.send([outgoing(), outgoing()])

    assert [(verdict.sent, verdict.reason) for verdict in verdicts] == [(Sent.REFUSED, "credentials")] * 2
    assert messages(fcm_outside) == []


async def test_a_key_that_is_none_is_refused_with_the_reason(fcm_outside, outgoing):
    fcm = Fcm(account={**fcm_outside.account, "private_key": "none"}, url=fcm_outside.url, per_second=1)

    assert (await only(fcm, outgoing())).reason == "credentials"


# What goes out


async def test_only_what_the_message_holds_goes_out(fcm, fcm_outside, outgoing):
    sent = outgoing(
        "d-3702",
        kind=AddressKind.FCM_TOPIC,
        link="/console/today",
        data={"kind": "call"},
        parameters={"name": "never this"},
        template="nor_this",
    )
    await fcm.send([sent])
    (message,) = messages(fcm_outside)

    assert message["notification"] == {"title": sent.title, "body": sent.body}
    assert message["data"] == {
        "kind": "call",
        "link": "/console/today",
        "dedupe_id": sent.dedupe_id,
        "category": "service",
    }
    assert message["topic"] == "d-3702"
    assert (message["android"]["priority"], message["android"]["ttl"]) == ("normal", "86400s")
    assert message["android"]["notification"] == {"channel_id": "service", "tag": sent.dedupe_id}
    assert message.keys() == {"topic", "notification", "data", "android", "apns"}


async def test_a_batch_of_many_texts_keeps_each_with_its_own_phone(fcm, fcm_outside, outgoing):
    batch = [outgoing(f"phone-{n}", body=f"第 {n % 3} 条", ttl_s=60 * (n % 2)) for n in range(30)]
    await fcm.send(batch)
    found = {message["token"]: message for message in messages(fcm_outside)}

    for message in batch:
        got = found[message.address]
        assert (got["notification"]["body"], got["android"]["ttl"]) == (message.body, f"{message.ttl_s}s")
        assert (got["data"]["dedupe_id"], got["android"]["notification"]["tag"]) == (message.dedupe_id,) * 2


# Topics


async def test_a_thousand_addresses_subscribe_at_once_and_those_that_failed_are_named(fcm_outside):
    fcm = Fcm(account=fcm_outside.account, url=fcm_outside.url, per_second=10_000, within_s=PATIENT_S)
    addresses = ["gone-1" if position in (3, 700) else f"phone-{position}:APA91/x" for position in range(1_000)]

    assert await fcm.subscribe(addresses, "role-cadre") == [3, 700]
    assert await fcm.subscribe(addresses[:2], "role-cadre") == []
    assert len(fcm_outside.subscribed) == 998
    assert await fcm.unsubscribe(addresses[:2], "role-cadre") == []
    assert len(fcm_outside.subscribed) == 996
    await fcm.aclose()


async def test_more_than_a_thousand_addresses_are_a_mistake_of_the_caller(fcm):
    with pytest.raises(ValueError, match="1000"):
        await fcm.subscribe(["phone"] * 1_001, "d-37")


async def test_addresses_that_met_trouble_count_as_failed(fcm, fcm_outside):
    fcm_outside.stumble(too_many(), HUNG_UP)
    failed = await fcm.subscribe(["phone-1", "phone-2", "phone-3"], "d-37")

    assert len(failed) == 2
    fcm_outside.key_revoked = True
    await fcm.aclose()


# Weight


def test_heavy_libraries_are_loaded_by_the_first_message_and_not_by_a_process_that_serves_pages(fcm_outside, tmp_path):
    heavy = "{'firebase_admin', 'apprise', 'aiohttp', 'requests'}"
    script = (
        "import sys; from backend.push.providers import configured;"
        f"print([way.name for way in configured()], sorted({heavy} & sys.modules.keys()))"
    )
    given = {"PUSH_FCM_CREDENTIALS": json.dumps(fcm_outside.account), "PUSH_ROBOTS": "wecombot"}
    told = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **given, "LIANXIN_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert told.stdout.strip() == "['fcm', 'robots'] []"
