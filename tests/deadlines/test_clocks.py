"""Clocks: started once, stopped once, and able to say at any time why they are due when they are."""

from datetime import timedelta

import msgspec
import pytest

from backend.core import ids
from backend.core.database import fetch
from backend.core.refusals import DifferentArguments
from backend.deadlines import clocks
from backend.deadlines.clocks import reassign_clock, reclassify_clock, resume_clock, stop_clock, suspend_clock
from backend.deadlines.explaining import why_due, why_due_of
from backend.deadlines.refusals import ClockStopped, ClockUnknown, NotInOrder, PolicyUnknown
from backend.deadlines.rules import Light
from backend.deadlines.schemas import NewClock, Subject
from backend.deadlines.starting import restart_clock, restart_clocks, start_clock
from backend.deadlines.tables import ClockState, SuspensionReason
from tests.cast import TOWNSHIP, VILLAGE
from tests.deadlines.conftest import moment, shown

WAITING = SuspensionReason.WAITING_FOR_CITIZEN


@pytest.mark.parametrize(
    ("policy", "expected", "due"),
    [
        ("emergency", None, "2026-03-04 18:30:00"),
        ("basic_living", None, "2026-03-05 16:30:00"),
        ("general", "2026-03-07 23:59:59", "2026-03-09 23:59:59"),
        ("complex", None, "2026-03-19 23:59:59"),
        ("consult", None, "2026-03-09 23:59:59"),
        ("complaint", None, "2026-03-11 23:59:59"),
    ],
)
async def test_each_class_has_its_limit(office, policy, expected, due):
    with moment("2026-03-04 16:30"):
        started = await office.start(policy, "2026-03-04 16:30")

    assert (shown(started.expected_at), shown(started.due_at)) == (expected, due)
    assert (started.state, started.light, started.in_time) == (ClockState.RUNNING, Light.GREEN, None)


async def test_the_handling_clock_is_measured_beside_the_response_and_has_no_limit(office):
    subject = ids.uuid7()
    with moment("2026-03-04 09:00"):
        response = await office.start("general", "2026-03-04 09:00", subject_id=subject)
        handling = await office.start("general", "2026-03-04 09:00", subject_id=subject, kind="handling")
    with moment("2026-03-06 09:00"):
        await stop_clock(clock_id=response.id)
        both = await clocks.clocks_of(subject_room="cases", subject_id=subject)

    assert [(one.kind, one.state, one.in_time) for one in both] == [
        ("response", "stopped", True),
        ("handling", "running", None),
    ]
    assert (handling.due_at, handling.light) == (None, Light.GREY)
    many = await clocks.clocks_of_many(subject_room="cases", subject_ids=[subject, handling.id])
    assert [one.id for one in many[subject]] == [response.id, handling.id]
    assert many[handling.id] == []


async def test_started_again_it_is_the_same_clock_and_other_arguments_are_refused(office):
    new = NewClock(
        id=ids.uuid7(), subject_room="cases", subject_id=ids.uuid7(), kind="response", policy_code="general",
        opened_at=(await office.start("general", "2026-03-04 09:00")).opened_at, division_code=VILLAGE, label="LX-2",
    )  # fmt: skip
    first = await start_clock(clock=new)
    again = await start_clock(clock=new)

    assert (first.created, again.created) == (True, False)
    assert msgspec.json.encode(again.record) == msgspec.json.encode(first.record)
    with pytest.raises(DifferentArguments):
        await start_clock(clock=_but(new, label="LX-3"))
    with pytest.raises(DifferentArguments):
        await start_clock(clock=_but(new, id=ids.uuid7()))
    with pytest.raises(PolicyUnknown):
        await start_clock(clock=_but(new, id=ids.uuid7(), policy_code="someday"))


def _but(new, **changes):
    return msgspec.structs.replace(new, **changes)


async def test_a_matter_from_above_keeps_the_earlier_deadline(office):
    with moment("2026-03-04 09:00") as at:
        early = await office.start("general", "2026-03-04 09:00", upstream_due_at=at + timedelta(days=2))
        late = await office.start("general", "2026-03-04 09:00", upstream_due_at=at + timedelta(days=20))
        measured = await office.start(
            "general", "2026-03-04 09:00", kind="handling", upstream_due_at=at + timedelta(days=2)
        )

    assert shown(early.due_at) == shown(measured.due_at) == "2026-03-06 09:00:00"
    for clock in (early, measured):
        told = await why_due(clock_id=clock.id)
        assert told.steps[-1].text == "上级要求 2026-03-06 09:00 前反馈，以上级时限为准。"
    assert shown(late.due_at) == "2026-03-09 23:59:59"


