"""A warning that nobody takes goes on: at its second, once, to each of them in turn, and then a supervisor is rung."""

import asyncio
from datetime import timedelta

import pytest

from backend.antifraud import acting, assigning, escalating, warning_queries
from backend.antifraud.warning_schemas import NewAttempt, WarningHandOver
from backend.antifraud.warning_words import AttemptHow, HandedBecause, WarningOutcome
from backend.core import clock, ids, job_worker
from backend.core.database import fetch
from backend.push import actions as push
from tests.antifraud.centre import AT_TWO, Centre


@pytest.fixture
async def centre(cast):
    made = await Centre.open(cast)
    with clock.stopped(AT_TWO):
        yield made


def this_hour():
    """For tests whose worker sleeps by the true clock: the roster lies around it."""
    return clock.now().replace(minute=0, second=0, microsecond=0)


def later(**span):
    return clock.stopped(AT_TWO + timedelta(**span))


async def holder(warning):
    return (await warning_queries.warning(warning.id))["assignee_id"]


async def waiting(warning):
    """Whose task waits, and whose phone rings."""
    tasks = await fetch(
        "SELECT assignee FROM tasks_task WHERE origin_id = $1 AND state IN ('open', 'acknowledged')", warning.id
    )
    ringing = await fetch(
        "SELECT DISTINCT r.subject FROM push_recipient r JOIN push_notice n ON n.id = r.notice "
        "WHERE n.origin_id = $1 AND r.look_at IS NOT NULL",
        warning.id,
    )
    return [row["assignee"] for row in tasks], [row["subject"] for row in ringing]


async def test_not_a_second_before_it_is_due_and_at_that_second_it_goes_on_to_the_next_on_duty(centre):
    warning = await centre.posted()
    with later(minutes=4, seconds=59):
        await escalating.hand_on(warning_id=warning.id)
        assert await holder(warning) == centre.assistant.person_id
    with later(minutes=5):
        await escalating.escalate(warning.id)
        row = await warning_queries.warning(warning.id)
        assert row["assignee_id"] == centre.night.person_id
        assert row["due_acknowledge_at"] == AT_TWO + timedelta(minutes=10)
        assert (await waiting(warning))[0] == [centre.night.person_id]


async def test_a_worker_hands_it_on_when_its_time_comes_not_when_somebody_looks_again(cast):
    centre = await Centre.open(cast, at=this_hour())
    await fetch("DELETE FROM pgqueuer")
    warning = await centre.posted()
    (queued,) = await fetch(
        "SELECT execute_after - created AS span FROM pgqueuer WHERE entrypoint = $1", assigning.ESCALATE
    )
    assert abs(queued["span"] - timedelta(minutes=5) + assigning.EARLY) < timedelta(seconds=1)

    due_at, stop = clock.now() + timedelta(seconds=2), asyncio.Event()
    await fetch("UPDATE antifraud_warning SET due_acknowledge_at = $1", due_at)
    await fetch("UPDATE pgqueuer SET execute_after = now() WHERE entrypoint = $1", assigning.ESCALATE)
    working = asyncio.create_task(job_worker._work_lane("antifraud", stop))
    while len(await warning_queries.hands(warning.id)) < 2 and clock.now() < due_at + timedelta(seconds=30):
        await asyncio.sleep(0.05)
    stop.set()
    await working
    assert timedelta(0) <= (await warning_queries.hands(warning.id))[1]["at"] - due_at < timedelta(seconds=30)


async def test_a_timer_that_wakes_too_early_does_not_cost_the_minute_until_somebody_looks_again(cast, monkeypatch):
    centre = await Centre.open(cast, at=this_hour())
    warning = await centre.posted()
    await fetch("UPDATE antifraud_warning SET due_acknowledge_at = $1", clock.now() + timedelta(seconds=0.3))
    sleep, slept = asyncio.sleep, []

    async def wakes_early(seconds):
        slept.append(seconds)
        await sleep(seconds / 2 if len(slept) == 1 else seconds)

    monkeypatch.setattr(escalating.asyncio, "sleep", wakes_early)
    await escalating.escalate(warning.id)

    assert len(slept) >= 2
    assert len(await warning_queries.hands(warning.id)) == 2


async def test_several_workers_hand_it_on_once(centre):
    warning = await centre.posted()
    with later(minutes=5):
        await asyncio.gather(*(escalating.escalate(warning.id) for _ in range(4)), escalating.escalate_all())

    hands = await warning_queries.hands(warning.id)
    assert [(each["person_id"], each["because"]) for each in hands] == [
        (centre.assistant.person_id, "first"),
        (centre.night.person_id, "not_acknowledged"),
    ]


