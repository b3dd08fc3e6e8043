"""Joint meetings take cases into loop 3 and decide; briefings are endorsed and executed."""

import asyncio
from datetime import date, timedelta

import pytest

from backend.cases import briefings, loops, meetings, records
from backend.cases.loop_refusals import (
    BriefingNotThere,
    BriefingUnknown,
    LoopSkipped,
    MeetingConcluded,
    MeetingUnknown,
    NotYourArea,
)
from backend.cases.loop_schemas import (
    Conclusion,
    Decision,
    NewBriefing,
    NewEndorsement,
    NewExecution,
    NewMeeting,
    SubTask,
)
from backend.cases.loop_words import ClockChange
from backend.cases.refusals import CaseUnknown, NotYourStep, UnitUnknown
from backend.core import clock, ids
from backend.core.refusals import DifferentArguments, Invalid
from backend.deadlines.clocks import clocks_of
from backend.tasks.my_day import my_tasks
from tests.cast import COUNTY, OTHER_COUNTY, TOWNSHIP


async def clocks(case_id):
    return {each.kind: each for each in await clocks_of(subject_room="cases", subject_id=case_id)}


async def second_loop(desk, **changes):
    """A case of the water unit that went up to loop 2."""
    case = await desk.dispatched(**changes)
    return await loops.escalate(case_id=case.id, id=ids.uuid7(), reason="要挖公路", to_loop=2, by=desk.plumber)


def call(desk, *cases, by=None, **changes):
    said = {
        "title": "水管改道会商",
        "division_code": COUNTY,
        "meets_at": clock.now() + timedelta(days=1),
        "case_ids": [case.id for case in cases],
        "unit_ids": [desk.water, desk.roads],
    } | changes
    return meetings.open_meeting(new=NewMeeting(**said), by=by or desk.cast.supervisor)


def conclude(desk, meeting, *, by=None, **changes):
    said = {
        "minutes": "公路站牵头，本月改道。",
        "lead_unit_id": desk.roads,
        "attended_unit_ids": [desk.water, desk.roads],
    } | changes
    return meetings.conclude_meeting(
        meeting_id=meeting.id, conclusion=Conclusion(**said), by=by or desk.cast.supervisor
    )


@pytest.fixture
async def case(desk):
    return await second_loop(desk)


@pytest.fixture
async def meeting(desk, case):
    return (await call(desk, case)).record


async def test_a_meeting_takes_its_cases_into_loop_three(desk, case, meeting):
    record = await records.get_case(case_id=case.id, by=desk.clerk, timeline=True)

    assert (record.loop, [line.kind for line in record.timeline[-2:]]) == (3, ["escalated", "called_to_meeting"])
    assert (await clocks(case.id))["loop"].policy_code == "loop_3"
    assert [item.number for item in meeting.agenda] == [case.number]
    assert {party.unit.id: party.attended for party in meeting.parties} == {desk.water: None, desk.roads: None}


async def test_the_units_are_asked_to_come(desk, meeting):
    for who in (desk.plumber, desk.mason):
        assert meeting.id in {task.origin_id for task in (await my_tasks(by=who)).tasks}


async def test_a_case_of_loop_one_is_brought_in_an_emergency_only(desk):
    with pytest.raises(LoopSkipped):
        await call(desk, await desk.dispatched())

    urgent = await desk.dispatched(policy_code="emergency")
    await call(desk, urgent)
    assert (await records.get_case(case_id=urgent.id, by=desk.clerk)).loop == 3


async def test_a_meeting_that_is_refused_leaves_nothing(desk, case):
    id = ids.uuid7()
    with pytest.raises(LoopSkipped):
        await call(desk, case, await desk.dispatched(), id=id)

    assert (await records.get_case(case_id=case.id, by=desk.clerk)).loop == 2
    with pytest.raises(MeetingUnknown):
        await meetings.get_meeting(meeting_id=id, by=desk.cast.supervisor)


async def test_calling_the_same_meeting_again_is_the_same_meeting(desk, case):
    id, at = ids.uuid7(), clock.now() + timedelta(days=1)
    first = await call(desk, case, id=id, meets_at=at)
    again = await call(desk, case, id=id, meets_at=at)

    assert (first.created, again.created, again.record) == (True, False, first.record)
    with pytest.raises(DifferentArguments):
        await call(desk, case, id=id, meets_at=at, title="别的会")


async def test_a_meeting_is_called_by_a_supervisor_of_the_whole_place_over_cases_of_it(desk, case):
    for by in (desk.clerk, desk.plumber, desk.cast.auditor, desk.cast.stranger):
        with pytest.raises(NotYourArea):
            await call(desk, case, by=by)
    with pytest.raises(NotYourArea):
        await call(desk, case, division_code=OTHER_COUNTY)
    with pytest.raises(UnitUnknown):
        await call(desk, case, unit_ids=[desk.water, ids.uuid7()])
    elsewhere = await second_loop(desk, division_code=COUNTY)
    with pytest.raises(CaseUnknown):
        await call(desk, elsewhere, division_code=TOWNSHIP)


