"""Flags: each rule on both sides of its threshold, and who sees one when."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from backend.core import clock
from backend.core.database import fetch
from backend.core.ids import uuid7
from backend.territory.coordinates import geodesic_m
from backend.visits import flags, reference
from backend.visits.actions import answer_flag, find_visits, get_visit, record_visit
from backend.visits.flags import Fix
from backend.visits.schemas import FlagRecord, NewVisitPhoto, VisitFilters
from backend.visits.tables import Channel, FlagKind
from tests.cast import Cast
from tests.visits.contacts import HOUSE, NORTH_M, an_hour_ago, contact, photo_of, point

PICTURES = Path(__file__).parents[1] / "media" / "photos"
PICTURE = (PICTURES / "orientation_6_gps.jpg").read_bytes()
AT = datetime(2026, 3, 1, 2, tzinfo=UTC)


def fix(north_m: float = 0.0, *, at: datetime = AT, accuracy_m: float | None = 0.0) -> Fix:
    return Fix(uuid4(), at, HOUSE[0], HOUSE[1] + north_m * NORTH_M, accuracy_m)


async def raised(cast: Cast, **said) -> dict[FlagKind, FlagRecord]:
    record = (await record_visit(new=contact(**said), by=cast.cadre)).record
    return {flag.kind: flag for flag in record.flags}


# The rules by themselves.


def test_far_begins_where_distance_less_accuracy_passes_the_threshold():
    assert flags.far_from_household(fix(590, accuracy_m=100), HOUSE, 500) is None
    flag = flags.far_from_household(fix(610, accuracy_m=100), HOUSE, 500)
    assert flag is not None
    assert flag.threshold == 500
    assert flag.facts == {"distance_m": pytest.approx(610, rel=0.006), "accuracy_m": 100}


def test_far_without_an_accuracy_is_the_bare_distance():
    assert flags.far_from_household(fix(490, accuracy_m=None), HOUSE, 500) is None
    assert flags.far_from_household(fix(510, accuracy_m=None), HOUSE, 500) is not None


def test_near_the_threshold_the_ellipsoid_decides_and_not_the_sphere():
    here = fix(500.5, accuracy_m=0)
    exact_m = geodesic_m(here.place, HOUSE)
    assert exact_m < 500 < 500.5, "the sphere would say far"
    assert flags.far_from_household(here, HOUSE, 500) is None
    assert flags.far_from_household(here, HOUSE, exact_m - 0.01) is not None
    assert flags.far_from_household(here, HOUSE, exact_m + 0.01) is None


def test_mock_and_zero_accuracy_are_said_by_the_phone():
    assert flags.mock_location(False) is flags.mock_location(None) is None
    assert flags.mock_location(True) is not None
    assert flags.accuracy_zero(None) is flags.accuracy_zero(0.001) is None
    assert flags.accuracy_zero(0.0) is not None


@pytest.mark.parametrize(("off_s", "flagged"), [(-301, True), (-300, False), (300, False), (301, True)])
def test_a_clock_that_is_off_at_sending_is_told_either_way(off_s, flagged):
    flag = flags.clock_skew(AT, AT + timedelta(seconds=off_s), AT, 300)
    assert (flag is not None) == flagged
    if flag:
        assert (flag.measured, flag.facts) == (301, {"sent_off_s": off_s})


@pytest.mark.parametrize(("ahead_s", "flagged"), [(300, False), (301, True)])
def test_a_visit_that_is_still_to_come_is_told(ahead_s, flagged):
    assert (flags.clock_skew(AT + timedelta(seconds=ahead_s), None, AT, 300) is not None) == flagged


@pytest.mark.parametrize(("minutes", "flagged"), [(10.2, False), (9.8, True)])
def test_twenty_kilometres_take_ten_minutes_at_least(minutes, flagged):
    for way in (1, -1):
        other = fix(20_000, at=AT + way * timedelta(minutes=minutes))
        flag = flags.too_fast(fix(), [None, other], 120, 1000)
        assert (flag is not None) == flagged
        if flag:
            assert flag.facts["other_visit_id"] == str(other.visit_id)
            assert flag.measured == pytest.approx(20 / minutes * 60, rel=0.01)


@pytest.mark.parametrize(("north_m", "flagged"), [(990, False), (1010, True)])
def test_less_than_a_kilometre_apart_is_one_place_even_in_the_same_second(north_m, flagged):
    assert (flags.too_fast(fix(), [fix(north_m)], 120, 1000) is not None) == flagged


def test_the_accuracy_of_both_fixes_counts_for_the_cadre():
    other = fix(1500, at=AT + timedelta(seconds=1), accuracy_m=300)
    assert flags.too_fast(fix(accuracy_m=300), [other], 120, 1000) is None
    assert flags.too_fast(fix(accuracy_m=100), [other], 120, 1000) is not None


def test_of_two_legs_the_faster_is_told():
    slow, fast = fix(20_000, at=AT - timedelta(minutes=8)), fix(20_000, at=AT + timedelta(minutes=4))
    flag = flags.too_fast(fix(), [slow, fast], 120, 1000)
    assert flag is not None
    assert flag.facts["other_visit_id"] == str(fast.visit_id)


def test_a_photo_is_reused_from_the_first_other_visit_on():
    one, two = uuid4(), uuid4()
    assert flags.photo_reused([]) is None
    flag = flags.photo_reused([one, two, one])
    assert flag is not None
    assert flag.measured == 2


# The rules at work.


async def test_a_far_visit_is_stored_all_the_same_and_tells_distance_and_accuracy(cast: Cast):
    assert await raised(cast, point=point(505, accuracy_m=10)) == {}
    flag = (await raised(cast, point=point(520, accuracy_m=10)))[FlagKind.FAR_FROM_HOUSEHOLD]
    assert flag.facts == {"distance_m": pytest.approx(520, rel=0.006), "accuracy_m": 10}
    assert (flag.threshold, flag.unit, flag.seen_at, flag.answer) == (500, "m", None, None)


async def test_a_call_from_far_away_is_no_oddity(cast: Cast):
    assert await raised(cast, channel=Channel.CALL, point=point(50_000)) == {}


async def test_what_the_phone_says_of_its_point_is_flagged(cast: Cast):
    assert await raised(cast, point=point(mock=False)) == {}
    assert set(await raised(cast, point=point(mock=True, accuracy_m=0))) == {"mock_location", "accuracy_zero"}


async def test_a_wrong_clock_is_no_late_entry(cast: Cast):
    now = datetime(2026, 3, 1, 8, tzinfo=UTC)
    with clock.stopped(now):
        assert await raised(cast, occurred_at=now - timedelta(days=3), sent_at=now - timedelta(seconds=300)) == {}
        off = await raised(cast, occurred_at=now - timedelta(days=3), sent_at=now - timedelta(seconds=301))
        ahead = await raised(cast, occurred_at=now + timedelta(seconds=301))
    assert set(off) == set(ahead) == {FlagKind.CLOCK_SKEW}


async def test_speed_is_reckoned_from_the_visit_before_and_the_one_after(cast: Cast):
    at = an_hour_ago() - timedelta(hours=5)
    far_off = {"household_code": None, "division_code": "371526101335"}
    assert await raised(cast, occurred_at=at, point=point(20_000), **far_off) == {}
    assert await raised(cast, occurred_at=at + timedelta(minutes=11), point=point()) == {}
    between = await raised(cast, occurred_at=at + timedelta(minutes=6), point=point(30_000), **far_off)
    assert set(between) == {FlagKind.TOO_FAST}
    assert between[FlagKind.TOO_FAST].measured == pytest.approx(360, rel=0.02), "the later leg is the faster"
    before = await raised(cast, occurred_at=at - timedelta(minutes=1), point=point(0, accuracy_m=5))
    assert set(before) == {FlagKind.TOO_FAST}


async def test_another_cadres_visits_and_calls_do_not_make_one_fast(cast: Cast):
    at = an_hour_ago()
    far_off = contact(occurred_at=at, point=point(20_000), household_code=None, division_code="371526101335")
    await record_visit(new=far_off, by=cast.next_cadre)
    call = contact(occurred_at=at, channel=Channel.CALL, point=point(40_000))
    await record_visit(new=call, by=cast.cadre)
    assert await raised(cast, occurred_at=at + timedelta(minutes=1), point=point()) == {}


async def test_the_same_picture_in_another_visit_is_flagged_whoever_sent_it(cast: Cast):
    first = contact(photos=[NewVisitPhoto(photo_id=await photo_of(cast.cadre, PICTURE))])
    await record_visit(new=first, by=cast.cadre)
    again = await raised(cast, photos=[NewVisitPhoto(photo_id=await photo_of(cast.cadre, PICTURE))])
    assert again[FlagKind.PHOTO_REUSED].facts == {"other_visit_ids": [str(first.id)]}
    theirs = contact(photos=[NewVisitPhoto(photo_id=await photo_of(cast.next_cadre, PICTURE))])
    flagged = (await record_visit(new=theirs, by=cast.next_cadre)).record.flags
    assert [(flag.kind, flag.measured) for flag in flagged] == [(FlagKind.PHOTO_REUSED, 2)]


async def test_a_photo_that_one_visit_holds_already_is_flagged_and_stays_with_the_first(cast: Cast):
    photo_id = await photo_of(cast.cadre, PICTURE)
    first = contact(photos=[NewVisitPhoto(photo_id=photo_id)])
    await record_visit(new=first, by=cast.cadre)
    assert set(await raised(cast, photos=[NewVisitPhoto(photo_id=photo_id)])) == {FlagKind.PHOTO_REUSED}
    rows = await fetch("SELECT claimed_id FROM media_photo WHERE id = $1", photo_id)
    assert rows[0]["claimed_id"] == first.id


async def test_another_picture_is_no_reuse(cast: Cast):
    other = PICTURE + b"\x00"
    await raised(cast, photos=[NewVisitPhoto(photo_id=await photo_of(cast.cadre, PICTURE))])
    assert await raised(cast, photos=[NewVisitPhoto(photo_id=await photo_of(cast.cadre, other))]) == {}


async def test_a_new_number_counts_from_its_day_on(cast: Cast):
    await fetch(
        "INSERT INTO visits_flag_policy (id, kind, threshold, unit, valid_from, source) "
        "VALUES ($1, 'far_from_household', 2000, 'm', $2, 'a test')",
        uuid7(), date(2026, 3, 2),
    )  # fmt: skip
    reference.forget()
    try:
        for day, flagged in ((1, {FlagKind.FAR_FROM_HOUSEHOLD}), (2, set())):
            with clock.stopped(datetime(2026, 3, day, 4, tzinfo=UTC)):
                assert set(await raised(cast, occurred_at=clock.now(), point=point(1500))) == flagged
    finally:
        await fetch("DELETE FROM visits_flag_policy WHERE source = 'a test'")
        reference.forget()


async def test_loading_the_reference_data_again_changes_nothing(cast: Cast):
    async def rows() -> list[tuple[object, ...]]:
        topics = await fetch("SELECT * FROM visits_topic ORDER BY code")
        return [tuple(row) for row in [*topics, *await fetch("SELECT * FROM visits_flag_policy ORDER BY kind")]]

    before = await rows()
    await reference.load_reference()
    assert await rows() == before
    assert all(row[-1] for row in before), "every row has a source"


# Who sees a flag when.


async def far(cast: Cast) -> UUID:
    new = contact(point=point(900))
    await record_visit(new=new, by=cast.cadre)
    return new.id


async def seen_by(actor, visit_id: UUID) -> list[FlagKind]:
    return [flag.kind for flag in (await get_visit(visit_id=visit_id, by=actor)).flags]


async def found_by(actor) -> list[UUID]:
    filters = VisitFilters(flag=FlagKind.FAR_FROM_HOUSEHOLD)
    return [record.id for record in await find_visits(by=actor, filters=filters)]


async def test_the_cadre_sees_a_flag_first_and_then_the_others(cast: Cast):
    visit_id = await far(cast)
    assert await seen_by(cast.supervisor, visit_id) == []
    assert await found_by(cast.supervisor) == []
    assert await seen_by(cast.cadre, visit_id) == [FlagKind.FAR_FROM_HOUSEHOLD]
    assert await seen_by(cast.supervisor, visit_id) == [FlagKind.FAR_FROM_HOUSEHOLD]
    assert await found_by(cast.supervisor) == [visit_id]


async def test_his_own_list_counts_as_seeing_it(cast: Cast):
    visit_id = await far(cast)
    assert await found_by(cast.cadre) == [visit_id]
    assert await seen_by(cast.auditor, visit_id) == [FlagKind.FAR_FROM_HOUSEHOLD]


@pytest.mark.parametrize(("hours", "shown"), [(72, []), (73, [FlagKind.FAR_FROM_HOUSEHOLD])])
async def test_after_three_days_the_others_see_it_in_any_case(cast: Cast, hours, shown):
    start = datetime.now(UTC)
    with clock.stopped(start):
        visit_id = await far(cast)
    with clock.stopped(start + timedelta(hours=hours)):
        assert await seen_by(cast.supervisor, visit_id) == shown


# Answering: nobody, wrong shape, stranger, right person, twice.


def address(visit_id: UUID, kind: str = "far_from_household") -> str:
    return f"/{visit_id}/flags/{kind}/answer"


async def test_an_answer_is_the_cadres_own_and_the_first_one_stays(wire, as_, cast: Cast):
    visit_id = await far(cast)
    said = {"answer": "户主搬到镇上女儿家了"}
    assert (await wire.post(address(visit_id), json=said)).status_code == 401
    mine = await as_(cast.cadre)
    assert (await wire.post(address(visit_id), json={"answer": "  "}, headers=mine)).status_code == 400
    assert (await wire.post(address(visit_id, "too_tall"), json=said, headers=mine)).status_code == 400
    assert (await wire.post(address(visit_id, "too_fast"), json=said, headers=mine)).status_code == 404
    assert (await wire.post(address(uuid4()), json=said, headers=mine)).status_code == 404
    assert (await wire.post(address(visit_id), json=said, headers=await as_(cast.stranger))).status_code == 404
    assert (await wire.post(address(visit_id), json=said, headers=await as_(cast.supervisor))).status_code == 403
    first = await wire.post(address(visit_id), json=said, headers=mine)
    again = await wire.post(address(visit_id), json=said, headers=mine)
    other = await wire.post(address(visit_id), json={"answer": "不是"}, headers=mine)
    assert [answer.status_code for answer in (first, again, other)] == [201, 200, 409]
    assert first.json() == again.json()
    assert first.json()["answer"] == said["answer"]


async def test_an_answered_flag_is_shown_with_its_answer(cast: Cast):
    visit_id = await far(cast)
    await answer_flag(visit_id=visit_id, kind=FlagKind.FAR_FROM_HOUSEHOLD, answer="在地头见的", by=cast.cadre)
    [flag] = (await get_visit(visit_id=visit_id, by=cast.supervisor)).flags
    assert (flag.answer, flag.answered_at is not None, flag.seen_at is not None) == ("在地头见的", True, True)
