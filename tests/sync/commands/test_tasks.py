"""Tasks done offline that went to somebody else meanwhile: what was done while it was one's own counts."""

import pytest

from backend.core import clock, ids
from backend.core.database import fetch
from backend.people.actions import assign_role
from backend.people.households import assign_household
from backend.people.tables import Role
from backend.tasks.actions import complete_task, decline_task, get_task
from backend.tasks.handing_over import hand_over_task
from backend.tasks.my_day import my_tasks
from backend.tasks.tables import DeclineReason
from tests.cast import SINCE, VILLAGE
from tests.sync.away import DAY, HOME, HOUR, MONDAY, TUESDAY, WEDNESDAY, comes_home, did
from tests.sync.batches import push
from tests.sync.phones import Phone
from tests.tasks.requests import asked


@pytest.fixture
async def task(cast):
    """Asked on Monday at ten of whoever serves the first household; since Wednesday at ten that is the next cadre."""
    with clock.stopped(MONDAY):
        made = await asked(household_id=cast.household)
    await goes_to(cast.next_cadre, cast, at=WEDNESDAY)
    return made.id


async def goes_to(person, cast, *, at, valid_from=None):
    """The first household is handed on."""
    with clock.stopped(at):
        await assign_household(
            household_id=cast.household,
            person_id=person.person_id,
            valid_from=valid_from or clock.today(),
            by=cast.supervisor,
        )


async def home(by, *commands, at=HOME, **said):
    """What the phone is told, whatever it is."""
    with clock.stopped(at):
        return (await push(by, *commands, **said)).rows


async def refused(by, task_id, at, **said):
    """The code with which a completion of that moment is refused."""
    [verdict] = await home(by, did("completeTask", at, task_id=task_id), **said)
    return verdict.problem and verdict.problem["code"]


async def steps(task_id):
    rows = await fetch('SELECT "by", to_state, done_at, at FROM tasks_event WHERE task = $1 ORDER BY id', task_id)
    return [tuple(row) for row in rows]


async def test_what_the_former_cadre_did_before_the_hand_over_is_done_in_his_name_with_both_moments(cast, task):
    await comes_home(cast.cadre, did("completeTask", TUESDAY, task_id=task, remark="种子送到了"))

    with clock.stopped(HOME):
        shown = await get_task(task_id=task, by=cast.cadre)
    assert (shown.state, shown.closed_by, shown.closed_by_name) == ("done", cast.cadre.person_id, "李秀兰")
    assert (shown.done_on, shown.done_at, shown.closed_at) == (TUESDAY.date(), TUESDAY, HOME)
    assert (shown.entered_late, shown.close_remark) == (True, "种子送到了")
    assert await steps(task) == [(cast.cadre.person_id, "done", TUESDAY, HOME)]


async def test_the_next_cadres_phone_lets_the_task_go_and_his_day_says_who_did_it(cast, task):
    phone = Phone(cast.next_cadre)
    with clock.stopped(HOME - HOUR):
        await phone.pull()
    assert set(phone.of("tasks")) == {str(task)}

    await comes_home(cast.cadre, did("completeTask", TUESDAY, task_id=task))

    with clock.stopped(HOME):
        await phone.pull()
        day = await my_tasks(by=cast.next_cadre)
    assert (phone.of("tasks"), phone.gone) == ({}, [("tasks", str(task), "ended")])
    assert (day.tasks, [(each.id, each.closed_by_name) for each in day.done_today]) == ([], [(task, "李秀兰")])


async def test_on_the_day_of_the_hand_over_it_is_his_until_that_was_entered(cast, task):
    assert await refused(cast.cadre, task, WEDNESDAY + HOUR) == "tasks/task-unknown"

    await comes_home(cast.cadre, did("completeTask", WEDNESDAY - HOUR, task_id=task))


async def test_a_hand_over_that_was_dated_back_afterwards_takes_nothing_from_what_was_done(cast):
    with clock.stopped(MONDAY):
        task = (await asked(household_id=cast.household)).id
    await goes_to(cast.next_cadre, cast, at=WEDNESDAY, valid_from=MONDAY.date())

    await comes_home(cast.cadre, did("completeTask", TUESDAY, task_id=task))


