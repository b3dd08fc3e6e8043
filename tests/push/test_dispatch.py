"""Handing over: what a provider says decides, nobody takes a message twice, nothing is lost."""

import asyncio
from uuid import uuid4

import pytest
from msgspec.structs import replace

from backend.core import clock
from backend.core.database import fetch, fetch_row
from backend.push import actions as push
from backend.push import dispatch, dispatch_queries
from backend.push.dispatch import Turn
from backend.push.policies import PUSH_POLICIES
from backend.push.provider import AddressKind, Category, ReceiptState, Sent
from backend.push.states import DIRECT_QUEUE
from tests.push.conftest import later
from tests.push.outside import Outside

POLICY = PUSH_POLICIES[-1]


@pytest.fixture
def told(cast, phone, noon):
    """`await told(5)`: one notice to one person with so many phones."""

    async def tell(phones: int = 1, **more):
        for number in range(phones):
            await phone(cast.cadre, f"token-{number}")
        given = {"to": cast.cadre.person_id, "text": push.Text(zh="请看"), "category": Category.SERVICE}
        return await push.notify(**given | {"dedupe_key": str(uuid4())} | more)

    return tell


async def _rows(columns="*"):
    return await fetch(f"SELECT {columns} FROM push_delivery ORDER BY id")


async def test_a_provider_that_asks_for_time_gets_it(ways, told, work):
    ways.app.down, ways.app.retry_after_s = True, 60
    await told()
    await work()
    (row,) = await _rows()
    assert 60 <= (row["next_at"] - clock.now()).total_seconds() <= 75, "and not all come back at once"

    ways.app.down = False
    with later(seconds=59):
        await work(late=True)
    assert len(ways.app.sent) == 1
    with later(seconds=76):
        await dispatch.run(Turn(DIRECT_QUEUE), urgent=False)
    assert [each.dedupe_id for each in ways.app.sent] == [row["id"].hex] * 2, "the same id at every try"
    assert (await _rows("state, attempts, repeats"))[0] == ("accepted", 2, 0)


async def test_what_was_tried_too_often_has_failed(ways, told, work, states):
    ways.app.faults["token-0"] = [Sent.RETRY_AFTER] * 50
    ways.app.faults["token-1"] = []
    await told(2)
    for minute in range(0, 300, 16):
        with later(minutes=minute):
            await dispatch.run(Turn(DIRECT_QUEUE), urgent=False)

    assert await states() == {"accepted": 1, "failed": 1}
    assert len(ways.app.to("token-0")) == POLICY.most_attempts


async def test_a_message_of_unknown_fate_is_asked_about_before_it_is_sent_again(ways, told, work):
    ways.app.faults["token-0"] = [Sent.UNKNOWN]
    await told()
    await work()
    (row,) = await _rows()
    assert (row["state"], row["fate_unknown"]) == ("pending", True)

    ways.app.known[row["id"].hex] = ReceiptState.DELIVERED
    with later(minutes=1):
        await dispatch.run(Turn(DIRECT_QUEUE), urgent=False)
    assert ways.app.asked == [row["id"].hex]
    assert len(ways.app.sent) == 1
    assert (await _rows("state, repeats"))[0] == ("delivered", 0)


async def test_one_that_the_provider_knows_nothing_of_is_sent_again_and_counted(ways, told, work):
    ways.app.faults["token-0"] = [Sent.UNKNOWN]
    await told()
    await work()
    with later(minutes=1):
        await dispatch.run(Turn(DIRECT_QUEUE), urgent=False)

    assert len(ways.app.asked) == 1
    assert len({each.dedupe_id for each in ways.app.sent}) == 1
    assert (await _rows("state, repeats"))[0] == ("accepted", 1)


async def test_a_batch_whose_holder_never_came_back_goes_out_under_the_same_ids(ways, told, states):
    await told(3)
    taken = await dispatch_queries.claim(
        queue=DIRECT_QUEUE, provider="fcm", at=clock.now(), limit=2, worker="dead", until=clock.now() + POLICY.lease
    )
    await dispatch.run(Turn(DIRECT_QUEUE), urgent=False)
    assert await states() == {"accepted": 1, "pending": 2}, "what is in hand is nobody else's"

    with later(seconds=POLICY.lease.total_seconds() + 1):
        await dispatch.run(Turn(DIRECT_QUEUE), urgent=False)
    assert await states() == {"accepted": 3}
    assert {row["id"] for row in await _rows() if row["repeats"] == 1} == {row["id"] for row in taken}


async def test_two_workers_never_take_the_same_message(ways, cast, phone, noon):
    ways.app.capabilities = Outside("fcm", batch_size=7).capabilities
    for number in range(100):
        await phone(cast.cadre, f"token-{number}")
    given = {"to": cast.cadre.person_id, "text": push.Text(zh="请看"), "category": Category.SERVICE}
    await push.notify(**given, dedupe_key="1")
    await asyncio.gather(*(dispatch.run(Turn(DIRECT_QUEUE), urgent=False) for _ in range(4)))

    assert len(ways.app.sent) == 100
    assert len({each.dedupe_id for each in ways.app.sent}) == 100


