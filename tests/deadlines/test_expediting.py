"""Expedite notices: each share once, whoever sweeps and however late, up the ladder until somebody takes it on."""

import asyncio
import sys
from datetime import date, timedelta

import pytest

from backend.core import database, ids
from backend.core.clock import now
from backend.core.database import fetch
from backend.deadlines import expediting, figures
from backend.deadlines.clocks import reassign_clock, resume_clock, stop_clock, suspend_clock
from backend.deadlines.explaining import why_due
from backend.deadlines.starting import restart_clock
from backend.deadlines.tables import SuspensionReason
from backend.people import actions as people
from backend.people.tables import Role
from backend.rosters.actions import publish_shifts
from backend.rosters.roster_schemas import NewRoster, NewShift
from backend.rosters.tables import Post
from backend.tasks.actions import acknowledge_task, decline_task
from backend.tasks.tables import DeclineReason
from tests.cast import SINCE
from tests.deadlines.conftest import moment

WAITING = SuspensionReason.WAITING_FOR_CITIZEN


@pytest.fixture
async def on_duty(office):
    """The handler is on duty at the office for three days and nights, by a published roster."""
    with moment("2026-03-03 09:00") as at:
        first = at.replace(hour=0) + timedelta(days=1)
        days = [first + timedelta(days=n) for n in range(3)]
        shifts = [
            NewShift(person_id=office.cast.handler.person_id, starts_at=day, ends_at=day + timedelta(days=1))
            for day in days
        ]
        roster = NewRoster(
            unit_id=office.unit_id, post=Post.PHONE, starts_at=first, ends_at=shifts[-1].ends_at, shifts=shifts
        )
        await publish_shifts(new=roster, by=office.cast.supervisor)
    return office


async def told(clock):
    """Of each notice: percent, number, state, level."""
    notices = (await why_due(clock_id=clock.id)).notices
    return [(notice.percent, notice.number, notice.state, notice.level) for notice in notices]


async def asked():
    """Who was asked for what, in the order of asking."""
    rows = await fetch(
        "SELECT p.name, t.title_zh, t.urgency, t.state FROM tasks_task t JOIN people_person p ON p.id = t.assignee "
        "WHERE t.kind = 'expedite' ORDER BY t.asked_at, t.title_zh"
    )
    return [tuple(row.values()) for row in rows]


async def test_each_share_is_sent_once_to_whoever_is_on_duty(on_duty):
    with moment("2026-03-04 22:00"):
        clock = await on_duty.start("emergency", "2026-03-04 22:00", label="LX-7")
        await expediting.expedite()
        assert await told(clock) == []
    for at in ("23:29:59", "23:30", "23:30", "23:31", "23:48", "23:48:30"):
        with moment(f"2026-03-04 {at}"):
            await expediting.expedite()
    with moment("2026-03-05 00:00"):
        await expediting.expedite()

    assert [(percent, number) for percent, number, _, _ in await told(clock)] == [(75, 1), (90, 2), (100, 3)]
    name = "郑国强"
    titles = [title for who, title, *_ in await asked() if who == name]
    assert titles == [
        "催办第 1 号：LX-7 的办理时限已用去 75%，2026-03-05 00:00 到期，请及时反馈。",
        "催办第 2 号：LX-7 的办理时限已用去 90%，2026-03-05 00:00 到期，请及时反馈。",
        "催办第 3 号：LX-7 已于 2026-03-05 00:00 到期，请立即反馈。",
    ]
    assert {urgency for _, _, urgency, _ in await asked()} == {"emergency"}
    pushed = await fetch("SELECT category FROM push_notice WHERE origin_room = 'deadlines'")
    assert {row["category"] for row in pushed} == {"emergency"}


async def test_of_days_too_whoever_is_on_duty_is_told_at_night_and_a_supervisor_in_the_morning(on_duty):
    with moment("2026-03-05 23:30") as night:
        await on_duty.start("general", "2026-03-02 09:00")
        await on_duty.start("general", "2026-03-02 09:00", unit_id=None)
        due = "expedite_at = array_fill($1::timestamptz, ARRAY[cardinality(expedite_at)]), next_expedite_at = $1"
        await fetch(f"UPDATE deadlines_clock SET {due}", night)
        await expediting.expedite()

    told = await fetch(
        "SELECT r.subject, n.category, r.day FROM push_recipient r JOIN push_notice n ON n.id = r.notice "
        "WHERE n.origin_room = 'deadlines'"
    )
    assert {tuple(row) for row in told} == {
        (on_duty.cast.handler.person_id, "service", None),
        (on_duty.cast.supervisor.person_id, "service", date(2026, 3, 6)),
    }, "without a day there are no quiet hours, and no cap"