async def test_what_was_done_after_the_hand_over_is_refused_and_the_task_waits_on(cast, task):
    for at in (WEDNESDAY + HOUR, WEDNESDAY + DAY, HOME, HOME + DAY):
        assert await refused(cast.cadre, task, at) == "tasks/task-unknown"

    with clock.stopped(HOME):
        assert [each.id for each in (await my_tasks(by=cast.next_cadre)).tasks] == [task]
    assert await steps(task) == []


async def test_the_moment_is_that_of_our_clock(cast, task):
    slow, fast = ({"sent_at": (HOME + ahead).isoformat()} for ahead in (-2 * DAY, DAY))
    assert await refused(cast.cadre, task, TUESDAY, **slow) == "tasks/task-unknown"

    [verdict] = await home(cast.cadre, did("completeTask", TUESDAY + DAY, task_id=task), **fast)
    assert verdict.outcome == "stored"
    assert [done_at for _, _, done_at, _ in await steps(task)] == [TUESDAY]


async def test_no_moment_makes_somebodys_what_never_was_his(cast, task):
    with clock.stopped(WEDNESDAY + HOUR):
        later = (await asked(household_id=cast.household)).id
        other = (await asked(assignee_id=cast.next_cadre.person_id)).id

    for at in (MONDAY - DAY, MONDAY, TUESDAY, WEDNESDAY + 2 * HOUR):
        for each in (later, other):
            assert await refused(cast.cadre, each, at) == "tasks/task-unknown", (
                "asked when he had the household no more"
            )
        for by in (cast.assistant, cast.stranger, cast.supervisor):
            assert await refused(by, task, at) == "tasks/task-unknown"
    assert await refused(cast.cadre, task, MONDAY - DAY) == "tasks/task-unknown", "it had not been asked"


async def test_what_the_next_cadre_did_first_stays_his_and_the_former_is_told(cast, task):
    with clock.stopped(HOME - HOUR):
        await complete_task(task_id=task, by=cast.next_cadre)
    made = did("completeTask", TUESDAY, task_id=task)
    [verdict] = await home(cast.cadre, made)

    assert (verdict.outcome, verdict.record_id) == ("duplicate", task)
    assert (verdict.record.closed_by, verdict.record.closed_by_name) == (cast.next_cadre.person_id, "周敏")
    assert [by for by, *_ in await steps(task)] == [cast.next_cadre.person_id]
    assert [each.outcome for each in await home(cast.cadre, made)] == ["duplicate"]


async def test_what_the_former_did_first_stays_his_and_the_next_cadre_is_told(cast, task):
    await comes_home(cast.cadre, did("completeTask", TUESDAY, task_id=task))
    [verdict] = await home(cast.next_cadre, did("completeTask", HOME - HOUR, task_id=task), at=HOME + HOUR)

    assert (verdict.outcome, verdict.record.closed_by_name) == ("duplicate", "李秀兰")


async def test_one_who_brings_it_twice_has_done_it_once(cast, task):
    made = did("completeTask", TUESDAY, task_id=task)
    [first], [second] = await home(cast.cadre, made), await home(cast.cadre, made, at=HOME + HOUR)

    assert (first.outcome, second.outcome, second.record_id) == ("stored", "duplicate", task)
    assert len(await steps(task)) == 1


async def test_what_ran_out_or_the_next_cadre_declined_was_done_all_the_same(cast, task):
    with clock.stopped(HOME - HOUR):
        await decline_task(task_id=task, reason=DeclineReason.NO_TIME, by=cast.next_cadre)

    await comes_home(cast.cadre, did("completeTask", TUESDAY, task_id=task))
    assert [(by, to) for by, to, *_ in await steps(task)] == [
        (cast.next_cadre.person_id, "declined"),
        (cast.cadre.person_id, "done"),
    ]


async def test_only_what_was_done_counts_nobody_declines_or_hands_on_what_another_has(cast, task):
    verdicts = await home(
        cast.cadre,
        did("declineTask", TUESDAY, task_id=task, reason="no_time"),
        did("handOverTask", TUESDAY, task_id=task, to_person_id=cast.assistant.person_id),
    )

    assert [each.problem["code"] for each in verdicts] == ["tasks/task-unknown"] * 2


