"""An unconfirmed shift climbs the ladder, each step once, however many nodes look and however long they slept."""

import asyncio
from datetime import timedelta

import pytest

from backend.core import clock, jobs
from backend.core.database import fetch
from backend.people.sessions import actor
from backend.rosters.ladders import LADDERS, Step, ladder
from backend.rosters.shifts import confirm_shift, get_shift
from backend.rosters.tables import Post
from backend.rosters.watch import climb, watch
from backend.tasks.actions import acknowledge_task, complete_task, decline_task
from backend.tasks.tables import DeclineReason
from tests.rosters.studio import NOON, at, count, notices_to, tasks_of


async def looked(hour):
    with clock.stopped(at(hour)):
        await watch()


@pytest.fixture
async def evening(studio):
    """The handler's shift from 16 to 24 on the third day, published long before; nobody else is to be watched."""
    with clock.stopped(NOON):
        shifts = await studio.published(days=3)
        for shift in shifts[:8]:
            await confirm_shift(shift_id=shift.id, by=studio.supervisor)
    return shifts[8]


async def step_of(shift):
    return await count("SELECT ladder_step FROM rosters_shift WHERE id = $1", shift.id)


async def test_the_ladder_is_dated_and_has_a_source():
    assert ladder(NOON.date()) is LADDERS[0]
    assert all(each.source for each in LADDERS)


async def test_first_a_reminder_then_a_task_then_the_supervisor(studio, evening):
    begins = 64
    await looked(begins - 25)
    assert await step_of(evening) == Step.NOTHING
    await looked(begins - 24)
    assert any("ladder" in key for key in await notices_to(studio.handler))
    assert await tasks_of(studio.handler, "confirm_shift") == []
    await looked(begins - 12)
    assert await tasks_of(studio.handler, "confirm_shift") == [
        ("open", "请确认您的班：农技工作室，11月25日 16:00 至 24:00。")
    ]
    await looked(begins - 3)
    assert await tasks_of(studio.supervisor, "cover_shift") == [
        ("open", "这个班还没人确认：农技工作室，11月25日 16:00 至 24:00。请问一问，或另找人。")
    ]


async def test_confirming_settles_what_was_asked(studio, evening):
    await looked(62)
    with clock.stopped(at(63)):
        await confirm_shift(shift_id=evening.id, by=studio.handler)

    assert [state for state, _ in await tasks_of(studio.handler, "confirm_shift")] == ["done"]
    assert [state for state, _ in await tasks_of(studio.supervisor, "cover_shift")] == ["done"]
    await looked(65)
    assert await step_of(evening) == Step.SUPERVISOR


@pytest.mark.parametrize("verb", [complete_task, acknowledge_task])
async def test_a_task_that_is_ticked_or_taken_on_confirms_the_shift(studio, evening, verb):
    await looked(52)
    (task,) = await fetch("SELECT id FROM tasks_task WHERE kind = 'confirm_shift'")
    await verb(task_id=task["id"], by=studio.handler)
    await looked(53)

    assert (await get_shift(shift_id=evening.id, by=studio.handler)).state == "confirmed"


async def test_a_declined_task_goes_to_the_supervisor_at_once(studio, evening):
    await looked(52)
    (task,) = await fetch("SELECT id FROM tasks_task WHERE kind = 'confirm_shift'")
    await decline_task(task_id=task["id"], reason=next(iter(DeclineReason)), remark="不在县里", by=studio.handler)
    await looked(53)

    assert [state for state, _ in await tasks_of(studio.supervisor, "cover_shift")] == ["open"]
    assert (await get_shift(shift_id=evening.id, by=studio.handler)).state == "published"


async def test_who_does_not_report_is_missed_told_kindly_and_the_next_is_rung(studio, evening):
    with clock.stopped(NOON):
        await studio.publish(studio.roster([(studio.expert, at(72), at(80))]))
    await looked(64.2)
    assert (await get_shift(shift_id=evening.id, by=studio.handler)).state == "published"
    await looked(64.25)
    shift = await get_shift(shift_id=evening.id, by=studio.handler)

    assert (shift.state, shift.missed_at) == ("missed", at(64.25))
    assert any("ladder" in key for key in await notices_to(studio.handler))
    assert f"rosters/missed/{evening.id}" in await notices_to(studio.supervisor)
    (ring,) = await fetch("SELECT * FROM push_notice WHERE dedupe_key = $1", f"rosters/ring/{evening.id}")
    assert ring["category"] == "emergency"
    assert f"rosters/ring/{evening.id}" in await notices_to(studio.expert)


async def test_nobody_is_rung_when_somebody_else_is_there(studio, evening):
    with clock.stopped(NOON):
        await studio.rule("16:00-24:00", post=Post.DESK)
        await studio.publish(studio.roster([(studio.expert, at(64), at(72))], post=Post.DESK))
    await looked(63)
    await fetch("UPDATE rosters_shift SET state = 'confirmed' WHERE post = 'desk'")
    await looked(65)

    assert await count("SELECT count(*) FROM push_notice WHERE dedupe_key LIKE 'rosters/ring/%'") == 0


async def test_without_a_next_one_the_supervisor_is_rung(studio, evening):
    await looked(65)

    assert f"rosters/ring/{evening.id}" in await notices_to(studio.supervisor)


async def test_after_a_night_of_downtime_each_shift_is_told_one_thing(studio):
    with clock.stopped(NOON):
        shifts = await studio.published(days=4, first=1)
    await looked(55)  # it slept until seven on the third day: four shifts are over, one runs

    states = [(await get_shift(shift_id=shift.id, by=studio.supervisor)).state for shift in shifts[:6]]
    assert states == ["missed"] * 4 + ["published"] * 2
    assert await count("SELECT count(*) FROM push_notice WHERE dedupe_key LIKE 'rosters/ring/%'") == 1
    assert await count("SELECT count(*) FROM push_notice WHERE dedupe_key LIKE 'rosters/missed/%'") == 4
    assert await step_of(shifts[4]) == Step.SUPERVISOR
    assert {state for state, _ in await tasks_of(studio.supervisor, "cover_shift")} == {"open"}


async def test_three_nodes_that_look_at_once_tell_once(studio, evening):
    with clock.stopped(at(62)):
        climbed = await asyncio.gather(*(climb() for _ in range(6)))

    assert sum(climbed) == 1
    assert len(await tasks_of(studio.supervisor, "cover_shift")) == 1
    assert len(await tasks_of(studio.handler, "confirm_shift")) == 1


async def test_a_step_that_fails_is_taken_again_and_told_once(studio, evening, monkeypatch):
    from backend.rosters import watch as watching

    async def broken(_):
        raise RuntimeError("the power went out")

    with monkeypatch.context() as patch, clock.stopped(at(62)):
        patch.setattr(watching, "supervisor_of", broken)
        with pytest.raises(RuntimeError):
            await climb()
    assert await step_of(evening) == Step.NOTHING
    await looked(62)

    assert len(await tasks_of(studio.handler, "confirm_shift")) == 1


async def test_the_watch_is_a_schedule_of_every_minute():
    assert jobs.registered["rosters/watch"].cron == "* * * * *"


async def test_a_unit_without_a_supervisor_is_no_error(studio, evening):
    await fetch("DELETE FROM people_role_assignment WHERE role = 'supervisor'")
    await looked(62)
    await looked(65)

    assert (await get_shift(shift_id=evening.id, by=await actor(person_id=studio.handler.person_id))).state == "missed"
    assert timedelta(0) < LADDERS[0].rest
