from datetime import timedelta

import pytest

from backend.cases import dispatching, ending, lists, records
from backend.cases.filters import CaseFilters
from backend.cases.refusals import CaseUnknown, NotYourStep
from backend.cases.words import CaseKind
from backend.core import clock, ids
from backend.people import actions, households, sessions
from backend.people.tables import Role
from tests.cases.desk import ROADS
from tests.cast import COUNTY, NEXT_VILLAGE, OTHER_COUNTY, SINCE, VILLAGE


async def sees(case, by):
    """Whether he sees it; a list and a look at it must agree."""
    page = await lists.list_cases(by=by, filters=CaseFilters())
    listed = case.id in {item.id for item in page.items}
    try:
        await records.get_case(case_id=case.id, by=by)
    except CaseUnknown:
        assert not listed
        return False
    assert listed
    return True


async def test_the_desk_and_the_overseers_of_the_place_see_a_case_and_others_do_not(desk):
    case = (await desk.open()).case

    for by in (desk.clerk, desk.cast.operator, desk.cast.supervisor, desk.cast.auditor, desk.cast.admin):
        assert await sees(case, by)
    for by in (desk.cast.stranger, desk.cast.cadre, desk.cast.expert, desk.plumber, desk.mason):
        assert not await sees(case, by)


async def test_an_operator_of_another_county_sees_nothing(desk):
    person = await actions.open_account(id=ids.uuid7(), name="外县", phone="199 0000 0081")
    await actions.assign_role(
        person_id=person.id, role=Role.OPERATOR, division_code=OTHER_COUNTY, valid_from=clock.today()
    )
    assert not await sees((await desk.open()).case, await sessions.actor(person_id=person.id))


async def test_a_unit_sees_what_it_has_and_no_longer_what_it_sent_on(desk):
    case = await desk.dispatched()
    assert await sees(case, desk.plumber)

    await dispatching.transfer(
        case_id=case.id, id=ids.uuid7(), to_unit_id=desk.roads, reason="路面的事", by=desk.plumber
    )
    assert await sees(case, desk.mason)
    assert not await sees(case, desk.plumber)


async def test_the_unit_that_answers_for_it_sees_it_wherever_it_goes(desk):
    opened = await desk.open(by=desk.plumber)
    await dispatching.dispatch(case_id=opened.case.id, id=ids.uuid7(), unit_id=desk.roads, by=desk.clerk)
    await records.get_case(case_id=opened.case.id, by=desk.plumber)

    assert await sees(opened.case, desk.plumber)


async def test_a_handler_without_a_unit_sees_his_territory(desk):
    assert await sees((await desk.open()).case, desk.cast.handler)


async def test_the_cadre_who_opened_it_and_the_one_who_serves_the_household_today_see_it(desk):
    case = (await desk.open(by=desk.cast.cadre, household_id=desk.cast.household)).case
    other = (await desk.open(household_id=desk.cast.second_household)).case
    assert await sees(case, desk.cast.cadre)
    assert await sees(other, desk.cast.cadre)
    assert not await sees(other, desk.cast.next_cadre)

    for household in (desk.cast.household, desk.cast.second_household):
        await households.assign_household(
            household_id=household,
            person_id=desk.cast.next_cadre.person_id,
            valid_from=clock.today(),
            by=desk.cast.supervisor,
        )
    assert await sees(other, desk.cast.next_cadre)
    assert not await sees(other, desk.cast.cadre)
    assert await sees(case, desk.cast.cadre)  # he opened it


async def test_a_case_is_nothing_to_the_cadre_of_its_household_once_his_role_has_ended(desk):
    case = (await desk.open(household_id=desk.cast.household)).case
    await actions.assign_role(
        person_id=desk.cast.cadre.person_id, role=Role.CADRE, division_code=VILLAGE, valid_from=SINCE,
        valid_to=clock.today() - timedelta(days=1),
    )  # fmt: skip

    assert not await sees(case, desk.cast.cadre)


async def test_a_stranger_reads_no_contact(desk):
    case = (await desk.open()).case
    with pytest.raises(CaseUnknown):
        await records.read_contact(case_id=case.id, by=desk.cast.stranger, request_id="r")


async def test_places_are_told_apart_by_whole_codes(desk):
    case = (await desk.open(division_code=NEXT_VILLAGE)).case
    supervisor = await _supervisor_of(VILLAGE)

    assert not await sees(case, supervisor)
    assert await sees((await desk.open()).case, supervisor)


@pytest.mark.parametrize("role", [Role.EXPERT, Role.TECHNICIAN])
async def test_an_expert_and_a_technician_see_what_their_unit_has_and_act_on_it(desk, role):
    other, case = (await desk.open(category_code=ROADS)).case, await desk.dispatched()
    somebody = await _somebody(role, unit_id=desk.water)
    assert await sees(case, somebody)
    assert not await sees(other, somebody)

    taken = await dispatching.take_in_hand(case_id=case.id, id=ids.uuid7(), by=somebody)
    assert taken.assignee.id == somebody.person_id


@pytest.mark.parametrize("role", [Role.EXPERT, Role.TECHNICIAN])
async def test_without_a_unit_they_see_nothing_of_their_territory(desk, role):
    case = await desk.dispatched()
    assert not await sees(case, await _somebody(role, unit_id=None))


async def test_a_technician_of_the_station_that_received_it_stands_at_the_desk_of_a_diagnosis_and_of_nothing_else(desk):
    technician = await _somebody(Role.TECHNICIAN, unit_id=desk.hotline)
    for kind, may in ((CaseKind.DIAGNOSIS, True), (CaseKind.REQUEST, False)):
        case = (await desk.open(kind=kind)).case  # the hotline received it, whose operator the clerk is
        if may:
            said = await ending.withdraw(case_id=case.id, id=ids.uuid7(), by=technician)
            assert said.state == "withdrawn"
        else:
            with pytest.raises(NotYourStep):
                await ending.withdraw(case_id=case.id, id=ids.uuid7(), by=technician)


async def _somebody(role, *, unit_id):
    person = await actions.open_account(id=ids.uuid7(), name="某人", phone="199 0000 0083")
    await actions.assign_role(
        person_id=person.id, role=role, division_code=COUNTY, unit_id=unit_id, valid_from=clock.today()
    )
    return await sessions.actor(person_id=person.id)


async def _supervisor_of(division_code):
    person = await actions.open_account(id=ids.uuid7(), name="村督办", phone="199 0000 0082")
    await actions.assign_role(
        person_id=person.id, role=Role.SUPERVISOR, division_code=division_code, valid_from=clock.today()
    )
    return await sessions.actor(person_id=person.id)
