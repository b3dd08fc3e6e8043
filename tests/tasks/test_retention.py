"""What this room forgets."""

from datetime import timedelta

from backend.core import clock
from backend.people.retention import apply_rule, rules
from backend.tasks import actions
from tests.tasks.requests import asked


async def _forget():
    for rule in rules():
        if rule.name.startswith("tasks."):
            await apply_rule(rule)


async def test_a_place_goes_after_90_days_and_a_remark_after_two_years(cast):
    waits = await asked(assignee_id=cast.cadre.person_id, longitude=116.3, latitude=36.9)
    done = await asked(assignee_id=cast.cadre.person_id, longitude=116.3, latitude=36.9)
    await actions.complete_task(task_id=done.id, by=cast.cadre, remark="门口有狗")

    async def read(task):
        return await actions.get_task(task_id=task.id, by=cast.cadre)

    with clock.stopped(clock.now() + timedelta(days=91)):
        await _forget()
    assert (await read(waits)).point is not None
    assert ((await read(done)).point, (await read(done)).close_remark) == (None, "门口有狗")
    with clock.stopped(clock.now() + timedelta(days=732)):
        await _forget()
    assert (await read(done)).close_remark is None
    assert (await read(done)).done_on == clock.today()
