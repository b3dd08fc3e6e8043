"""Robots of staff groups, driven by apprise itself: what they say in the body counts, not the 200 around it."""

import asyncio

import pytest
import requests

from backend.push.provider import AddressKind, Sent
from backend.push.providers.robots import Robots
from tests.outside.robots import DINGTALK_SECRET
from tests.outside.standing import BROKEN, HALF_AN_ANSWER, HUNG_UP, NONSENSE, SILENT, Stumble, slow, too_many

KEY = "0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f"
TOKEN = "abcdef0123456789"


@pytest.fixture
def robots(robots_outside, within_s):
    return Robots(per_second=1, url=robots_outside.url, within_s=within_s)


@pytest.fixture
def to_group(outgoing):
    return lambda address=f"wecombot://{KEY}", **said: outgoing(address, **{"kind": AddressKind.ROBOT, **said})


@pytest.mark.parametrize(
    "address",
    [
        f"wecombot://{KEY}",
        f"dingtalk://{TOKEN}",
        f"feishu://{TOKEN}",
        f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}",
        f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}",
        f"https://open.feishu.cn/open-apis/bot/v2/hook/{TOKEN}",
    ],
)
async def test_a_group_hears_title_text_and_link_and_nothing_else(robots, robots_outside, to_group, address):
    message = to_group(address, link="https://county.example/console", data={"kind": "x"}, parameters={"name": "never"})
    (verdict,) = await robots.send([message])

    assert verdict.sent is Sent.ACCEPTED
    ((_, text),) = robots_outside.heard
    assert text.split() == ["连心", "您有一条新的待办，请打开应用查看。", "https://county.example/console"]


async def test_dingtalk_is_signed_where_the_address_has_a_secret(robots, to_group):
    right, wrong = to_group(f"dingtalk://{DINGTALK_SECRET}@{TOKEN}"), to_group(f"dingtalk://{'SEC' + '1' * 30}@{TOKEN}")

    assert [(verdict.sent, verdict.reason) for verdict in await robots.send([right])] == [(Sent.ACCEPTED, None)]
    assert [(verdict.sent, verdict.reason) for verdict in await robots.send([wrong])] == [(Sent.REFUSED, "310000")]


@pytest.mark.parametrize(
    ("address", "sent", "reason"),
    [
        ("wecombot://gone2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f", Sent.PERMANENT_INVALID, "93000"),
        ("dingtalk://gonedef0123456789", Sent.PERMANENT_INVALID, "300005"),
        ("feishu://gonedef0123456789", Sent.PERMANENT_INVALID, "19001"),
        ("wecombot://fast2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f", Sent.RETRY_AFTER, "45009"),
        ("dingtalk://fastdef0123456789", Sent.RETRY_AFTER, "410100"),
        ("feishu://fastdef0123456789", Sent.RETRY_AFTER, "11232"),
        ("dingtalk://worddef0123456789", Sent.REFUSED, "310000"),
        ("feishu://worddef0123456789", Sent.REFUSED, "19024"),
        ("json://127.0.0.1/inside", Sent.REFUSED, "robot_not_allowed"),
        ("https://127.0.0.1/inside", Sent.REFUSED, "robot_not_allowed"),
        ("wecombot://", Sent.PERMANENT_INVALID, "address_unreadable"),
    ],
)
async def test_a_robots_own_word_is_the_verdict(robots, robots_outside, to_group, address, sent, reason):
    (verdict,) = await robots.send([to_group(address)])

    assert (verdict.sent, verdict.reason, robots_outside.heard) == (sent, reason, [])


async def test_apprise_alone_would_call_a_refusal_sent(robots, robots_outside, to_group, monkeypatch):
    """The reason for listening in; when apprise reads the body itself one day, this fails and the ears may go."""
    await robots.send([to_group()])
    from apprise.plugins import wecombot

    door = robots_outside.url + "/cgi-bin/webhook/send?key={key}"
    monkeypatch.setattr(wecombot.NotifyWeComBot, "notify_url", door)
    monkeypatch.setattr(wecombot, "requests", requests)
    alone = wecombot.NotifyWeComBot(key="gone2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f")

    assert await alone.async_notify(body="x")


@pytest.mark.parametrize(
    ("stumble", "sent", "after_s"),
    [
        (too_many("7"), Sent.RETRY_AFTER, 7.0),
        (BROKEN, Sent.RETRY_AFTER, None),
        (Stumble(status=404), Sent.REFUSED, None),
        (NONSENSE, Sent.UNKNOWN, None),
        (Stumble(status=200, body=b"{}"), Sent.UNKNOWN, None),
        (HUNG_UP, Sent.UNKNOWN, None),
        (HALF_AN_ANSWER, Sent.UNKNOWN, None),
        (SILENT, Sent.UNKNOWN, None),
    ],
)
async def test_whatever_a_robot_does_is_a_verdict_and_nothing_is_tried_twice(
    robots, robots_outside, to_group, stumble, sent, after_s
):
    robots_outside.stumble(stumble)
    (verdict,) = await robots.send([to_group()])

    assert (verdict.sent, verdict.retry_after_s) == (sent, after_s)
    assert len(robots_outside.asked) == 1


async def test_a_port_where_nobody_listens_took_nothing(to_group):
    (verdict,) = await Robots(per_second=1, url="http://127.0.0.1:9").send([to_group()])

    assert (verdict.sent, verdict.reason) == (Sent.RETRY_AFTER, "unreachable")


async def test_a_slow_robot_keeps_nobody_else_waiting(robots_outside, to_group):
    robots = Robots(per_second=1, url=robots_outside.url, within_s=10)
    robots_outside.stumble(slow(1.5))
    sending = asyncio.create_task(robots.send([to_group()]))
    turns = 0
    while not sending.done():
        await asyncio.sleep(0.01)
        turns += 1

    assert (await sending)[0].sent is Sent.ACCEPTED
    assert turns > 10, "the loop went round while it waited"


async def test_a_kind_of_robot_the_county_does_not_use_is_refused(robots_outside, to_group):
    only_wecom = Robots(schemes=["wecombot"], per_second=1, url=robots_outside.url)

    assert [verdict.reason for verdict in await only_wecom.send([to_group(f"feishu://{TOKEN}")])] == [
        "robot_not_allowed"
    ]
