"""Two hands at once."""

import asyncio
from datetime import timedelta

from backend.core import clock, ids
from backend.core.database import fetch
from backend.tasks import actions, queries
from backend.tasks.handing_over import hand_over_task
from backend.tasks.refusals import TaskClosed
from backend.tasks.tables import TaskState
from tests.tasks.requests import asked, new_task

ROUNDS = 8


async def _events(task_id):
    return [row["to_state"] for row in await fetch("SELECT to_state FROM tasks_event WHERE task = $1", task_id)]


async def test_two_completions_at_once_are_one(cast):
    for _ in range(ROUNDS):
        task = await asked(assignee_id=cast.cadre.person_id)
        days = [clock.today() - timedelta(days=back) for back in range(3)]
        answers = await asyncio.gather(
            *(actions.complete_task(task_id=task.id, by=cast.cadre, done_on=day) for day in days)
        )

        assert len({answer.done_on for answer in answers}) == 1
        assert await _events(task.id) == ["done"]


async def test_a_hand_over_against_a_completion_leaves_one_of_them(cast):
    for _ in range(ROUNDS):
        task = await asked(assignee_id=cast.cadre.person_id)
        answers = await asyncio.gather(
            actions.complete_task(task_id=task.id, by=cast.cadre),
            hand_over_task(id=ids.uuid7(), task_id=task.id, to_person_id=cast.next_cadre.person_id, by=cast.cadre),
            return_exceptions=True,
        )

        assert [isinstance(answer, TaskClosed) for answer in answers].count(True) == 1
        standing = (await queries.states_of(origin_room="tests", origin_ids=[task.origin_id]))[task.origin_id]
        assert [each.state for each in standing] in ([TaskState.DONE], [TaskState.HANDED_OVER, TaskState.OPEN])


async def test_two_hand_overs_at_once_make_one_successor(cast):
    for _ in range(ROUNDS):
        task = await asked(assignee_id=cast.cadre.person_id)
        said = {"task_id": task.id, "to_person_id": cast.next_cadre.person_id, "by": cast.cadre}
        id = ids.uuid7()
        same = await asyncio.gather(*(hand_over_task(id=id, **said) for _ in range(3)))

        assert sorted(each.created for each in same) == [False, False, True]
        assert len({each.record.id for each in same}) == 1


async def test_settling_against_completing_closes_each_task_once(cast):
    record = ids.uuid7()
    tasks = [new_task(origin_id=record, assignee_id=cast.cadre.person_id) for _ in range(12)]
    await actions.ask_many(tasks=tasks)
    settled, *done = await asyncio.gather(
        actions.settle(origin_room="tests", origin_id=record, to=TaskState.WITHDRAWN),
        *(actions.complete_task(task_id=task.id, by=cast.cadre) for task in tasks),
        return_exceptions=True,
    )

    completed = [each for each in done if not isinstance(each, TaskClosed)]
    assert settled + len(completed) == 12
    assert [len(await _events(task.id)) for task in tasks] == [1] * 12


async def test_running_out_against_completing_closes_each_task_and_what_was_done_is_done(cast):
    gone = clock.now() - timedelta(seconds=1)
    tasks = [new_task(assignee_id=cast.cadre.person_id, expires_at=gone) for _ in range(12)]
    await actions.ask_many(tasks=tasks)
    await asyncio.gather(
        actions.expire_due(),
        *(actions.complete_task(task_id=task.id, by=cast.cadre) for task in tasks),
        actions.expire_due(),
    )

    states = [(await actions.get_task(task_id=task.id, by=cast.cadre)).state for task in tasks]
    assert states == [TaskState.DONE] * 12


async def test_the_same_task_asked_by_many_at_once_is_there_once(cast):
    tasks = [new_task(assignee_id=cast.cadre.person_id) for _ in range(50)]
    counts = await asyncio.gather(*(actions.ask_many(tasks=list(order)) for order in (tasks, tasks[::-1], tasks)))

    assert sum(counts) == 50
