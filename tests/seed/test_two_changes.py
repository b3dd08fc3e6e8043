"""Two people of the demo county changed one note: it waits once, and whoever opens the demo can decide it."""

import pytest

from backend.people.sessions import actor
from backend.people.tables import Role
from backend.sync.conflicts import decide_conflict, get_conflict, list_conflicts
from backend.sync.words import Keep
from backend.tasks.my_day import my_tasks
from backend.visits.actions import get_visit
from seed import two_changes
from seed.cast import holder


@pytest.fixture
async def changed(planted):
    await two_changes.happen()


async def test_it_waits_once_however_often_the_demo_starts(changed):
    await two_changes.happen()
    supervisor, cadre = [await actor(person_id=holder(role).id) for role in (Role.SUPERVISOR, Role.CADRE)]
    for by in (supervisor, cadre):
        assert [line.id for line in await list_conflicts(by=by, waiting=True, limit=9)] == [two_changes.CONFLICT]
    asked = [task.origin_id for task in (await my_tasks(by=supervisor)).tasks if task.origin_room == "sync"]
    assert asked == [two_changes.VISIT], "one person is asked, and once"


async def test_both_changes_are_there_and_what_only_one_changed_is_done(changed):
    supervisor = await actor(person_id=holder(Role.SUPERVISOR).id)
    record = await get_conflict(conflict_id=two_changes.CONFLICT, by=supervisor, request_id="r")
    assert {name: (each.now, each.wanted) for name, each in record.values.items()} == {
        "note": (two_changes.AT_THE_DESK, two_changes.ON_THE_PHONE)
    }
    visit = await get_visit(visit_id=two_changes.VISIT, by=supervisor)
    assert visit.place_note == "东地水渠边"
    assert visit.occurred_at < record.captured_at < record.values["note"].now_at < record.opened_at


async def test_the_supervisor_decides_and_it_is_over(changed):
    supervisor = await actor(person_id=holder(Role.SUPERVISOR).id)
    await decide_conflict(conflict_id=two_changes.CONFLICT, keep={"note": Keep.PHONE}, by=supervisor, request_id="r")
    await two_changes.happen()
    assert (await get_visit(visit_id=two_changes.VISIT, by=supervisor)).note == two_changes.ON_THE_PHONE
    assert await list_conflicts(by=supervisor, waiting=True, limit=9) == []