async def test_a_clock_stops_exactly_once(office):
    with moment("2026-03-04 09:00"):
        started = await office.start("emergency", "2026-03-04 09:00")
    with moment("2026-03-04 10:59"):
        first = await stop_clock(clock_id=started.id, by=office.cast.handler)
    with moment("2026-03-04 12:00"):
        second = await stop_clock(clock_id=started.id, by=office.cast.operator)

    assert first == second
    assert (second.in_time, shown(second.stopped_at)) == (True, "2026-03-04 10:59:00")
    kinds = [event.kind for event in (await why_due(clock_id=started.id)).events]
    assert kinds == ["started", "stopped"]


async def test_a_late_stop_is_late_and_an_answer_typed_in_later_keeps_its_time(office):
    with moment("2026-03-04 09:00"):
        late, paper = [await office.start("emergency", "2026-03-04 09:00", label=n) for n in ("LX-1", "LX-2")]
    with moment("2026-03-04 11:00:01"):
        assert (await clocks.clocks_of(subject_room="cases", subject_id=late.subject_id))[0].overdue
        assert (await stop_clock(clock_id=late.id)).in_time is False
    with moment("2026-03-09 09:00") as now:
        stopped = await stop_clock(clock_id=paper.id, at=paper.opened_at + timedelta(minutes=30))
        event = (await why_due(clock_id=paper.id)).events[-1]

    assert stopped.in_time is True
    assert (event.at, event.recorded_at) == (stopped.stopped_at, now)


async def test_a_moment_before_the_opening_or_in_the_future_is_refused(office):
    with moment("2026-03-04 09:00") as at:
        started = await office.start("emergency", "2026-03-04 08:00")
        for wrong in (at - timedelta(hours=2), at + timedelta(seconds=1)):
            with pytest.raises(NotInOrder):
                await stop_clock(clock_id=started.id, at=wrong)
        with pytest.raises(NotInOrder):
            await suspend_clock(clock_id=started.id, reason=WAITING, at=at - timedelta(hours=2))
    with pytest.raises(ClockUnknown):
        await stop_clock(clock_id=ids.uuid7())


async def test_suspended_it_stands_still_and_resumed_it_moves_by_the_span(office):
    with moment("2026-03-04 09:00"):
        started = await office.start("emergency", "2026-03-04 09:00")
    with moment("2026-03-04 10:00"):
        stood = await suspend_clock(clock_id=started.id, reason=WAITING, by=office.cast.handler)
        assert await suspend_clock(clock_id=started.id, reason=WAITING) == stood
    with moment("2026-03-04 15:00"):
        still = (await clocks.clocks_of(subject_room="cases", subject_id=started.subject_id))[0]
        assert (still.state, still.light, still.overdue) == (ClockState.SUSPENDED, Light.GREY, False)
        ran_on = await resume_clock(clock_id=started.id)
        assert await resume_clock(clock_id=started.id) == ran_on

    assert shown(ran_on.due_at) == "2026-03-04 16:00:00"


async def test_suspended_over_the_spring_festival_only_working_days_come_back(office):
    with moment("2026-02-12 09:00"):
        started = await office.start("consult", "2026-02-12 09:00")
        assert shown(started.due_at) == "2026-02-24 23:59:59"
    with moment("2026-02-14 15:00"):
        await suspend_clock(clock_id=started.id, reason=SuspensionReason.WEATHER_OR_SEASON)
    with moment("2026-02-25 08:00"):
        ran_on = await resume_clock(clock_id=started.id)
        told = await why_due(clock_id=started.id)

    assert shown(ran_on.due_at) == "2026-02-26 23:59:59"
    lines = {step.day.isoformat(): (step.counted, step.text) for step in told.steps}
    assert lines["2026-02-13"] == (True, "第 1 个工作日。")
    assert lines["2026-02-14"] == (False, "这天结束时处于挂起（天气或农时原因），不算。")
    assert lines["2026-02-20"] == (False, "春节放假，不算。")
    assert lines["2026-02-26"] == (True, "第 3 个工作日。")


async def test_stopped_while_it_stood_still_the_span_is_given_back_all_the_same(office):
    with moment("2026-03-04 09:00"):
        started = await office.start("emergency", "2026-03-04 09:00")
    with moment("2026-03-04 10:30"):
        await suspend_clock(clock_id=started.id, reason=WAITING)
    with moment("2026-03-04 15:00"):
        stopped = await stop_clock(clock_id=started.id)

    assert stopped.in_time is True
    assert shown(stopped.due_at) == "2026-03-04 15:30:00"
    with pytest.raises(ClockStopped):
        await suspend_clock(clock_id=started.id, reason=WAITING)
    with pytest.raises(ClockStopped):
        await resume_clock(clock_id=started.id)


