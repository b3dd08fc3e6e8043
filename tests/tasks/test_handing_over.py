"""Handing a task to a colleague."""

import pytest

from backend.core import ids
from backend.core.refusals import DifferentArguments
from backend.people import actions as people
from backend.people.sessions import actor
from backend.people.tables import Role
from backend.tasks import actions, queries
from backend.tasks.handing_over import colleagues, hand_over_task
from backend.tasks.my_day import my_tasks
from backend.tasks.refusals import NotAColleague, TaskClosed, TaskUnknown
from backend.tasks.tables import TaskState
from tests.cast import COUNTY, OTHER_COUNTY, SINCE
from tests.tasks.requests import asked


async def test_a_successor_of_the_same_origin_opens_and_the_task_closes(cast):
    task = await asked(assignee_id=cast.cadre.person_id, link="/console/map", headcount=40)
    id = ids.uuid7()
    given = await hand_over_task(
        id=id, task_id=task.id, to_person_id=cast.next_cadre.person_id, by=cast.cadre, remark="钥匙在村委会"
    )

    assert given.created
    successor = given.record
    assert (successor.id, successor.state, successor.assignee_id) == (id, TaskState.OPEN, cast.next_cadre.person_id)
    kept = ("kind", "title_zh", "origin_room", "origin_id", "link", "headcount", "division_code", "due_at")
    assert [getattr(successor, name) for name in kept] == [getattr(task, name) for name in kept]
    assert (successor.handed_by_name, successor.handed_remark) == ("李秀兰", "钥匙在村委会")
    closed = await actions.get_task(task_id=task.id, by=cast.cadre)
    assert (closed.state, closed.handed_to, closed.closed_by) == ("handed_over", id, cast.cadre.person_id)
    assert [each.id for each in (await my_tasks(by=cast.next_cadre)).tasks] == [id]
    assert (await my_tasks(by=cast.cadre)).tasks == []
    states = await queries.states_of(origin_room="tests", origin_ids=[task.origin_id])
    assert [each.state for each in states[task.origin_id]] == [TaskState.HANDED_OVER, TaskState.OPEN]


async def test_a_household_task_handed_over_stays_with_the_colleague(cast):
    task = await asked(household_id=cast.household)
    given = await hand_over_task(id=ids.uuid7(), task_id=task.id, to_person_id=cast.next_cadre.person_id, by=cast.cadre)

    assert given.record.household_id == cast.household
    assert [each.id for each in (await my_tasks(by=cast.next_cadre)).tasks] == [given.record.id]
    assert (await my_tasks(by=cast.cadre)).tasks == []


async def test_handed_over_twice_there_is_one_successor(cast):
    task = await asked(assignee_id=cast.cadre.person_id)
    said = {"id": ids.uuid7(), "task_id": task.id, "by": cast.cadre}
    await hand_over_task(**said, to_person_id=cast.next_cadre.person_id)
    again = await hand_over_task(**said, to_person_id=cast.next_cadre.person_id)

    assert not again.created
    with pytest.raises(DifferentArguments):
        await hand_over_task(**said, to_person_id=cast.supervisor.person_id)
    with pytest.raises(TaskClosed):
        await hand_over_task(**(said | {"id": ids.uuid7()}), to_person_id=cast.next_cadre.person_id)
    with pytest.raises(TaskClosed):
        await actions.complete_task(task_id=task.id, by=cast.cadre)


async def test_only_staff_of_the_same_place_can_take_it(cast):
    task = await asked(assignee_id=cast.cadre.person_id)
    await people.close_account(person_id=cast.assistant.person_id)
    for other in (cast.stranger.person_id, cast.assistant.person_id, cast.cadre.person_id, ids.uuid7()):
        with pytest.raises(NotAColleague):
            await hand_over_task(id=ids.uuid7(), task_id=task.id, to_person_id=other, by=cast.cadre)

    names = [each.name for each in await colleagues(task_id=task.id, by=cast.cadre)]
    assert "周敏" in names  # of the township
    assert "王建国" in names  # of the county above
    assert not {"高洁", "赵强", "李秀兰", "省级管理员"} & set(names)


async def test_staff_of_the_same_unit_can_take_it_wherever_their_role_is(cast):
    studio = await people.open_unit(id=ids.uuid7(), name="粮油工作室", kind="studio", division_code=COUNTY)
    for person, code in ((cast.expert, COUNTY), (cast.stranger, OTHER_COUNTY)):
        await people.assign_role(
            person_id=person.person_id, role=Role.EXPERT, division_code=code, unit_id=studio.id, valid_from=SINCE
        )
    expert = await actor(person_id=cast.expert.person_id)
    task = await asked(assignee_id=expert.person_id)

    assert (await colleagues(task_id=task.id, by=expert))[0].name == "高洁"
    given = await hand_over_task(id=ids.uuid7(), task_id=task.id, to_person_id=cast.stranger.person_id, by=expert)
    assert given.created


async def test_a_supervisor_of_the_territory_can_give_it_to_somebody_else(cast):
    task = await asked(household_id=cast.household)
    for other in (cast.stranger, cast.auditor):
        with pytest.raises(TaskUnknown):
            await hand_over_task(id=ids.uuid7(), task_id=task.id, to_person_id=cast.next_cadre.person_id, by=other)
    given = await hand_over_task(
        id=ids.uuid7(), task_id=task.id, to_person_id=cast.next_cadre.person_id, by=cast.supervisor
    )

    assert given.record.handed_by_name == "王建国"
