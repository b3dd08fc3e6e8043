"""Up, one step at a time: loops and levels, each with a reason, under the same number."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

import pytest

from backend.cases import dispatching, loops, records, working
from backend.cases.loop_refusals import LoopSkipped, NotUp, UnitNeeded
from backend.cases.refusals import CaseUnknown, NotYourStep, UnitUnknown
from backend.cases.rules import ReasonNeeded
from backend.cases.words import Channel
from backend.core import ids
from backend.core.refusals import DifferentArguments, Invalid
from backend.deadlines.clocks import clocks_of
from backend.people import actions
from backend.people.tables import UnitKind
from backend.tasks.my_day import my_tasks
from backend.territory.tables import Level
from tests.cast import OTHER_COUNTY, TOWNSHIP, VILLAGE


def up(case_id, by, *, id=None, reason="本单位管不了", **to):
    return loops.escalate(case_id=case_id, id=id or ids.uuid7(), reason=reason, by=by, **to)


async def loop_clock(case_id):
    found = await clocks_of(subject_room="cases", subject_id=case_id)
    return next((each for each in found if each.kind == "loop"), None)


@dataclass
class Governments:
    village: UUID
    township: UUID
    county: UUID


async def government(division_code):
    unit = await actions.open_unit(
        id=ids.uuid7(), name=f"{division_code}政府", kind=UnitKind.GOVERNMENT, division_code=division_code
    )
    return unit.id


@pytest.fixture
async def governments(desk):
    """One government unit in the village and the township; the county has the hotline's."""
    return Governments(await government(VILLAGE), await government(TOWNSHIP), desk.hotline)


async def test_a_case_goes_from_loop_to_loop_and_keeps_number_and_owner(desk):
    case = await desk.dispatched()
    second = await up(case.id, desk.plumber, to_loop=2, to_unit_id=desk.roads)
    third = await up(case.id, desk.mason, to_loop=3)

    assert (second.loop, third.loop) == (2, 3)
    assert {case.number} == {second.number, third.number}
    assert second.assignee_unit.id == third.assignee_unit.id == desk.roads
    assert third.owner_unit == case.owner_unit
    assert third.hops == 0


async def test_the_citizen_reads_why_it_went_up_and_staff_whence(desk):
    case = await desk.dispatched()
    await up(case.id, desk.plumber, to_loop=2, reason="要交通局先开路")

    line = (await records.get_case(case_id=case.id, by=desk.clerk, timeline=True)).timeline[-1]
    assert (line.kind, line.public) == ("escalated", True)
    assert line.said["reason"] == "要交通局先开路"
    assert (line.said["from_loop"], line.said["loop"], line.said["skipped"]) == (1, 2, False)


async def test_loops_two_and_three_run_on_a_time_box_of_their_own(desk):
    case = await desk.dispatched()
    assert await loop_clock(case.id) is None

    await up(case.id, desk.plumber, to_loop=2, to_unit_id=desk.roads)
    second = await loop_clock(case.id)
    await up(case.id, desk.mason, to_loop=3)
    third = await loop_clock(case.id)

    assert (second.policy_code, third.policy_code) == ("loop_2", "loop_3")
    assert (second.round, third.round) == (1, 2)
    assert third.due_at > second.due_at
    assert third.unit_id == desk.roads


async def test_the_time_box_stops_with_the_work_and_begins_anew_when_it_is_reopened(desk):
    from backend.cases import ending

    case = await desk.dispatched()
    await up(case.id, desk.plumber, to_loop=2)
    await working.resolve(case_id=case.id, id=ids.uuid7(), remark="修好了", by=desk.plumber)
    assert (await loop_clock(case.id)).state == "stopped"

    await ending.reopen(case_id=case.id, id=ids.uuid7(), reason="又坏了", by=None)
    assert (await loop_clock(case.id)).state == "running"


async def test_every_clock_follows_the_unit_that_has_it_now(desk):
    case = await desk.dispatched()
    await up(case.id, desk.plumber, to_loop=2, to_unit_id=desk.roads)

    found = await clocks_of(subject_room="cases", subject_id=case.id)
    assert {each.kind: each.unit_id for each in found} == dict.fromkeys(("response", "handling", "loop"), desk.roads)


async def test_the_new_unit_is_asked_to_take_it_in_hand(desk):
    case = await desk.dispatched()
    await up(case.id, desk.plumber, to_loop=2, to_unit_id=desk.roads)

    waiting = (await my_tasks(by=desk.mason, near=None)).tasks
    assert [task.origin_id for task in waiting] == [case.id]
    assert (await my_tasks(by=desk.plumber, near=None)).tasks == []


async def test_a_loop_is_skipped_in_an_emergency_only(desk):
    case = await desk.dispatched()
    with pytest.raises(LoopSkipped):
        await up(case.id, desk.plumber, to_loop=3)

    urgent = await desk.dispatched(policy_code="emergency")
    record = await up(urgent.id, desk.plumber, to_loop=3, reason="管涌，等不得")
    assert record.loop == 3


