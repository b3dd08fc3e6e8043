"""A shift goes to a colleague who says yes; both ends are held to the rules, and the history stays."""

import asyncio
from uuid import uuid4

import pytest

from backend.core import clock
from backend.core.refusals import DifferentArguments
from backend.rosters.leave_deciding import decide_leave
from backend.rosters.leave_schemas import LeaveDecision, NewLeave
from backend.rosters.leave_tables import LeaveReason
from backend.rosters.leaves import request_leave
from backend.rosters.refusals import NobodyAmongThem, PersonBusy, ShiftMoved, ShiftUnknown, SwapAnswered, SwapUnknown
from backend.rosters.schemas import NewSwap
from backend.rosters.shifts import cancel_shift, get_shift, list_shifts
from backend.rosters.swaps import accept_swap, decline_swap, get_swap, my_offers, swap_shift
from backend.rosters.tables import Post
from backend.rosters.watch import watch
from tests.rosters.studio import NOON, at, count, notices_to, tasks_of


@pytest.fixture(autouse=True)
def _at_noon():
    with clock.stopped(NOON):
        yield


async def offered(studio, shift, by, to, in_return=None, id=None):
    new = NewSwap(to_person_id=to.person_id, in_return_shift_id=in_return and in_return.id, remark="孩子开家长会")
    return (await swap_shift(id=id or uuid4(), shift_id=shift.id, new=new, by=by)).record


async def test_an_accepted_offer_moves_the_shift_and_keeps_what_was(studio):
    evening = (await studio.published())[-1]  # the handler's
    offer = await offered(studio, evening, studio.handler, studio.technician)
    assert [one.id for one in await my_offers(by=studio.technician)] == [offer.id]
    swap = await accept_swap(swap_id=offer.id, by=studio.technician)
    again = await accept_swap(swap_id=offer.id, by=studio.technician)

    assert swap == again
    assert (swap.shift.state, swap.shift.ending) == ("swapped", "swap")
    (successor,) = swap.successors
    assert (successor.person_id, successor.state, successor.follows) == (
        studio.technician.person_id,
        "confirmed",
        evening.id,
    )
    assert [state for state, _ in await tasks_of(studio.technician, "confirm_shift")] == ["done"]
    assert f"rosters/swap/{offer.id}/answer" in await notices_to(studio.handler)


async def test_a_trade_moves_both(studio):
    shifts = await studio.published(days=2)
    evening, next_night = shifts[2], shifts[3]
    offer = await offered(studio, evening, studio.handler, studio.technician, in_return=next_night)
    swap = await accept_swap(swap_id=offer.id, by=studio.technician)

    assert {(one.follows, one.person_id) for one in swap.successors} == {
        (evening.id, studio.technician.person_id),
        (next_night.id, studio.handler.person_id),
    }


async def test_a_trade_of_hours_that_overlap_works_because_each_gives_his_own_away(studio):
    await studio.rule("16:00-24:00", post=Post.DESK)
    evening = (await studio.published())[-1]
    desk = (await studio.publish(studio.roster([(studio.technician, at(16), at(24))], post=Post.DESK))).rows[0]
    desk = await get_shift(shift_id=desk.id, by=studio.technician)
    offer = await offered(studio, evening, studio.handler, studio.technician, in_return=desk)

    assert (await accept_swap(swap_id=offer.id, by=studio.technician)).state == "accepted"


async def test_nobody_takes_a_shift_while_he_is_on_another(studio):
    await studio.rule("16:00-24:00", post=Post.DESK)
    evening = (await studio.published())[-1]
    offer = await offered(studio, evening, studio.handler, studio.technician)
    await studio.publish(studio.roster([(studio.technician, at(16), at(24))], post=Post.DESK))

    with pytest.raises(PersonBusy):
        await accept_swap(swap_id=offer.id, by=studio.technician)
    with pytest.raises(PersonBusy):
        await offered(studio, evening, studio.handler, studio.technician)
    assert (await get_swap(swap_id=offer.id, by=studio.handler)).state == "offered"


