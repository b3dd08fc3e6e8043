"""Rounds from door to door: who plans them, how far they are, and what is left when they end."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

import backend
from backend.antifraud import round_marks, round_routes, rounds
from backend.antifraud.outreach_places import met
from backend.antifraud.outreach_refusals import DoorUnknown, NotYourPlace, RoundOver, RoundUnknown
from backend.antifraud.outreach_tables import RoundCount, RoundMark
from backend.antifraud.outreach_words import AgeBand, HouseholdMark
from backend.antifraud.round_schemas import NewHouseholdMark, NewRound
from backend.core import clock, ids
from backend.core.refusals import DifferentArguments, Forbidden, Invalid
from backend.people import households
from backend.people.tables import Role
from tests.antifraud.outreach import DAY, client_of, planned, signed_in, somebody
from tests.application import whole_house
from tests.cast import COUNTY, NEXT_VILLAGE, OTHER_COUNTY, TOWNSHIP, VILLAGE
from tests.former_digests import kept_formerly

TABLE = re.compile("antifraud_round_mark|RoundMark")
VISITED, ABSENT, DECLINED = HouseholdMark.VISITED, HouseholdMark.ABSENT, HouseholdMark.DECLINED


def knock(household_id, mark=VISITED, *, ago=timedelta(hours=1), **more):
    return NewHouseholdMark(household_id=household_id, mark=mark, at=clock.now() - ago, **more)


async def marked(plan, cast, household_id, mark=VISITED, **more):
    return await round_marks.record_mark(round_id=plan.id, new=knock(household_id, mark, **more), by=cast.assistant)


def village(progress, code=VILLAGE):
    return next(each for each in progress.villages if each.division_code == code)


async def seen(plan, by):
    return await rounds.get_round(round_id=plan.id, by=by)


async def stored():
    return await RoundMark.select(RoundMark.household, RoundMark.mark, RoundMark.age_band)


async def test_a_round_counts_the_doors_of_each_village_and_names_no_door(cast):
    plan = await planned(cast)
    await marked(plan, cast, cast.household)
    await marked(plan, cast, cast.second_household, DECLINED, age_band=AgeBand.FROM_41)

    told = await seen(plan, cast.assistant)

    counts = village(told)
    assert (counts.households_n, counts.visited_n, counts.absent_n, counts.declined_n) == (3, 1, 0, 1)
    assert (told.households_n, told.visited_n, told.declined_n, told.left_n) == (4, 1, 1, 2)
    assert str(cast.household) not in repr(told)


async def test_a_village_without_a_card_is_told_because_it_is_a_gap(cast):
    told = await seen(await planned(cast), cast.supervisor)

    assert village(told, "371526101308").households_n == 0


async def test_of_a_village_of_few_households_only_its_assistant_reads_numbers(cast):
    plan = await planned(cast)
    await marked(plan, cast, cast.household, DECLINED)

    told = await seen(plan, cast.supervisor)

    assert village(told).visited_n is village(told).declined_n is None
    assert told.declined_n == 0
    assert village(await seen(plan, cast.assistant)).declined_n == 1


async def test_of_several_marks_of_a_door_the_latest_stands_in_whatever_order_they_come(cast):
    plan = await planned(cast)

    first = await marked(plan, cast, cast.household, VISITED, ago=timedelta(hours=1), age_band=AgeBand.OVER_65)
    late = await marked(plan, cast, cast.household, ABSENT, ago=timedelta(days=2))

    assert (first.outcome, late.outcome) == ("stored", "superseded")
    assert await stored() == [{"household": cast.household, "mark": "visited", "age_band": "over_65"}]


async def test_in_one_batch_too_the_latest_mark_of_a_door_stands(cast):
    plan = await planned(cast)
    marks = [knock(cast.household, DECLINED, ago=timedelta(minutes=5)), knock(cast.household, ABSENT)]

    judged = await round_marks.record_marks(round_id=plan.id, marks=marks, by=cast.assistant)

    assert [each.outcome for each in judged] == ["stored", "superseded"]
    assert [row["mark"] for row in await stored()] == ["declined"]


async def test_sent_again_a_mark_is_there_once_and_another_under_its_id_is_refused(cast):
    plan = await planned(cast)
    mark = knock(cast.household, id=ids.uuid7())

    outcomes = [
        (await round_marks.record_mark(round_id=plan.id, new=mark, by=cast.assistant)).outcome for _ in range(2)
    ]

    assert outcomes == ["stored", "duplicate"]
    with pytest.raises(DifferentArguments):
        await round_marks.record_mark(round_id=plan.id, new=knock(cast.second_household, id=mark.id), by=cast.assistant)


async def test_a_mark_without_an_id_is_known_by_its_content(cast):
    plan = await planned(cast)
    mark = knock(cast.household)

    outcomes = [
        (await round_marks.record_mark(round_id=plan.id, new=mark, by=cast.assistant)).outcome for _ in range(2)
    ]

    assert outcomes == ["stored", "duplicate"]


async def test_marks_that_were_kept_with_the_former_digest_are_the_same_still(cast):
    plan = await planned(cast)
    marks = [knock(cast.household, id=ids.uuid7()), knock(cast.second_household)]
    with kept_formerly():
        first = await round_marks.record_marks(round_id=plan.id, marks=marks, by=cast.assistant)

    again = await round_marks.record_marks(round_id=plan.id, marks=marks, by=cast.assistant)

    assert [(each.id, each.outcome) for each in again] == [(each.id, "duplicate") for each in first]


async def test_a_bad_row_is_refused_alone_and_says_why(cast):
    plan = await planned(cast)
    at = clock.now().isoformat()
    rows = [
        {"household_id": str(cast.household), "mark": "visited", "at": at},
        {"household_id": str(cast.household), "mark": "gullible", "at": at},
        {"household_id": str(cast.strangers_household), "mark": "visited", "at": at},
        {"household_id": str(cast.second_household), "mark": "visited", "at": (clock.now() + DAY).isoformat()},
        {"household_id": str(cast.third_household), "mark": "absent", "at": (clock.now() - 9 * DAY).isoformat()},
        "no mark",
    ]

    verdict = await round_marks.record_rows(round_id=plan.id, rows=rows, by=cast.assistant)

    assert (verdict.stored, verdict.refused) == (1, 5)
    problems = [each.problem and each.problem["code"] for each in verdict.rows]
    assert problems == [None, "core/invalid", "antifraud/door-unknown", *["core/invalid"] * 3]
    assert verdict.rows[1].problem["errors"][0]["pointer"] == "/mark"
    assert {each.problem["errors"][0]["pointer"] for each in verdict.rows[3:5]} == {"/at"}
    assert [row["household"] for row in await stored()] == [cast.household]


async def test_a_door_of_another_round_or_of_another_assistants_village_is_unknown(cast):
    plan = await planned(cast, division_code=NEXT_VILLAGE)
    with pytest.raises(DoorUnknown):
        await marked(plan, cast, cast.household)

    elsewhere = await somebody(Role.ASSISTANT, VILLAGE)
    whole = await planned(cast)
    with pytest.raises(DoorUnknown):
        await round_marks.record_mark(round_id=whole.id, new=knock(cast.next_household), by=elsewhere)


async def test_only_an_assistant_marks_doors_and_sees_those_to_knock_at(cast):
    plan = await planned(cast)
    for who in (cast.supervisor, cast.admin, cast.auditor, cast.cadre):
        with pytest.raises(Forbidden):
            await round_marks.record_mark(round_id=plan.id, new=knock(cast.household), by=who)
        with pytest.raises(Forbidden):
            await round_marks.list_doors(round_id=plan.id, by=who)


async def test_doors_to_knock_at_are_those_where_nobody_was_met_and_never_those_that_declined(cast):
    plan = await planned(cast)
    await marked(plan, cast, cast.household)
    await marked(plan, cast, cast.second_household, DECLINED)
    await marked(plan, cast, cast.third_household, ABSENT)

    left = await round_marks.list_doors(round_id=plan.id, by=cast.assistant)
    first = await round_marks.list_doors(round_id=plan.id, by=cast.assistant, limit=1)
    second = await round_marks.list_doors(round_id=plan.id, by=cast.assistant, limit=1, cursor=first.next_cursor)

    assert {each.household_id for each in left.items} == {cast.third_household, cast.next_household}
    assert [each.household_id for each in left.items if each.absent_at] == [cast.third_household]
    assert [*first.items, *second.items] == left.items


async def test_the_doors_of_a_village_are_told_to_its_assistant_only(cast):
    plan = await planned(cast)
    elsewhere = await somebody(Role.ASSISTANT, NEXT_VILLAGE)

    with pytest.raises(NotYourPlace):
        await round_marks.list_doors(round_id=plan.id, by=elsewhere, division_code=VILLAGE)

    mine = await round_marks.list_doors(round_id=plan.id, by=elsewhere)
    assert [each.household_id for each in mine.items] == [cast.next_household]
    one = await round_marks.list_doors(round_id=plan.id, by=cast.assistant, division_code=VILLAGE)
    assert len(one.items) == 3


async def test_at_its_end_the_counts_stand_and_nothing_of_a_door_is_left(cast):
    await more_doors(cast, 3)
    plan = await planned(cast)
    await marked(plan, cast, cast.household)
    await marked(plan, cast, cast.second_household, DECLINED)
    before = await seen(plan, cast.supervisor)
    assert village(before).declined_n == 1

    closed = await rounds.close_round(round_id=plan.id, by=cast.supervisor)

    assert closed.closed_at
    assert await stored() == []
    assert (await seen(plan, cast.supervisor)).villages == before.villages
    assert await RoundCount.count() == len(before.villages)
    with pytest.raises(RoundOver):
        await marked(plan, cast, cast.third_household)
    with pytest.raises(RoundOver):
        await round_marks.list_doors(round_id=plan.id, by=cast.assistant)


async def test_after_its_end_nobody_reads_the_numbers_of_a_village_of_few_households(cast):
    plan = await planned(cast)
    await marked(plan, cast, cast.household, DECLINED)
    await rounds.close_round(round_id=plan.id, by=cast.supervisor)

    for who in (cast.assistant, cast.supervisor):
        assert village(await seen(plan, who)).declined_n is None


async def more_doors(cast, how_many):
    """Further households of the village."""
    seeder = await somebody(Role.ADMIN, COUNTY)
    for number in range(how_many):
        await households.register_household(
            id=ids.uuid7(),
            code=f"LLM-1{number:02d}",
            division_code=VILLAGE,
            contact_name="邻居",
            contact_phone=f"199 0000 {70 + number:04d}",
            by=seeder,
        )


async def test_closing_twice_changes_nothing(cast):
    plan = await planned(cast)
    first = await rounds.close_round(round_id=plan.id, by=cast.supervisor)

    assert await rounds.close_round(round_id=plan.id, by=cast.supervisor) == first


async def test_a_round_closes_by_itself_when_phones_have_had_a_day_to_come_back(cast):
    plan = await planned(cast)
    await marked(plan, cast, cast.household)
    night = clock.now() + 4 * DAY
    with clock.stopped(night):
        await rounds.close_ended_rounds()
        assert (await seen(plan, cast.supervisor)).closed_at is None
    with clock.stopped(night + DAY):
        await rounds.close_ended_rounds()
        assert (await seen(plan, cast.supervisor)).closed_at is not None

    assert await stored() == []


async def test_a_round_that_could_not_be_is_refused(cast):
    today = clock.today()
    for wrong in (
        {"ends_on": today - 4 * DAY},
        {"begins_on": today - 9 * DAY, "ends_on": today - 5 * DAY},
        {"ends_on": today + 400 * DAY},
        {"fraud_type": "no_such_type"},
    ):
        with pytest.raises(Invalid):
            await planned(cast, **wrong)


async def test_a_round_is_planned_by_those_who_oversee_all_of_its_division(cast):
    today = clock.today()
    new = NewRound(name="走访", division_code=COUNTY, begins_on=today, ends_on=today)
    for who in (cast.assistant, cast.auditor, cast.cadre):
        with pytest.raises(Forbidden):
            await rounds.plan_round(new=new, by=who)
    of_township = await somebody(Role.SUPERVISOR, TOWNSHIP)
    with pytest.raises(NotYourPlace):
        await rounds.plan_round(new=new, by=of_township)
    plan = await planned(cast)
    with pytest.raises(NotYourPlace):
        await rounds.close_round(round_id=plan.id, by=of_township)


async def test_planned_again_a_round_is_the_same_and_with_other_content_refused(cast):
    id = ids.uuid7()
    first = await planned(cast, id=id)

    assert await planned(cast, id=id) == first
    with pytest.raises(DifferentArguments):
        await planned(cast, id=id, name="另一次")


async def test_a_phone_that_plans_again_when_the_round_is_over_learns_that_it_was_planned(cast):
    today = clock.today()
    new = NewRound(id=ids.uuid7(), name="走访", division_code=COUNTY, begins_on=today, ends_on=today)
    await rounds.plan_round(new=new, by=cast.supervisor)
    with clock.stopped(clock.now() + 9 * DAY):
        again = await rounds.plan_round(new=new, by=cast.supervisor)

    assert (again.created, again.record.id) == (False, new.id)


async def test_a_mark_that_comes_while_a_round_closes_is_counted_or_refused(cast):
    plan = await planned(cast)
    mark, closed = await asyncio.gather(
        marked(plan, cast, cast.household),
        rounds.close_round(round_id=plan.id, by=cast.supervisor),
        return_exceptions=True,
    )

    assert closed.closed_at
    assert await stored() == []
    counted = await RoundCount.select(RoundCount.visited_n).where(RoundCount.division_code == VILLAGE)
    assert counted == [{"visited_n": 0 if isinstance(mark, RoundOver) else 1}]


async def test_a_round_elsewhere_is_unknown_and_not_listed(cast):
    plan = await planned(cast)
    outsider = await somebody(Role.SUPERVISOR, OTHER_COUNTY)

    with pytest.raises(RoundUnknown):
        await rounds.get_round(round_id=plan.id, by=outsider)
    assert (await rounds.list_rounds(by=outsider)).items == []
    assert [each.id for each in (await rounds.list_rounds(by=cast.assistant, running=True)).items] == [plan.id]
    assert (await rounds.list_rounds(by=cast.assistant, running=False)).items == []


def test_what_two_territories_share_is_the_narrower_of_them():
    assert met("371526", ["371526101", "370782"]) == ("371526101",)
    assert met("371526101", ["371526"]) == ("371526101",)
    assert met("371526", []) == ()


async def test_over_http_nobody_the_wrong_shape_a_stranger_the_right_person_and_twice(cast):
    today = clock.today()
    body = {"id": str(ids.uuid7()), "name": "走访", "division_code": COUNTY}
    days = {"begins_on": str(today), "ends_on": str(today + DAY)}
    async with client_of(round_routes.router) as client:
        supervisor, assistant = await signed_in(cast.supervisor), await signed_in(cast.assistant)
        stranger = await signed_in(cast.stranger)
        assert (await client.post("/antifraud/rounds", json=body | days)).status_code == 401
        assert (await client.post("/antifraud/rounds", json=body, headers=supervisor)).status_code == 400
        assert (await client.post("/antifraud/rounds", json=body | days, headers=stranger)).status_code == 403
        assert (await client.post("/antifraud/rounds", json=body | days, headers=supervisor)).status_code == 201
        assert (await client.post("/antifraud/rounds", json=body | days, headers=supervisor)).status_code == 200

        path = f"/antifraud/rounds/{body['id']}"
        mark = {"household_id": str(cast.household), "mark": "visited", "at": clock.now().isoformat()}
        assert (await client.post(f"{path}/marks", json=mark)).status_code == 401
        assert (await client.post(f"{path}/marks", json=mark | {"mark": "x"}, headers=assistant)).status_code == 400
        assert (await client.post(f"{path}/marks", json=mark, headers=stranger)).status_code == 403
        assert (await client.post(f"{path}/marks", json=mark, headers=assistant)).status_code == 201
        assert (await client.post(f"{path}/marks", json=mark, headers=assistant)).status_code == 200
        batch = await client.post(f"{path}/marks/batch", json={"marks": [mark, 3]}, headers=assistant)
        assert (batch.status_code, batch.json()["duplicate"], batch.json()["refused"]) == (200, 1, 1)
        many = {"marks": [mark] * 1001}
        assert (await client.post(f"{path}/marks/batch", json=many, headers=assistant)).status_code == 400

        assert (await client.get(path)).status_code == 401
        assert (await client.get(path, headers=stranger)).status_code == 403
        assert (await client.get(path, headers=assistant)).json()["visited_n"] == 1
        assert len((await client.get("/antifraud/rounds", headers=assistant)).json()["items"]) == 1
        assert len((await client.get(f"{path}/doors", headers=assistant)).json()["items"]) == 3
        for _ in range(2):
            closed = await client.post(f"{path}/closure", headers=supervisor)
            assert (closed.status_code, bool(closed.json()["closed_at"])) == (200, True)


async def test_no_other_address_of_the_house_tells_what_became_of_a_door(cast):
    plan = await planned(cast)
    id = ids.uuid7()
    mark = knock(cast.household, DECLINED, id=id, ago=timedelta(minutes=7, microseconds=424_242))
    await round_marks.record_mark(round_id=plan.id, new=mark, by=cast.assistant)
    app = whole_house()
    asked = {path for route in app.routes for path in _addresses(route, cast.household)}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        for who in (cast.supervisor, cast.cadre):
            headers = await signed_in(who)
            told = [(await client.get(path, headers=headers)).text for path in sorted(asked)]
            assert not [text for text in told if str(id) in text or f"{mark.at:%M:%S.%f}" in text]

    assert f"/api/v1/households/{cast.household}" in asked
    assert len(asked) > 50


def _addresses(route, household_id):
    """Where a GET of the API may tell of a household: every id in it is the household's."""
    if route.path.startswith("/api/v1") and "stream" not in route.path and "GET" in getattr(route, "methods", ()):
        path = re.sub(r"\{\w+:uuid\}", str(household_id), route.path)
        if "{" not in path:
            yield path


