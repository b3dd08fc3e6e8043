"""Requests that may be about the same field: found by photo, asker and place, shown and never merged."""

import asyncio
from datetime import timedelta

import pytest

from backend.cases import ending
from backend.core import clock, ids
from backend.core.database import fetch
from backend.diagnosis import (
    likeness,
    retention_rules,  # noqa: F401 - the rules register
)
from backend.people import retention
from tests.diagnosis.sick_fields import NOON, WHEAT, Fields
from tests.media.drawn import field, saved

DAY = timedelta(days=1)


@pytest.fixture
async def fields(cast):
    return await Fields.make(cast)


async def found(request_id):
    await likeness.find(request_id=request_id)
    return (await likeness.alike(request_ids=[request_id]))[request_id]


async def reasons(request_id):
    return {each.request_id: each.reasons for each in await found(request_id)}


async def test_the_same_household_or_telephone_asks_of_the_same_crop_again(fields):
    household, phone = fields.cast.household, fields.phone()
    first = await fields.asked(at=NOON - 3 * DAY, household=household, point=False)
    called = await fields.asked(at=NOON - 2 * DAY, phone=phone, point=False)
    again = await fields.asked(household=household, phone=phone, point=False)
    assert await reasons(again) == {first: ["asker"], called: ["asker"]}


async def test_of_another_crop_or_long_ago_it_is_another_matter(fields):
    phone = fields.phone()
    await fields.asked(at=NOON - DAY, phone=phone, crop=WHEAT, point=False)
    await fields.asked(at=NOON - 15 * DAY, phone=phone, point=False)
    assert await found(await fields.asked(phone=phone, point=False)) == []


async def test_requests_without_a_name_a_number_or_a_place_are_not_alike(fields):
    await fields.asked(phone=None, point=False)
    assert await found(await fields.asked(phone=None, point=False)) == []


async def test_the_same_crop_close_by_within_three_days(fields):
    near = await fields.asked(at=NOON - 2 * DAY, east_km=0.29)
    await fields.asked(at=NOON - 2 * DAY, east_km=0.32)
    await fields.asked(at=NOON - 4 * DAY)
    await fields.asked(crop=WHEAT)
    [alike] = await found(await fields.asked())
    assert (alike.request_id, alike.reasons) == (near, ["place"])
    assert alike.distance_m == pytest.approx(290, abs=3)


async def test_a_photo_sent_on_by_somebody_else_is_found_whatever_the_place(fields):
    scene = field(seed=3)
    first = await fields.asked(at=NOON - 60 * DAY, east_km=40, crop=WHEAT)
    same = await fields.asked(at=NOON - 9 * DAY, north_km=40)
    other = await fields.asked(at=NOON, east_km=-40)
    again = await fields.asked(phone=None, point=False)
    await fields.photo(first, saved(scene))
    await fields.photo(same, saved(scene.resize((800, 600)), quality=60))
    await fields.photo(other, saved(field(seed=4)))
    await fields.photo(again, saved(scene))

    alike = {each.request_id: each for each in await found(again)}
    assert {id: each.reasons for id, each in alike.items()} == {first: ["photo"], same: ["photo"]}
    assert alike[first].distance_bits == 0
    assert 0 <= alike[same].distance_bits <= 7


async def test_every_reason_is_told_and_both_see_each_other(fields):
    phone, scene = fields.phone(), saved(field())
    one, other = await fields.asked(phone=phone), await fields.asked(phone=phone)
    await fields.photo(one, scene)
    await fields.photo(other, scene)
    [alike] = await found(one)
    assert alike.reasons == ["photo", "asker", "place"]
    both = await likeness.alike(request_ids=[one, other])
    assert (both[one][0].request_id, both[other][0].request_id) == (other, one)
    assert both[other][0].number == (await fetch("SELECT number FROM cases_case WHERE id = $1", one))[0]["number"]


async def test_looking_again_and_from_both_sides_at_once_keeps_one_pair(fields):
    one, other = await fields.asked(), await fields.asked()
    await asyncio.gather(*(likeness.find(request_id=each) for each in (one, other) * 4))
    assert len(await fetch("SELECT FROM diagnosis_likeness")) == 2
    assert len(await found(one)) == 1


async def test_what_is_withdrawn_is_like_nothing_any_more(fields):
    one, other = await fields.asked(), await fields.asked()
    assert len(await found(one)) == 1
    await ending.withdraw(case_id=other, id=ids.uuid7(), by=None)
    assert await found(one) == []
    assert await likeness.find(request_id=other) == 0


async def test_nothing_is_merged(fields):
    one, other = await fields.asked(), await fields.asked()
    await found(one)
    rows = await fetch("SELECT state, merged_into FROM cases_case WHERE id = ANY($1)", [one, other])
    assert [tuple(row) for row in rows] == [("received", None)] * 2


async def test_it_is_looked_for_when_asked_and_swept_at_night(fields):
    one, other = await fields.asked(), await fields.asked()
    await likeness.look_soon(request_id=one)
    assert len(await fetch("SELECT FROM pgqueuer WHERE entrypoint = $1", likeness.LOOK)) == 1
    with clock.stopped(NOON + timedelta(hours=12)):
        await likeness.sweep()
    assert [each.request_id for each in (await likeness.alike(request_ids=[other]))[other]] == [one]


async def test_whoever_is_forgotten_is_like_nobody_any_more(fields):
    one, other, third = [await fields.asked() for _ in range(3)]
    await found(one)
    await found(other)
    await likeness.forget(request_id=one)
    left = await likeness.alike(request_ids=[one, other, third])
    assert {id: [each.request_id for each in pairs] for id, pairs in left.items()} == {
        one: [],
        other: [third],
        third: [other],
    }


async def test_after_half_a_year_nothing_is_kept_of_it(fields):
    one = await fields.asked()
    await fields.asked()
    with clock.stopped(NOON):
        await found(one)
    rule = next(each for each in retention.rules() if each.name == "diagnosis.likeness")
    for days, left in ((182, 2), (184, 0)):
        with clock.stopped(NOON + days * DAY):
            await retention.apply_rule(rule)
        assert len(await fetch("SELECT FROM diagnosis_likeness")) == left


async def test_at_most_twenty_are_kept_of_one(fields):
    phone = fields.phone()
    for _ in range(23):
        last = await fields.asked(phone=phone, point=False)
    assert len(await found(last)) == 20
