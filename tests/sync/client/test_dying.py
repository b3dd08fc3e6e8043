"""A phone may die at any statement it writes and any request it sends: nothing is lost, and nothing is done twice."""

from itertools import count

import httpx
from lianxin_client import Phone

from backend.core import clock, ids
from backend.core.database import fetch
from tests.cast import PASSWORD, phone_of
from tests.sync.client.conftest import off
from tests.sync.simulation.dying import Died, Life, MortalLine, MortalStore
from tests.tasks.requests import asked


def lives(path, line, life):
    return Phone(MortalStore(path, life), httpx.Client(base_url="http://test", transport=MortalLine(line, life)))


def day(phone, photo):
    """A day's work: a visit with a photo to come, its photo (whose id it gives), a task done."""
    visit = {"id": str(ids.uuid7()), "channel": "call", "occurred_at": clock.now().isoformat()}
    first = phone.do("recordVisit", visit | {"household_code": "LLM-001"})
    photo_id = phone.photograph(photo)
    photos = [{"photo_id": photo_id, "kind": "scene"}]
    phone.do("attachVisitPhotos", {"visit_id": visit["id"], "photos": photos}, after=[first])
    [task, *_] = phone.my_day()
    phone.do("completeTask", {"task_id": task["id"]})
    return photo_id


def dies_at(step, path, line, photo):
    """Whether it lived to the end of a sync that it may take so many steps of. Then it wakes and goes on, and on."""
    life = Life()
    phone = lives(path, line, life)
    phone.sign_in(phone_of("cadre"), PASSWORD)
    phone.sync()
    kept = {day(phone, photo)}
    life.left = step
    try:
        phone.sync()
    except Died:
        phone.store.close()
        phone = lives(path, line, Life())
        phone.sync()
        phone.sync()
        died = True
    else:
        died = False
        life.left = None
        phone.sync()
    assert phone.queue.all() == []
    assert phone.photos.to_send() == []
    assert phone.my_day() == []
    assert {path.name for path in phone.store.photos.iterdir()} == kept
    phone.store.close()
    return died


async def test_wherever_it_dies_in_a_sync_the_next_ones_finish_it(cast, line, tmp_path, picture):
    for step in count():
        task = await asked(assignee_id=cast.cadre.person_id)
        died = await off(dies_at, step, tmp_path / f"phone-{step}.sqlite", line, picture)
        [row] = await fetch("SELECT state, closed_by FROM tasks_task WHERE id = $1", task.id)
        assert (row["state"], row["closed_by"]) == ("done", cast.cadre.person_id)
        if not died:
            break
    visits = await fetch(
        "SELECT (SELECT count(*) FROM visits_photo p WHERE p.visit = v.id) AS photos FROM visits_visit v"
    )

    assert step > 20
    assert [row["photos"] for row in visits] == [1] * (step + 1)
