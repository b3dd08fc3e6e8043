"""Duty on a phone: one's shifts of the next two weeks, and those that colleagues ask one to take."""

from datetime import timedelta
from uuid import uuid4

import pytest

from backend.core import clock
from backend.rosters.schemas import NewSwap
from backend.rosters.shifts import cancel_shift, confirm_shift
from backend.rosters.swaps import accept_swap, decline_swap, swap_shift
from backend.rosters.tables import Post
from tests.rosters.studio import NOON, Studio, at
from tests.sync.phones import Phone


@pytest.fixture
async def studio(cast):
    made = Studio(cast)
    await made.open()
    with clock.stopped(NOON):
        yield made


async def pulled(*phones):
    for phone in phones:
        await phone.pull()
    return phones


async def offered(shift, by, to, in_return=None):
    new = NewSwap(to_person_id=to.person_id, in_return_shift_id=in_return and in_return.id, remark="孩子开家长会")
    return (await swap_shift(id=uuid4(), shift_id=shift.id, new=new, by=by)).record


async def test_ones_shifts_come_when_the_roster_is_published_and_nobody_elses(studio):
    mine, stranger = await pulled(Phone(studio.handler), Phone(studio.stranger))
    shifts = await studio.published(days=2)
    await pulled(mine, stranger)

    expected = {str(shift.id) for shift in shifts if shift.person_id == studio.handler.person_id}
    assert set(mine.of("shifts")) == expected
    assert {shift["unit_name"] for shift in mine.of("shifts").values()} == {"农技工作室"}
    assert await stranger.pull() == []


async def test_a_shift_beyond_two_weeks_comes_when_its_day_is_near(studio):
    [phone] = await pulled(Phone(studio.technician))
    await studio.publish(studio.roster([(studio.technician, at(0, 20), at(8, 20))], post=Post.DESK))
    await phone.pull()
    assert phone.of("shifts") == {}
    with clock.stopped(NOON + timedelta(days=7)):
        await phone.pull()

    assert len(phone.of("shifts")) == 1


async def test_a_long_shift_that_runs_still_is_carried_though_it_began_days_ago(studio):
    rows = [(studio.technician, at(0, 1), at(0, 4))]
    await studio.publish(studio.roster(rows, post=Post.DESK))
    with clock.stopped(at(12, 3)):
        [phone] = await pulled(Phone(studio.technician))

    assert len(phone.of("shifts")) == 1


async def test_a_shift_that_is_over_goes_as_ended(studio):
    shift = (await studio.published())[-1]  # the handler's
    [phone] = await pulled(Phone(studio.handler))
    with clock.stopped(NOON + timedelta(days=1)):
        await phone.pull()
        assert str(shift.id) in phone.of("shifts")  # yesterday's
    with clock.stopped(NOON + timedelta(days=3)):
        await phone.pull()

    assert ("shifts", str(shift.id), "ended") in phone.gone


async def test_a_cancelled_shift_goes_as_ended(studio):
    shift = (await studio.published())[-1]
    [phone] = await pulled(Phone(studio.handler))
    await cancel_shift(shift_id=shift.id, reason="停电检修", by=studio.supervisor)
    await phone.pull()

    assert ("shifts", str(shift.id), "ended") in phone.gone


async def test_an_offer_comes_to_the_colleague_with_what_is_wanted_in_return(studio):
    shifts = await studio.published(days=2)
    giver, taker = await pulled(Phone(studio.handler), Phone(studio.technician))
    offer = await offered(shifts[2], studio.handler, studio.technician, in_return=shifts[3])
    await pulled(giver, taker)

    told = taker.of("shifts")[str(shifts[2].id)]["offer"]
    assert (told["id"], told["in_return_shift_id"], told["remark"]) == (
        str(offer.id),
        str(shifts[3].id),
        "孩子开家长会",
    )
    assert told["offered_by_name"] == "郑国强"
    assert giver.of("shifts")[str(shifts[2].id)]["offered_to"] == str(studio.technician.person_id)


async def test_a_swapped_shift_leaves_one_phone_and_its_successor_comes_to_the_other(studio):
    evening = (await studio.published())[-1]
    offer = await offered(evening, studio.handler, studio.technician)
    giver, taker = await pulled(Phone(studio.handler), Phone(studio.technician))
    swap = await accept_swap(swap_id=offer.id, by=studio.technician)
    await pulled(giver, taker)

    assert ("shifts", str(evening.id), "not_yours") in giver.gone
    (successor,) = swap.successors
    assert taker.of("shifts")[str(successor.id)]["follows"] == str(evening.id)
    assert str(evening.id) not in taker.of("shifts")


async def test_a_declined_offer_goes_and_the_shift_stays_with_its_holder(studio):
    evening = (await studio.published())[-1]
    offer = await offered(evening, studio.handler, studio.technician)
    giver, taker = await pulled(Phone(studio.handler), Phone(studio.technician))
    await decline_swap(swap_id=offer.id, by=studio.technician)
    await pulled(giver, taker)

    assert ("shifts", str(evening.id), "not_yours") in taker.gone
    assert "offered_to" not in giver.of("shifts")[str(evening.id)]


async def test_a_confirmed_shift_is_told_as_confirmed(studio):
    evening = (await studio.published())[-1]
    [phone] = await pulled(Phone(studio.handler))
    await confirm_shift(shift_id=evening.id, by=studio.handler)
    await phone.pull()

    assert phone.of("shifts")[str(evening.id)]["state"] == "confirmed"
