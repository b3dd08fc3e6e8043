"""After 24 months nobody can tell any more who was on duty."""

from datetime import timedelta
from uuid import uuid4

import pytest

from backend.core import clock
from backend.core.database import fetch
from backend.people import retention
from backend.rosters.leave_deciding import decide_leave
from backend.rosters.leave_schemas import LeaveDecision, NewLeave
from backend.rosters.leave_tables import LeaveReason
from backend.rosters.leaves import request_leave
from backend.rosters.schemas import NewSwap
from backend.rosters.swaps import accept_swap, swap_shift
from tests.rosters.studio import NOON, at, count

TABLES = ("rosters_shift", "rosters_swap", "rosters_leave", "rosters_publication", "rosters_gap")


async def rows():
    return {table: await count(f"SELECT count(*) FROM {table}") for table in TABLES}


@pytest.fixture
async def story(studio):
    with clock.stopped(NOON):
        shifts = await studio.published(days=2)
        new = NewSwap(to_person_id=studio.technician.person_id, remark="家里有事")
        offer = (await swap_shift(id=uuid4(), shift_id=shifts[2].id, new=new, by=studio.handler)).record
        await accept_swap(swap_id=offer.id, by=studio.technician)
        away = NewLeave(unit_id=studio.id, starts_at=at(30), ends_at=at(72), reason=LeaveReason.SICK)
        leave = (await request_leave(id=uuid4(), new=away, by=studio.expert)).record
        await decide_leave(leave_id=leave.id, decision=LeaveDecision(approve=True), by=studio.supervisor)
        await studio.publish(studio.roster([], starts_at=at(96), ends_at=at(120), allow_gaps=True, gap_reason="休整"))


async def forget():
    for rule in retention.rules():
        if rule.name.startswith("rosters."):
            await retention.apply_rule(rule)


async def test_what_is_younger_stays(studio, story):
    before = await rows()
    with clock.stopped(NOON + timedelta(days=730)):
        await forget()

    assert await rows() == before
    assert min(before.values()) > 0


async def test_what_is_older_goes_whole(studio, story):
    with clock.stopped(NOON + timedelta(days=740)):
        await forget()

    assert await rows() == dict.fromkeys(TABLES, 0)


async def test_a_shift_that_moved_twice_may_be_forgotten_in_parts(studio):
    """A run of the job takes some thousand rows: the first and the last holder may go before the one between."""
    with clock.stopped(NOON):
        first = (await studio.published())[-1]
        holder, shift_id = studio.handler, first.id
        for taker in (studio.technician, studio.expert):
            new = NewSwap(to_person_id=taker.person_id)
            offer = (await swap_shift(id=uuid4(), shift_id=shift_id, new=new, by=holder)).record
            (successor,) = (await accept_swap(swap_id=offer.id, by=taker)).successors
            holder, shift_id = taker, successor.id
    await fetch("DELETE FROM rosters_shift WHERE id = ANY($1)", [first.id, shift_id])

    assert await count("SELECT count(*) FROM rosters_shift WHERE state = 'swapped'") == 1
