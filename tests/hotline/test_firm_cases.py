"""A firm that is not satisfied: the leader's desk has it at once, with a clock of its own."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import httpx
import pytest

from backend.cases import ending, records, working
from backend.cases.dispatching import dispatch
from backend.cases.words import CaseState
from backend.core import clock, ids
from backend.core.refusals import Forbidden
from backend.hotline import firm_cases, firm_deciding, firm_opening, firm_routes
from backend.hotline.firm_refusals import (
    CaseNotClosed,
    FirmCaseNotOpen,
    FirmCaseOpen,
    FirmCaseUnknown,
    LeadersDeskNeeded,
    NotYourDesk,
)
from backend.hotline.firm_schemas import EnterpriseClosure, EnterpriseEndorsement, NewEnterpriseCase
from backend.people import actions, sessions
from backend.people.tables import Role, UnitKind
from tests.antifraud.centre import five
from tests.antifraud.outreach import client_of, signed_in
from tests.cases.desk import Desk
from tests.cast import COUNTY, OTHER_COUNTY
from tests.hotline.lines import asked, get

FIRM, WHY = "聊城某某食品有限公司", "水管修了又坏，生产线停了两天"
DO_IT = EnterpriseEndorsement(words="三日内更换主管道，由水务站牵头")
DONE = EnterpriseClosure(result="主管道已更换，企业当面确认")


@pytest.fixture
async def desk(cast) -> Desk:
    return await Desk.make(cast)


@pytest.fixture
async def case(desk):
    return await desk.resolved()


@pytest.fixture
async def wire(desk) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(firm_routes.router) as client:
        yield client


@pytest.fixture
async def leader(desk):
    """Works at the leader's desk, and oversees no territory."""
    office = await actions.open_unit(id=ids.uuid7(), name="书记办公室", kind=UnitKind.DEPARTMENT, division_code=COUNTY)
    person = await actions.open_account(id=ids.uuid7(), name="石书记", phone="199 0000 0075")
    held = {"division_code": COUNTY, "unit_id": office.id, "valid_from": date(2026, 1, 1)}
    await actions.assign_role(person_id=person.id, role=Role.HANDLER, **held)
    return await sessions.actor(person_id=person.id)


async def opened(desk, case, **more):
    new = NewEnterpriseCase(case_id=case.id, firm=FIRM, reason=WHY, **more)
    return (await firm_opening.open_enterprise_case(id=ids.uuid7(), new=new, by=desk.clerk)).record


async def resolved_again(desk, case):
    await dispatch(case_id=case.id, id=ids.uuid7(), unit_id=desk.water, by=desk.clerk)
    await working.resolve(case_id=case.id, id=ids.uuid7(), remark="主管道换了", by=desk.plumber)


async def test_the_leaders_desk_has_it_at_once_and_the_case_begins_anew(desk, case, leader):
    (at,) = [held.unit_id for held in leader.held]
    found = await opened(desk, case, desk_unit_id=at)
    now = await records.get_case(case_id=case.id, by=desk.clerk, timeline=True)

    assert (found.state, found.case_state, found.desk.name) == ("open", CaseState.REOPENED, "书记办公室")
    assert now.timeline[-1].said["words"] == WHY
    assert all(each.round == 2 for each in now.clocks)
    ((person, words, state),) = await asked(found.id)
    assert (person, case.number in words, state) == (leader.person_id, True, "open")


async def test_what_the_firm_says_is_read_at_the_desk_even_where_its_case_was_opened_again_before(desk, case, leader):
    await ending.reopen(case_id=case.id, id=ids.uuid7(), reason="没修好", by=desk.clerk)
    (at,) = [held.unit_id for held in leader.held]
    found = await opened(desk, case, desk_unit_id=at)
    assert WHY in (await firm_cases.heard(firm_case_id=found.id, by=leader)).reason
    assert await firm_cases.enterprise_case_of(case_id=case.id, by=desk.clerk) == found.id
    assert await firm_cases.enterprise_case_of(case_id=case.id, by=desk.cast.stranger) is None
    with pytest.raises(FirmCaseUnknown):
        await firm_cases.heard(firm_case_id=found.id, by=desk.cast.stranger)
    after = await records.get_case(case_id=case.id, by=desk.clerk, timeline=True)
    assert (after.reopened_n, WHY in after.timeline[-1].said["words"]) == (1, True)


async def test_its_clocks_are_its_own_a_day_for_a_word_five_to_settle_it(desk, case):
    with clock.stopped(clock.now()):
        found = await opened(desk, case)
        limits = {each.kind: each.due_at - clock.now() for each in found.clocks}
    assert {each.unit_id for each in found.clocks} == {desk.hotline}
    assert limits["endorsement"] == timedelta(hours=24)
    assert timedelta(days=5) <= limits["enterprise"] < timedelta(days=6)


async def test_a_leaders_word_stops_its_clock_and_asks_the_unit(desk, case, leader):
    (at,) = [held.unit_id for held in leader.held]
    found = await opened(desk, case, desk_unit_id=at)
    for _ in range(2):
        endorsed = await firm_deciding.endorse_enterprise_case(firm_case_id=found.id, told=DO_IT, by=leader)

    assert {each.kind: each.state for each in endorsed.clocks} == {"endorsement": "stopped", "enterprise": "running"}
    assert (endorsed.state, endorsed.endorsed_by.name) == ("endorsed", "石书记")
    states = {(person, state) for person, _, state in await asked(found.id)}
    assert states == {(leader.person_id, "done"), (desk.plumber.person_id, "open")}
    staff = (await records.get_case(case_id=case.id, by=desk.plumber, timeline=True)).timeline
    assert DO_IT.words in staff[-1].said["words"]
    assert staff[-1].public is False


