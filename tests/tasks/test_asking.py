"""How rooms ask."""

from datetime import timedelta

import pytest

from backend.core import clock, ids
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments
from backend.tasks import actions, queries
from backend.tasks.schemas import Tally
from backend.tasks.tables import TaskKind, TaskState, Urgency
from tests.cast import COUNTY, VILLAGE
from tests.tasks.requests import asked, new_task


async def test_a_task_is_asked_once_however_often_it_is_said(cast):
    wanted = new_task(assignee_id=cast.cadre.person_id, due_at=clock.now(), urgency=Urgency.HIGH)
    first, again = await actions.ask(task=wanted), await actions.ask(task=wanted)

    assert (first.created, again.created) == (True, False)
    assert first.record == again.record
    assert first.record.state is TaskState.OPEN


async def test_one_id_never_stands_for_two_requests(cast):
    first = new_task(assignee_id=cast.cadre.person_id)
    await actions.ask(task=first)

    with pytest.raises(DifferentArguments):
        await actions.ask(task=new_task(id=first.id, assignee_id=cast.next_cadre.person_id))


async def test_a_task_belongs_to_the_place_of_its_household_or_else_of_its_assignee(cast):
    for_a_household = await asked(household_id=cast.household)
    for_a_person = await asked(assignee_id=cast.expert.person_id)
    elsewhere = await asked(assignee_id=cast.expert.person_id, division_code=VILLAGE)

    assert [each.division_code for each in (for_a_household, for_a_person, elsewhere)] == [VILLAGE, COUNTY, VILLAGE]


async def test_thousands_are_asked_in_one_statement_and_a_repeat_is_harmless(cast):
    record = ids.uuid7()
    tasks = [
        new_task(
            kind=TaskKind.FORWARD_TEXT,
            assignee_id=cast.cadre.person_id,
            origin_id=record,
            headcount=113,
            title_zh="转发",
        )
        for _ in range(4119)
    ]

    assert await actions.ask_many(tasks=tasks[:4000]) == 4000
    assert await actions.ask_many(tasks=tasks) == 119
    assert await actions.ask_many(tasks=[]) == 0
    assert await queries.posted(origin_room="tests", origin_id=record) == {TaskState.OPEN: Tally(4119, 4119 * 113)}


async def test_what_is_asked_is_gone_when_the_callers_transaction_is(cast):
    wanted = new_task(assignee_id=cast.cadre.person_id)

    @transaction
    async def ask_and_fail():
        await actions.ask_many(tasks=[wanted])
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await ask_and_fail()
    assert (await actions.ask(task=wanted)).created


async def test_the_room_that_asked_reads_where_its_tasks_stand(cast):
    record, other = ids.uuid7(), ids.uuid7()
    done = await asked(origin_id=record, assignee_id=cast.cadre.person_id, headcount=80)
    await asked(origin_id=record, household_id=cast.household, headcount=20, kind=TaskKind.VISIT)
    await actions.complete_task(task_id=done.id, by=cast.cadre)

    found = await queries.states_of(origin_room="tests", origin_ids=[record, other])

    assert [(each.kind, each.assignee_id, each.state) for each in found[record]] == [
        (TaskKind.CALL, cast.cadre.person_id, TaskState.DONE),
        (TaskKind.VISIT, None, TaskState.OPEN),
    ]
    assert found[other] == []
    assert await queries.posted(origin_room="tests", origin_id=record) == {
        TaskState.DONE: Tally(1, 80),
        TaskState.OPEN: Tally(1, 20),
    }
    assert await queries.states_of(origin_room="push", origin_ids=[record]) == {record: []}


async def test_a_room_settles_only_what_still_waits(cast):
    record = ids.uuid7()
    declined = await asked(origin_id=record, assignee_id=cast.cadre.person_id)
    await asked(origin_id=record, assignee_id=cast.next_cadre.person_id)
    await asked(origin_id=record, assignee_id=cast.next_cadre.person_id, kind=TaskKind.VISIT)
    await actions.decline_task(task_id=declined.id, reason="on_leave", by=cast.cadre)

    async def settle(**given):
        return await actions.settle(origin_room="tests", origin_id=record, **given)

    assert await settle(kind=TaskKind.CALL, by=cast.supervisor) == 1
    assert await settle(to=TaskState.WITHDRAWN) == 1
    assert await settle() == 0
    states = (await queries.states_of(origin_room="tests", origin_ids=[record]))[record]
    assert [each.state for each in states] == [TaskState.DECLINED, TaskState.DONE, TaskState.WITHDRAWN]
    with pytest.raises(ValueError, match="declined"):
        await settle(to=TaskState.DECLINED)


async def test_what_ran_out_expires_and_what_did_not_stays(cast):
    soon = clock.now() + timedelta(minutes=1)
    out = await asked(assignee_id=cast.cadre.person_id, expires_at=soon)
    stays = await asked(assignee_id=cast.cadre.person_id, expires_at=soon + timedelta(hours=1))
    seen = await asked(assignee_id=cast.cadre.person_id, expires_at=soon)
    await actions.acknowledge_task(task_id=seen.id, by=cast.cadre)

    with clock.stopped(soon):
        await actions.expire_due()

    states = [(await actions.get_task(task_id=each.id, by=cast.cadre)).state for each in (out, stays, seen)]
    assert states == [TaskState.EXPIRED, TaskState.OPEN, TaskState.EXPIRED]


async def test_more_than_one_batch_expires_in_one_run(cast, monkeypatch):
    monkeypatch.setattr(actions, "BATCH", 3)
    record = ids.uuid7()
    gone = clock.now() - timedelta(minutes=1)
    await actions.ask_many(
        tasks=[new_task(origin_id=record, assignee_id=cast.cadre.person_id, expires_at=gone) for _ in range(8)]
    )
    await actions.expire_due()

    assert await queries.posted(origin_room="tests", origin_id=record) == {TaskState.EXPIRED: Tally(8, 0)}
