"""My day."""

from datetime import date, timedelta

from backend.core import clock
from backend.core.database import fetch
from backend.people import households
from backend.people.sessions import actor
from backend.tasks import actions
from backend.tasks.my_day import my_tasks
from backend.tasks.tables import TaskState, Urgency
from backend.territory.coordinates import Crs, from_wgs84
from backend.territory.points import Point
from tests.tasks.requests import asked

HOUSE = Point(crs=Crs.WGS84, longitude=116.3012, latitude=36.9305)
"""Where the cast's first household is."""


async def day_of(person, **given):
    return await my_tasks(by=person, **given)


async def test_the_order_is_urgency_then_overdue_then_due_then_the_nearest(cast):
    me, now = cast.cadre.person_id, clock.now()
    wanted = [
        await asked(assignee_id=me, urgency=Urgency.EMERGENCY),
        await asked(assignee_id=me, urgency=Urgency.HIGH, due_at=now + timedelta(days=3)),
        await asked(assignee_id=me, due_at=now - timedelta(days=2)),
        await asked(assignee_id=me, due_at=now - timedelta(days=1)),
        await asked(assignee_id=me, due_at=now + timedelta(hours=2)),
        await asked(household_id=cast.household),
        await asked(household_id=cast.second_household),
        await asked(assignee_id=me, longitude=116.32, latitude=36.9305),
        await asked(assignee_id=me),
        await asked(assignee_id=me, urgency=Urgency.LOW, due_at=now - timedelta(days=9)),
    ]
    found = (await day_of(cast.cadre, near=HOUSE)).tasks

    assert [task.id for task in found] == [task.id for task in wanted]
    assert [task.overdue for task in found] == [False, False, True, True, False, False, False, False, False, True]
    assert [task.distance_m for task in found[5:9]] == [0, 178, 1671, None]


async def test_a_place_is_told_and_asked_from_in_the_phones_own_system(cast):
    await asked(household_id=cast.household)
    longitude, latitude = from_wgs84(HOUSE.longitude, HOUSE.latitude, Crs.GCJ02)
    here = Point(crs=Crs.GCJ02, longitude=longitude, latitude=latitude)
    (task,) = (await day_of(cast.cadre, near=here, crs=Crs.GCJ02)).tasks

    assert task.distance_m == 0
    assert (task.point.crs, round(task.point.longitude - longitude, 6)) == (Crs.GCJ02, 0)


async def test_a_households_open_tasks_go_along_with_whoever_serves_it(cast):
    task = await asked(household_id=cast.household)
    assert [each.id for each in (await day_of(cast.cadre)).tasks] == [task.id]
    await households.assign_household(
        household_id=cast.household,
        person_id=cast.next_cadre.person_id,
        valid_from=clock.today(),
        by=cast.admin,
    )

    assert (await day_of(cast.cadre)).tasks == []
    (carried,) = (await day_of(cast.next_cadre)).tasks
    assert (carried.id, carried.assignee_id, carried.household_code) == (task.id, cast.next_cadre.person_id, "LLM-001")
    done = await actions.complete_task(task_id=task.id, by=cast.next_cadre)
    assert done.closed_by == cast.next_cadre.person_id


async def test_what_ran_out_stays_in_sight_and_can_be_entered(cast):
    """cht-core#7060: tasks vanished from the list although the visit had been made."""
    hour_ago = clock.now() - timedelta(hours=1)
    task = await asked(assignee_id=cast.cadre.person_id, expires_at=hour_ago)
    for_a_household = await asked(household_id=cast.household, expires_at=hour_ago)
    await actions.expire_due()
    day = await day_of(cast.cadre)

    assert day.tasks == []
    assert {each.id for each in day.not_done} == {task.id, for_a_household.id}
    await actions.complete_task(task_id=task.id, by=cast.cadre, done_on=clock.today() - timedelta(days=1))
    day = await day_of(cast.cadre)
    assert [each.id for each in day.not_done] == [for_a_household.id]
    assert [(each.id, each.entered_late) for each in day.done_today] == [(task.id, True)]


async def test_done_today_is_what_i_did_or_was_done_for_me_on_that_day_in_shandong(cast):
    mine = await asked(assignee_id=cast.cadre.person_id)
    settled = await asked(assignee_id=cast.cadre.person_id)
    with clock.stopped(clock.now() - timedelta(days=2)):
        earlier = await asked(assignee_id=cast.cadre.person_id)
        await actions.complete_task(task_id=earlier.id, by=cast.cadre)
    await actions.complete_task(task_id=mine.id, by=cast.cadre)
    await actions.settle(origin_room="tests", origin_id=settled.origin_id)

    assert [each.id for each in (await day_of(cast.cadre)).done_today] == [settled.id, mine.id]
    before = await day_of(cast.cadre, day=clock.today() - timedelta(days=2))
    assert [each.id for each in before.done_today] == [earlier.id]
    assert (await day_of(cast.cadre, day=date(2026, 1, 1))).done_today == []


async def test_the_list_can_be_narrowed_to_one_state(cast):
    me = cast.cadre.person_id
    open_one, seen, declined = [await asked(assignee_id=me) for _ in range(3)]
    await actions.acknowledge_task(task_id=seen.id, by=cast.cadre)
    await actions.decline_task(task_id=declined.id, reason="no_time", by=cast.cadre)

    async def only(state):
        return [task.id for task in (await day_of(cast.cadre, state=state)).tasks]

    assert await only(TaskState.OPEN) == [open_one.id]
    assert await only(TaskState.ACKNOWLEDGED) == [seen.id]
    assert await only(TaskState.DECLINED) == [declined.id]
    assert await only(TaskState.DONE) == []


async def test_nobody_sees_the_tasks_of_others(cast):
    await asked(assignee_id=cast.cadre.person_id)
    await asked(household_id=cast.household)

    for other in (cast.next_cadre, cast.stranger, cast.supervisor):
        day = await day_of(other)
        assert (day.tasks, day.not_done, day.done_today) == ([], [], [])


async def test_the_day_is_read_from_the_indexes_of_what_is_open(cast):
    """Twenty thousand closed ones of his own lie in the table; the page reads fewer than fifty rows."""
    await _many_closed(cast, 20_000)
    await asked(assignee_id=cast.cadre.person_id)
    await fetch("ANALYZE tasks_task")
    before = await _rows_read()
    assert len((await day_of(await actor(person_id=cast.cadre.person_id))).tasks) == 1

    assert await _rows_read() - before < 50


async def _many_closed(cast, rows):
    await fetch(
        """
        INSERT INTO tasks_task (id, kind, assignee, title_zh, title_en, detail_zh, detail_en, urgency, origin_room,
            origin_id, asked_at, state, closed_at, closed_by, done_on, entered_late, arguments_digest)
        SELECT gen_random_uuid(), 'call', $1, '打电话', '', '', '', 'normal', 'tests', gen_random_uuid(),
            now() - interval '40 days', 'done', now() - interval '30 days', $1, current_date - 30, FALSE, ''
        FROM generate_series(1, $2)
        """,
        cast.cadre.person_id,
        rows,
    )


async def _rows_read():
    await fetch("SELECT pg_stat_force_next_flush()")
    (row,) = await fetch(
        "SELECT seq_tup_read + COALESCE(idx_tup_fetch, 0) AS rows FROM pg_stat_user_tables WHERE relname = 'tasks_task'"
    )
    return row["rows"]
