"""三遍访: firms, villages, people, and what came of the rounds."""

from datetime import date

import pytest

from backend.core.clock import stopped
from backend.core.ids import uuid7
from backend.core.refusals import DifferentArguments, Forbidden, Invalid
from backend.people.tables import Role
from backend.visits.campaign_tables import CampaignKind
from backend.visits.campaigns import (
    CampaignCodeTaken,
    CampaignUnknown,
    TeamNumberTaken,
    get_campaign,
    list_campaigns,
    list_service_teams,
    open_campaign,
    open_service_team,
    running,
)
from backend.visits.needs import move_need
from backend.visits.tables import Channel, NeedState
from backend.visits.visibility import AnotherTerritory
from tests.cast import COUNTY, NEXT_VILLAGE, OTHER_COUNTY, TOWNSHIP
from tests.visits.fieldwork import FAR_TOWNSHIP, FAR_VILLAGE, noon


def opened(by, *, id=None, code="three-rounds", division_code=COUNTY, **arguments):
    given = {"name": "三遍访", "kind": CampaignKind.PEOPLE, "valid_from": date(2026, 1, 1), "source": "order 12"}
    return open_campaign(id=id or uuid7(), code=code, division_code=division_code, by=by, **(given | arguments))


async def test_a_campaign_counts_its_contacts_visits_households_villages_teams_and_needs(fieldwork):
    campaign = (await opened(fieldwork.supervisor)).record
    team = (await team_of(fieldwork.supervisor)).record
    there = {"campaign": campaign.id, "service_team": team.id}
    household = fieldwork.cast.household
    visit = await fieldwork.visit(fieldwork.cadre, household=household, **there)
    await fieldwork.visit(fieldwork.cadre, household=household, channel=Channel.CALL, campaign=campaign.id)
    await fieldwork.visit(fieldwork.cadre, village=FAR_VILLAGE, **there)
    await fieldwork.visit(fieldwork.successor, village=NEXT_VILLAGE, channel=Channel.CALL, **there)
    await fieldwork.visit(fieldwork.cadre, household=household)
    need = await fieldwork.need(visit, household=household)
    await fieldwork.need(await fieldwork.visit(fieldwork.cadre))
    await move_need(need_id=need, to_state=NeedState.PASSED_ON, by=fieldwork.cadre)

    progress = await get_campaign(code="three-rounds", by=fieldwork.supervisor)

    assert (progress.contacts, progress.visits, progress.households_reached) == (4, 2, 1)
    assert (progress.villages_reached, progress.villages) == (2, 4)
    assert [(team.number, team.contacts, team.visits) for team in progress.teams] == [(33, 3, 2), (None, 1, 0)]
    assert (progress.needs.received, progress.needs.passed_on, progress.needs.solved) == (1, 1, 0)


async def test_each_reads_the_progress_of_what_he_may_see(fieldwork):
    campaign = (await opened(fieldwork.supervisor)).record
    await fieldwork.visit(fieldwork.cadre, campaign=campaign.id)
    await fieldwork.visit(fieldwork.cadre, village=FAR_VILLAGE, campaign=campaign.id)

    async def contacts(by):
        return (await get_campaign(code="three-rounds", by=by)).contacts

    assert await contacts(fieldwork.supervisor) == 2
    assert await contacts(fieldwork.township_supervisor) == 1
    assert await contacts(fieldwork.successor) == 0
    with pytest.raises(CampaignUnknown):
        await contacts(fieldwork.stranger)


async def test_a_campaign_is_opened_once(fieldwork):
    id = uuid7()
    first, again = await opened(fieldwork.supervisor, id=id), await opened(fieldwork.supervisor, id=id)

    assert (first.created, again.created, first.record) == (True, False, again.record)
    with pytest.raises(DifferentArguments):
        await opened(fieldwork.supervisor, id=id, name="另一轮")
    with pytest.raises(CampaignCodeTaken):
        await opened(fieldwork.supervisor)


async def test_a_campaign_is_opened_by_supervisors_and_administrators_of_the_place(fieldwork):
    for by in (fieldwork.cadre, fieldwork.auditor, fieldwork.handler):
        with pytest.raises(Forbidden):
            await opened(by)
    for code in (COUNTY, OTHER_COUNTY, TOWNSHIP):
        with pytest.raises(AnotherTerritory):
            await opened(fieldwork.township_supervisor, division_code=code)
    with pytest.raises(Invalid):
        await opened(fieldwork.supervisor, valid_to=date(2025, 12, 31))
    assert (await opened(fieldwork.admin)).created


async def test_a_cadre_takes_part_in_the_campaigns_of_his_divisions_and_of_those_above_while_they_last(fieldwork):
    await opened(fieldwork.supervisor, code="county", valid_to=date(2026, 6, 30))
    await opened(fieldwork.supervisor, code="mine", division_code=TOWNSHIP)
    await opened(fieldwork.supervisor, code="next", division_code=FAR_TOWNSHIP)
    await opened(fieldwork.supervisor, code="later", valid_from=date(2027, 1, 1))

    async def codes(by, day):
        with stopped(day):
            return {campaign.code for campaign in await running(by=by)}

    assert await codes(fieldwork.cadre, noon(2026, 6, 30)) == {"county", "mine"}
    assert await codes(fieldwork.cadre, noon(2026, 7, 1)) == {"mine"}
    assert await codes(fieldwork.supervisor, noon(2026, 6, 30)) == {"county", "mine", "next"}
    assert await codes(fieldwork.stranger, noon(2026, 6, 30)) == set()
    assert {campaign.code for campaign in await list_campaigns(by=fieldwork.cadre)} == {"county", "mine", "later"}


async def test_a_township_whose_code_ends_in_zero_is_not_the_one_beside_it(fieldwork):
    await opened(fieldwork.supervisor, code="mine", division_code=TOWNSHIP)
    neighbour = await fieldwork.person("邻镇干部", Role.CADRE, FAR_TOWNSHIP)

    assert await running(by=neighbour) == []


def team_of(by, *, id=None, number=33, division_code=COUNTY, name="第33服务队"):
    return open_service_team(id=id or uuid7(), number=number, name=name, division_code=division_code, by=by)


async def test_a_team_number_is_taken_once_in_a_division(fieldwork):
    id = uuid7()
    first, again = await team_of(fieldwork.supervisor, id=id), await team_of(fieldwork.supervisor, id=id)

    assert (first.created, again.created) == (True, False)
    with pytest.raises(TeamNumberTaken):
        await team_of(fieldwork.supervisor)
    with pytest.raises(DifferentArguments):
        await team_of(fieldwork.supervisor, id=id, name="别的队")
    assert (await team_of(fieldwork.supervisor, division_code=TOWNSHIP)).created
    assert [team.division_code for team in await list_service_teams(by=fieldwork.cadre)] == [COUNTY, TOWNSHIP]
    assert await list_service_teams(by=fieldwork.stranger) == []


async def test_teams_are_opened_by_supervisors_and_administrators_of_the_place(fieldwork):
    with pytest.raises(Forbidden):
        await team_of(fieldwork.cadre)
    with pytest.raises(AnotherTerritory):
        await team_of(fieldwork.township_supervisor, division_code=TOWNSHIP)