async def test_a_unit_that_was_asked_reads_the_meeting_and_a_stranger_does_not(desk, meeting):
    assert (await meetings.get_meeting(meeting_id=meeting.id, by=desk.mason)).id == meeting.id
    for stranger in (desk.cast.stranger, desk.cast.handler):
        with pytest.raises(MeetingUnknown):
            await meetings.get_meeting(meeting_id=meeting.id, by=stranger)


async def test_the_lead_unit_acts_from_now_on_and_the_owner_stays(desk, case, meeting):
    concluded = await conclude(desk, meeting)
    record = await records.get_case(case_id=case.id, by=desk.clerk)

    assert (concluded.state, concluded.lead_unit.id) == ("concluded", desk.roads)
    assert record.assignee_unit.id == desk.roads
    assert (record.owner_unit, record.hops) == (case.owner_unit, 0)
    assert {each.unit_id for each in (await clocks(case.id)).values()} == {desk.roads}
    assert {party.attended for party in concluded.parties} == {True}


async def test_a_meeting_may_move_the_owner_and_the_citizen_reads_why(desk, case, meeting):
    decision = Decision(case_id=case.id, owner_unit_id=desk.roads, reason="改道归公路站")
    concluded = await conclude(desk, meeting, decisions=[decision])
    record = await records.get_case(case_id=case.id, by=desk.clerk, timeline=True)

    assert record.owner_unit.id == desk.roads
    assert concluded.agenda[0].owner_unit.id == desk.roads
    line = next(each for each in record.timeline if each.kind == "conferred")
    assert (line.public, line.said["reason"], line.said["to_owner"]) == (True, "改道归公路站", str(desk.roads))


async def test_a_meeting_may_let_the_clocks_stand_still(desk, case, meeting):
    decision = Decision(case_id=case.id, clocks=ClockChange.SUSPEND, reason="等省里批复")
    await conclude(desk, meeting, decisions=[decision])

    assert (await records.get_case(case_id=case.id, by=desk.clerk)).state == "suspended"
    assert {each.state for each in (await clocks(case.id)).values()} == {"suspended"}


async def test_a_meeting_may_renew_the_clocks(desk, case, meeting):
    before = await clocks(case.id)
    with clock.stopped(clock.now() + timedelta(days=2)):
        await conclude(
            desk, meeting, decisions=[Decision(case_id=case.id, clocks=ClockChange.RENEW, reason="换了办法")]
        )
        after = await clocks(case.id)

    assert {kind: each.round for kind, each in after.items()} == {kind: each.round + 1 for kind, each in before.items()}
    assert after["response"].due_at > before["response"].due_at
    assert {each.state for each in after.values()} == {"running"}


async def test_moving_an_owner_or_a_clock_takes_a_reason_and_a_case_of_the_agenda(desk, case, meeting):
    for wrong in (
        Decision(case_id=case.id, owner_unit_id=desk.roads),
        Decision(case_id=case.id, clocks=ClockChange.RENEW, reason=" "),
        Decision(case_id=ids.uuid7()),
    ):
        with pytest.raises(Invalid):
            await conclude(desk, meeting, decisions=[wrong])


async def test_each_unit_gets_what_it_is_to_do(desk, case, meeting):
    due_at = clock.now() + timedelta(days=5)
    task = SubTask(id=ids.uuid7(), unit_id=desk.water, what="先接临时管", due_at=due_at)
    nobody = SubTask(id=ids.uuid7(), unit_id=desk.hotline, what="告知群众", due_at=due_at)
    concluded = await conclude(desk, meeting, sub_tasks=[task, nobody])

    [mine] = [each for each in (await my_tasks(by=desk.plumber)).tasks if each.id == task.id]
    assert (mine.detail_zh, mine.due_at, mine.origin_id) == ("先接临时管", due_at, meeting.id)
    tasked = {each.id: each.tasked and each.tasked.id for each in concluded.sub_tasks}
    assert tasked == {task.id: desk.plumber.person_id, nobody.id: None}


async def test_concluding_again_changes_nothing_and_other_words_are_refused(desk, case, meeting):
    first = await conclude(desk, meeting)

    assert await conclude(desk, meeting) == first
    with pytest.raises(MeetingConcluded):
        await conclude(desk, meeting, minutes="改了主意。")


async def test_two_who_conclude_at_once_leave_one_conclusion(desk, case, meeting):
    outcomes = await asyncio.gather(
        conclude(desk, meeting, minutes="公路站牵头。"),
        conclude(desk, meeting, minutes="水务站牵头。", lead_unit_id=desk.water, by=desk.cast.admin),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in outcomes) == ["MeetingConcluded", "MeetingRecord"]


async def test_a_case_that_ended_before_the_meeting_does_not_stop_it(desk, case, meeting):
    from backend.cases import ending

    await ending.withdraw(case_id=case.id, id=ids.uuid7(), by=None)
    assert (await conclude(desk, meeting)).state == "concluded"
    assert (await records.get_case(case_id=case.id, by=desk.clerk)).state == "withdrawn"