async def test_started_anew_it_has_its_whole_limit_again_and_remembers_the_first_round(office):
    with moment("2026-03-04 09:00"):
        started = await office.start("emergency", "2026-03-04 09:00")
    with moment("2026-03-04 09:30"):
        await suspend_clock(clock_id=started.id, reason=WAITING)
    with moment("2026-03-04 10:00"):
        await stop_clock(clock_id=started.id)
    with moment("2026-03-06 09:00"):
        anew = await restart_clock(clock_id=started.id, by=office.cast.operator)
        assert await restart_clock(clock_id=started.id) == anew

    assert (anew.round, anew.state, shown(anew.due_at)) == (2, ClockState.RUNNING, "2026-03-06 11:00:00")
    events = (await why_due(clock_id=started.id)).events
    assert [event.kind for event in events] == ["started", "suspended", "stopped", "restarted"]


async def test_reclassified_it_counts_from_the_same_opening(office):
    with moment("2026-03-04 09:00"):
        started = await office.start("general", "2026-03-04 09:00")
    with moment("2026-03-06 09:00"):
        moved = await reclassify_clock(clock_id=started.id, policy_code="complex", by=office.cast.operator)
        assert await reclassify_clock(clock_id=started.id, policy_code="complex") == moved

    assert (moved.policy_code, shown(moved.due_at), moved.expected_at) == ("complex", "2026-03-19 23:59:59", None)
    event = (await why_due(clock_id=started.id)).events[-1]
    assert (event.kind, event.reason, shown(event.old_due_at)) == ("reclassified", "complex", "2026-03-09 23:59:59")


async def test_reassigned_another_unit_is_asked_and_the_deadline_stays(office):
    with moment("2026-03-04 09:00"):
        started = await office.start("general", "2026-03-04 09:00")
        moved = await reassign_clock(clock_id=started.id, unit_id=None, division_code=TOWNSHIP)

    assert (moved.unit_id, moved.division_code, moved.due_at) == (None, TOWNSHIP, started.due_at)


async def test_a_policy_that_changes_later_leaves_the_clock_as_it_was_frozen(office):
    with moment("2026-03-04 09:00"):
        started = await office.start("general", "2026-03-04 09:00")
    await fetch(
        "INSERT INTO deadlines_policy SELECT gen_random_uuid(), code, kind, name_zh, name_en, clock, 2, 1, hours, "
        "expedite_percents, ladder, '2026-03-05', 'a new order' FROM deadlines_policy WHERE id = $1",
        started.policy_id,
    )
    try:
        with moment("2026-03-06 09:00"):
            told = (await why_due_of(subject_room="cases", subject_id=started.subject_id))[0]
            later = await office.start("general", "2026-03-06 09:00")
    finally:
        await fetch("DELETE FROM deadlines_clock_event")
        await fetch("DELETE FROM deadlines_clock")
        await fetch("DELETE FROM deadlines_policy WHERE source = 'a new order'")

    assert shown(told.clock.due_at) == "2026-03-09 23:59:59"
    assert told.steps[-1].text == "第 5 天。"
    assert shown(later.due_at) == "2026-03-08 23:59:59"


async def test_the_clocks_of_a_subject_move_together_and_each_as_it_would_alone(office):
    subject = Subject("cases", ids.uuid7())
    of = {"subject_room": subject.room, "subject_id": subject.id}
    with moment("2026-03-04 16:30"):
        response = await office.start("basic_living", "2026-03-04 16:30", **of)
        handling = await office.start("basic_living", "2026-03-04 16:30", kind="handling", **of)
        other = await office.start("basic_living", "2026-03-04 16:30")
    with moment("2026-03-04 17:30"):
        moved = await clocks.reassign_clocks(subject=subject, unit_id=None, by=office.cast.operator)
        assert {clock.id: clock.unit_id for clock in moved} == {response.id: None, handling.id: None}
    with moment("2026-03-04 17:40"):
        await clocks.stop_clocks(subject=subject, kinds=["response"])
        still = await clocks.suspend_clocks(subject=subject, reason=WAITING)
        assert {clock.kind: clock.state for clock in still} == {"response": "stopped", "handling": "suspended"}
    with moment("2026-03-04 19:30"):
        await clocks.resume_clocks(subject=subject)
    with moment("2026-03-04 20:30"):
        ended = await clocks.stop_clocks(subject=subject)
        assert ended == await clocks.clocks_of(**of), "what is answered is what is stored"
    with moment("2026-03-04 20:40"):
        again = await restart_clocks(subject=subject)
        assert again == await clocks.clocks_of(**of)

    assert {(clock.kind, clock.round, clock.state) for clock in again} == {
        ("response", 2, ClockState.RUNNING),
        ("handling", 2, ClockState.RUNNING),
    }
    explained = await why_due_of(**of)
    assert {each.clock.kind: [event.kind for event in each.events] for each in explained} == {
        "response": ["started", "reassigned", "stopped", "restarted"],
        "handling": ["started", "reassigned", "suspended", "resumed", "stopped", "restarted"],
    }
    assert (await clocks.clocks_of(subject_room="cases", subject_id=other.subject_id))[0].round == 1
    assert await clocks.stop_clocks(subject=Subject("cases", ids.uuid7())) == []
