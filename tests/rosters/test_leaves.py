"""Whoever is away has somebody in his place, or the supervisor knows that there is nobody."""

from uuid import uuid4

import pytest

from backend.core import clock
from backend.core.refusals import DifferentArguments, Invalid
from backend.people.refusals import UnitUnknown
from backend.rosters.leave_deciding import decide_leave
from backend.rosters.leave_schemas import LeaveDecision, NewLeave
from backend.rosters.leave_tables import LeaveReason
from backend.rosters.leaves import get_leave, leaves_to_decide, my_leaves, request_leave
from backend.rosters.queries import gaps
from backend.rosters.refusals import LeaveDecided, LeaveUnknown, NobodyAmongThem, NotYourRoster, PersonBusy
from backend.rosters.shifts import get_shift
from backend.rosters.tables import Post
from tests.rosters.studio import NOON, at, notices_to, tasks_of


@pytest.fixture(autouse=True)
def _at_noon():
    with clock.stopped(NOON):
        yield


YES, NO = LeaveDecision(approve=True), LeaveDecision(approve=False, remark="那天人手不够")


def away(studio, begins, ends, **more):
    return NewLeave(unit_id=studio.id, starts_at=at(begins), ends_at=at(ends), reason=LeaveReason.FAMILY, **more)


async def asked(studio, by, begins, ends):
    return (await request_leave(id=uuid4(), new=away(studio, begins, ends), by=by)).record


async def test_a_request_tells_who_could_stand_in_and_moves_nothing(studio):
    shifts = await studio.published(days=3)
    leave = await asked(studio, studio.handler, 14, 80)

    assert [each.shift.id for each in leave.affected] == [shifts[2].id, shifts[5].id, shifts[8].id]
    assert {one.person_id for one in leave.affected[0].candidates} == {
        studio.technician.person_id,
        studio.expert.person_id,
    }
    assert [title for _, title in await tasks_of(studio.supervisor, "other")] == [
        "有人请假：农技工作室，11月23日 14:00 至 11月26日 08:00。请审批。"
    ]
    assert [one.id for one in await leaves_to_decide(by=studio.supervisor)] == [leave.id]
    assert [one.id for one in await my_leaves(by=studio.handler)] == [leave.id]
    assert await leaves_to_decide(by=studio.handler) == []


async def test_who_has_a_rest_before_and_after_is_proposed_first_then_who_has_fewer_hours(studio):
    await studio.published(days=2)
    await studio.publish(studio.roster([(studio.technician, at(64), at(72))], starts_at=at(64)))
    leave = await asked(studio, studio.handler, 40, 50)  # the expert comes off that day at 16:00, when it begins

    assert [(one.person_id, one.hours) for one in leave.affected[0].candidates] == [
        (studio.technician.person_id, 24.0),
        (studio.expert.person_id, 16.0),
    ]


async def test_an_approved_leave_moves_the_shifts_to_substitutes_who_are_asked_to_confirm(studio):
    shifts = await studio.published(days=2)
    leave = await asked(studio, studio.handler, 14, 60)
    choice = LeaveDecision(approve=True, substitutes={shifts[2].id: studio.technician.person_id})
    decided = await decide_leave(leave_id=leave.id, decision=choice, by=studio.supervisor)

    assert decided == await decide_leave(leave_id=leave.id, decision=choice, by=studio.supervisor)
    assert decided.state == "approved"
    assert [one.follows for one in decided.successors] == [shifts[2].id, shifts[5].id]
    assert decided.successors[0].person_id == studio.technician.person_id
    assert {one.state for one in decided.successors} == {"published"}
    assert (await get_shift(shift_id=shifts[2].id, by=studio.handler)).ending == "leave"
    assert ("open", "请您替班：农技工作室，11月23日 16:00 至 24:00。请确认。") in await tasks_of(
        studio.technician, "confirm_shift"
    )
    assert f"rosters/leave/{leave.id}" in await notices_to(studio.handler)
    assert await gaps(studio.id, "phone", at(0), at(48)) == []


async def test_when_nobody_is_left_the_hours_are_a_known_gap(studio):
    await studio.published(days=1)
    for other in (studio.technician, studio.expert):
        await asked(studio, other, 15, 30)
    leave = await asked(studio, studio.handler, 14, 30)
    decided = await decide_leave(leave_id=leave.id, decision=YES, by=studio.supervisor)

    assert decided.successors == []
    assert await gaps(studio.id, "phone", at(0), at(24)) == [(at(16), at(24))]
    assert [state for state, _ in await tasks_of(studio.supervisor, "cover_shift")] == ["open"]


async def test_a_refused_leave_moves_nothing_and_a_decision_stands(studio):
    shifts = await studio.published(days=1)
    leave = await asked(studio, studio.handler, 14, 30)
    decided = await decide_leave(leave_id=leave.id, decision=NO, by=studio.supervisor)

    assert (decided.state, decided.remark) == ("refused", "那天人手不够")
    assert (await get_shift(shift_id=shifts[2].id, by=studio.handler)).state == "published"
    with pytest.raises(LeaveDecided):
        await decide_leave(leave_id=leave.id, decision=YES, by=studio.supervisor)
    assert [state for state, _ in await tasks_of(studio.supervisor, "other")] == ["done"]


async def test_a_substitute_has_to_be_free_and_of_the_unit(studio):
    shifts = await studio.published(days=1)
    await studio.rule("16:00-24:00", post=Post.DESK)
    await studio.publish(studio.roster([(studio.expert, at(16), at(24))], post=Post.DESK))
    leave = await asked(studio, studio.handler, 14, 30)
    for somebody, refusal in ((studio.expert, PersonBusy), (studio.assistant, NobodyAmongThem)):
        choice = LeaveDecision(approve=True, substitutes={shifts[2].id: somebody.person_id})
        with pytest.raises(refusal):
            await decide_leave(leave_id=leave.id, decision=choice, by=studio.supervisor)

    assert (await get_leave(leave_id=leave.id, by=studio.handler)).state == "requested"


async def test_the_same_request_again_is_the_same(studio):
    id = uuid4()
    first = await request_leave(id=id, new=away(studio, 14, 30), by=studio.handler)
    again = await request_leave(id=id, new=away(studio, 14, 30), by=studio.handler)

    assert (first.created, again.created) == (True, False)
    with pytest.raises(DifferentArguments):
        await request_leave(id=id, new=away(studio, 14, 31), by=studio.handler)
    assert len(await tasks_of(studio.supervisor, "other")) == 1


async def test_one_asks_for_oneself_and_a_supervisor_for_his_people(studio):
    his = away(studio, 14, 30, person_id=studio.handler.person_id)
    with pytest.raises(NotYourRoster):
        await request_leave(id=uuid4(), new=his, by=studio.expert)
    record = (await request_leave(id=uuid4(), new=his, by=studio.supervisor)).record
    with pytest.raises(LeaveUnknown):
        await get_leave(leave_id=record.id, by=studio.expert)
    with pytest.raises(NotYourRoster):
        await decide_leave(leave_id=record.id, decision=YES, by=studio.handler)

    assert record.person_id == studio.handler.person_id


async def test_what_cannot_be_is_refused(studio):
    with pytest.raises(Invalid):
        await request_leave(id=uuid4(), new=away(studio, 30, 14), by=studio.handler)
    with pytest.raises(NobodyAmongThem):
        await request_leave(id=uuid4(), new=away(studio, 14, 30), by=studio.supervisor)
    with pytest.raises(UnitUnknown):
        await request_leave(id=uuid4(), new=away(studio, 14, 30), by=studio.stranger)