def test_nothing_but_the_queries_of_rounds_reads_the_table_of_marks():
    backend_folder = Path(backend.__file__).parent
    readers = {
        path.name
        for path in backend_folder.rglob("*.py")
        if "piccolo_migrations" not in path.parts
        and re.search("antifraud_round_mark|RoundMark", path.read_text("utf-8"))
    }

    assert readers == {"round_queries.py", "outreach_tables.py"}


async def test_a_little_of_a_number_finds_doors_to_knock_and_all_of_it_one_that_is_done(cast):
    plan = await planned(cast)
    await marked(plan, cast, cast.household, DECLINED)

    async def found(code):
        doors = await round_marks.list_doors(round_id=plan.id, by=cast.assistant, division_code=VILLAGE, code=code)
        return [each.code for each in doors.items]

    assert await found("llm-00") == ["LLM-002", "LLM-003"]
    assert await found("LLM-001") == await found("01") == ["LLM-001"]
    assert await found("%") == []


async def test_one_door_is_told_to_its_assistant_without_what_became_of_it(cast):
    plan = await planned(cast)
    await marked(plan, cast, cast.household, DECLINED)

    door = await round_marks.get_door(round_id=plan.id, household_id=cast.household, by=cast.assistant)

    assert (door.code, door.absent_at) == ("LLM-001", None)
    with pytest.raises(DoorUnknown):
        await round_marks.get_door(round_id=plan.id, household_id=cast.strangers_household, by=cast.assistant)
    with pytest.raises(Forbidden):
        await round_marks.get_door(round_id=plan.id, household_id=cast.household, by=cast.cadre)