async def test_a_provider_that_does_not_answer_is_left_alone_and_tried_with_a_few(ways, told, work):
    ways.app.down = True
    ways.app.capabilities = Outside("fcm", batch_size=20).capabilities
    await told(100)
    with later(seconds=0):
        await work()
    calls = len(ways.app.calls)
    assert calls == POLICY.open_after
    row = await fetch_row("SELECT breaker, until FROM push_provider_state WHERE provider = 'fcm'")
    assert (row["breaker"], row["until"]) == ("open", clock.now() + POLICY.open_for)

    await dispatch.run(Turn(DIRECT_QUEUE), urgent=False)
    assert len(ways.app.calls) == calls, "open: nothing goes"

    ways.app.down = False
    with later(seconds=POLICY.open_for.total_seconds() + 1):
        await dispatch.run(Turn(DIRECT_QUEUE), urgent=False)
    assert len(ways.app.calls[calls]) == 10, "half open: a few try"
    assert (await fetch_row("SELECT breaker, failures FROM push_provider_state"))[:] == ("closed", 0)
    assert len({each.dedupe_id for each in ways.app.sent}) == 100


async def test_tokens_are_shared_and_an_emergency_does_not_wait_for_them(ways, told, cast, phone):
    ways.app.capabilities = Outside("fcm", per_second=10).capabilities
    await told(25)
    for _ in range(3):
        await dispatch.run(Turn(DIRECT_QUEUE), urgent=False)
    assert len(ways.app.sent) == 10
    await push.notify(to=cast.cadre.person_id, text=push.Text(zh="火"), category=Category.EMERGENCY, dedupe_key="fire")
    await dispatch.run(Turn(dispatch.EMERGENCY_QUEUE), urgent=True)
    assert len(ways.app.sent) == 35

    with later(seconds=1):
        await dispatch.run(Turn(DIRECT_QUEUE), urgent=False)
    assert len(ways.app.sent) == 35, "the bucket is in debt"
    with later(seconds=4):
        await dispatch.run(Turn(DIRECT_QUEUE), urgent=False)
    assert len(ways.app.sent) == 45


async def test_what_a_daily_quota_does_not_let_through_goes_another_way_at_once(ways, told, phone, cast, work, states):
    from backend.push.escalation import every_minute

    ways.app.capabilities = replace(ways.app.capabilities, per_day={Category.SERVICE: 3})
    await phone(cast.cadre, "13900000001", AddressKind.SMS)
    await told(5)
    await work()
    assert await states() == {"accepted": 3, "denied": 2}
    assert {row["reason"] for row in await _rows()} == {None, "daily_quota"}
    await every_minute()
    await work()
    assert len(ways.sms.sent) == 1

    await told(1, category=Category.EMERGENCY)
    await work()
    assert len(ways.app.sent) == 3 + 5, "what has no quota goes"
    with later(days=1):
        await told(1)
        await work()
    assert len(ways.app.sent) == 3 + 5 + 3


async def test_a_provider_that_raises_costs_no_message(ways, told, monkeypatch, states):
    async def broken(batch):
        raise RuntimeError

    monkeypatch.setattr(ways.app, "send", broken)
    await told(2)
    await dispatch.run(Turn(DIRECT_QUEUE), urgent=False)
    assert await states() == {"pending": 2}


async def test_the_counters_say_what_counting_says(ways, told, states):
    ways.app.faults |= {"token-0": [Sent.PERMANENT_INVALID], "token-1": [Sent.REFUSED], "token-2": [Sent.RETRY_AFTER]}
    await told(6)
    await dispatch.run(Turn(DIRECT_QUEUE), urgent=False)

    rows = await fetch("SELECT state, sum(n)::int AS n FROM push_counter GROUP BY state HAVING sum(n) <> 0")
    assert {row["state"]: row["n"] for row in rows} == await states()
    assert await states() == {"accepted": 3, "denied": 1, "failed": 1, "pending": 1}


async def test_a_phone_that_somebody_else_signs_in_from_is_no_longer_the_formers(ways, cast, phone, noon, work):
    await phone(cast.cadre, "token-1")
    again = await phone(cast.cadre, "token-1")
    mine = await phone(cast.assistant, "token-1")
    assert again != mine
    await push.notify(to=cast.cadre.person_id, text=push.Text(zh="请看"), category=Category.INFO, dedupe_key="1")
    await work()

    assert ways.app.sent == []
    assert (await fetch_row("SELECT dead_reason FROM push_address WHERE id = $1", again))[0] == "registered_by_another"


async def test_an_address_lies_sealed(cast, phone):
    await phone(cast.cadre, "token-very-secret")
    (row,) = await fetch("SELECT value_sealed, value_index FROM push_address")
    assert b"token-very-secret" not in row["value_sealed"] + row["value_index"]


async def test_topics_follow_a_persons_roles(ways, cast, phone, work):
    from backend.people import actions as people
    from backend.push import addresses, topics
    from tests.cast import TOWNSHIP

    address = await phone(cast.cadre, "token-1")
    await work()
    assert {"d-371526", "d-371526101", "d-371526101335", "d-371526101335-cadre"} <= set(ways.app.topics)
    assert ways.app.topics["d-371526-cadre"] == {"token-1"}

    await people.assign_role(
        person_id=cast.cadre.person_id, role="expert", division_code=TOWNSHIP, valid_from=clock.today()
    )
    await topics.follow_roles()
    await work()
    assert ways.app.topics["d-371526101-expert"] == {"token-1"}

    await addresses.revoke_push_address(address_id=address, by=cast.cadre)
    await work()
    assert set().union(*ways.app.topics.values()) == set()


async def test_a_late_job_is_only_a_help(ways, told, work):
    """What a worker left behind is taken up by the minute's round."""
    from backend.push.escalation import every_minute

    await told()
    await fetch("DELETE FROM pgqueuer")
    await every_minute()
    await work()
    assert len(ways.app.sent) == 1
