"""Providers tell later what became of a message: signed, in any order, more than once."""

from uuid import uuid4

import msgspec
import pytest

from backend.core.database import fetch_row
from backend.core.refusals import SignInNeeded
from backend.push import actions as push
from backend.push import receipts
from backend.push.provider import AddressKind, Category, Receipt, ReceiptState
from backend.push.refusals import ProviderUnknown
from tests.push.conftest import later
from tests.push.outside import signature


@pytest.fixture
async def sent(cast, ways, phone, work, noon):
    await phone(cast.cadre, "13900000001", AddressKind.SMS)
    await push.notify(to=cast.cadre.person_id, text=push.Text(zh="请看"), category=Category.SERVICE, dedupe_key="1")
    await work()
    return ways.sms.sent[0]


async def tell(*told, provider="sms", sign=signature):
    body = msgspec.json.encode(list(told))
    return await receipts.receive(provider=provider, body=body, headers={"x-signature": sign(body)})


def about(message, state, **more):
    return Receipt(**{"state": state, "provider_message_id": f"sms-{message.dedupe_id}"} | more)


async def _state():
    row = await fetch_row("SELECT d.state, r.reached, r.look_at FROM push_delivery d, push_recipient r")
    return row["state"], row["reached"], row["look_at"] is None


async def test_a_receipt_moves_the_message_and_its_recipient_on(sent):
    told = await tell(about(sent, ReceiptState.DELIVERED))
    assert (told.moved, told.old, told.unknown) == (1, 0, 0)
    assert await _state() == ("delivered", "delivered", True)


async def test_it_may_name_our_id_or_the_providers(sent):
    await tell(about(sent, ReceiptState.SHOWN, provider_message_id=None, dedupe_id=sent.dedupe_id))
    assert await _state() == ("shown", "shown", True)


async def test_replays_and_disorder_change_nothing(sent):
    await tell(about(sent, ReceiptState.SHOWN), about(sent, ReceiptState.DELIVERED))
    for late in (ReceiptState.DELIVERED, ReceiptState.FAILED, ReceiptState.SHOWN):
        told = await tell(about(sent, late))
        assert (told.moved, told.old) == (0, 1)
    assert (await _state())[0] == "shown"
    row = await fetch_row("SELECT sum(n)::int AS n FROM push_counter WHERE state = 'shown'")
    assert row["n"] == 1


async def test_a_failure_reported_late_brings_the_next_way_and_a_delivery_after_it_still_counts(cast, sent):
    await tell(about(sent, ReceiptState.FAILED, reason="absent"))
    assert await _state() == ("failed", "waiting", False)
    await tell(about(sent, ReceiptState.DELIVERED))
    assert await _state() == ("delivered", "delivered", True)


async def test_a_receipt_may_come_before_the_verdict_on_its_batch(cast, ways, phone, noon, monkeypatch, states, work):
    await phone(cast.cadre, "13900000001", AddressKind.SMS)
    send = ways.sms.send

    async def overtaken(batch):
        verdicts = await send(batch)
        await tell(*(Receipt(state=ReceiptState.DELIVERED, dedupe_id=each.dedupe_id) for each in batch))
        return verdicts

    monkeypatch.setattr(ways.sms, "send", overtaken)
    await push.notify(to=cast.cadre.person_id, text=push.Text(zh="请看"), category=Category.SERVICE, dedupe_key="1")
    await work()
    assert await states() == {"delivered": 1}


async def test_what_nobody_sent_is_counted_and_is_no_error(sent):
    stranger = Receipt(state=ReceiptState.DELIVERED, provider_message_id="who?")
    nonsense = Receipt(state=ReceiptState.DELIVERED, dedupe_id="not an id")
    forgotten = Receipt(state=ReceiptState.DELIVERED, dedupe_id=uuid4().hex)
    told = await tell(stranger, nonsense, forgotten, about(sent, ReceiptState.DELIVERED))

    assert (told.moved, told.old, told.unknown) == (1, 0, 3)
    row = await fetch_row("SELECT unknown_receipts FROM push_provider_state WHERE provider = 'sms'")
    assert row["unknown_receipts"] == 3


async def test_one_provider_does_not_speak_for_another_nor_anybody_without_the_secret(sent):
    assert (await tell(about(sent, ReceiptState.DELIVERED), provider="hms")).unknown == 1
    for provider in ("wechat", "nobody"):
        with pytest.raises(ProviderUnknown):
            await tell(provider=provider)
    with pytest.raises(SignInNeeded):
        await tell(about(sent, ReceiptState.DELIVERED), sign=lambda body: "forged")
    assert (await _state())[0] == "accepted"


async def test_once_delivered_no_other_way_is_tried(cast, ways, phone, sent, work):
    from backend.push.escalation import every_minute

    await phone(cast.cadre, "robot-1", AddressKind.WECHAT_OPENID)
    await tell(about(sent, ReceiptState.DELIVERED))
    with later(hours=5):
        await every_minute()
        await work()
    assert ways.wechat.sent == []
