"""The demo's duty: somebody is there at every hour, and every way of a shift has an example."""

from datetime import timedelta

from backend.core import clock
from backend.core.database import fetch
from backend.people.tables import Role
from backend.rosters import queries
from backend.rosters.swap_tables import SwapState
from backend.rosters.tables import ShiftState
from seed import duty, made_id
from seed.cast import holder


async def words(sql: str) -> set[str]:
    return {row[0] for row in await fetch(sql)}


async def test_somebody_keeps_both_lines_at_every_hour_of_a_week(planted):
    for line in (duty.STUDIO_PHONE, duty.WATER_PHONE):
        for hour in range(-48, 24 * 5):
            told = await queries.on_duty(unit_id=line.unit_id, at=clock.now() + timedelta(hours=hour))
            assert [one.post for one in told].count("phone") == 1, hour


async def test_whoever_is_on_duty_now_has_confirmed(planted):
    for line in (duty.STUDIO_PHONE, duty.WATER_PHONE):
        assert all(one.confirmed for one in await queries.on_duty(unit_id=line.unit_id))


async def test_every_way_of_a_shift_has_an_example(planted):
    assert await words("SELECT DISTINCT state FROM rosters_shift") == set(ShiftState) - {"missed", "cancelled"}
    assert await words("SELECT DISTINCT ending FROM rosters_shift WHERE ending IS NOT NULL") == {"swap", "leave"}
    assert await words("SELECT DISTINCT state FROM rosters_swap") == {SwapState.ACCEPTED, SwapState.OFFERED}
    assert await words("SELECT DISTINCT state FROM rosters_leave") == {"approved", "requested"}
    assert await words("SELECT count(*) FROM rosters_shift WHERE entered_late AND missed_at IS NOT NULL") == {1}
    assert await words("SELECT count(*) FROM rosters_gap WHERE closed_at IS NULL") == {1}


async def test_an_offer_waits_for_the_technician(planted):
    (offer,) = await fetch("SELECT offered_to, state FROM rosters_swap WHERE id = $1", made_id("swap/waiting"))

    assert (offer["offered_to"], offer["state"]) == (holder(Role.TECHNICIAN).id, "offered")


async def test_a_demo_that_slept_for_weeks_is_found_in_order(planted):
    with clock.stopped(clock.now() + timedelta(days=33)):
        await duty.keep_up()
        await duty.keep_up()
        for hour in range(24 * 14):
            at = clock.now() + timedelta(hours=hour)
            assert await queries.on_duty(unit_id=duty.STUDIO_UNIT, at=at), hour
        assert all(one.confirmed for one in await queries.on_duty(unit_id=duty.STUDIO_UNIT))
        (waiting,) = await fetch(
            "SELECT count(*) FROM rosters_shift WHERE state = 'published' AND starts_at < $1", clock.now()
        )
    assert waiting[0] == 0
