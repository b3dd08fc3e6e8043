"""WeChat subscription messages: verdicts by errcode, templates, and the token that several may hold."""

import json
from datetime import datetime

import pytest

from backend.core import clock
from backend.core.clock import SHANGHAI
from backend.core.refusals import Unknown
from backend.push.provider import AddressKind, Sent
from backend.push.providers.wechat import Template, WeChat
from tests.outside.standing import BROKEN, HALF_AN_ANSWER, HUNG_UP, NONSENSE, SILENT, Stumble, too_many
from tests.outside.wechat import APP_ID, APP_SECRET, TEMPLATE_ID
from tests.push.providers.conftest import PATIENT_S

TEMPLATES = {"task": Template(id=TEMPLATE_ID, fields={"thing1": "what", "time2": "when"})}


def way(weixin, **said):
    usual = {
        "app_id": APP_ID,
        "app_secret": APP_SECRET,
        "templates": TEMPLATES,
        "url": weixin.url,
        "per_second": 100,
        "within_s": PATIENT_S,
    }
    return WeChat(**{**usual, **said})


@pytest.fixture
async def wechat(weixin, within_s):
    provider = way(weixin, within_s=within_s)
    yield provider
    await provider.aclose()


@pytest.fixture
def note(outgoing):
    def make(openid="o-follower", **said):
        facts = {"what": "有人等您回电", "when": "2026-05-01 09:30"}
        return outgoing(openid, **{"kind": AddressKind.WECHAT_OPENID, "template": "task", "parameters": facts, **said})

    return make


async def test_only_the_templates_fields_and_the_link_go_out(wechat, weixin, note):
    message = note(link="https://county.example/r/1", data={"kind": "call"})
    facts = {**message.parameters, "name": "never this"}
    (verdict,) = await wechat.send([note(link=message.link, parameters=facts)])

    assert verdict.sent is Sent.ACCEPTED
    assert [json.loads(body) for body in weixin.bodies("bizsend")] == [
        {
            "touser": "o-follower",
            "template_id": TEMPLATE_ID,
            "data": {"thing1": {"value": "有人等您回电"}, "time2": {"value": "2026-05-01 09:30"}},
            "page": "https://county.example/r/1",
        }
    ]


async def test_a_thing_is_cut_to_what_wechat_takes(wechat, weixin, note):
    await wechat.send([note(parameters={"what": "很" * 21, "when": "2026-05-01 09:30"})])
    (body,) = weixin.bodies("bizsend")

    assert json.loads(body)["data"]["thing1"]["value"] == "很" * 19 + "…"


async def test_each_follower_has_his_own_verdict(wechat, note, by_address):
    batch = [note(openid) for openid in ("o-follower", "refuses-1", "left-1", "wrong-1")]
    found = by_address(batch, await wechat.send(batch))

    assert {openid: (verdict.sent, verdict.reason) for openid, verdict in found.items()} == {
        "o-follower": (Sent.ACCEPTED, None),
        "refuses-1": (Sent.PERMANENT_INVALID, "43101"),
        "left-1": (Sent.PERMANENT_INVALID, "43004"),
        "wrong-1": (Sent.PERMANENT_INVALID, "40003"),
    }


@pytest.mark.parametrize(
    ("errcode", "sent", "reason", "after_s"),
    [
        (40037, Sent.REFUSED, "40037", None),
        (47003, Sent.REFUSED, "47003", None),
        (45011, Sent.RETRY_AFTER, "45011", 60.0),
        (-1, Sent.RETRY_AFTER, "-1", 60.0),
        (40001, Sent.REFUSED, "credentials", None),
    ],
)
async def test_errcodes_are_verdicts(wechat, weixin, note, errcode, sent, reason, after_s):
    weixin.errcode = errcode
    (verdict,) = await wechat.send([note()])

    assert (verdict.sent, verdict.reason, verdict.retry_after_s) == (sent, reason, after_s)


async def test_a_used_up_quota_waits_for_midnight_in_china(wechat, weixin, note):
    weixin.errcode = 45009
    with clock.stopped(datetime(2026, 5, 1, 22, 30, tzinfo=SHANGHAI)):
        (verdict,) = await wechat.send([note()])

    assert (verdict.sent, verdict.retry_after_s) == (Sent.RETRY_AFTER, 90 * 60)


@pytest.mark.parametrize(
    ("stumble", "sent", "after_s"),
    [
        (too_many("7"), Sent.RETRY_AFTER, 7.0),
        (BROKEN, Sent.RETRY_AFTER, None),
        (Stumble(status=404), Sent.REFUSED, None),
        (NONSENSE, Sent.UNKNOWN, None),
        (Stumble(status=200, body=b"{}"), Sent.UNKNOWN, None),
        (Stumble(status=200, body=b'{"errcode": "none"}'), Sent.UNKNOWN, None),
        (HUNG_UP, Sent.UNKNOWN, None),
        (HALF_AN_ANSWER, Sent.UNKNOWN, None),
        (SILENT, Sent.UNKNOWN, None),
    ],
)
async def test_whatever_wechat_does_is_a_verdict_and_nothing_is_tried_twice(
    wechat, weixin, note, stumble, sent, after_s
):
    weixin.stumble(stumble)
    (verdict,) = await wechat.send([note()])

    assert (verdict.sent, verdict.retry_after_s) == (sent, after_s)
    assert len(weixin.bodies("bizsend")) == 1


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"template": None}, "no_template"),
        ({"template": "other"}, "no_template"),
        ({"parameters": {"what": "a"}}, "parameter_missing:when"),
    ],
)
async def test_what_no_template_allows_is_refused_before_it_is_sent(wechat, weixin, note, said, reason):
    (verdict,) = await wechat.send([note(**said)])

    assert (verdict.sent, verdict.reason, weixin.asked) == (Sent.REFUSED, reason, [])


# Signing in


async def test_one_token_serves_every_message(wechat, weixin, note):
    await wechat.send([note() for _ in range(30)])
    await wechat.send([note()])

    assert len(weixin.bodies("stable_token")) == 1


async def test_a_token_replaced_by_somebody_else_is_fetched_anew_without_force(wechat, weixin, note):
    await wechat.send([note()])
    weixin.tokens.append("token-of-another-process")
    verdicts = await wechat.send([note() for _ in range(5)])

    assert [verdict.sent for verdict in verdicts] == [Sent.ACCEPTED] * 5
    assert (len(weixin.bodies("stable_token")), weixin.forced) == (2, 0)


async def test_a_token_that_is_given_again_though_spent_is_forced(wechat, weixin, note):
    weixin.errcode = 42001
    (verdict,) = await wechat.send([note()])

    assert (verdict.sent, verdict.reason, weixin.forced) == (Sent.REFUSED, "credentials", 1)


async def test_a_wrong_secret_refuses_everything_and_sends_nothing(weixin, note):
    wechat = way(weixin, app_secret="wrong")
    (verdict,) = await wechat.send([note()])

    assert (verdict.sent, verdict.reason, weixin.bodies("bizsend")) == (Sent.REFUSED, "credentials", [])
    await wechat.aclose()


async def test_wechat_cannot_be_asked_and_tells_nothing(wechat):
    assert await wechat.query(["a"]) == {}
    with pytest.raises(Unknown):
        wechat.receipts_of(b"", {})
