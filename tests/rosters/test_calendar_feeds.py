"""Calendars that phones follow: issued once, told to their owner alone, dead when he says so."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from backend.core import clock, ids
from backend.core.database import fetch, fetch_row
from backend.core.refusals import DifferentArguments, Invalid
from backend.people import retention
from backend.rosters import calendar_routes
from backend.rosters.calendar_feeds import MOST, followed_calendar, issue_calendar, list_calendars, revoke_calendar
from backend.rosters.calendar_refusals import CalendarFeedUnknown, TooManyCalendars
from backend.rosters.calendar_schemas import NewPhoneCalendar, OccasionStatus
from backend.rosters.schemas import NewSwap
from backend.rosters.shifts import confirm_shift
from backend.rosters.station_words import CalendarKind, DayState
from backend.rosters.swaps import accept_swap, swap_shift
from backend.territory.queries import DivisionUnknown
from tests.application import application
from tests.cast import OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.rosters.markets import Market
from tests.rosters.studio import NOON, TODAY

BASE = "https://lianxin.test"
NOBODY = UUID(int=404)
SHIFTS = NewPhoneCalendar(kind=CalendarKind.SHIFTS)


def markets_of(code: str) -> NewPhoneCalendar:
    return NewPhoneCalendar(kind=CalendarKind.MARKETS, division_code=code)


@pytest.fixture(autouse=True)
def _at_noon():
    with clock.stopped(NOON):
        yield


async def issued(new, by, id=None):
    return (await issue_calendar(id=id or ids.uuid7(), new=new, by=by, base_url=BASE)).record


def secret_of(record) -> str:
    return record.address.rpartition("/")[2].removesuffix(".ics")


async def shown(record):
    return (await followed_calendar(secret=secret_of(record))).occasions


async def test_the_address_is_told_once_and_only_a_keyed_hash_of_it_is_kept(studio):
    made = await issued(SHIFTS, studio.technician)
    row = await fetch_row("SELECT * FROM rosters_calendar_feed")

    assert made.address == f"{BASE}/feeds/calendars/{secret_of(made)}.ics"
    assert made.webcal == made.address.replace("https:", "webcal:")
    assert len(secret_of(made)) == 43
    assert secret_of(made) not in str(dict(row))
    assert [(each.id, each.address, each.webcal) for each in await list_calendars(by=studio.technician)] == [
        (made.id, None, None)
    ]
    assert await list_calendars(by=studio.stranger) == []


async def test_a_lost_answer_asked_again_is_the_same_calendar_with_the_same_address(studio):
    id = ids.uuid7()
    first = await issue_calendar(id=id, new=SHIFTS, by=studio.technician, base_url=BASE)
    second = await issue_calendar(id=id, new=SHIFTS, by=studio.technician, base_url=BASE)

    assert (first.created, second.created, first.record) == (True, False, second.record)
    for new, by in ((markets_of(TOWNSHIP), studio.technician), (SHIFTS, studio.expert)):
        with pytest.raises(DifferentArguments):
            await issued(new, by, id)


async def test_a_revoked_address_opens_nothing_at_once_and_its_id_gives_it_to_nobody_again(studio):
    made = await issued(SHIFTS, studio.technician)
    kept, moved = await issued(SHIFTS, studio.technician), clock.now() + timedelta(minutes=1)
    with clock.stopped(moved):
        gone = await revoke_calendar(calendar_id=made.id, by=studio.technician)
    again = await revoke_calendar(calendar_id=made.id, by=studio.technician)

    assert (gone.revoked_at, again.revoked_at) == (moved, moved)
    with pytest.raises(CalendarFeedUnknown):
        await shown(made)
    assert await shown(kept) == []
    assert (await issued(SHIFTS, studio.technician, made.id)).address is None
    assert [each.id for each in await list_calendars(by=studio.technician)] == [kept.id]


async def test_nobody_revokes_anothers_and_nobody_who_left_is_followed(studio):
    made = await issued(SHIFTS, studio.technician)
    with pytest.raises(CalendarFeedUnknown):
        await revoke_calendar(calendar_id=made.id, by=studio.supervisor)
    await fetch("UPDATE people_person SET closed_at = now() WHERE id = $1", studio.technician.person_id)
    with pytest.raises(CalendarFeedUnknown):
        await shown(made)


async def test_a_revoked_one_is_forgotten_after_ninety_days(studio):
    for _ in range(2):
        made = await issued(SHIFTS, studio.technician)
    await revoke_calendar(calendar_id=made.id, by=studio.technician)
    for days, left in ((89, 2), (91, 1)):
        with clock.stopped(NOON + timedelta(days=days)):
            await retention.run_retention()
        assert len(await fetch("SELECT FROM rosters_calendar_feed")) == left


async def test_twenty_count_and_a_place_is_free_again_after_one_is_revoked(studio):
    made = [await issued(SHIFTS, studio.technician) for _ in range(MOST)]
    with pytest.raises(TooManyCalendars):
        await issued(SHIFTS, studio.technician)
    assert (await issued(SHIFTS, studio.technician, made[0].id)).address
    await revoke_calendar(calendar_id=made[0].id, by=studio.technician)
    assert (await issued(SHIFTS, studio.technician)).address


async def test_shifts_take_no_place_and_markets_need_one_that_is_there(studio):
    for new in (
        NewPhoneCalendar(kind=CalendarKind.SHIFTS, division_code=TOWNSHIP),
        NewPhoneCalendar(kind=CalendarKind.MARKETS),
        NewPhoneCalendar(kind=CalendarKind.STALLS),
    ):
        with pytest.raises(Invalid):
            await issued(new, studio.technician)
    with pytest.raises(DivisionUnknown):
        await issued(markets_of("371526999000"), studio.technician)


async def test_one_sees_his_own_shifts_alone_sure_when_confirmed(studio):
    mine = [
        shift for shift in await studio.published(days=2, first=1) if shift.person_id == studio.technician.person_id
    ]
    await confirm_shift(shift_id=mine[0].id, by=studio.technician)
    found = await shown(await issued(SHIFTS, studio.technician))

    assert [each.uid for each in found] == [f"shift-{shift.id}" for shift in mine]
    assert [each.starts for each in found] == [[shift.starts_at] for shift in mine]
    assert [each.status for each in found] == [OccasionStatus.CONFIRMED, OccasionStatus.TENTATIVE]
    assert [each.sequence for each in found] == [1, 0]
    assert {each.title for each in found} == {"值班（电话）：农技工作室"}
    assert all(each.alarm and each.busy for each in found)


async def test_a_shift_that_moved_is_struck_out_for_one_and_appears_for_the_other(studio):
    shift = (await studio.published(days=1, first=1))[0]
    before, after = await issued(SHIFTS, studio.technician), await issued(SHIFTS, studio.assistant)
    taker = studio.expert
    theirs = await issued(SHIFTS, taker)
    swap = await swap_shift(
        id=ids.uuid7(), shift_id=shift.id, new=NewSwap(to_person_id=taker.person_id), by=studio.technician
    )
    await accept_swap(swap_id=swap.record.id, by=taker)

    [struck] = [each for each in await shown(before) if each.uid == f"shift-{shift.id}"]
    assert (struck.status, struck.sequence, struck.alarm, struck.busy) == (OccasionStatus.CANCELLED, 2, None, False)
    assert struck.title == "不用您值了：值班（电话）：农技工作室"
    assert shift.starts_at in [each.starts[0] for each in await shown(theirs)]
    assert await shown(after) == []
    with clock.stopped(shift.ends_at + timedelta(days=1)):
        assert f"shift-{shift.id}" not in [each.uid for each in await shown(before)]


async def test_the_markets_days_are_one_entry_for_what_is_confirmed_and_one_for_what_was_worked_out(studio):
    market = await Market.opened(studio.cast)
    confirmed = [await market.day(days, DayState.CONFIRMED) for days in (1, 6)]
    computed = [await market.day(days, DayState.COMPUTED) for days in (11, 16, 21)]
    off = await market.day(26, DayState.CALLED_OFF, note="下雪", sequence=3)
    found = {
        each.title + each.words: each for each in await shown(await issued(markets_of(VILLAGE), studio.technician))
    }

    assert found["梁村大集 逢集镇街已确认。"].starts == confirmed
    assert found["梁村大集 逢集镇街已确认。"].status is OccasionStatus.CONFIRMED
    assert found["梁村大集 逢集按集期推算，镇街还没有确认。"].starts == computed
    assert found["梁村大集 逢集按集期推算，镇街还没有确认。"].status is OccasionStatus.TENTATIVE
    called_off = found["取消：梁村大集 逢集下雪"]
    assert (called_off.starts, called_off.sequence, called_off.alarm) == ([off], 3, None)
    assert len(found) == 3


async def test_a_day_with_a_note_says_it_and_one_that_a_new_rule_took_back_just_goes(studio):
    market = await Market.opened(studio.cast)
    await market.day(1, DayState.CONFIRMED)
    noted = await market.day(6, DayState.CONFIRMED, note="改到东街", sequence=1)
    await market.day(11, DayState.CALLED_OFF, taken_back=True)
    plain, special = await shown(await issued(markets_of(TOWNSHIP), studio.technician))

    assert (special.starts, special.words, special.title) == ([noted], "改到东街", plain.title)
    assert (special.status, special.sequence, special.alarm) == (plain.status, 1, plain.alarm)


async def test_identities_stay_and_the_sequence_grows_when_a_day_moves(studio):
    market = await Market.opened(studio.cast)
    await market.day(1, DayState.COMPUTED)
    await market.day(6, DayState.COMPUTED)
    made = await issued(markets_of(TOWNSHIP), studio.technician)
    [before] = await shown(made)
    with clock.stopped(NOON + timedelta(days=1)):
        assert await shown(made) == [before]
        await market.change(6, DayState.CONFIRMED)
        after = {each.status: each for each in await shown(made)}

    assert after[OccasionStatus.TENTATIVE].uid == before.uid
    assert after[OccasionStatus.TENTATIVE].sequence > before.sequence
    assert (after[OccasionStatus.TENTATIVE].starts, after[OccasionStatus.CONFIRMED].starts) == (
        before.starts[:1],
        before.starts[1:],
    )


async def test_a_market_is_told_by_its_hours_of_that_day_and_its_phone_rings_the_evening_before(studio):
    market = await Market.opened(studio.cast)
    await market.hours(6, 9, until=TODAY + timedelta(days=3))
    await market.hours(10, 12, until=TODAY + timedelta(days=3))
    await market.hours(7, 11, since=TODAY + timedelta(days=4))
    for days in (1, 6):
        await market.day(days, DayState.CONFIRMED)
    early, late = await shown(await issued(markets_of(TOWNSHIP), studio.technician))

    assert [(each.starts[0].hour, each.lasts, each.alarm) for each in (early, late)] == [
        (6, timedelta(hours=6), timedelta(hours=12)),
        (7, timedelta(hours=4), timedelta(hours=13)),
    ]
    assert early.uid != late.uid


async def test_only_the_place_asked_for_is_shown_and_stalls_are_a_calendar_of_their_own(studio):
    market = await Market.opened(studio.cast)
    await market.day(1, DayState.CONFIRMED)
    await market.stall(8, DayState.CONFIRMED)
    stalls = NewPhoneCalendar(kind=CalendarKind.STALLS, division_code=TOWNSHIP)
    [stall] = await shown(await issued(stalls, studio.technician))

    assert (stall.title, stall.starts[0].hour, stall.lasts) == ("代表赶集摆摊：梁村大集", 8, timedelta(hours=3))
    assert stall.place == "梁村大集"
    assert await shown(await issued(markets_of(OTHER_VILLAGE), studio.technician)) == []


@pytest.fixture
async def wire(studio):
    app = application(calendar_routes.router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test/api/v1") as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/calendars"), ("GET", "/calendars"), ("POST", f"/calendars/{NOBODY}/revocation")]
)
async def test_nobody_is_asked_to_sign_in(wire, method, path):
    assert (await wire.request(method, path, json={"kind": "shifts"})).status_code == 401


async def test_the_routes_refuse_the_wrong_shape_hide_from_strangers_and_take_everything_twice(wire, as_, studio):
    mine, theirs = await as_(studio.technician), await as_(studio.stranger)
    for body in ({"kind": "birthdays"}, {"kind": "markets"}, {"kind": "markets", "division_code": "12"}, {}):
        assert (await wire.post("/calendars", json=body, headers=mine)).status_code == 400
    key = mine | {"Idempotency-Key": "once"}
    first = await wire.post("/calendars", json={"kind": "shifts"}, headers=key)
    second = await wire.post("/calendars", json={"kind": "shifts"}, headers=key)

    assert (first.status_code, second.status_code, first.json()) == (201, 200, second.json())
    assert first.json()["address"].startswith("http://test/feeds/calendars/")
    path = f"/calendars/{first.json()['id']}/revocation"
    assert (await wire.post(path, headers=theirs)).json()["code"] == "rosters/calendar-unknown"
    assert [each["address"] for each in (await wire.get("/calendars", headers=mine)).json()] == [None]
    assert [(await wire.post(path, headers=mine)).status_code for _ in range(2)] == [200, 200]
    assert (await wire.get("/calendars", headers=mine)).json() == []
