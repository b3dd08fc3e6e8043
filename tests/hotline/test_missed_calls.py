"""A missed call rings somebody's phone at once, once, and the caller is told by when."""

import asyncio
from datetime import timedelta

import pytest

from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.words import translations
from backend.hotline import missed_calls, missed_ringing
from backend.hotline.call_tables import Call
from backend.push import actions as push
from backend.push.rules import earliest
from backend.tasks import actions as tasks
from tests.hotline.exchange import AT_TWO, CALLER, LANDLINE, OTHER_CALLER, Exchange, callbacks, tasks_of

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def exchange(cast):
    made = await Exchange.open(cast)
    with clock.stopped(AT_TWO):
        yield made


async def notices(origin_id):
    rows = await fetch(
        "SELECT n.id, n.category, n.text_zh, n.no_links, r.subject, r.subject_kind FROM push_notice n "
        "JOIN push_recipient r ON r.notice = n.id WHERE n.origin_id = $1 ORDER BY n.made_at, n.id",
        origin_id,
    )
    return [dict(row) for row in rows]


async def the_callback():
    (only,) = await callbacks()
    return only


async def test_at_two_in_the_morning_it_is_a_task_and_a_push_of_whoever_is_on_duty(exchange):
    receipt = await exchange.misses()
    row = await the_callback()

    assert (row["call"], row["reason"], row["state"], row["due_at"]) == (receipt.id, "missed_call", "open", AT_TWO)
    assert row["assignee"] == exchange.night.person_id
    (task,) = await fetch("SELECT kind, urgency, due_at, assignee FROM tasks_task WHERE origin_id = $1", row["id"])
    assert tuple(task) == ("call", "high", AT_TWO + 30 * MINUTE, exchange.night.person_id)
    (notice,) = await notices(row["id"])
    assert (notice["subject"], notice["category"]) == (exchange.night.person_id, "service")


async def test_the_push_waits_for_no_morning(exchange, monkeypatch):
    """Quiet hours apply to a notice whose planning asks for the first moment."""
    asked = []
    monkeypatch.setattr("backend.push.planning.rules.earliest", lambda *given: asked.append(given) or earliest(*given))
    await exchange.misses()
    assert asked == []


async def test_the_caller_is_told_at_once_by_when_and_the_words_hold_no_link(exchange):
    receipt = await exchange.misses()
    (told,) = await notices(receipt.id)
    (address,) = await fetch("SELECT kind, subject, opted_in_text FROM push_address")

    assert "02:30" in told["text_zh"]
    assert translations("zh").gettext(missed_calls.WE_RING) != missed_calls.WE_RING
    assert (told["subject_kind"], told["no_links"]) == ("citizen", True)
    assert (address["kind"], address["subject"]) == ("sms", told["subject"])
    assert (await the_callback())["told_at"] == AT_TWO


async def test_a_landline_and_a_withheld_number_are_not_written_to_and_the_latter_cannot_be_rung(exchange):
    first = await exchange.misses(caller=LANDLINE)
    second = await exchange.misses("C-2", caller=None)

    assert await notices(first.id) == []
    assert await notices(second.id) == []
    assert {each["call"] for each in await callbacks()} == {first.id}


async def test_whoever_rings_again_meanwhile_waits_once_and_is_written_to_once(exchange):
    await exchange.misses()
    for number in range(2, 5):
        await exchange.misses(f"C-{number}")
    other = await exchange.misses("C-9", caller=OTHER_CALLER)

    assert len(await callbacks()) == 2
    (texts,) = await fetch("SELECT count(*) AS n FROM push_notice WHERE text_zh LIKE '%回电%'")
    assert texts["n"] == 2
    assert other.id in {each["call"] for each in await callbacks()}


async def test_the_same_post_from_eight_workers_at_once_opens_one_callback(exchange):
    body = exchange.said("missed")
    await asyncio.gather(*(exchange.post(body) for _ in range(8)))
    await asyncio.gather(*(exchange.post(exchange.said("missed", f"C-{n}")) for n in range(2, 6)))

    assert (await Call.count(), len(await callbacks())) == (5, 1)


async def test_within_the_hour_he_is_rung_back_anew_and_not_written_to_anew(exchange):
    first = await exchange.misses()
    await fetch("UPDATE hotline_callback SET state = 'reached', closed_at = $1", AT_TWO)
    with clock.stopped(AT_TWO + 40 * MINUTE):
        second = await exchange.misses("C-2")
    await fetch("UPDATE hotline_callback SET state = 'reached', closed_at = $1", AT_TWO)
    with clock.stopped(AT_TWO + 61 * MINUTE):
        third = await exchange.misses("C-3")

    assert [len(await notices(each.id)) for each in (first, second, third)] == [1, 0, 1]
    assert len(await callbacks()) == 3


