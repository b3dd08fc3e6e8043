"""At the end of a shift a warning that is still open goes on by itself: at that moment, once, nights too."""

import asyncio
from datetime import timedelta

import pytest

from backend.antifraud import acting, escalating, reading, shift_ends, takers, warning_queries
from backend.antifraud.warning_refusals import NotYourWarning
from backend.antifraud.warning_schemas import NewAttempt
from backend.antifraud.warning_words import AttemptHow, WarningOutcome
from backend.core import clock, ids
from backend.core.database import fetch
from backend.rosters.actions import publish_shifts
from backend.rosters.roster_schemas import NewRoster, NewShift
from backend.tasks import actions as tasks
from tests.antifraud.centre import AT_TWO, Centre
from tests.cast import VILLAGE

EIGHT = AT_TWO.replace(hour=8)
CALL = NewAttempt(how=AttemptHow.CALL, reached=True, note="还在劝")


@pytest.fixture
async def centre(cast):
    """The village has no assistant: the station's night shift has what comes, until eight."""
    made = await Centre.open(cast)
    await fetch("DELETE FROM people_role_assignment WHERE role = 'assistant'")
    with clock.stopped(AT_TWO):
        yield made


async def taken(centre, **said):
    warning = await centre.posted(centre.said(**said))
    await acting.acknowledge_warning(warning_id=warning.id, by=centre.night)
    return warning


async def hands(warning):
    return [(each["person_id"], each["because"], each["at"]) for each in await warning_queries.hands(warning.id)]


async def published(centre, who, begins, ends):
    shift = NewShift(person_id=who.person_id, starts_at=begins, ends_at=ends, id=ids.uuid7())
    roster = {"unit_id": centre.station, "post": "phone", "starts_at": begins, "ends_at": ends, "shifts": [shift]}
    with clock.stopped(AT_TWO - timedelta(days=1)):
        await publish_shifts(new=NewRoster(id=ids.uuid7(), **roster), by=centre.supervisor)


async def test_not_a_second_before_the_shift_ends_and_at_that_second_it_goes_to_whoever_comes_on_duty(centre):
    warning = await taken(centre)
    with clock.stopped(EIGHT - timedelta(seconds=1)):
        await shift_ends.hand_over_all()
    assert len(await hands(warning)) == 1
    with clock.stopped(EIGHT):
        await shift_ends.hand_over_all()
        row = await warning_queries.warning(warning.id)

    assert (await hands(warning))[1] == (centre.morning.person_id, "shift_end", EIGHT)
    assert (row["state"], row["due_acknowledge_at"]) == ("open", EIGHT + timedelta(minutes=5))
    assert row["acknowledged_at"] == AT_TWO


async def test_the_task_moves_along_the_next_is_rung_and_whoever_left_is_told(centre):
    warning = await taken(centre)
    with clock.stopped(EIGHT):
        await shift_ends.hand_over_all()
    standing = await fetch("SELECT assignee, state, link FROM tasks_task WHERE origin_id = $1 ORDER BY id", warning.id)
    told = await fetch(
        "SELECT r.subject, n.category, n.title_zh FROM push_notice n JOIN push_recipient r ON r.notice = n.id "
        "WHERE n.origin_id = $1 AND n.made_at = $2 ORDER BY n.category",
        *(warning.id, EIGHT),
    )
    assert {row["assignee"]: row["state"] for row in standing} == {
        centre.night.person_id: "withdrawn",
        centre.morning.person_id: "open",
    }
    assert {row["link"] for row in standing} == {f"/console/warnings/{warning.id}"}
    assert [tuple(row) for row in told] == [
        (centre.morning.person_id, "emergency", "高危预警：马上打电话，马上上门"),
        (centre.night.person_id, "service", "预警已经交班"),
    ]


async def test_several_workers_hand_it_over_once_beside_those_who_escalate(centre):
    warning = await centre.posted()
    with clock.stopped(EIGHT):
        await asyncio.gather(*(shift_ends.hand_over_all() for _ in range(4)))
        await shift_ends.hand_over_all()

    assert [each[1] for each in await hands(warning)] == ["first", "shift_end"]


async def test_a_shift_that_runs_past_midnight_hands_over_in_the_night(centre):
    three = AT_TWO + timedelta(hours=23)
    await published(centre, centre.night, EIGHT + timedelta(hours=12), three)
    await published(centre, centre.morning, three, three + timedelta(hours=6))
    with clock.stopped(EIGHT + timedelta(hours=13)):
        warning = await taken(centre)
    with clock.stopped(three - timedelta(hours=1)):
        await shift_ends.hand_over_all()
    with clock.stopped(three):
        await shift_ends.hand_over_all()
    assert (await hands(warning))[-1] == (centre.morning.person_id, "shift_end", three)


async def test_where_nobody_else_is_on_duty_it_stays_until_somebody_comes(centre):
    evening = EIGHT + timedelta(hours=12)
    await published(centre, centre.night, evening, evening + timedelta(hours=8))
    with clock.stopped(EIGHT):
        await fetch("UPDATE rosters_shift SET state = 'missed', missed_at = now() WHERE starts_at = $1", EIGHT)
        warning = await taken(centre, level="medium")
    four = EIGHT + timedelta(hours=8)
    await fetch("UPDATE rosters_shift SET state = 'confirmed', missed_at = NULL WHERE starts_at = $1", EIGHT)
    await fetch("UPDATE antifraud_warning SET assignee = $1", centre.morning.person_id)
    with clock.stopped(four):
        await shift_ends.hand_over_all()
        assert len(await hands(warning)) == 1
    with clock.stopped(evening):
        await shift_ends.hand_over_all()
    assert (await hands(warning))[-1] == (centre.night.person_id, "shift_end", evening)


