"""What a phone is told: everything at first, then only what changed, and what is not its person's any more."""

import pytest
from msgspec.structs import replace

from backend.core import clock, database, ids
from backend.core.refusals import Invalid
from backend.sync import cursors
from backend.sync.pulling import START, sync_pull
from backend.tasks import reading
from backend.tasks.actions import complete_task
from backend.tasks.handing_over import hand_over_task
from tests.sync.phones import Phone
from tests.tasks.requests import asked, new_task


async def test_a_first_pull_brings_what_is_ones_own_and_nothing_else(cast):
    mine = await asked(assignee_id=cast.cadre.person_id, title_zh="看看林大山家的玉米")
    await asked(assignee_id=cast.next_cadre.person_id)
    phone = Phone(cast.cadre)

    [page] = await phone.pull()

    assert page.reset
    assert not page.more
    assert [task["title_zh"] for task in phone.of("tasks").values()] == [mine.title_zh]


async def test_nothing_is_told_while_nothing_changed(cast):
    await asked(assignee_id=cast.cadre.person_id)
    phone = Phone(cast.cadre)
    await phone.pull()

    assert await phone.pull() == []


async def test_what_others_do_elsewhere_wakes_no_phone(cast):
    phone = Phone(cast.cadre)
    await phone.pull()
    await asked(assignee_id=cast.next_cadre.person_id)

    assert await phone.pull() == []


async def test_only_the_record_that_changed_is_told(cast):
    await asked(assignee_id=cast.cadre.person_id)
    phone = Phone(cast.cadre)
    await phone.pull()
    fresh = await asked(assignee_id=cast.cadre.person_id)

    [page] = await phone.pull()

    assert not page.reset
    assert [task.id for task in page.changes.tasks.put] == [fresh.id]


async def test_a_task_that_is_done_is_told_as_over(cast):
    task = await asked(assignee_id=cast.cadre.person_id)
    phone = Phone(cast.cadre)
    await phone.pull()
    await complete_task(task_id=task.id, by=cast.cadre)
    await phone.pull()

    assert phone.gone == [("tasks", str(task.id), "ended")]


async def test_an_answer_that_was_lost_is_told_again(cast):
    phone = Phone(cast.cadre)
    await phone.pull()
    task = await asked(assignee_id=cast.cadre.person_id)
    await sync_pull(by=cast.cadre, request_id="r", cursor=phone.cursor)  # it never arrives

    [page] = await phone.pull()

    assert [each.id for each in page.changes.tasks.put] == [task.id]


async def test_a_row_that_was_written_first_and_committed_last_is_not_skipped(cast):
    """The slow transaction has the lower id; a cursor by time or by serial number would step over it."""
    phone = Phone(cast.cadre)
    await phone.pull()
    slow, quick = (new_task(assignee_id=cast.cadre.person_id) for _ in range(2))
    writing = database.engine.pool.acquire()
    async with writing as connection:
        begun = connection.transaction()
        await begun.start()
        await connection.execute(
            "INSERT INTO tasks_task (id, kind, assignee, title_zh, urgency, origin_room, origin_id, asked_at, state,"
            " entered_late, arguments_digest) VALUES ($1, 'call', $2, '慢', 'normal', 'tests', $1, now(), 'open',"
            " false, '')",
            slow.id,
            cast.cadre.person_id,
        )
        await asked(id=quick.id, assignee_id=cast.cadre.person_id)
        await phone.pull()
        assert set(phone.of("tasks")) == {str(quick.id)}
        await begun.commit()

    await phone.pull()

    assert set(phone.of("tasks")) == {str(quick.id), str(slow.id)}


async def test_pages_bring_the_same_as_one_answer(cast):
    tasks = {str((await asked(assignee_id=cast.cadre.person_id)).id) for _ in range(7)}
    phone = Phone(cast.cadre)

    pages = await phone.pull(limit=3)

    assert all(page.more for page in pages[:-1])
    assert not pages[-1].more
    assert set(phone.of("tasks")) == tasks


async def test_another_persons_cursor_starts_anew(cast):
    task = await asked(assignee_id=cast.next_cadre.person_id)
    phone, other = Phone(cast.cadre), Phone(cast.next_cadre)
    await asked(assignee_id=cast.cadre.person_id)
    await phone.pull()
    other.cursor = phone.cursor

    [page] = await other.pull()

    assert page.reset
    assert set(other.of("tasks")) == {str(task.id)}


async def test_a_cursor_of_nobodys_is_refused(cast):
    beyond = cursors.told(replace(START, watermark=2**63, day=clock.today()))
    for text in ("oho", "!", "A" * 39, "Ä", beyond):
        with pytest.raises(Invalid):
            await sync_pull(by=cast.cadre, request_id="r", cursor=text)


async def test_a_task_handed_over_leaves_one_phone_and_comes_to_the_other(cast):
    task = await asked(assignee_id=cast.cadre.person_id)
    giver, taker = Phone(cast.cadre), Phone(cast.next_cadre)
    await giver.pull()
    await taker.pull()
    handed = await hand_over_task(
        id=ids.uuid7(), task_id=task.id, to_person_id=cast.next_cadre.person_id, by=cast.cadre
    )
    await giver.pull()
    await taker.pull()

    assert giver.gone == [("tasks", str(task.id), "not_yours")]
    assert set(taker.of("tasks")) == {str(handed.record.id)}


async def test_a_task_that_is_one_too_many_is_not_said_to_be_somebody_elses(cast, monkeypatch):
    monkeypatch.setattr(reading, "MOST", 1)
    task = await asked(assignee_id=cast.cadre.person_id)
    phone = Phone(cast.cadre)
    await phone.pull()
    urgent = await asked(assignee_id=cast.cadre.person_id, urgency="emergency")
    await phone.pull()

    assert set(phone.of("tasks")) == {str(urgent.id)}
    assert phone.gone == [("tasks", str(task.id), "past")]
