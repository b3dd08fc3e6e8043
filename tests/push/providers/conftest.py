"""Messages to send, and the world outside."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from uuid import uuid4

import pytest

from backend.push.provider import AddressKind, Category, Outgoing, Verdict
from tests.outside.fcm import FcmStandIn
from tests.outside.hms import HmsStandIn
from tests.outside.robots import RobotsStandIn
from tests.outside.sms import SmsStandIn
from tests.outside.standing import SILENCE_S, SILENT, StandIn
from tests.outside.wechat import WeChatStandIn

Make = Callable[..., Outgoing]

PATIENT_S = 30.0
"""How long an answer may take: longer than a busy machine ever does, for what is about the answer."""


@pytest.fixture
def within_s(request: pytest.FixtureRequest) -> float:
    """Patient; for an answer that never comes (`stumble` is SILENT) so short that a test can wait for it."""
    parameters = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    return SILENCE_S if parameters.get("stumble") == SILENT else PATIENT_S


@pytest.fixture
def outgoing() -> Make:
    """One message; what a test does not say is as most notices are."""

    def make(address: str = "phone-1", **said: object) -> Outgoing:
        delivery_id = uuid4()
        usual: dict[str, object] = {
            "delivery_id": delivery_id,
            "dedupe_id": delivery_id.hex,
            "kind": AddressKind.FCM_TOKEN,
            "address": address,
            "title": "连心",
            "body": "您有一条新的待办，请打开应用查看。",
            "category": Category.SERVICE,
        }
        return Outgoing(**{**usual, **said})

    return make


@pytest.fixture
def by_address() -> Callable[[list[Outgoing], list[Verdict]], dict[str, Verdict]]:
    """Verdicts under the address they are about: a provider answers in any order."""

    def sorted_out(batch: list[Outgoing], verdicts: list[Verdict]) -> dict[str, Verdict]:
        addresses = {message.delivery_id: message.address for message in batch}
        assert sorted(addresses) == sorted(verdict.delivery_id for verdict in verdicts)
        return {addresses[verdict.delivery_id]: verdict for verdict in verdicts}

    return sorted_out


@pytest.fixture(scope="session")
def opened() -> Iterator[ExitStack]:
    """What was opened once for the session."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="session")
def standing(opened: ExitStack) -> Callable[[type[StandIn]], StandIn]:
    """A stand-in of a kind, opened once: it takes longer to open than to ask."""
    return cache(lambda kind: opened.enter_context(kind()))


def _afresh(kind: type[StandIn]) -> Callable[..., StandIn]:
    @pytest.fixture
    def stand_in(standing: Callable[[type[StandIn]], StandIn]) -> StandIn:
        one = standing(kind)
        one.forget()
        return one

    return stand_in


fcm_outside = _afresh(FcmStandIn)
huawei = _afresh(HmsStandIn)
gateway = _afresh(SmsStandIn)
weixin = _afresh(WeChatStandIn)
robots_outside = _afresh(RobotsStandIn)
