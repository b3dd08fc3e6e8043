"""Looking at the log of changes: nothing is stepped over, whoever writes meanwhile and in whichever order they end."""

import asyncio
import random
from datetime import timedelta
from uuid import UUID

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from backend.core import clock, database, ids
from backend.sync import cursors, watermarks
from backend.sync.pulling import START
from backend.sync.words import EVERYTHING
from backend.visits.actions import record_visit
from tests.sync.phones import Phone
from tests.tasks.requests import asked
from tests.visits.contacts import contact

WRITE = """
INSERT INTO tasks_task (id, kind, assignee, title_zh, urgency, origin_room, origin_id, asked_at, state, entered_late,
                        arguments_digest)
VALUES ($1, 'call', $2, '打个电话', 'normal', 'tests', $1, now(), 'open', FALSE, '')
"""


class Writers:
    """Open transactions of others: each writes at once and ends when it is told to."""

    def __init__(self, person_id: UUID) -> None:
        self._person_id, self.open, self.committed = person_id, [], set()

    async def begin(self) -> None:
        connection = await database.engine.pool.acquire()
        transaction = connection.transaction()
        await transaction.start()
        id = ids.uuid7()
        await connection.execute(WRITE, id, self._person_id)
        self.open.append((connection, transaction, id))

    async def end(self, place: int, *, commit: bool) -> None:
        if not self.open:
            return
        connection, transaction, id = self.open.pop(place % len(self.open))
        await (transaction.commit() if commit else transaction.rollback())
        await database.engine.pool.release(connection)
        if commit:
            self.committed.add(str(id))


STEPS = st.lists(
    st.one_of(
        st.just("begin"),
        st.just("pull"),
        st.tuples(st.sampled_from(["commit", "roll back"]), st.integers(0, 3)),
    ),
    max_size=14,
)


@settings(max_examples=25, derandomize=True, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(steps=["begin", "begin", ("commit", 1), "pull"])  # the later one ends first
@given(steps=STEPS)
async def test_however_transactions_overlap_the_phone_ends_with_all_that_were_committed(cast, steps):
    writers, phone = Writers(cast.cadre.person_id), Phone(cast.cadre)
    await phone.pull()
    known = set(phone.of("tasks"))

    for step in steps:
        if step == "pull":
            await phone.pull()
        elif step == "begin" and len(writers.open) < 4:
            await writers.begin()
        elif isinstance(step, tuple):
            await writers.end(step[1], commit=step[0] == "commit")
    while writers.open:
        await writers.end(0, commit=True)
    await phone.pull()

    assert set(phone.of("tasks")) == known | writers.committed


async def test_a_phone_that_pulls_while_many_write_ends_with_everything(cast):
    chance = random.Random(20261122)
    phone = Phone(cast.cadre)

    async def write() -> None:
        async with database.engine.pool.acquire() as connection, connection.transaction():
            await connection.execute(WRITE, ids.uuid7(), cast.cadre.person_id)
            await asyncio.sleep(chance.random() / 100)

    writing = asyncio.gather(*(write() for _ in range(40)))
    while not writing.done():
        await phone.pull()
        await asyncio.sleep(0)
    await writing
    await phone.pull()

    assert len(phone.of("tasks")) == 40


async def test_a_writer_that_takes_long_costs_looks_and_no_records(cast):
    await asked(assignee_id=cast.cadre.person_id)
    phone, slow = Phone(cast.cadre), Writers(cast.next_cadre.person_id)
    await slow.begin()
    await phone.pull()

    assert all(not page.changes.tasks for page in await phone.pull())

    await slow.end(0, commit=True)


async def test_a_cursor_of_a_database_that_was_since_restored_is_compared_whole(cast):
    ahead = replace(START, watermark=2**62, day=clock.today())

    looked = await watermarks.look(person_id=cast.cadre.person_id, since=ahead)

    assert looked.entities == {EVERYTHING}


async def test_a_cursor_of_a_database_that_another_took_over_from_is_compared_whole(cast):
    """A standby that took over may lack the last transactions, and gives their numbers once more."""
    phone = Phone(cast.cadre)
    await phone.pull()
    since = cursors.read(phone.cursor)
    assert await phone.pull() == []

    looked = await watermarks.look(person_id=cast.cadre.person_id, since=replace(since, timeline=since.timeline + 1))

    assert looked.entities == {EVERYTHING}


VISIT = """
INSERT INTO visits_visit SELECT (jsonb_populate_record(v, jsonb_build_object('id', $2::uuid))).*
FROM visits_visit v WHERE v.id = $1
"""


async def test_what_was_being_written_while_a_household_was_handed_on_comes_to_who_serves_it_now(cast):
    """The writer looked up who serves the household before that changed, and ends after the new one has pulled."""
    visit = (await record_visit(new=contact(), by=cast.assistant)).record
    taker = Phone(cast.next_cadre)
    await taker.pull()
    late = ids.uuid7()
    async with database.engine.pool.acquire() as handing, database.engine.pool.acquire() as writing:
        given, written = handing.transaction(), writing.transaction()
        await given.start()
        await handing.execute("UPDATE people_role_assignment SET valid_to = valid_to")  # it has its number first
        await written.start()
        await writing.execute(VISIT, visit.id, late)
        await handing.execute(
            "UPDATE people_household_service SET person = $2 WHERE household = $1", cast.household, taker.by.person_id
        )
        await given.commit()
        await taker.pull()
        await taker.pull()
        assert set(taker.of("visits")) == {str(visit.id)}
        await written.commit()
    await taker.pull()

    assert set(taker.of("visits")) == {str(visit.id), str(late)}
    assert await taker.pull() == []


async def test_a_change_of_ones_role_makes_everything_be_compared(cast):
    phone = Phone(cast.cadre)
    await phone.pull()
    since = cursors.read(phone.cursor)
    await database.fetch("UPDATE people_role_assignment SET valid_to = NULL WHERE person = $1", cast.cadre.person_id)

    looked = await watermarks.look(person_id=cast.cadre.person_id, since=since)

    assert EVERYTHING in looked.entities


async def test_a_day_later_all_is_compared_even_without_a_line_in_the_log(cast, monkeypatch):
    phone = Phone(cast.cadre)
    task = await asked(assignee_id=cast.cadre.person_id)
    await phone.pull()
    async with database.connection() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")  # no trigger runs
        await connection.execute("UPDATE tasks_task SET title_zh = '改了' WHERE id = $1", task.id)
    assert await phone.pull() == []

    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    await phone.pull()

    assert phone.of("tasks")[str(task.id)]["title_zh"] == "改了"


async def test_lines_of_the_log_that_no_cursor_asks_for_are_forgotten(cast):
    await asked(assignee_id=cast.cadre.person_id)
    [before] = await database.fetch("SELECT count(*) AS n FROM sync_change")

    assert await watermarks.forget_changes(before=clock.now() - timedelta(days=3)) == 0
    assert await watermarks.forget_changes(before=clock.now() + timedelta(seconds=1)) == before["n"]