async def test_when_he_comes_through_nobody_has_to_ring_him_any_more(exchange):
    await exchange.misses()
    with clock.stopped(AT_TWO + MINUTE):
        await exchange.tells("answered", "C-2")
    row = await the_callback()

    assert (row["state"], row["closed_at"]) == ("moot", AT_TWO + MINUTE)
    assert await tasks_of(row["id"]) == [(exchange.night.person_id, "withdrawn")]


async def test_what_comes_late_of_a_call_before_one_that_was_answered_rings_nobody(exchange):
    with clock.stopped(AT_TWO + 3 * MINUTE):
        await exchange.tells("answered", "C-2", at=AT_TWO + 2 * MINUTE)
        await exchange.tells("missed", "C-1", at=AT_TWO)
    assert await callbacks() == []


async def test_a_miss_after_a_call_that_was_answered_is_rung_back(exchange):
    await exchange.tells("answered", "C-1")
    await exchange.tells("ended", "C-1")
    with clock.stopped(AT_TWO + MINUTE):
        await exchange.misses("C-2")
    assert len(await callbacks()) == 1


async def test_a_miss_that_the_next_desk_answers_is_moot(exchange):
    await exchange.misses()
    with clock.stopped(AT_TWO + MINUTE):
        receipt = await exchange.tells("answered")

    assert receipt.state == "talking"
    assert (await the_callback())["state"] == "moot"


async def test_calls_that_we_made_and_nobody_took_open_no_callback(exchange):
    await exchange.tells("missed", direction="out")
    assert await callbacks() == []


async def test_a_call_that_ended_without_an_answer_was_missed_after_a_moments_grace(exchange):
    await exchange.tells("ringing")
    receipt = await exchange.tells("ended")
    assert (receipt.state, await callbacks()) == ("ended", [])
    (job,) = await fetch("SELECT count(*) AS n FROM pgqueuer WHERE entrypoint = $1", missed_calls.SETTLE)
    assert job["n"] == 1

    await missed_calls.settle_one(receipt.id)
    assert (await the_callback())["assignee"] == exchange.night.person_id
    assert (await exchange.tells("ringing")).state == "missed"


async def test_a_call_that_seems_to_ring_for_ever_was_missed(exchange):
    receipt = await exchange.tells("ringing")
    with clock.stopped(AT_TWO + 4 * MINUTE):
        await missed_calls.settle_silent()
    assert await callbacks() == []
    with clock.stopped(AT_TWO + 6 * MINUTE):
        await missed_calls.settle_silent()
        await missed_calls.settle_silent()
    assert (await the_callback())["call"] == receipt.id


async def test_an_answer_that_is_told_too_late_puts_it_right(exchange):
    receipt = await exchange.tells("ringing")
    await missed_calls.settle_one(receipt.id)
    with clock.stopped(AT_TWO + 7 * MINUTE):
        again = await exchange.tells("answered", at=AT_TWO + MINUTE)
    assert again.state == "talking"
    assert (await the_callback())["state"] == "moot"


async def ring_next(exchange, minutes):
    with clock.stopped(AT_TWO + minutes * MINUTE):
        return await missed_ringing.ring_next(callback_id=(await the_callback())["id"])


async def test_unheard_it_goes_on_to_the_next_on_duty_then_the_next_shift_then_the_supervisor(exchange):
    await exchange.misses()
    order = [await ring_next(exchange, 3 * n) for n in (1, 2, 3, 4)]
    row = await the_callback()

    assert order == [exchange.second.person_id, exchange.morning.person_id, exchange.lead.person_id, None]
    assert row["assignee"] == exchange.lead.person_id
    assert [state for _, state in await tasks_of(row["id"])] == ["withdrawn", "withdrawn", "withdrawn", "open"]
    (told,) = await fetch("SELECT due_at FROM tasks_task WHERE origin_id = $1 AND state = 'open'", row["id"])
    assert told["due_at"] == AT_TWO + 30 * MINUTE


async def test_each_hand_looks_once_when_its_time_is_up(exchange):
    await exchange.misses()
    id = (await the_callback())["id"]
    first = missed_ringing.Ringing(id, 1)
    await missed_ringing.ring_on(first)
    await missed_ringing.ring_on(first)

    assert {who for who, _ in await tasks_of(id)} == {exchange.night.person_id, exchange.second.person_id}
    (jobs,) = await fetch("SELECT count(*) AS n FROM pgqueuer WHERE entrypoint = $1", missed_ringing.RING_ON)
    assert jobs["n"] == 2


