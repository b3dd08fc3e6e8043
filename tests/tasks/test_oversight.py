"""What those see who oversee a territory."""

from datetime import timedelta

import pytest

from backend.core import clock
from backend.core.database import fetch
from backend.core.refusals import Forbidden
from backend.people.actions import assign_role
from backend.people.tables import Role
from backend.tasks import actions
from backend.tasks.my_day import my_tasks
from backend.tasks.oversight import TaskFilters, list_tasks
from backend.tasks.refusals import TaskUnknown
from backend.tasks.tables import TaskState
from tests.cast import NEXT_VILLAGE, SINCE, VILLAGE
from tests.tasks.requests import asked


async def seen(by, **filters):
    return [task.id for task in (await list_tasks(by=by, filters=TaskFilters(**filters))).items]


async def test_a_supervisor_sees_the_tasks_of_his_people_and_of_no_others(cast):
    first = await asked(assignee_id=cast.cadre.person_id)
    second = await asked(household_id=cast.next_household)
    await asked(assignee_id=cast.stranger.person_id)

    assert await seen(cast.supervisor) == [second.id, first.id]
    assert await seen(cast.auditor) == [second.id, first.id]
    with pytest.raises(Forbidden):
        await list_tasks(by=cast.cadre)


async def test_the_list_is_narrowed_by_state_origin_place_and_person(cast):
    mine = await asked(household_id=cast.household, origin_room="cases")
    other = await asked(assignee_id=cast.next_cadre.person_id, division_code=NEXT_VILLAGE)
    await actions.complete_task(task_id=other.id, by=cast.next_cadre)

    assert await seen(cast.supervisor, state=TaskState.OPEN) == [mine.id]
    assert await seen(cast.supervisor, origin_room="cases") == [mine.id]
    assert await seen(cast.supervisor, origin_id=other.origin_id) == [other.id]
    assert await seen(cast.supervisor, division_code=VILLAGE) == [mine.id]
    assert await seen(cast.supervisor, assignee_id=cast.cadre.person_id) == [mine.id]
    assert await seen(cast.supervisor, assignee_id=cast.next_cadre.person_id) == [other.id]


async def test_what_is_overdue_and_what_nobody_has_can_be_seen(cast):
    late = await asked(assignee_id=cast.cadre.person_id, due_at=clock.now() - timedelta(hours=1))
    nobodys = await asked(household_id=cast.second_household)
    await fetch("DELETE FROM people_household_service WHERE household = $1", cast.second_household)

    assert await seen(cast.supervisor, overdue=True) == [late.id]
    assert await seen(cast.supervisor, nobody=True) == [nobodys.id]
    (task,) = (await list_tasks(by=cast.supervisor, filters=TaskFilters(nobody=True))).items
    assert (task.assignee_id, task.assignee_name) == (None, None)


async def test_what_waits_for_the_household_of_somebody_whose_role_has_ended_waits_for_nobody(cast):
    task = await asked(household_id=cast.household)
    yesterday = clock.today() - timedelta(days=1)
    await assign_role(
        person_id=cast.cadre.person_id, role=Role.CADRE, division_code=VILLAGE, valid_from=SINCE, valid_to=yesterday
    )

    assert await seen(cast.supervisor, nobody=True) == [task.id]
    assert await seen(cast.supervisor, assignee_id=cast.cadre.person_id) == []
    assert (await my_tasks(by=cast.cadre)).tasks == []
    with pytest.raises(TaskUnknown):
        await actions.complete_task(task_id=task.id, by=cast.cadre)


async def test_pages_follow_on_one_another(cast):
    wanted = [(await asked(assignee_id=cast.cadre.person_id)).id for _ in range(5)][::-1]
    first = await list_tasks(by=cast.supervisor, limit=2)
    second = await list_tasks(by=cast.supervisor, limit=2, cursor=first.next_cursor)
    third = await list_tasks(by=cast.supervisor, limit=2, cursor=second.next_cursor)

    assert [task.id for page in (first, second, third) for task in page.items] == wanted
    assert third.next_cursor is None