async def test_after_a_night_of_downtime_the_highest_share_is_sent_and_the_lower_ones_are_overtaken(on_duty):
    with moment("2026-03-04 22:00"):
        clock = await on_duty.start("emergency", "2026-03-04 22:00")
    with moment("2026-03-05 07:00"):
        await expediting.expedite()
        await expediting.expedite()

    assert await told(clock) == [(100, 1, "sent", 1)]
    assert (await why_due(clock_id=clock.id)).notices[0].overtakes == [90, 75]
    assert len(await asked()) == 1


async def test_unacknowledged_it_climbs_the_ladder_and_nobody_is_asked_twice(on_duty):
    with moment("2026-03-04 09:00"):
        clock = await on_duty.start("emergency", "2026-03-04 09:00")
    for at in ("10:30", "10:39", "10:40", "10:47"):
        with moment(f"2026-03-04 {at}"):
            await expediting.expedite()

    assert [who for who, *_ in await asked()] == ["郑国强", "王建国"]
    assert (await told(clock))[0] == (75, 1, "sent", 2)
    with moment("2026-03-04 10:47:59"):
        await expediting.move_some()
    with moment("2026-03-04 10:55"):
        await expediting.move_some()
    assert [who for who, *_ in await asked()] == ["郑国强", "王建国"], "the county's supervisor is the same person"


async def test_acknowledged_it_climbs_no_further(on_duty):
    with moment("2026-03-04 09:00"):
        clock = await on_duty.start("emergency", "2026-03-04 09:00")
    with moment("2026-03-04 10:30"):
        await expediting.expedite()
        task_id = (await fetch("SELECT id FROM tasks_task"))[0]["id"]
        await acknowledge_task(task_id=task_id, by=on_duty.cast.handler)
        assert (await told(clock))[0][2] == "acknowledged"
    with moment("2026-03-04 10:45"):
        await expediting.expedite()

    assert await told(clock) == [(75, 1, "acknowledged", 1)]
    assert [who for who, *_ in await asked()] == ["郑国强"]


async def test_declined_it_climbs_when_its_time_is_over(on_duty):
    with moment("2026-03-04 09:00"):
        await on_duty.start("emergency", "2026-03-04 09:00")
    with moment("2026-03-04 10:30"):
        await expediting.expedite()
        task_id = (await fetch("SELECT id FROM tasks_task"))[0]["id"]
        await decline_task(task_id=task_id, reason=DeclineReason.OTHER, remark="不在岗", by=on_duty.cast.handler)
    with moment("2026-03-04 10:40"):
        await expediting.expedite()

    assert [who for who, *_ in await asked()] == ["郑国强", "王建国"]


async def test_with_nobody_on_duty_the_next_rung_is_asked_and_without_a_unit_the_territory(office):
    with moment("2026-03-04 09:00"):
        await office.start("emergency", "2026-03-04 09:00")
        await office.start("general", "2026-03-04 09:00", unit_id=None)
    with moment("2026-03-08 18:00"):
        await expediting.expedite()

    assert {who for who, *_ in await asked()} == {"王建国"}
    assert len(await asked()) == 2


async def test_where_there_is_nobody_at_all_it_is_tried_again(office):
    with moment("2026-03-04 09:00"):
        clock = await office.start("general", "2026-03-04 09:00", unit_id=None, division_code="370782101255")
    with moment("2026-03-08 18:00"):
        await expediting.expedite()
        assert (await told(clock))[0][2:] == ("waiting", 0)
        newcomer = await people.open_account(id=ids.uuid7(), name="新主任", phone="199 0000 0077")
        await people.assign_role(
            person_id=newcomer.id, role=Role.SUPERVISOR, division_code="370782000000", valid_from=SINCE
        )
    with moment("2026-03-08 18:11"):
        await expediting.expedite()

    assert [who for who, *_ in await asked()] == ["新主任"]


async def test_a_clock_that_stands_still_withdraws_what_it_asked_and_goes_on_where_it_was(on_duty):
    with moment("2026-03-04 09:00"):
        clock = await on_duty.start("emergency", "2026-03-04 09:00")
    with moment("2026-03-04 10:30"):
        await expediting.expedite()
        await suspend_clock(clock_id=clock.id, reason=WAITING)
    with moment("2026-03-04 15:30"):
        await expediting.expedite()
        assert [state for *_, state in await asked()] == ["withdrawn"]
        await resume_clock(clock_id=clock.id)
        await expediting.expedite()
    with moment("2026-03-04 15:48"):
        await expediting.expedite()

    assert await told(clock) == [(75, 1, "settled", 1), (90, 2, "sent", 1)]