async def test_nobody_takes_a_shift_while_he_is_away(studio):
    evening = (await studio.published())[-1]
    new = NewLeave(unit_id=studio.id, starts_at=at(14), ends_at=at(30), reason=LeaveReason.ANNUAL)
    leave = (await request_leave(id=uuid4(), new=new, by=studio.technician)).record
    await decide_leave(leave_id=leave.id, decision=LeaveDecision(approve=True), by=studio.supervisor)

    with pytest.raises(PersonBusy):
        await offered(studio, evening, studio.handler, studio.technician)


async def test_a_shift_goes_to_the_unit_only(studio):
    evening = (await studio.published())[-1]
    for other in (studio.assistant, studio.handler, studio.stranger):
        with pytest.raises(NobodyAmongThem):
            await offered(studio, evening, studio.handler, other)


async def test_only_the_holder_offers_and_only_the_one_asked_accepts(studio):
    evening = (await studio.published())[-1]
    with pytest.raises(ShiftUnknown):
        await offered(studio, evening, studio.expert, studio.technician)
    offer = await offered(studio, evening, studio.handler, studio.technician)
    for other in (studio.expert, studio.handler, studio.stranger):
        with pytest.raises(SwapUnknown):
            await accept_swap(swap_id=offer.id, by=other)


async def test_the_same_offer_again_is_the_same_and_a_second_one_takes_its_place(studio):
    evening, id = (await studio.published())[-1], uuid4()
    await offered(studio, evening, studio.handler, studio.technician, id=id)
    await offered(studio, evening, studio.handler, studio.technician, id=id)
    with pytest.raises(DifferentArguments):
        await offered(studio, evening, studio.handler, studio.expert, id=id)
    second = await offered(studio, evening, studio.handler, studio.expert)

    assert (await get_swap(swap_id=id, by=studio.handler)).state == "lapsed"
    assert (await get_shift(shift_id=evening.id, by=studio.handler)).offered_to == studio.expert.person_id
    with pytest.raises(SwapAnswered):
        await accept_swap(swap_id=id, by=studio.technician)
    assert second.state == "offered"


async def test_a_declined_offer_leaves_the_shift_where_it_is(studio):
    evening = (await studio.published())[-1]
    offer = await offered(studio, evening, studio.handler, studio.technician)
    said = await decline_swap(swap_id=offer.id, by=studio.technician)

    assert said == await decline_swap(swap_id=offer.id, by=studio.technician)
    assert (said.state, said.shift.state) == ("declined", "published")
    with pytest.raises(SwapAnswered):
        await accept_swap(swap_id=offer.id, by=studio.technician)


async def test_an_offer_taken_back_or_overtaken_no_longer_stands(studio):
    shifts = await studio.published(days=2)
    back = await offered(studio, shifts[2], studio.handler, studio.technician)
    assert (await decline_swap(swap_id=back.id, by=studio.handler)).state == "lapsed"
    overtaken = await offered(studio, shifts[5], studio.handler, studio.technician)
    await cancel_shift(shift_id=shifts[5].id, reason="停电", by=studio.supervisor)

    assert (await get_swap(swap_id=overtaken.id, by=studio.handler)).state == "lapsed"


async def test_a_shift_that_has_begun_is_not_swapped(studio):
    evening = (await studio.published())[-1]
    offer = await offered(studio, evening, studio.handler, studio.technician)
    with clock.stopped(at(16.1)):
        with pytest.raises(ShiftMoved):
            await accept_swap(swap_id=offer.id, by=studio.technician)
        await watch()
        assert await my_offers(by=studio.technician) == []
        assert (await get_swap(swap_id=offer.id, by=studio.technician)).state == "lapsed"


async def test_an_offer_accepted_five_times_at_once_moves_the_shift_once(studio):
    evening = (await studio.published())[-1]
    offer = await offered(studio, evening, studio.handler, studio.technician)
    answers = await asyncio.gather(*(accept_swap(swap_id=offer.id, by=studio.technician) for _ in range(5)))

    assert {one.state for one in answers} == {"accepted"}
    assert await count("SELECT count(*) FROM rosters_shift WHERE follows = $1", evening.id) == 1
    assert [shift.follows for shift in (await list_shifts(by=studio.technician, mine=True)).items] == [evening.id]
