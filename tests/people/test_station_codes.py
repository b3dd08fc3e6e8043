"""Station codes: what a farmer's phone carries after it scanned the QR of a station."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.refusals import DifferentArguments, Forbidden
from backend.people import actions, allowances, retention, rules, station_codes
from backend.people.allowances import Allowance
from backend.people.policies import station_policy
from backend.people.refusals import NotAStation, StationBusy, StationCodeUnknown, StationCodeVoid, UnitUnknown
from backend.people.tables import UnitKind
from tests.cast import OTHER_VILLAGE, TOWNSHIP

NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)
HERE, THERE = "203.0.113.7", "203.0.113.8"


@pytest.fixture
async def station(cast):
    return await open_unit(UnitKind.STATION)


async def open_unit(kind, division_code=TOWNSHIP):
    return (await actions.open_unit(id=ids.uuid7(), name="农技服务站", kind=kind, division_code=division_code)).id


async def test_a_code_stands_for_its_station_however_people_write_it(cast, station):
    code = await station_codes.make_station_code(unit_id=station, by=cast.admin)

    for written in (code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} ", code.replace("0", "o")):
        found = await station_codes.unit_of_station_code(written, address=HERE)
        assert (found.unit_id, found.name, found.division_code) == (station, "农技服务站", TOWNSHIP)


async def test_a_code_is_sixteen_letters_that_nobody_mistakes(cast, station):
    code = await station_codes.make_station_code(unit_id=station, by=cast.admin)

    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
    assert set(code) <= set(rules.STATION_CODE_LETTERS) | {"-"}
    assert not set("ILOU") & set(rules.STATION_CODE_LETTERS)


async def test_only_the_hash_is_kept_and_the_same_id_is_the_same_code(cast, station):
    id = ids.uuid7()
    codes = {await station_codes.make_station_code(unit_id=station, by=cast.admin, id=id) for _ in range(2)}
    (row,) = await fetch("SELECT code_sha256, made_by FROM people_station_code")

    (code,) = codes
    assert (row["code_sha256"], row["made_by"]) == (rules.sha256(code.replace("-", "")), cast.admin.person_id)
    other = await open_unit(UnitKind.STUDIO)
    with pytest.raises(DifferentArguments):
        await station_codes.make_station_code(unit_id=other, by=cast.admin, id=id)


async def test_older_codes_count_until_each_is_revoked(cast, station):
    old, new = [await station_codes.make_station_code(unit_id=station, by=cast.supervisor) for _ in range(2)]
    listed = await station_codes.list_station_codes(unit_id=station, by=cast.supervisor)
    assert [each.code for each in listed] == [new, old]

    for _ in range(2):
        await station_codes.revoke_station_code(code_id=listed[1].id, by=cast.supervisor)

    with pytest.raises(StationCodeVoid):
        await station_codes.unit_of_station_code(old, address=HERE)
    assert await station_codes.unit_of_station_code(new, address=HERE)
    listed = await station_codes.list_station_codes(unit_id=station, by=cast.supervisor)
    assert [each.code for each in listed] == [new, None]
    with pytest.raises(StationCodeVoid):
        await station_codes.make_station_code(unit_id=station, by=cast.supervisor, id=listed[1].id)


async def test_the_code_of_a_closed_station_is_void(cast, station):
    code = await station_codes.make_station_code(unit_id=station, by=cast.admin)
    await fetch("UPDATE people_unit SET closed_at = now()")

    with pytest.raises(StationCodeVoid):
        await station_codes.unit_of_station_code(code, address=HERE)


async def test_codes_are_made_and_revoked_by_those_who_keep_the_territory(cast, station):
    code_id = ids.uuid7()
    await station_codes.make_station_code(unit_id=station, by=cast.admin, id=code_id)
    elsewhere = await open_unit(UnitKind.STATION, OTHER_VILLAGE)
    for verb in (station_codes.make_station_code, station_codes.list_station_codes):
        with pytest.raises(Forbidden):
            await verb(unit_id=station, by=cast.cadre)
        for unit_id in (elsewhere, ids.uuid7()):
            with pytest.raises(UnitUnknown):
                await verb(unit_id=unit_id, by=cast.admin)
    with pytest.raises(Forbidden):
        await station_codes.revoke_station_code(code_id=code_id, by=cast.cadre)
    with pytest.raises(StationCodeUnknown):
        await station_codes.revoke_station_code(code_id=ids.uuid7(), by=cast.admin)


async def test_a_department_has_no_code(cast):
    with pytest.raises(NotAStation):
        await station_codes.make_station_code(unit_id=await open_unit(UnitKind.DEPARTMENT), by=cast.admin)


@pytest.mark.parametrize("nonsense", ["", "x", "\x00" * 16, "\ud800", "7" * 10_000, "７Ｋ３Ｍ-9QXT-0ABC-DEFU"])
async def test_what_is_no_code_is_void_and_no_error(cast, nonsense):
    with pytest.raises(StationCodeVoid):
        await station_codes.unit_of_station_code(nonsense, address=HERE)


async def test_who_tries_wrong_codes_is_told_to_wait_while_a_right_one_still_counts(cast, station):
    code = await station_codes.make_station_code(unit_id=station, by=cast.admin)
    allowed = station_policy(NOON.date()).wrong_codes_per_address.at_once
    with clock.stopped(NOON):
        for _ in range(allowed):
            with pytest.raises(StationCodeVoid):
                await station_codes.unit_of_station_code("7K3M-9QXT-0ABC-DEFG", address=HERE)
        with pytest.raises(StationBusy) as busy:
            await station_codes.unit_of_station_code("7K3M-9QXT-0ABC-DEFG", address=HERE)

        assert busy.value.retry_after_s == 90
        assert await station_codes.unit_of_station_code(code, address=HERE)
        with pytest.raises(StationCodeVoid):
            await station_codes.unit_of_station_code("7K3M-9QXT-0ABC-DEFG", address=THERE)


async def test_an_address_that_opens_too_much_waits_and_takes_nothing_from_the_others_at_its_station(cast, station):
    opener = await station_codes.unit_of_station_code(
        await station_codes.make_station_code(unit_id=station, by=cast.admin), address=HERE
    )
    policy = station_policy(NOON.date())
    with clock.stopped(NOON):
        for _ in range(policy.openings_per_address.at_once):
            await station_codes.let_in(opener, address=HERE)
        for _ in range(policy.openings_per_code.at_once):
            with pytest.raises(StationBusy):
                await station_codes.let_in(opener, address=HERE)
        await station_codes.let_in(opener, address=THERE)


async def test_a_code_opens_no_more_than_its_allowance_from_wherever(cast, station):
    opener = await station_codes.unit_of_station_code(
        await station_codes.make_station_code(unit_id=station, by=cast.admin), address=HERE
    )
    allowed = station_policy(NOON.date()).openings_per_code.at_once
    with clock.stopped(NOON):
        for number in range(allowed):
            await station_codes.let_in(opener, address=f"2001:db8::{number}")
        with pytest.raises(StationBusy) as busy:
            await station_codes.let_in(opener, address="2001:db9::1")

    assert busy.value.retry_after_s == 6


# Allowances


async def test_an_allowance_comes_back_one_by_one(db):
    three = Allowance(3, timedelta(minutes=3))

    async def at(seconds):
        with clock.stopped(NOON + timedelta(seconds=seconds)):
            return await allowances.take("somebody", three)

    assert [await at(0) for _ in range(4)] == [None, None, None, timedelta(seconds=60)]
    assert await at(59) == timedelta(seconds=1)
    assert [await at(60), await at(60)] == [None, timedelta(seconds=60)]
    assert [await at(3600) for _ in range(4)] == [None, None, None, timedelta(seconds=60)]
    assert len(await fetch("SELECT 1 FROM people_allowance")) == 1


async def test_what_was_given_back_can_be_taken_again_and_no_more_than_that(db):
    three = Allowance(3, timedelta(minutes=3))
    with clock.stopped(NOON):
        assert [await allowances.take("somebody", three) for _ in range(3)] == [None] * 3
        await allowances.give_back("somebody", three)
        assert [await allowances.take("somebody", three) for _ in range(2)] == [None, timedelta(seconds=60)]


async def test_a_clock_that_was_years_ahead_shuts_nobody_out(db):
    three = Allowance(3, timedelta(minutes=3))
    for moment in (NOON + timedelta(days=700), NOON):
        with clock.stopped(moment):
            assert [await allowances.take("somebody", three) for _ in range(3)] == [None] * 3


async def test_who_took_is_not_readable_and_is_forgotten_after_a_day(db):
    with clock.stopped(NOON):
        await allowances.take(HERE, Allowance(3, timedelta(minutes=3)))
    (row,) = await fetch("SELECT holder FROM people_allowance")
    assert HERE.encode() not in row["holder"]

    (each,) = [each for each in retention.rules() if each.name == "people.allowances"]
    with clock.stopped(NOON + timedelta(hours=24)):
        assert (await retention.apply_rule(each)).rows == 0
    with clock.stopped(NOON + timedelta(hours=25)):
        assert (await retention.apply_rule(each)).rows == 1