async def test_stopped_reassigned_and_started_anew(on_duty):
    with moment("2026-03-04 09:00"):
        clock = await on_duty.start("emergency", "2026-03-04 09:00")
    with moment("2026-03-04 10:30"):
        await expediting.expedite()
        await reassign_clock(clock_id=clock.id, unit_id=None)
    with moment("2026-03-04 10:48"):
        await expediting.expedite()
        await stop_clock(clock_id=clock.id)
    with moment("2026-03-04 12:00"):
        await expediting.expedite()
        assert [(who, state) for who, _, _, state in await asked()] == [
            ("郑国强", "withdrawn"),
            ("王建国", "withdrawn"),
        ]
        await restart_clock(clock_id=clock.id)
    with moment("2026-03-04 13:30"):
        await expediting.expedite()

    assert await told(clock) == [(75, 1, "settled", 1), (90, 2, "settled", 3), (75, 3, "sent", 3)]


async def test_the_desk_sees_what_runs_what_is_late_and_what_was_in_time(on_duty):
    with moment("2026-03-04 09:00") as at:
        first, second, third, fourth = [await on_duty.start("emergency", "2026-03-04 09:00") for _ in range(4)]
        await on_duty.start("general", "2026-03-04 09:00")
    with moment("2026-03-04 10:00"):
        await suspend_clock(clock_id=third.id, reason=WAITING)
        await stop_clock(clock_id=first.id)
    with moment("2026-03-04 10:35"):
        (seen,) = await figures.open_by_unit(prefixes=["371526"])
        assert (seen.open, seen.soon, seen.suspended, seen.overdue) == (4, 2, 1, 0)
    with moment("2026-03-04 12:00"):
        await stop_clock(clock_id=second.id)
        (seen,) = await figures.open_by_unit(prefixes=["371526"], subject_room="cases")
        late = await figures.overdue(prefixes=["371526"], unit_id=on_duty.unit_id, kind="response")
        assert await figures.overdue(prefixes=["370782"]) == []
        assert await figures.open_by_unit(prefixes=["3715261", "370782"]) != []
        assert await figures.open_by_unit(prefixes=["370782"]) == []
        (done,) = await figures.stopped_by_unit(prefixes=["371526"], stopped_from=at, stopped_to=now())

    assert (seen.open, seen.soon, seen.suspended, seen.overdue) == (3, 0, 1, 1)
    assert [one.id for one in late] == [fourth.id]
    assert (done.stopped, done.in_time, done.late, done.mean_h) == (1, 1, 0, 1.0)


SWEEP = """
import asyncio, sys
from backend.core import database
from backend.deadlines import expediting
async def main():
    await database.connect(sys.argv[1], pool_size=2, acquire_timeout_s=10)
    print("ready", flush=True)
    sys.stdin.readline()
    expediting.SWEEP_BATCH = 50
    print(await expediting.sweep(), flush=True)
    await database.disconnect()
asyncio.run(main())
"""


async def test_three_nodes_that_sweep_at_once_fire_each_share_once(office):
    clock = await office.start("emergency", "2026-03-04 09:00")
    await fetch(
        "INSERT INTO deadlines_clock SELECT (row).* FROM (SELECT jsonb_populate_record(c, jsonb_build_object("
        "'id', gen_random_uuid(), 'subject_id', gen_random_uuid())) AS row "
        "FROM deadlines_clock c, generate_series(1, 1999) WHERE c.id = $1 OFFSET 0) each",
        clock.id,
    )
    dsn = database.engine.config["dsn"]
    nodes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", SWEEP, dsn, stdin=-1, stdout=-1) for _ in range(3)
    ]
    for node in nodes:
        assert await node.stdout.readline() == b"ready\n"
    for node in nodes:
        node.stdin.write(b"go\n")
    printed = [(await node.communicate())[0] for node in nodes]

    assert sum(int(number) for number in printed) == 2000
    fired = await fetch(
        "SELECT percent, number, overtakes, state, count(*) AS n, count(DISTINCT clock) AS clocks "
        "FROM deadlines_expedite GROUP BY 1, 2, 3, 4"
    )
    assert [tuple(row.values()) for row in fired] == [(100, 1, [90, 75], "waiting", 2000, 2000)]
    assert await expediting.sweep() == 0
