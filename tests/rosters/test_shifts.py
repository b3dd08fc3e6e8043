"""Reading, confirming and cancelling shifts."""

import pytest

from backend.core import clock
from backend.core.database import fetch
from backend.rosters.refusals import NotYourRoster, ShiftMoved, ShiftUnknown
from backend.rosters.shifts import cancel_shift, confirm_shift, get_shift, list_shifts
from backend.rosters.tables import Post, ShiftState
from backend.rosters.watch import watch
from tests.cast import OTHER_COUNTY
from tests.rosters.studio import NOON, at, notices_to, tasks_of


@pytest.fixture(autouse=True)
def _at_noon():
    with clock.stopped(NOON):
        yield


async def test_the_holder_confirms_and_again_is_harmless(studio):
    *_, evening = await studio.published()
    first = await confirm_shift(shift_id=evening.id, by=studio.handler)
    again = await confirm_shift(shift_id=evening.id, by=studio.handler)

    assert first == again
    assert (first.state, first.confirmed_by, first.entered_late) == ("confirmed", studio.handler.person_id, False)


async def test_the_supervisor_confirms_for_somebody_and_a_colleague_does_not(studio):
    *_, evening = await studio.published()
    with pytest.raises(ShiftUnknown):
        await confirm_shift(shift_id=evening.id, by=studio.technician)
    shift = await confirm_shift(shift_id=evening.id, by=studio.supervisor)

    assert shift.confirmed_by == studio.supervisor.person_id


async def test_a_missed_shift_is_put_right_afterwards_and_marked(studio):
    *_, evening = await studio.published()
    with clock.stopped(at(17)):
        await watch()
        assert (await get_shift(shift_id=evening.id, by=studio.handler)).state == "missed"
    with clock.stopped(at(40)):
        shift = await confirm_shift(shift_id=evening.id, by=studio.handler)

    assert (shift.state, shift.entered_late, shift.missed_at) == ("confirmed", True, at(17))


async def test_a_missed_shift_is_put_right_though_somebody_took_over(studio):
    *_, evening = await studio.published()
    with clock.stopped(at(17)):
        await watch()
        await studio.publish(studio.roster([(studio.technician, at(17), at(24))]))
        shift = await confirm_shift(shift_id=evening.id, by=studio.handler)

    assert shift.entered_late


async def test_a_cancelled_shift_leaves_a_known_gap_with_a_task(studio):
    *_, evening = await studio.published()
    first = await cancel_shift(shift_id=evening.id, reason="停电", by=studio.supervisor)
    again = await cancel_shift(shift_id=evening.id, reason="停电", by=studio.supervisor)

    assert first == again
    assert (first.state, first.ending) == ("cancelled", "cancelled")
    assert [state for state, _ in await tasks_of(studio.supervisor, "cover_shift")] == ["open"]
    assert f"rosters/moved/{evening.id}" in await notices_to(studio.handler)
    with pytest.raises(ShiftMoved):
        await confirm_shift(shift_id=evening.id, by=studio.handler)


async def test_staff_do_not_cancel_and_what_is_over_stays(studio):
    night, *_, evening = await studio.published()
    with pytest.raises(NotYourRoster):
        await cancel_shift(shift_id=evening.id, reason="x", by=studio.handler)
    with pytest.raises(ShiftMoved):
        await cancel_shift(shift_id=night.id, reason="x", by=studio.supervisor)


async def test_a_rule_that_asks_for_more_leaves_known_gaps_in_what_is_published(studio):
    await studio.rule("08:00-16:00", post=Post.DESK)
    await studio.publish(
        studio.roster([(studio.expert, at(32), at(40))], post=Post.DESK, starts_at=at(24), ends_at=at(48))
    )
    await studio.rule("08:00-18:00", post=Post.DESK, valid_from=NOON.date())

    assert [title for _, title in await tasks_of(studio.supervisor, "cover_shift")] == [
        "没有人值班：农技工作室，11月24日 16:00 至 18:00。请安排人。"
    ]
    rules = await fetch("SELECT valid_to::text FROM rosters_duty_rule WHERE post = 'desk' ORDER BY valid_from")
    assert [row["valid_to"] for row in rules] == ["2026-11-22", None]


async def test_lists_are_paged_in_the_order_of_time_and_tell_mine_from_all(studio):
    await studio.published(days=3)
    first = await list_shifts(by=studio.expert, limit=3)
    rest = await list_shifts(by=studio.expert, limit=50, cursor=first.next_cursor)
    mine = await list_shifts(by=studio.expert, mine=True)

    assert [shift.starts_at for shift in [*first.items, *rest.items]] == [at(hour) for hour in range(16, 72, 8)]
    assert [shift.starts_at for shift in mine.items] == [at(32), at(56)]


async def test_moved_and_cancelled_shifts_are_listed_only_when_asked_for(studio):
    *_, evening = await studio.published()
    await cancel_shift(shift_id=evening.id, reason="停电", by=studio.supervisor)

    assert (await list_shifts(by=studio.expert, unit_id=studio.id)).items == []
    told = await list_shifts(by=studio.expert, state=ShiftState.CANCELLED)
    assert [shift.id for shift in told.items] == [evening.id]


async def test_a_roster_is_seen_by_its_unit_its_overseers_and_the_operator_and_by_no_stranger(studio):
    await studio.published(days=2)
    for reader in (studio.technician, studio.supervisor, studio.operator, studio.cast.auditor):
        assert (await list_shifts(by=reader)).items
    for stranger in (studio.stranger, studio.cast.cadre):
        assert (await list_shifts(by=stranger)).items == []
    assert not OTHER_COUNTY.startswith("371526")
