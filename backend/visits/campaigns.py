"""Campaigns (三遍访: firms, villages, people) and their numbered service teams, with what came of them so far."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from backend.core.clock import today
from backend.core.creates import Outcome
from backend.core.database import fetch, fetch_row, transaction
from backend.core.refusals import DifferentArguments, FieldError, Invalid, Refusal, Unknown
from backend.people.actors import Actor, visible_to
from backend.people.tables import Role
from backend.territory import queries as territory
from backend.territory.rules import prefix_of
from backend.visits.campaign_schemas import CampaignProgress, CampaignRecord, ServiceTeamRecord, TeamCount
from backend.visits.campaign_tables import CampaignKind
from backend.visits.need_schemas import NeedFilters
from backend.visits.needs import need_totals
from backend.visits.visibility import Conditions, overseen

OPENERS = frozenset({Role.SUPERVISOR, Role.ADMIN})


class CampaignUnknown(Unknown):
    """No campaign has this code."""

    code, title = "visits/campaign-unknown", "No such campaign"


class CampaignCodeTaken(Refusal):
    """Another campaign has this code."""

    status, code, title = 409, "visits/campaign-code-taken", "This code is taken"


class TeamNumberTaken(Refusal):
    """Another team of the division has this number."""

    status, code, title = 409, "visits/team-number-taken", "This number is taken"


@transaction
async def open_campaign(
    *,
    id: UUID,
    code: str,
    name: str,
    kind: CampaignKind,
    division_code: str,
    valid_from: date,
    source: str,
    by: Actor,
    valid_to: date | None = None,
) -> Outcome[CampaignRecord]:
    """Open a round of visits in a division that `by` supervises or administers.

    Raises Forbidden, AnotherTerritory (403), DivisionUnknown (404), Invalid (400), CampaignCodeTaken,
    DifferentArguments (409).
    """
    await overseen(division_code, by=by, roles=OPENERS)
    if valid_to is not None and valid_to < valid_from:
        wrong = FieldError(pointer="/valid_to", detail="The end has to be later than the beginning.")
        raise Invalid("The span ends before it begins.", errors=[wrong])
    division = await territory.division(code=division_code, on=today())
    asked = CampaignRecord(
        id=id,
        code=code,
        name=name.strip(),
        kind=CampaignKind(kind),
        division_code=division_code,
        valid_from=valid_from,
        valid_to=valid_to,
        source=source.strip(),
    )
    created = await _insert_campaign(asked, division.id)
    stored = await _campaigns("c.id = $1", id)
    if not stored:
        raise CampaignCodeTaken("There is a campaign {code} already; choose another code.", code=code)
    if stored[0] != asked:
        raise DifferentArguments("Campaign {id} was opened with other arguments; it stays as it is.", id=id)
    return Outcome(asked, created=created)


async def running(*, by: Actor) -> list[CampaignRecord]:
    """The campaigns of today that `by` may take part in: those of his divisions, of those above, and of those below."""
    return [
        campaign
        for campaign in await _campaigns("c.valid_from <= $1 AND (c.valid_to IS NULL OR c.valid_to >= $1)", today())
        if _concerns(campaign.division_code, by)
    ]


async def list_campaigns(*, by: Actor) -> list[CampaignRecord]:
    """The same, of all times."""
    return [campaign for campaign in await _campaigns("TRUE") if _concerns(campaign.division_code, by)]


async def get_campaign(*, code: str, by: Actor) -> CampaignProgress:
    """A campaign and how far it has come, over the contacts that `by` may see. Raises CampaignUnknown (404)."""
    found = await _campaigns("c.code = $1", code)
    if not found or not _concerns(found[0].division_code, by):
        raise CampaignUnknown("There is no campaign {code} in your territory.", code=code)
    counted = Conditions()
    counted.add("v.campaign = {}", found[0].id)
    counted.visits_of(visible_to(by))
    teams = await _by_team(counted)
    return CampaignProgress(
        campaign=found[0],
        teams=[TeamCount(team["number"], team["contacts"], team["visits"]) for team in teams],
        needs=await need_totals(by=by, filters=NeedFilters(campaign_code=code)),
        **dict(await _counts(counted, found[0])),
    )


@transaction
async def open_service_team(
    *, id: UUID, number: int, name: str, division_code: str, by: Actor
) -> Outcome[ServiceTeamRecord]:
    """Open a team in a division that `by` supervises or administers.

    Raises Forbidden, AnotherTerritory (403), DivisionUnknown (404), TeamNumberTaken, DifferentArguments (409).
    """
    await overseen(division_code, by=by, roles=OPENERS)
    division = await territory.division(code=division_code, on=today())
    asked = ServiceTeamRecord(id=id, number=number, name=name.strip(), division_code=division_code)
    row = await fetch_row(
        "INSERT INTO visits_service_team (id, number, name, division) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT DO NOTHING RETURNING id",
        id,
        number,
        asked.name,
        division.id,
    )
    stored = await _teams("t.id = $1", id)
    if not stored:
        raise TeamNumberTaken(
            "Team {number} of {division_code} exists already.", number=number, division_code=division_code
        )
    if stored[0] != asked:
        raise DifferentArguments("Team {id} was opened with other arguments; it stays as it is.", id=id)
    return Outcome(asked, created=row is not None)


async def list_service_teams(*, by: Actor) -> list[ServiceTeamRecord]:
    """The teams of the divisions of `by`, of those above, and of those below, by number."""
    return [team for team in await _teams("TRUE") if _concerns(team.division_code, by)]


def _concerns(division_code: str, by: Actor) -> bool:
    """Whether one of his territories lies in the division, or the division in one of them."""
    stem = prefix_of(division_code)
    return any(
        division_code.startswith(prefix) or prefix.startswith(stem) for held in by.held for prefix in held.prefixes
    )


async def _insert_campaign(asked: CampaignRecord, division_id: UUID) -> bool:
    row = await fetch_row(
        "INSERT INTO visits_campaign (id, code, name, kind, division, valid_from, valid_to, source) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING id",
        asked.id,
        asked.code,
        asked.name,
        asked.kind,
        division_id,
        asked.valid_from,
        asked.valid_to,
        asked.source,
    )
    return row is not None


async def _campaigns(where: str, *values: Any) -> list[CampaignRecord]:
    rows = await fetch(
        "SELECT c.id, c.code, c.name, c.kind, d.code AS division_code, c.valid_from, c.valid_to, c.source "
        f"FROM visits_campaign c JOIN territory_division d ON d.id = c.division WHERE {where} "
        "ORDER BY c.valid_from DESC, c.code",
        *values,
    )
    return [msgspec.convert(dict(row), CampaignRecord) for row in rows]


async def _teams(where: str, *values: Any) -> list[ServiceTeamRecord]:
    rows = await fetch(
        "SELECT t.id, t.number, t.name, d.code AS division_code FROM visits_service_team t "
        f"JOIN territory_division d ON d.id = t.division WHERE {where} ORDER BY t.number, d.code",
        *values,
    )
    return [msgspec.convert(dict(row), ServiceTeamRecord) for row in rows]


async def _counts(found: Conditions, campaign: CampaignRecord) -> Mapping[str, Any]:
    campaign_id = found.value(campaign.id)
    row = await fetch_row(
        f"""
        SELECT count(*) AS contacts, count(*) FILTER (WHERE v.channel = 'visit') AS visits,
               count(DISTINCT v.household) AS households_reached,
               count(DISTINCT left(v.division_code, 12)) FILTER (
                   WHERE v.channel = 'visit' AND substr(v.division_code, 10, 3) <> '000') AS villages_reached,
               (SELECT count(*) FROM territory_division w JOIN territory_division d ON starts_with(w.prefix, d.prefix)
                JOIN visits_campaign c ON c.division = d.id
                WHERE c.id = {campaign_id} AND w.level = 'village' AND w.valid_to IS NULL) AS villages
        FROM visits_visit v WHERE {found.sql}
        """,
        *found.values,
    )
    return row or {}


async def _by_team(found: Conditions) -> Sequence[Mapping[str, Any]]:
    return await fetch(
        f"""
        SELECT t.number, count(*) AS contacts, count(*) FILTER (WHERE v.channel = 'visit') AS visits
        FROM visits_visit v LEFT JOIN visits_service_team t ON t.id = v.service_team
        WHERE {found.sql} GROUP BY t.number ORDER BY t.number NULLS LAST
        """,
        *found.values,
    )