async def test_besides_a_meeting_only_a_supervisor_moves_the_owner(desk, case):
    for by in (desk.clerk, desk.plumber):
        with pytest.raises(NotYourStep):
            await meetings.move_owner(case_id=case.id, id=ids.uuid7(), unit_id=desk.roads, reason="归他", by=by)

    moved = await meetings.move_owner(
        case_id=case.id, id=ids.uuid7(), unit_id=desk.roads, reason="归公路站", by=desk.cast.supervisor
    )
    assert (moved.owner_unit.id, moved.assignee_unit.id) == (desk.roads, desk.water)


# Briefings


@pytest.fixture
async def briefing(desk, case):
    new = NewBriefing(title="供水管网老化", body="三个村反复停水。", division_code=COUNTY, case_ids=[case.id])
    return (await briefings.draft_briefing(new=new, by=desk.clerk)).record


ENDORSED = NewEndorsement(endorsed_by="县长", note="请水利局一周内拿出方案。", endorsed_on=date(2026, 11, 1))


async def endorsed(desk, briefing):
    await briefings.submit_briefing(briefing_id=briefing.id, by=desk.clerk)
    return await briefings.endorse_briefing(briefing_id=briefing.id, new=ENDORSED, by=desk.cast.supervisor)


async def test_a_briefing_goes_from_draft_to_executed(desk, case, briefing):
    submitted = await briefings.submit_briefing(briefing_id=briefing.id, by=desk.clerk)
    after = await briefings.endorse_briefing(briefing_id=briefing.id, new=ENDORSED, by=desk.cast.supervisor)
    done = await briefings.execute_briefing(
        briefing_id=briefing.id, new=NewExecution(report="换了三公里管。"), by=desk.cast.supervisor
    )

    assert [each.state for each in (briefing, submitted, after, done)] == ["draft", "submitted", "endorsed", "executed"]
    assert (done.endorsed_by, done.endorsed_on, done.endorsement) == ("县长", date(2026, 11, 1), ENDORSED.note)
    assert done.case_ids == [case.id]


async def test_every_step_is_told_on_its_cases_to_staff_alone(desk, case, briefing):
    await endorsed(desk, briefing)
    record = await records.get_case(case_id=case.id, by=desk.clerk, timeline=True)

    told = [line for line in record.timeline if line.kind == "briefed"]
    assert [(line.said["state"], line.public) for line in told] == [
        *(("draft", False), ("submitted", False), ("endorsed", False)),
    ]


async def test_a_briefing_skips_no_step(desk, briefing):
    with pytest.raises(BriefingNotThere):
        await briefings.endorse_briefing(briefing_id=briefing.id, new=ENDORSED, by=desk.cast.supervisor)
    with pytest.raises(BriefingNotThere):
        await briefings.execute_briefing(
            briefing_id=briefing.id, new=NewExecution(report="做了"), by=desk.cast.supervisor
        )


async def test_each_step_again_changes_nothing_and_other_words_are_refused(desk, briefing):
    first = await endorsed(desk, briefing)
    again = await endorsed(desk, briefing)

    assert again == first
    other = NewEndorsement(endorsed_by="书记", note="另议。", endorsed_on=date(2026, 11, 1))
    with pytest.raises(DifferentArguments):
        await briefings.endorse_briefing(briefing_id=briefing.id, new=other, by=desk.cast.supervisor)
    ahead = NewEndorsement(endorsed_by="县长", note="好。", endorsed_on=clock.today() + timedelta(days=1))
    with pytest.raises(Invalid):
        await briefings.endorse_briefing(briefing_id=briefing.id, new=ahead, by=desk.cast.supervisor)


async def test_the_desk_drafts_a_supervisor_writes_down_and_a_stranger_sees_nothing(desk, briefing):
    await briefings.submit_briefing(briefing_id=briefing.id, by=desk.clerk)
    with pytest.raises(NotYourArea):
        await briefings.endorse_briefing(briefing_id=briefing.id, new=ENDORSED, by=desk.clerk)
    for stranger in (desk.cast.stranger, desk.plumber):
        with pytest.raises(BriefingUnknown):
            await briefings.get_briefing(briefing_id=briefing.id, by=stranger)


async def test_briefings_of_a_county_are_numbered_as_they_are_handed_up(desk):
    case = await desk.dispatched()

    async def draft():
        new = NewBriefing(title="专报", body="反复停水。", division_code=COUNTY, case_ids=[case.id])
        return (await briefings.draft_briefing(new=new, by=desk.clerk)).record

    drafts = [await draft() for _ in range(4)]
    assert {each.number for each in drafts} == {None}
    await asyncio.gather(*(briefings.submit_briefing(briefing_id=each.id, by=desk.clerk) for each in drafts[:3]))
    numbers = {(await briefings.get_briefing(briefing_id=each.id, by=desk.clerk)).number for each in drafts[:3]}
    assert numbers == {f"专报〔{clock.today().year}〕第{n}号" for n in (1, 2, 3)}

    with clock.stopped(clock.now() + timedelta(days=366)):
        following = await briefings.submit_briefing(briefing_id=drafts[3].id, by=desk.clerk)
    assert following.number == f"专报〔{(clock.today() + timedelta(days=366)).year}〕第1号"