async def test_that_he_had_seen_it_holds_nothing_back_and_is_not_the_next_cadres_word(cast, task):
    seen = did("acknowledgeTask", MONDAY + HOUR, task_id=task)
    await comes_home(cast.cadre, seen)
    with clock.stopped(HOME):
        [waiting] = (await my_tasks(by=cast.next_cadre)).tasks
    assert (waiting.state, waiting.acknowledged_at) == ("open", None)

    again = did("acknowledgeTask", MONDAY + HOUR, task_id=task)
    await comes_home(cast.cadre, again, did("completeTask", TUESDAY, task_id=task) | {"after": [again["id"]]})


async def test_he_did_it_while_he_had_his_role_though_he_has_it_no_more(cast):
    role = {"person_id": cast.cadre.person_id, "role": Role.CADRE, "division_code": VILLAGE, "valid_from": SINCE}
    with clock.stopped(MONDAY):
        before, after = [(await asked(household_id=cast.household)).id for _ in range(2)]
        await assign_role(**role, valid_to=TUESDAY.date())

    assert await refused(cast.cadre, after, WEDNESDAY) == "tasks/task-unknown"
    await comes_home(cast.cadre, did("completeTask", TUESDAY, task_id=before))


async def test_a_task_that_a_supervisor_gave_away_is_done_with_whoever_has_it_now(cast):
    with clock.stopped(MONDAY):
        task = (await asked(assignee_id=cast.cadre.person_id)).id
    first, second = ids.uuid7(), ids.uuid7()
    with clock.stopped(WEDNESDAY):
        await hand_over_task(id=first, task_id=task, to_person_id=cast.next_cadre.person_id, by=cast.supervisor)
    with clock.stopped(WEDNESDAY + HOUR):
        await hand_over_task(id=second, task_id=first, to_person_id=cast.assistant.person_id, by=cast.next_cadre)
    assert await refused(cast.cadre, task, WEDNESDAY + HOUR) == "tasks/task-closed"

    made = did("completeTask", TUESDAY, task_id=task)
    [verdict] = await home(cast.cadre, made)

    assert (verdict.outcome, verdict.record_id, verdict.record.state) == ("merged", second, "done")
    assert await steps(second) == [(cast.cadre.person_id, "done", TUESDAY, HOME)]
    assert [to for _, to, *_ in await steps(task)] == ["handed_over"]
    with clock.stopped(HOME):
        assert (await my_tasks(by=cast.assistant)).tasks == []
    [again] = await home(cast.cadre, made, at=HOME + HOUR)
    assert (again.outcome, again.record_id) == ("duplicate", second)


async def test_what_he_gave_away_himself_is_the_other_ones_to_do(cast):
    with clock.stopped(MONDAY):
        task = (await asked(assignee_id=cast.cadre.person_id)).id
    handed = did("handOverTask", WEDNESDAY, task_id=task, to_person_id=cast.next_cadre.person_id)
    verdicts = await home(cast.cadre, handed, did("completeTask", TUESDAY, task_id=task))

    assert [each.outcome for each in verdicts] == ["stored", "refused"]
    assert verdicts[1].problem["code"] == "tasks/task-closed"


async def test_a_household_handed_on_twice_and_the_task_given_away_still_know_who_had_it(cast, task):
    await goes_to(cast.assistant, cast, at=WEDNESDAY + DAY)
    successor = ids.uuid7()
    with clock.stopped(WEDNESDAY + DAY + HOUR):
        await hand_over_task(id=successor, task_id=task, to_person_id=cast.next_cadre.person_id, by=cast.assistant)
    for at, by in ((TUESDAY, cast.stranger), (WEDNESDAY + HOUR, cast.cadre), (TUESDAY, cast.next_cadre)):
        assert await refused(by, task, at) == "tasks/task-unknown"

    [verdict] = await home(cast.next_cadre, did("completeTask", WEDNESDAY + HOUR, task_id=task))
    assert (verdict.outcome, verdict.record_id) == ("merged", successor)
