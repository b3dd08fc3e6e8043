"""Needs found at a visit are cases: opened many at once, worked on by their cadre, moved with their visit."""

from datetime import timedelta
from uuid import uuid4

import pytest
from asyncpg import UniqueViolationError

from backend.cases import dispatching, ending, found, records, timeline, working
from backend.cases.found import FoundCase, open_found
from backend.cases.refusals import NotYourStep
from backend.cases.words import CaseState, Channel
from backend.core import ids
from backend.core.clock import now
from backend.core.database import fetch, transaction
from backend.territory import queries as territory
from tests.cases.desk import ROADS, WATER
from tests.cast import NEXT_VILLAGE, VILLAGE


@pytest.fixture
async def village(cast):
    return (await territory.division(code=VILLAGE)).id


@pytest.fixture
def need(village, cast):
    def need(**changes):
        said = {
            "id": ids.uuid7(),
            "category_code": ROADS,
            "description": "修村口两盏路灯",
            "division_id": village,
            "division_code": VILLAGE,
            "household_id": cast.household,
            "origin_room": "visits",
            "origin_id": uuid4(),
            "opened_at": now() - timedelta(hours=1),
        }
        return FoundCase(**(said | changes))

    return need


@transaction
async def opened(needs, by):
    await open_found(needs, by=by, door="batch", received_at=now())
    return [each.id for each in needs]


async def test_what_was_found_is_a_case_with_a_number_two_clocks_and_a_timeline_that_holds(cast, need):
    [id] = await opened([need()], cast.cadre)

    case = await records.get_case(case_id=id, by=cast.supervisor, timeline=True)
    assert (case.channel, case.state, case.title) == (Channel.VISIT, CaseState.RECEIVED, "修村口两盏路灯")
    assert (case.origin_room, case.opened_by.id, case.household_id) == (
        "visits",
        cast.cadre.person_id,
        cast.household,
    )
    assert {clock.kind for clock in case.clocks} == {"response", "handling"}
    assert [line.kind for line in case.timeline] == ["opened"]
    assert (await timeline.verify(case_id=id)).intact


async def test_many_have_a_number_each_and_somebody_looks_whether_they_are_the_same(cast, need):
    made = await opened([need() for _ in range(30)], cast.cadre)

    rows = await fetch("SELECT number FROM cases_case WHERE id = ANY($1)", made)
    assert len({row["number"] for row in rows}) == 30
    assert len(await fetch("SELECT FROM pgqueuer WHERE entrypoint = 'cases/look-for-pairs'")) == 30


async def test_an_id_that_is_taken_leaves_nothing(cast, need):
    first, second = need(), need()
    await opened([first], cast.cadre)

    with pytest.raises(UniqueViolationError):
        await opened([second, first], cast.cadre)
    assert await fetch("SELECT FROM cases_case WHERE id = $1", second.id) == []


async def test_a_topic_that_cases_do_not_divide_so_runs_on_the_policy_above_it(cast, need):
    told = [need(category_code=code) for code in ("planning_construction.water_power", "employment.wages.abroad", "x")]
    made = await opened(told, cast.cadre)

    policies = [(await records.read(id)).policy_code for id in made]
    assert policies == ["basic_living", "complex", "general"]


async def test_a_cadre_passes_on_and_solves_what_he_can_himself(cast, need):
    [id] = await opened([need()], cast.cadre)

    assert await dispatching.pass_on(case_id=id, id=uuid4(), by=cast.cadre)
    case = await working.resolve(case_id=id, id=uuid4(), remark="换了灯泡", by=cast.cadre)

    assert (case.state, case.assignee.id) == (CaseState.RESOLVED, cast.cadre.person_id)


async def test_a_need_goes_to_the_unit_named_else_to_the_one_in_the_routing_table(desk, need):
    named, routed = await opened([need(), need(category_code=WATER)], desk.cast.cadre)
    await dispatching.pass_on(case_id=named, id=uuid4(), unit_id=desk.roads, by=desk.cast.cadre)
    await dispatching.pass_on(case_id=routed, id=uuid4(), by=desk.cast.cadre)

    assert (await records.read(named)).assignee_unit.id == desk.roads
    assert (await records.read(routed)).assignee_unit.id == desk.water
    resolved = await working.resolve(case_id=routed, id=uuid4(), remark="通水了", by=desk.plumber)
    assert resolved.state == CaseState.RESOLVED


async def test_only_the_cadre_of_today_acts_on_what_another_found(cast, need):
    [id] = await opened([need()], cast.next_cadre)

    with pytest.raises(NotYourStep):
        await dispatching.pass_on(case_id=id, id=uuid4(), by=cast.next_cadre)
    assert await dispatching.pass_on(case_id=id, id=uuid4(), by=cast.cadre)
    await working.reject(case_id=id, id=uuid4(), reason="超出政策范围", by=cast.cadre)
    assert (await ending.contest(case_id=id, id=uuid4(), reason="不服", by=cast.cadre)).reopened_n == 1


async def test_cases_go_with_the_record_they_were_found_in_and_say_so_once(cast, need):
    said = need()
    await opened([said], cast.cadre)
    there = await territory.division(code=NEXT_VILLAGE)

    for id in (correction := uuid4(), correction, uuid4()):
        await found.move_found(
            origin_room="visits",
            origin_id=said.origin_id,
            id=id,
            division_id=there.id,
            division_code=NEXT_VILLAGE,
            household_id=cast.next_household,
            by=cast.supervisor,
        )

    case = await records.get_case(case_id=said.id, by=cast.supervisor, timeline=True)
    assert (case.division.code, case.household_id) == (NEXT_VILLAGE, cast.next_household)
    assert [line.kind for line in case.timeline] == ["opened", "place_corrected"]
    assert {clock.division_code for clock in case.clocks} == {NEXT_VILLAGE}