async def test_whoever_said_that_he_has_it_keeps_it_by_his_list_or_his_phone(exchange):
    await exchange.misses()
    id = (await the_callback())["id"]
    (task,) = await fetch("SELECT id FROM tasks_task WHERE origin_id = $1", id)
    await tasks.acknowledge_task(task_id=task["id"], by=exchange.night)
    assert await ring_next(exchange, 3) is None

    receipt = await exchange.misses("C-2", caller=OTHER_CALLER)
    (other,) = [each["id"] for each in await callbacks() if each["call"] == receipt.id]
    (notice,) = await notices(other)
    await push.acknowledge_notice(notice_id=notice["id"], by=exchange.night)
    assert await missed_ringing.ring_next(callback_id=other) is None


async def test_where_nobody_at_all_can_be_rung_it_is_looked_at_again_until_somebody_can(exchange, monkeypatch):
    async def nobody(*, unit_id):
        return []

    with monkeypatch.context() as patched:
        patched.setattr("backend.hotline.callback_opening.who_rings", nobody)
        await exchange.misses()
        assert (await the_callback())["assignee"] is None
        assert await ring_next(exchange, 1) is None
    (jobs,) = await fetch("SELECT count(*) AS n FROM pgqueuer WHERE entrypoint = $1", missed_ringing.RING_ON)
    assert jobs["n"] == 2
    assert await ring_next(exchange, 2) == exchange.night.person_id
    assert (await the_callback())["assignee"] == exchange.night.person_id


async def test_a_callback_that_is_no_longer_there_or_closed_rings_nobody(exchange):
    await exchange.misses()
    await fetch("UPDATE hotline_callback SET state = 'reached', closed_at = $1", AT_TWO)
    assert await ring_next(exchange, 3) is None
    assert await missed_ringing.ring_next(callback_id=ids.uuid7()) is None
    assert await missed_calls.settle(call_id=ids.uuid7()) is False


async def test_a_post_that_comes_hours_late_writes_to_nobody_at_night(exchange, monkeypatch):
    asked = []
    monkeypatch.setattr("backend.push.planning.rules.earliest", lambda *given: asked.append(given) or earliest(*given))
    await exchange.tells("missed", at=AT_TWO - timedelta(hours=3), caller=CALLER)
    assert len(asked) == 1


async def test_what_a_shift_has_not_rung_goes_on_to_the_next_one_at_its_end_once(exchange):
    with clock.stopped(AT_TWO + timedelta(hours=5, minutes=50)):
        await exchange.misses()
        id = (await the_callback())["id"]
        (task,) = await fetch("SELECT id FROM tasks_task WHERE origin_id = $1", id)
        await tasks.acknowledge_task(task_id=task["id"], by=exchange.night)
        await missed_ringing.hand_over_all()
    assert (await the_callback())["assignee"] == exchange.night.person_id
    with clock.stopped(AT_TWO + timedelta(hours=6)):
        for _ in range(2):
            await missed_ringing.hand_over_all()

    assert (await the_callback())["assignee"] == exchange.morning.person_id
    assert await tasks_of(id) == [(exchange.night.person_id, "withdrawn"), (exchange.morning.person_id, "open")]
    assert {each["subject"] for each in await notices(id)} == {exchange.night.person_id, exchange.morning.person_id}


async def test_where_nobody_follows_it_stays_with_whoever_has_it(exchange):
    await exchange.misses()
    with clock.stopped(AT_TWO + timedelta(hours=20)):
        await fetch("UPDATE rosters_shift SET ends_at = starts_at + interval '1 hour' WHERE starts_at > $1", AT_TWO)
        await missed_ringing.hand_over_all()
        assert await missed_ringing.hand_over(callback_id=ids.uuid7()) is None
    assert (await the_callback())["assignee"] == exchange.night.person_id


async def test_whoever_was_asked_before_can_be_asked_again(exchange):
    await exchange.misses()
    id = (await the_callback())["id"]
    assert await ring_next(exchange, 3) == exchange.second.person_id
    await fetch(
        "UPDATE rosters_shift SET ends_at = $2 WHERE person = $1", exchange.second.person_id, AT_TWO + 5 * MINUTE
    )
    with clock.stopped(AT_TWO + 5 * MINUTE):
        await missed_ringing.hand_over_all()
    assert [state for _, state in await tasks_of(id)] == ["withdrawn", "withdrawn", "open"]
    assert (await the_callback())["assignee"] == exchange.night.person_id


async def test_a_call_whose_end_nobody_told_has_ended_some_time(exchange):
    receipt = await exchange.tells("answered")
    with clock.stopped(AT_TWO + timedelta(hours=5)):
        await missed_calls.settle_silent()
        (row,) = await fetch("SELECT state, ended_at FROM hotline_call WHERE id = $1", receipt.id)
        assert tuple(row) == ("ended", None)
        late = await exchange.tells("ended", at=AT_TWO + MINUTE)
    (row,) = await fetch("SELECT state, ended_at FROM hotline_call WHERE id = $1", late.id)
    assert tuple(row) == ("ended", AT_TWO + MINUTE)
