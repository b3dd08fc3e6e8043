"""What is kept of each phone: views that outlive a lost answer; neither a wrong clock nor another phone ends them."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from backend.core import clock, ids
from backend.core.database import fetch
from backend.sync import cursors, views
from backend.sync.pulling import sync_pull
from tests.sync.phones import Phone
from tests.tasks.requests import asked


@pytest.fixture
def phone(cast):
    return Phone(replace(cast.cadre, device_id=ids.uuid7()))


async def test_a_server_whose_clock_is_behind_anothers_starts_no_phone_anew(cast, phone):
    """Two servers behind one address: the second page is told by the one that is two seconds behind."""
    tasks = {str((await asked(assignee_id=cast.cadre.person_id)).id) for _ in range(4)}
    ahead = clock.now() + timedelta(minutes=5)
    with clock.stopped(ahead):
        first = await sync_pull(by=phone.by, request_id="r", limit=3)
    phone.keep(first)
    with clock.stopped(ahead - timedelta(seconds=2)):
        second, third = [await phone.pull_once(limit=3) for _ in range(2)]

    assert not second.reset
    assert not third.reset
    assert set(phone.of("tasks")) == tasks


async def test_two_phones_that_share_a_sign_in_do_not_start_each_other_anew(cast):
    """A page in a browser and an app with one token, or one phone restored from another's backup."""
    often, seldom = Phone(cast.cadre), Phone(cast.cadre)
    await seldom.pull()
    for _ in range(8):
        await asked(assignee_id=cast.cadre.person_id)
        await often.pull()

    assert [page.reset for page in await seldom.pull()] == [False]
    assert seldom.of("tasks") == often.of("tasks")


async def test_of_one_phone_two_views_are_kept(cast, phone):
    for _ in range(4):
        await asked(assignee_id=cast.cadre.person_id)
        await phone.pull()

    assert len(await fetch("SELECT id FROM sync_view WHERE person = $1", cast.cadre.person_id)) == 2


async def test_answers_that_never_arrive_are_kept_for_a_while_and_not_for_ever(cast, phone):
    await phone.pull()
    for _ in range(10):
        await asked(assignee_id=cast.cadre.person_id)
        await sync_pull(by=phone.by, request_id="r", cursor=phone.cursor)
    kept = await fetch("SELECT id FROM sync_view WHERE person = $1", cast.cadre.person_id)
    [page] = await phone.pull()

    assert len(kept) == views.SAME_ANSWERS + 1
    assert not page.reset
    assert len(page.changes.tasks.put) == 10


async def test_one_cursor_asked_twice_at_once_gives_both_the_same(cast, phone):
    await phone.pull()
    task = await asked(assignee_id=cast.cadre.person_id)

    answers = await asyncio.gather(
        *(sync_pull(by=phone.by, request_id="r", cursor=phone.cursor) for _ in range(views.SAME_ANSWERS))
    )

    assert all(not page.reset for page in answers)
    assert all([each.id for each in page.changes.tasks.put] == [task.id] for page in answers)
    for page in answers:
        known = await views.held_under(cursors.read(page.cursor).view_id, by=phone.by)
        assert str(task.id) in known["tasks"]