async def test_whoever_goes_on_with_another_shift_keeps_it(centre):
    await fetch("UPDATE rosters_shift SET person = $1", centre.night.person_id)
    warning = await taken(centre)
    with clock.stopped(EIGHT):
        await shift_ends.hand_over_all()

    assert len(await hands(warning)) == 1


async def test_whoever_took_it_before_his_shift_keeps_it_until_that_shift_ends(centre):
    warning = await centre.posted()
    with clock.stopped(AT_TWO + timedelta(minutes=5)):
        await escalating.escalate_all()
        await acting.acknowledge_warning(warning_id=warning.id, by=centre.morning)
    with clock.stopped(EIGHT + timedelta(hours=1)):
        await shift_ends.hand_over_all()

    assert (await hands(warning))[-1][0] == centre.morning.person_id


async def test_an_assistant_without_a_roster_keeps_his_and_what_is_closed_stays(cast):
    centre = await Centre.open(cast)
    with clock.stopped(AT_TWO):
        kept = await centre.posted()
        await acting.acknowledge_warning(warning_id=kept.id, by=centre.assistant)
        await fetch("DELETE FROM people_role_assignment WHERE role = 'assistant'")
        closed = await centre.posted(centre.said("YJ-2"), message_id="2")
        await acting.close_warning(warning_id=closed.id, outcome=WarningOutcome.DISSUADED, by=centre.night)
    with clock.stopped(EIGHT):
        await shift_ends.hand_over_all()

    assert (len(await hands(kept)), len(await hands(closed))) == (1, 1)


async def test_a_shift_swapped_away_while_it_runs_ends_at_that_moment(centre):
    warning, four = await taken(centre), AT_TWO + timedelta(hours=2)
    await fetch(
        "UPDATE rosters_shift SET state = 'swapped', ending = 'swap', ended_at = $2 WHERE person = $1",
        *(centre.night.person_id, four),
    )
    await fetch("UPDATE rosters_shift SET starts_at = $2 WHERE person = $1", centre.morning.person_id, four)
    with clock.stopped(four):
        await shift_ends.hand_over_all()

    assert (await hands(warning))[-1] == (centre.morning.person_id, "shift_end", four)


async def test_whoever_was_at_the_door_when_his_shift_ended_says_so_afterwards_and_it_stays_the_others(centre):
    warning = await taken(centre)
    with clock.stopped(EIGHT):
        await shift_ends.hand_over_all()
    with clock.stopped(EIGHT + timedelta(minutes=2)):
        await acting.record_attempt(warning_id=warning.id, id=ids.uuid7(), new=CALL, by=centre.night)
        with pytest.raises(NotYourWarning):
            await acting.close_warning(warning_id=warning.id, outcome=WarningOutcome.DISSUADED, by=centre.night)
        row = await warning_queries.warning(warning.id)
        found = await reading.detail(warning.id, by=centre.night, opened=True)

    assert (row["state"], row["assignee_id"]) == ("open", centre.morning.person_id)
    assert (found.person, found.may_open, found.attempts[0].note) == (None, False, None)


async def test_one_taken_on_the_list_of_the_day_goes_on_to_nobody(centre):
    warning = await centre.posted()
    (task,) = await fetch("SELECT id FROM tasks_task WHERE origin_id = $1", warning.id)
    await tasks.acknowledge_task(task_id=task["id"], by=centre.night)
    with clock.stopped(AT_TWO + timedelta(minutes=5)):
        await escalating.escalate_all()
        row = await warning_queries.warning(warning.id)

    assert row["state"] == "acknowledged"
    assert (await hands(warning))[-1][0] == centre.night.person_id
    ringing = await fetch("SELECT 1 FROM push_notice WHERE origin_id = $1 AND escalate_at IS NOT NULL", warning.id)
    assert ringing == []


async def test_to_whom_one_may_hand_it_is_told_by_name_those_on_duty_first(cast):
    centre = await Centre.open(cast)
    with clock.stopped(AT_TWO):
        warning = await centre.posted()
        found = await acting.list_warning_takers(warning_id=warning.id, by=centre.assistant)
        with pytest.raises(NotYourWarning):
            await acting.list_warning_takers(warning_id=warning.id, by=centre.supervisor)

    assert [(each.name, each.on_duty) for each in found] == [("尤值夜", True), ("许值早", False)]


async def test_whoever_did_not_turn_up_is_rung_last(centre):
    await fetch(
        "UPDATE rosters_shift SET state = 'missed', missed_at = now() WHERE person = $1", centre.night.person_id
    )
    order = await takers.in_order(division_code=VILLAGE, at=AT_TWO)

    assert [(each.person_id, each.on_duty) for each in order] == [
        (centre.morning.person_id, False),
        (centre.night.person_id, False),
    ]
