"""The same diagnosis rising in one neighbourhood: told once to experts and stations, and to nobody's harm."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.json import encode
from msgspec.structs import replace

from backend.cases import ending
from backend.core import clock, ids
from backend.core.database import fetch
from backend.diagnosis import outbreak_queries, outbreak_watch, outbreaks, policies
from backend.people import actions, sessions
from backend.people.tables import Role
from backend.tasks.my_day import my_tasks
from backend.territory.queries import DivisionUnknown
from tests.cast import COUNTY, NEXT_VILLAGE, OTHER_COUNTY, OTHER_VILLAGE, SINCE, TOWNSHIP, VILLAGE
from tests.diagnosis.sick_fields import BLIGHT, HOME, MAIZE, NOON, RUST, WHEAT, Fields, years_of
from tests.plans import scans, touched

DAY = timedelta(days=1)
PROVINCE = "370000000000"


@pytest.fixture
async def fields(cast):
    return await Fields.make(cast)


async def look(condition=BLIGHT, crop=MAIZE, *, at=NOON):
    with clock.stopped(at):
        return await outbreak_watch.look_for(condition=condition, crop=crop)


async def shown(by, **filters):
    return (await outbreaks.list_outbreaks(by=by, **filters)).items


async def five(fields, **said):
    return [await fields.sick(**({"at": NOON - DAY, "east_km": n * 0.2} | said)) for n in range(5)]


async def somebody(role, division_code, *, number, unit_id=None):
    """A person with one role."""
    person = await actions.open_account(id=ids.uuid7(), name="某人", phone=f"199 0000 {number:04d}")
    await actions.assign_role(
        person_id=person.id, role=role, division_code=division_code, unit_id=unit_id, valid_from=SINCE
    )
    with clock.stopped(NOON):
        return await sessions.actor(person_id=person.id)


async def told(notice_id):
    rows = await fetch("SELECT subject FROM push_recipient WHERE notice = $1", notice_id)
    return {row["subject"] for row in rows}


async def test_five_households_raise_it_and_four_do_not(fields):
    for n in range(4):
        await fields.sick(at=NOON - DAY, east_km=n)
    assert await look() == []

    await fields.sick(at=NOON)
    [raised] = await look()
    [outbreak] = await shown(fields.cast.expert)
    assert (outbreak.id, outbreak.crop.code, outbreak.condition.code) == (raised, MAIZE, BLIGHT)
    assert (outbreak.division.code, outbreak.households_n, outbreak.before_n) == (TOWNSHIP, 5, 0)
    assert (outbreak.radius_km, outbreak.window_days, outbreak.ended_on) == (10, 7, None)


async def test_another_crop_another_disease_and_another_neighbourhood_are_not_added(fields):
    for n in range(4):
        await fields.sick(east_km=n)
    await fields.sick(crop=WHEAT)
    await fields.sick(RUST)
    await fields.sick(east_km=25)
    assert await look() == await look(RUST) == await look(crop=WHEAT) == []


async def test_one_household_five_times_is_one(fields):
    for _ in range(5):
        await fields.sick(household=fields.cast.household)
    phone = fields.phone()
    for _ in range(5):
        await fields.sick(phone=phone)
    assert await look() == []

    for _ in range(3):
        await fields.sick(phone=None)
    assert len(await look()) == 1


async def test_many_last_week_are_no_rise(fields):
    for n in range(4):
        await fields.sick(at=NOON - 9 * DAY, east_km=n)
    await five(fields)
    assert await look() == []

    for _ in range(2):
        await fields.sick()
    assert len(await look()) == 1
    [outbreak] = await shown(fields.cast.expert)
    assert outbreak.before_n is None  # four: too few to be told


async def test_what_came_a_week_ago_counts_no_longer(fields):
    await five(fields, at=NOON - 7 * DAY)
    assert await look() == []
    assert len(await look(at=NOON - timedelta(seconds=1))) == 1


async def test_a_corrected_code_counts_and_the_one_corrected_away_does_not(fields):
    requests = await five(fields)
    await fields.corrected(requests[0], RUST, at=NOON)
    assert await look() == []

    for request in requests[1:]:
        await fields.corrected(request, RUST, at=NOON)
    assert await look() == []
    assert len(await look(RUST)) == 1


async def test_a_correction_without_a_code_takes_it_away(fields):
    requests = await five(fields)
    await fields.corrected(requests[0], None, at=NOON)
    assert await look() == []


async def test_a_correction_of_an_old_answer_is_of_the_week_in_which_the_field_had_it(fields):
    for request in await five(fields, condition=RUST, at=NOON - 20 * DAY):
        await fields.corrected(request, BLIGHT, at=NOON)
    assert await look() == []


async def test_corrections_take_back_what_was_raised(fields):
    requests = await five(fields)
    [raised] = await look()
    await fields.corrected(requests[0], RUST, at=NOON)
    with clock.stopped(NOON + DAY):
        await outbreak_watch.look_at_request(requests[0])

    [outbreak] = await shown(fields.cast.expert)
    assert (outbreak.id, outbreak.ended_on) == (raised, (NOON + DAY).date())
    [row] = await fetch("SELECT id, text_zh FROM push_notice WHERE dedupe_key = $1", f"outbreak {raised} taken back")
    assert "撤回" in row["text_zh"]
    assert await told(row["id"]) == {fields.cast.expert.person_id}
    assert (await my_tasks(by=fields.cast.supervisor)).tasks == []


async def test_a_second_opinion_does_not_count(fields):
    for n in range(5):
        request = await fields.asked(east_km=n)
        await fields.answered(request, RUST)
        await fields.answered(request, BLIGHT, kind="second")
    assert await look() == []
    assert len(await look(RUST)) == 1


async def test_a_withdrawn_request_does_not_count(fields):
    requests = await five(fields)
    with clock.stopped(NOON):
        await ending.withdraw(case_id=requests[0], id=ids.uuid7(), by=None)
    assert await look() == []


async def test_it_grows_is_not_raised_twice_and_ends_when_it_is_quiet(fields):
    await five(fields)
    [raised] = await look()
    await fields.sick(at=NOON + DAY)
    assert await look(at=NOON + DAY) == []
    [outbreak] = await shown(fields.cast.expert, open=True)
    assert (outbreak.id, outbreak.households_n, outbreak.last_seen_on) == (raised, 6, (NOON + DAY).date())

    last = NOON + 8 * DAY
    assert await look(at=last - timedelta(seconds=1)) == []
    [outbreak] = await shown(fields.cast.expert, open=True)
    assert outbreak.households_n == 6  # never told to be fewer than five
    with clock.stopped(last):
        await outbreak_watch.look_for_all()
    [outbreak] = await shown(fields.cast.expert, open=False)
    assert (outbreak.id, outbreak.ended_on) == (raised, last.date())


async def test_a_new_policy_with_a_shorter_window_ends_nothing_that_the_old_one_raised(fields, monkeypatch):
    await five(fields, at=NOON - 6 * DAY)
    [raised] = await look()
    old = policies.DIAGNOSIS_POLICIES[0]
    new = replace(old, valid_from=NOON.date(), outbreak_window=2 * DAY)
    monkeypatch.setattr(policies, "DIAGNOSIS_POLICIES", (old, new))
    assert await look() == []
    [outbreak] = await shown(fields.cast.expert, open=True)
    assert (outbreak.id, outbreak.window_days) == (raised, 7)


async def test_after_its_end_it_may_come_again(fields):
    await five(fields)
    await look()
    later = NOON + 30 * DAY
    await look(at=later)
    await five(fields, at=later)
    assert len(await look(at=later)) == 1
    assert len(await shown(fields.cast.expert)) == 2


async def test_two_who_look_at_once_raise_one(fields):
    await five(fields)
    raised = await asyncio.gather(*(look() for _ in range(4)))
    assert sum(map(len, raised)) == 1


async def test_an_answer_has_it_looked_for_and_so_has_every_night(fields):
    requests = await five(fields)
    with clock.stopped(NOON):
        await outbreak_watch.look_soon(request_id=requests[0])
        [row] = await fetch("SELECT payload FROM pgqueuer WHERE entrypoint = $1", outbreak_watch.LOOK)
        assert row["payload"] == encode(requests[0])
        await outbreak_watch.look_at_request(requests[0])
        await outbreak_watch.look_for_all()
    assert len(await shown(fields.cast.expert)) == 1


async def test_experts_and_stations_of_the_county_are_told_in_plain_words(fields):
    station = [
        await somebody(role, COUNTY, number=n, unit_id=fields.station)
        for n, role in ((80, "technician"), (81, "handler"))
    ]
    studio = await somebody(Role.EXPERT, COUNTY, number=82, unit_id=fields.studio)
    await somebody(Role.EXPERT, OTHER_COUNTY, number=83)
    await somebody(Role.HANDLER, COUNTY, number=84)
    await five(fields)
    [raised] = await look()

    [row] = await fetch("SELECT n.* FROM push_notice n JOIN diagnosis_outbreak o ON o.notice_id = n.id")
    assert await told(row["id"]) == {each.person_id for each in (fields.cast.expert, studio, *station)}
    assert [
        word for word in ("梁村镇", "玉米大斑病", "5 户", "7 天", "不要急着打药") if word not in row["text_zh"]
    ] == []
    assert "Northern corn leaf blight (Maize)" in row["text_en"]
    assert "琉璃庙" not in row["text_zh"]
    assert row["dedupe_key"] == f"outbreak {raised}"


async def test_where_nobody_can_be_told_it_is_still_written_down(fields):
    admin = await somebody(Role.ADMIN, PROVINCE, number=97)
    await five(fields, division_code=OTHER_VILLAGE, by=admin)
    [raised] = await look()
    [outbreak] = await shown(fields.cast.stranger)
    assert (outbreak.id, outbreak.division.code) == (raised, "370782101000")
    assert await shown(fields.cast.expert) == []


async def test_a_township_that_was_merged_away_is_told_as_its_county(fields):
    requests = await five(fields)
    await fetch("UPDATE diagnosis_request SET division_code = '371526109001' WHERE id = ANY($1)", requests)
    await look()
    [outbreak] = await shown(fields.cast.expert)
    assert outbreak.division.code == COUNTY


async def test_somebody_is_asked_to_go_and_look_once(fields):
    await five(fields)
    [raised] = await look()
    await look()
    [task] = (await my_tasks(by=fields.cast.supervisor)).tasks
    assert (task.origin_id, task.urgency) == (raised, "high")
    assert "玉米大斑病" in task.title_zh


async def test_the_studios_chief_is_asked_before_a_supervisor(fields):
    chief = fields.cast.expert
    await fetch(
        "INSERT INTO diagnosis_expert (id, unit, tier, title_zh, staffed, able_per_day, valid_from, weekdays, set_at) "
        "VALUES ($1, $2, 'chief', '首席专家', '08:30-17:30', 20, '2026-01-01', '{1,2,3,4,5}', now())",
        *(chief.person_id, fields.studio),
    )
    await five(fields)
    [raised] = await look()
    assert [task.origin_id for task in (await my_tasks(by=chief)).tasks] == [raised]
    assert (await my_tasks(by=fields.cast.supervisor)).tasks == []


async def test_its_middle_is_a_cell_and_no_farm(fields):
    await five(fields)
    await look()
    [outbreak] = await shown(fields.cast.expert)
    assert (outbreak.longitude, outbreak.latitude) != HOME
    said = encode(outbreak).decode()
    assert not [each for each in (str(HOME[0]), "household_id", "phone", "request", VILLAGE) if each in said]


async def test_without_a_point_the_villages_stands_for_it_and_without_either_nothing_is_placed(fields):
    await five(fields, point=False)
    assert await look() == []

    await fetch("UPDATE territory_division SET longitude = 116.31, latitude = 36.94 WHERE code = $1", VILLAGE)
    try:
        assert len(await look()) == 1
    finally:
        await fetch("UPDATE territory_division SET longitude = NULL, latitude = NULL WHERE code = $1", VILLAGE)


async def test_everybody_of_the_county_reads_it_and_a_stranger_does_not(fields):
    await five(fields)
    await look()
    for reader in (fields.cast.cadre, fields.cast.assistant, fields.cast.auditor):
        assert len(await shown(reader)) == 1
    assert await shown(fields.cast.stranger) == []


async def test_the_list_is_narrowed_and_paged(fields):
    await five(fields)
    await five(fields, condition=RUST, at=NOON)
    await look()
    await look(RUST, at=NOON + DAY)
    by = fields.cast.supervisor

    assert [each.condition.code for each in await shown(by)] == [RUST, BLIGHT]
    assert [each.condition.code for each in await shown(by, condition_code=BLIGHT)] == [BLIGHT]
    assert await shown(by, crop_code=WHEAT) == []
    for place in (COUNTY, TOWNSHIP, VILLAGE, NEXT_VILLAGE):
        assert len(await shown(by, division_code=place)) == 2
    assert await shown(by, division_code=OTHER_COUNTY) == []
    with pytest.raises(DivisionUnknown):
        await shown(by, division_code="371599000000")

    first = await outbreaks.list_outbreaks(by=by, limit=1)
    second = await outbreaks.list_outbreaks(by=by, limit=1, cursor=first.next_cursor)
    assert [each.condition.code for each in first.items + second.items] == [RUST, BLIGHT]
    assert second.next_cursor is None


async def test_what_one_look_reads_does_not_grow_with_the_years(fields):
    [first, *_] = await five(fields)
    await years_of(first, 4000, before=NOON - 15 * DAY)
    found = await scans(outbreak_queries._SIGHTINGS, BLIGHT, MAIZE, NOON - 14 * DAY, NOON)
    assert touched(found) < 150, found
    assert len(await look()) == 1
