"""What a person does with a task."""

from datetime import timedelta

import pytest

from backend.core import clock
from backend.core.database import fetch
from backend.core.refusals import Invalid
from backend.tasks import actions
from backend.tasks.refusals import TaskClosed, TaskUnknown
from backend.tasks.tables import DeclineReason, TaskState
from tests.tasks.requests import asked


async def expired(**given):
    """A task that ran out an hour ago."""
    task = await asked(expires_at=clock.now() - timedelta(hours=1), **given)
    await actions.expire_due()
    return task


async def test_seen_is_another_thing_than_done(cast):
    task = await asked(assignee_id=cast.cadre.person_id)
    seen = await actions.acknowledge_task(task_id=task.id, by=cast.cadre)
    again = await actions.acknowledge_task(task_id=task.id, by=cast.cadre)

    assert (seen.state, seen.closed_at) == (TaskState.ACKNOWLEDGED, None)
    assert again == seen
    done = await actions.complete_task(task_id=task.id, by=cast.cadre)
    assert done.acknowledged_at == seen.acknowledged_at
    assert (await actions.acknowledge_task(task_id=task.id, by=cast.cadre)).state is TaskState.DONE


async def test_done_twice_is_done_once_and_the_first_day_stays(cast):
    task = await asked(assignee_id=cast.cadre.person_id)
    first = await actions.complete_task(task_id=task.id, by=cast.cadre, remark="说好周三送种子")
    again = await actions.complete_task(
        task_id=task.id, by=cast.cadre, done_on=clock.today() - timedelta(days=1), remark="别的话"
    )

    assert (first.state, first.done_on, first.entered_late) == (TaskState.DONE, clock.today(), False)
    assert again == first
    events = await fetch("SELECT from_state, to_state FROM tasks_event WHERE task = $1", task.id)
    assert [tuple(event) for event in events] == [("open", "done")]


async def test_what_was_done_on_paper_yesterday_is_entered_today_and_marked(cast):
    task = await asked(assignee_id=cast.cadre.person_id)
    yesterday = clock.today() - timedelta(days=1)
    done = await actions.complete_task(task_id=task.id, by=cast.cadre, done_on=yesterday)

    assert (done.done_on, done.entered_late, done.state) == (yesterday, True, TaskState.DONE)


async def test_a_task_that_ran_out_or_was_declined_can_still_be_done(cast):
    ran_out = await expired(assignee_id=cast.cadre.person_id)
    declined = await asked(assignee_id=cast.cadre.person_id)
    await actions.decline_task(task_id=declined.id, reason=DeclineReason.NOT_REACHED, by=cast.cadre)

    for task in (ran_out, declined):
        done = await actions.complete_task(task_id=task.id, by=cast.cadre)
        assert (done.state, done.close_reason) == (TaskState.DONE, None)


@pytest.mark.parametrize("days", [1, -367])
async def test_a_day_to_come_and_one_long_past_are_refused(cast, days):
    task = await asked(assignee_id=cast.cadre.person_id)
    with pytest.raises(Invalid) as refused:
        await actions.complete_task(task_id=task.id, by=cast.cadre, done_on=clock.today() + timedelta(days=days))

    assert refused.value.errors[0].pointer == "/done_on"
    assert (await actions.get_task(task_id=task.id, by=cast.cadre)).state is TaskState.OPEN


async def test_who_declines_says_why_and_the_first_reason_stays(cast):
    task = await asked(assignee_id=cast.cadre.person_id)
    first = await actions.decline_task(
        task_id=task.id, reason=DeclineReason.NO_WAY_THERE, remark=" 桥断了 ", by=cast.cadre
    )
    again = await actions.decline_task(task_id=task.id, reason=DeclineReason.NO_TIME, by=cast.cadre)

    assert (first.state, first.close_reason, first.close_remark) == ("declined", "no_way_there", "桥断了")
    assert again == first


@pytest.mark.parametrize(
    ("reason", "remark"),
    [("other", None), ("other", "  "), ("no_time", "打 199 0000-0051"), ("no_time", "372501196001011234")],
)
async def test_a_remark_explains_and_names_nobodys_number(cast, reason, remark):
    task = await asked(assignee_id=cast.cadre.person_id)
    with pytest.raises(Invalid) as refused:
        await actions.decline_task(task_id=task.id, reason=DeclineReason(reason), remark=remark, by=cast.cadre)

    assert refused.value.errors[0].pointer == "/remark"


async def test_a_remark_may_hold_a_date_or_an_amount(cast):
    task = await asked(assignee_id=cast.cadre.person_id)
    done = await actions.complete_task(task_id=task.id, by=cast.cadre, remark="2026-11-22 送到, 共 1200 斤")

    assert done.close_remark == "2026-11-22 送到, 共 1200 斤"


async def test_what_is_no_longer_needed_says_so(cast):
    task = await asked(assignee_id=cast.cadre.person_id)
    await actions.settle(origin_room="tests", origin_id=task.origin_id, to=TaskState.WITHDRAWN)

    with pytest.raises(TaskClosed):
        await actions.complete_task(task_id=task.id, by=cast.cadre)
    with pytest.raises(TaskClosed):
        await actions.decline_task(task_id=task.id, reason=DeclineReason.NO_TIME, by=cast.cadre)


async def test_a_stranger_and_even_a_supervisor_cannot_do_it_for_somebody(cast):
    task = await asked(assignee_id=cast.cadre.person_id)
    for other in (cast.stranger, cast.next_cadre, cast.supervisor):
        with pytest.raises(TaskUnknown):
            await actions.complete_task(task_id=task.id, by=other)

    assert (await actions.get_task(task_id=task.id, by=cast.supervisor)).state is TaskState.OPEN
    with pytest.raises(TaskUnknown):
        await actions.get_task(task_id=task.id, by=cast.next_cadre)


async def test_what_was_settled_for_him_answers_his_own_completion(cast):
    task = await asked(assignee_id=cast.cadre.person_id)
    await actions.settle(origin_room="tests", origin_id=task.origin_id, by=cast.operator)
    done = await actions.complete_task(task_id=task.id, by=cast.cadre, done_on=clock.today() - timedelta(days=1))

    assert (done.state, done.closed_by, done.done_on) == (TaskState.DONE, cast.operator.person_id, clock.today())