async def test_it_closes_only_when_the_case_has_ended_again(desk, case):
    found = await opened(desk, case)
    with pytest.raises(FirmCaseNotOpen):
        await firm_deciding.close_enterprise_case(firm_case_id=found.id, told=DONE, by=desk.cast.supervisor)
    await firm_deciding.endorse_enterprise_case(firm_case_id=found.id, told=DO_IT, by=desk.cast.supervisor)
    with pytest.raises(CaseNotClosed):
        await firm_deciding.close_enterprise_case(firm_case_id=found.id, told=DONE, by=desk.cast.supervisor)
    await resolved_again(desk, case)
    closed = [
        await firm_deciding.close_enterprise_case(firm_case_id=found.id, told=DONE, by=desk.cast.supervisor)
        for _ in range(2)
    ]
    assert closed[0] == closed[1]
    assert (closed[0].state, {each.state for each in closed[0].clocks}) == ("closed", {"stopped"})
    assert {each[2] for each in await asked(found.id)} == {"done"}


async def test_a_case_that_nobody_has_ended_yet_does_not_go_there(desk):
    case = await desk.dispatched()
    with pytest.raises(CaseNotClosed):
        await opened(desk, case)


async def test_a_case_that_came_back_already_goes_there_without_coming_back_twice(desk, case):
    await ending.reopen(case_id=case.id, id=ids.uuid7(), reason="回访不满意", by=desk.clerk)
    found = await opened(desk, case)
    now = await records.get_case(case_id=case.id, by=desk.clerk)
    assert (found.state, now.reopened_n) == ("open", 1)


async def test_a_case_goes_to_the_leaders_desk_once(desk, case):
    await opened(desk, case)
    with pytest.raises(FirmCaseOpen):
        await opened(desk, case)


async def test_with_two_governments_somebody_has_to_say_whose_desk(desk, case):
    await actions.open_unit(id=ids.uuid7(), name="第二政府", kind=UnitKind.GOVERNMENT, division_code=COUNTY)
    with pytest.raises(LeadersDeskNeeded) as refused:
        await opened(desk, case)
    assert refused.value.facts == {"n": 2}


async def test_it_is_nobodys_word_but_the_desks_and_the_supervisors(desk, case, leader):
    (at,) = [held.unit_id for held in leader.held]
    found = await opened(desk, case, desk_unit_id=at)
    with pytest.raises(NotYourDesk):
        await firm_deciding.endorse_enterprise_case(firm_case_id=found.id, told=DO_IT, by=desk.clerk)
    with pytest.raises(FirmCaseUnknown):
        await firm_deciding.endorse_enterprise_case(firm_case_id=found.id, told=DO_IT, by=desk.mason)
    new = NewEnterpriseCase(case_id=case.id, firm=FIRM, reason=WHY)
    with pytest.raises(Forbidden):
        await firm_opening.open_enterprise_case(id=ids.uuid7(), new=new, by=desk.plumber)
    assert [each.id for each in (await firm_cases.list_enterprise_cases(by=leader)).items] == [found.id]
    assert (await firm_cases.list_enterprise_cases(by=desk.mason)).items == []


async def test_open_enterprise_case_over_http(desk, case, wire):
    good = {"case_id": str(case.id), "firm": FIRM, "reason": WHY, "id": str(ids.uuid7())}
    first, second = await five(
        wire,
        signed_in,
        "/hotline/enterprise-cases",
        stranger=desk.cast.stranger,
        right=desk.clerk,
        good=good,
        bad=good | {"firm": ""},
        strangers=403,
        codes=(201, 200),
    )
    assert (first["id"], first["state"]) == (second["id"], "open")
    one, many = f"/hotline/enterprise-cases/{first['id']}", "/hotline/enterprise-cases"
    codes = [(await get(wire, one, who)).status_code for who in (None, desk.cast.stranger, desk.cast.auditor)]
    assert codes == [401, 404, 200]
    assert (await get(wire, many)).status_code == 401
    assert len((await get(wire, many, desk.clerk, only="open")).json()["items"]) == 1
    assert (await get(wire, many, desk.clerk, only="closed")).json()["items"] == []
    assert (await get(wire, many, desk.clerk, only="none")).status_code == 400


async def test_endorsing_and_closing_over_http(desk, case, wire):
    found = await opened(desk, case)
    elsewhere = await actions.open_account(id=ids.uuid7(), name="外县督办", phone="199 0000 0076")
    held = {"division_code": OTHER_COUNTY, "valid_from": date(2026, 1, 1)}
    await actions.assign_role(person_id=elsewhere.id, role=Role.SUPERVISOR, **held)
    stranger = await sessions.actor(person_id=elsewhere.id)
    for path, good in (("endorsement", {"words": DO_IT.words}), ("closure", {"result": DONE.result})):
        first, second = await five(
            wire,
            signed_in,
            f"/hotline/enterprise-cases/{found.id}/{path}",
            stranger=stranger,
            right=desk.cast.supervisor,
            good=good,
            bad={},
            strangers=404,
            codes=(200, 200),
        )
        assert first == second
        if path == "endorsement":
            await resolved_again(desk, case)
