"""Whoever asks who is on duty gets an answer at once: nights, villages, gaps and all."""

import pytest

from backend.core import clock
from backend.core.cipher import unseal
from backend.core.database import fetch
from backend.core.refusals import Forbidden
from backend.people.refusals import UnitUnknown
from backend.people.tables import UnitKind
from backend.rosters import queries
from backend.rosters.duty import who_is_on_duty, with_phones
from backend.rosters.shifts import confirm_shift
from backend.rosters.tables import Post
from backend.rosters.watch import watch
from backend.territory.queries import DivisionUnknown
from tests.cast import COUNTY, OTHER_VILLAGE, VILLAGE
from tests.plans import scans, touched
from tests.rosters.studio import NOON, at


@pytest.fixture
async def roster(studio):
    with clock.stopped(NOON):
        return await studio.published(days=3)


async def test_it_says_who_until_when_and_who_is_next(studio, roster):
    (one,) = await queries.on_duty(unit_id=studio.id, at=at(12))
    following = await queries.next_on_duty(unit_id=studio.id, at=at(12))

    assert (one.person_id, one.starts_at, one.ends_at, one.confirmed) == (
        studio.expert.person_id,
        at(8),
        at(16),
        False,
    )
    assert (following.person_id, following.starts_at) == (studio.handler.person_id, at(16))


@pytest.mark.parametrize(("hour", "holder"), [(23.99, "handler"), (24, "technician"), (26, "technician")])
async def test_nights_too_and_the_change_is_on_the_minute(studio, roster, hour, holder):
    assert await queries.duty_person(unit_id=studio.id, at=at(hour)) == getattr(studio, holder).person_id


async def test_a_confirmed_one_comes_before_an_unconfirmed_one_and_a_missed_one_last(studio, roster):
    with clock.stopped(NOON):
        await studio.rule("16:00-24:00", post=Post.DESK)
        desk = await studio.publish(studio.roster([(studio.expert, at(16), at(24))], post=Post.DESK))
        await confirm_shift(shift_id=desk.rows[0].id, by=studio.expert)
    with clock.stopped(at(17)):
        assert await queries.duty_person(unit_id=studio.id) == studio.handler.person_id
        await watch()
        told = await queries.on_duty(unit_id=studio.id)
        assert [(one.post, one.state) for one in told] == [("desk", "confirmed"), ("phone", "missed")]
        assert await queries.duty_person(unit_id=studio.id) == studio.expert.person_id


async def test_when_the_only_one_missed_it_the_next_is_rung(studio, roster):
    with clock.stopped(at(17)):
        await watch()
        assert await queries.duty_person(unit_id=studio.id) == studio.technician.person_id


async def test_an_empty_unit_has_nobody(studio):
    assert await queries.on_duty(unit_id=studio.id) == []
    assert await queries.next_on_duty(unit_id=studio.id) is None
    assert await queries.duty_person(unit_id=studio.id) is None


async def test_a_village_is_served_up_the_tree_the_nearest_first(studio, roster):
    with clock.stopped(NOON):
        await studio.rule("08:00-12:00", unit=studio.station)
        answer = await who_is_on_duty(by=studio.cast.cadre, division_code=VILLAGE, at=at(12))

    assert [(unit.unit_name, len(unit.on_duty)) for unit in answer.units] == [("梁村站", 0), ("农技工作室", 1)]
    assert answer.units[1].public_phone == "0635-0000000"
    assert answer.units[1].next.starts_at == at(16)
    only = await who_is_on_duty(by=studio.operator, division_code=VILLAGE, kind=UnitKind.STUDIO, at=at(12))
    assert [unit.unit_name for unit in only.units] == ["农技工作室"]


async def test_a_county_does_not_answer_for_its_townships(studio, roster):
    with clock.stopped(NOON):
        await studio.rule("08:00-12:00", unit=studio.station)

    answer = await who_is_on_duty(by=studio.operator, division_code=COUNTY)
    assert [unit.unit_name for unit in answer.units] == ["农技工作室"]


async def test_a_stranger_learns_nothing(studio, roster):
    with pytest.raises(UnitUnknown):
        await who_is_on_duty(by=studio.stranger, unit_id=studio.id)
    with pytest.raises(DivisionUnknown):
        await who_is_on_duty(by=studio.stranger, division_code=VILLAGE)
    assert (await who_is_on_duty(by=studio.stranger, division_code=OTHER_VILLAGE)).units == []


async def test_private_numbers_are_for_few_and_every_read_is_logged(studio, roster):
    answer = await who_is_on_duty(by=studio.operator, unit_id=studio.id, at=at(12))
    assert answer.units[0].on_duty[0].phone is None
    with pytest.raises(Forbidden):
        await with_phones(answer, by=studio.technician, request_id="r1")
    told = await with_phones(answer, by=studio.operator, request_id="r1")

    (person,) = await fetch("SELECT phone_sealed FROM people_person WHERE id = $1", studio.expert.person_id)
    assert told.units[0].on_duty[0].phone == unseal(person["phone_sealed"], column="people_person.phone_sealed")
    logged = await fetch("SELECT person, subject_id, fields FROM people_access_log WHERE request_id = 'r1'")
    assert {row["subject_id"] for row in logged} == {studio.expert.person_id, studio.handler.person_id}
    assert {row["person"] for row in logged} == {studio.operator.person_id}


YEARS = """
INSERT INTO rosters_shift
SELECT (jsonb_populate_record(s, jsonb_build_object(
    'id', gen_random_uuid(),
    'starts_at', s.starts_at - n * interval '1 day',
    'ends_at', s.ends_at - n * interval '1 day'
))).* FROM rosters_shift s, generate_series($1::int, $2::int) n
WHERE s.starts_at >= $3 AND s.starts_at < $3::timestamptz + interval '1 day'
"""


@pytest.mark.parametrize("statement", [queries._OF_UNIT, queries._NEXT_OF_UNIT, queries._TO_RING])
async def test_who_is_on_duty_is_found_in_a_few_rows_among_the_shifts_of_years(studio, roster, statement):
    read = []
    for first, last in ((1, 300), (301, 3000)):
        await fetch(YEARS, first, last, at(0))
        read.append(touched(await scans(statement, studio.id, at(12)), "rosters_shift"))

    assert read[1] <= read[0] + 1, read
    assert read[1] < 30, read