async def test_nothing_goes_down_or_stays(desk):
    case = await desk.dispatched()
    await up(case.id, desk.plumber, to_loop=2)

    with pytest.raises(NotUp):
        await up(case.id, desk.plumber, to_loop=2)


async def test_two_who_press_at_once_take_it_up_once(desk):
    case = await desk.dispatched()
    outcomes = await asyncio.gather(
        *(up(case.id, who, to_loop=2) for who in (desk.plumber, desk.clerk)), return_exceptions=True
    )

    assert sorted(type(each).__name__ for each in outcomes) == ["CaseRecord", "NotUp"]
    assert (await records.get_case(case_id=case.id, by=desk.clerk)).loop == 2


async def test_the_same_step_again_changes_nothing_and_other_words_are_refused(desk):
    case, id = await desk.dispatched(), ids.uuid7()
    first = await up(case.id, desk.plumber, id=id, to_loop=2)

    assert await up(case.id, desk.plumber, id=id, to_loop=2) == first
    with pytest.raises(DifferentArguments):
        await up(case.id, desk.plumber, id=id, to_loop=2, reason="换个说法")
    with pytest.raises(DifferentArguments):
        await up(case.id, desk.plumber, id=id, to_loop=3)


async def test_a_reason_is_asked_and_one_way_not_two(desk):
    case = await desk.dispatched()
    with pytest.raises(ReasonNeeded):
        await up(case.id, desk.plumber, to_loop=2, reason=" ")
    with pytest.raises(Invalid):
        await up(case.id, desk.plumber)
    with pytest.raises(Invalid):
        await up(case.id, desk.plumber, to_loop=2, to_level=Level.TOWNSHIP)
    with pytest.raises(UnitUnknown):
        await up(case.id, desk.plumber, to_loop=2, to_unit_id=ids.uuid7())


async def test_a_stranger_finds_no_case_and_another_unit_may_not(desk):
    case = await desk.dispatched()
    for stranger in (desk.cast.stranger, desk.mason):
        with pytest.raises(CaseUnknown):
            await up(case.id, stranger, to_loop=2)
    with pytest.raises(NotYourStep):
        await up(case.id, desk.cast.auditor, to_loop=2)


async def test_a_cadre_reports_upwards_level_by_level(desk, governments):
    cadre = desk.cast.cadre
    opened = await desk.open(by=cadre, channel=Channel.VISIT)
    township = await up(opened.case.id, cadre, to_level=Level.TOWNSHIP)
    county = await up(opened.case.id, cadre, to_level=Level.COUNTY)

    assert township.assignee_unit.id == governments.township
    assert county.assignee_unit.id == governments.county
    assert township.number == county.number == opened.case.number
    assert (county.loop, county.hops) == (1, 0)


async def test_a_level_is_skipped_in_an_emergency_only(desk, governments):
    cadre = desk.cast.cadre
    opened = await desk.open(by=cadre)
    with pytest.raises(LoopSkipped) as refused:
        await up(opened.case.id, cadre, to_level=Level.COUNTY)
    assert refused.value.facts["level"] == "township"

    urgent = await desk.open(by=cadre, policy_code="emergency")
    record = await up(urgent.case.id, cadre, to_level=Level.COUNTY, reason="河水漫堤")
    assert record.assignee_unit.id == governments.county


async def test_two_who_report_at_once_take_it_up_one_level(desk, governments):
    cadre = desk.cast.cadre
    opened = await desk.open(by=cadre)
    outcomes = await asyncio.gather(
        *(up(opened.case.id, who, to_level=Level.TOWNSHIP) for who in (cadre, desk.clerk)), return_exceptions=True
    )

    assert sorted(type(each).__name__ for each in outcomes) == ["CaseRecord", "NotUp"]


async def test_a_unit_of_another_place_is_not_above(desk, governments):
    elsewhere = await government(OTHER_COUNTY)
    opened = await desk.open(by=desk.cast.cadre)
    with pytest.raises(NotUp):
        await up(opened.case.id, desk.cast.cadre, to_level=Level.TOWNSHIP, to_unit_id=elsewhere)


async def test_with_no_or_two_governments_up_there_the_unit_is_asked_for(desk):
    opened = await desk.open(by=desk.cast.cadre)
    with pytest.raises(UnitNeeded):
        await up(opened.case.id, desk.cast.cadre, to_level=Level.TOWNSHIP)

    first, _ = await government(TOWNSHIP), await government(TOWNSHIP)
    with pytest.raises(UnitNeeded):
        await up(opened.case.id, desk.cast.cadre, to_level=Level.TOWNSHIP)
    record = await up(opened.case.id, desk.cast.cadre, to_level=Level.TOWNSHIP, to_unit_id=first)
    assert record.assignee_unit.id == first


async def test_what_was_reported_upwards_is_dispatched_there_like_any_other(desk, governments):
    opened = await desk.open(by=desk.cast.cadre)
    await up(opened.case.id, desk.cast.cadre, to_level=Level.TOWNSHIP)
    record = await dispatching.dispatch(case_id=opened.case.id, id=ids.uuid7(), unit_id=desk.water, by=desk.clerk)

    assert record.assignee_unit.id == desk.water