async def test_what_was_taken_goes_on_to_nobody(centre):
    warning = await centre.posted()
    await acting.acknowledge_warning(warning_id=warning.id, by=centre.assistant)
    with later(minutes=6):
        await escalating.escalate(warning.id)
        await escalating.escalate_all()

    assert await holder(warning) == centre.assistant.person_id


async def test_when_everybody_was_asked_it_stays_and_a_supervisor_is_rung_until_somebody_takes_it(centre):
    warning = await centre.posted()
    for minutes in (5, 10, 15, 20, 25):
        with later(minutes=minutes):
            await escalating.escalate_all()
    assert await holder(warning) == centre.morning.person_id
    assert len(await warning_queries.hands(warning.id)) == 3
    notices = await fetch(
        "SELECT n.title_zh, r.subject FROM push_notice n JOIN push_recipient r ON r.notice = n.id "
        "WHERE n.origin_id = $1 ORDER BY n.id",
        warning.id,
    )
    assert tuple(notices[-1]) == ("预警无人接收", centre.supervisor.person_id)
    assert len(notices) == 4

    with later(minutes=26):
        await acting.acknowledge_warning(warning_id=warning.id, by=centre.morning)
    (left,) = await fetch(
        "SELECT count(*) AS n FROM push_notice WHERE origin_id = $1 AND escalate_at IS NOT NULL", warning.id
    )
    assert left["n"] == 0


async def test_a_warning_that_found_nobody_is_given_to_the_first_who_turns_up(centre):
    await fetch("UPDATE people_role_assignment SET valid_to = '2026-01-02'")
    await fetch("DELETE FROM rosters_shift")
    warning = await centre.posted()
    assert not warning.assigned

    await fetch("UPDATE people_role_assignment SET valid_to = NULL WHERE role = 'assistant'")
    with later(minutes=1):
        await escalating.escalate_all()
    assert await holder(warning) == centre.assistant.person_id
    assert [each["because"] for each in await warning_queries.hands(warning.id)] == ["first"]


async def test_a_medium_warning_goes_on_when_nobody_took_it_by_the_time_of_the_call(centre):
    warning = await centre.posted(centre.said(level="medium"))
    for minutes, who in ((29, centre.assistant), (30, centre.night)):
        with later(minutes=minutes):
            await escalating.escalate_all()
        assert await holder(warning) == who.person_id


async def test_at_the_end_of_a_shift_it_is_handed_over_and_has_to_be_taken_anew(centre):
    warning = await centre.posted()
    await acting.acknowledge_warning(warning_id=warning.id, by=centre.assistant)
    said = WarningHandOver(from_number=1, to_person_id=centre.night.person_id)
    with later(minutes=2):
        handed = await acting.hand_over_warning(warning_id=warning.id, said=said, by=centre.assistant)
        again = await acting.hand_over_warning(warning_id=warning.id, said=said, by=centre.assistant)

    assert (handed.state, handed.assignee_id, handed.hand_overs) == ("open", centre.night.person_id, 1)
    assert again == handed
    assert handed.acknowledged_at == AT_TWO
    assert (await warning_queries.hands(warning.id))[-1]["because"] == HandedBecause.SHIFT_END
    with later(minutes=7):
        await escalating.escalate_all()
    assert await holder(warning) == centre.morning.person_id


async def test_a_closed_warning_stays_and_nothing_waits_or_rings(centre):
    warning = await centre.posted()
    call = NewAttempt(how=AttemptHow.CALL, reached=True, note="已挂断")
    await acting.record_attempt(warning_id=warning.id, id=ids.uuid7(), new=call, by=centre.assistant)
    await acting.close_warning(warning_id=warning.id, outcome=WarningOutcome.DISSUADED, by=centre.assistant)
    with later(minutes=30):
        await escalating.escalate(warning.id)
        await escalating.escalate_all()

    assert await holder(warning) == centre.assistant.person_id
    assert await waiting(warning) == ([], [])


async def test_whoever_says_on_his_phone_that_he_knows_of_it_has_taken_it(centre):
    warning = await centre.posted()
    (rang,) = await fetch("SELECT id FROM push_notice WHERE origin_id = $1", warning.id)
    with later(minutes=3):
        await push.acknowledge_notice(notice_id=rang["id"], by=centre.assistant)
    with later(minutes=5):
        assert not await escalating.hand_on(warning_id=warning.id)
        row = await warning_queries.warning(warning.id)
    assert (row["state"], row["assignee_id"]) == ("acknowledged", centre.assistant.person_id)
    assert row["acknowledged_at"] == AT_TWO + timedelta(minutes=3)
