"""Puts the demo county into the database, through the same verbs as everybody else: all of it in one transaction."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from backend.core import clock
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments
from backend.people.actions import assign_role, open_account, open_unit
from backend.people.actors import Actor
from backend.people.households import assign_household, register_household
from backend.people.sessions import actor
from backend.people.tables import Person, Role
from backend.territory.actions import DivisionInUse, load_divisions, open_cell, place_divisions
from backend.territory.tables import Division
from backend.visits import campaigns, targets
from backend.visits.campaign_tables import CampaignKind
from seed import alerts, antifraud, bench, cases, clinic, duty, hotline, made_id, notices, places, stations
from seed.cast import COUNTY, EVERYBODY, UNITS, Member, holder
from seed.county_visits import checked, happens, keep_photos
from seed.households import NewHousehold, three_hundred
from seed.story import DAYS, tell
from seed.tasks import ask_around

CAMPAIGNS = {
    CampaignKind.ENTERPRISES: "访企业（演示）",
    CampaignKind.VILLAGES: "访村居（演示）",
    CampaignKind.PEOPLE: "访群众（演示）",
}

TEAM_NUMBER = 33


class Seeded(NamedTuple):
    """How much is in."""

    households: int
    visits: int


async def is_there() -> bool:
    """Whether the database holds a county: then it is not ours to fill."""
    return await Division.exists()


@transaction
async def plant() -> Seeded:
    """The whole county. What is in already stays as it is, so twice is harmless."""
    begins_at = await _begins_at()
    await _territory()
    with clock.stopped(begins_at):
        cast = await _people(begins_at.date())
        households = three_hundred()
        await _register(households, cast, begins_at.date())
        await _rules(cast, begins_at.date())
        await keep_photos()
    story = tell(begins_at.date(), households)
    for told in story:
        await happens(told, cast, ends_at=begins_at + timedelta(days=DAYS))
    await checked(cast, begins_at)
    await ask_around(cast, households, begins_at + timedelta(days=DAYS))
    await notices.tell_around(cast, households, begins_at + timedelta(days=DAYS))
    await duty.open_lines(cast, (begins_at + timedelta(days=DAYS - 7)).date())
    await cases.tell_cases(cast, households, begins_at + timedelta(days=DAYS))
    await clinic.open_clinic(cast, households, begins_at + timedelta(days=DAYS))
    await bench.open_bench(cast, households, begins_at + timedelta(days=DAYS))
    await antifraud.open_antifraud(cast, households, begins_at + timedelta(days=DAYS))
    await alerts.raise_alerts(cast, (begins_at + timedelta(days=DAYS)).date())
    await stations.open_stations(cast)
    await hotline.open_hotline(cast, households, begins_at + timedelta(days=DAYS))
    return Seeded(len(households), len(story))


async def _begins_at() -> datetime:
    """Seven in the morning sixty days ago; of a county that is there already, when its first account was opened."""
    first = await Person.select(Person.created_at).where(Person.id == EVERYBODY[0].id).first()
    if first:
        return clock.local(first["created_at"])
    return datetime.combine(clock.today() - timedelta(days=DAYS), time(7), clock.SHANGHAI)


async def _territory() -> None:
    await load_divisions(path=places.DIVISIONS, source=places.DIVISIONS_SOURCE, valid_from=places.DIVISIONS_SINCE)
    points = {village.code: village.point for village in places.VILLAGES}
    await place_divisions(points={**points, COUNTY: places.COUNTY_SEAT}, demo=True)
    for village in places.VILLAGES:
        for number in range(1, village.cells + 1):
            with suppress(DivisionInUse):
                await open_cell(
                    village_code=village.code,
                    number=number,
                    name=f"{village.name}{places.CELL_NAMES[number - 1]}",
                    valid_from=places.DIVISIONS_SINCE,
                    source=places.MADE_UP,
                )


async def _people(begins_on: date) -> Mapping[Member, Actor]:
    for unit in UNITS:
        with suppress(DifferentArguments):  # planted before it had a telephone: it stays as it was
            await open_unit(
                id=unit.id,
                name=unit.name,
                kind=unit.kind,
                division_code=unit.division_code,
                parent_id=made_id(f"unit/{unit.parent}") if unit.parent else None,
                public_phone=unit.public_phone,
            )
    for member in EVERYBODY:
        await open_account(id=member.id, name=member.name, phone=member.phone)
        for code in member.division_codes:
            await assign_role(
                person_id=member.id,
                role=member.role,
                division_code=code,
                unit_id=made_id(f"unit/{member.unit}") if member.unit else None,
                valid_from=begins_on,
            )
    return {member: await actor(person_id=member.id) for member in EVERYBODY}


async def _register(households: list[NewHousehold], cast: Mapping[Member, Actor], begins_on: date) -> None:
    cadre_of = {code: member for member in EVERYBODY if member.role is Role.CADRE for code in member.division_codes}
    for household in households:
        cadre = cadre_of[household.village.code]
        await register_household(
            id=household.id,
            code=household.code,
            division_code=household.division_code,
            contact_name=household.contact_name,
            contact_phone=household.contact_phone,
            address_note=household.address_note,
            point=household.point,
            service_needs=household.service_needs,
            demo=True,
            by=cast[cadre],
        )
        await assign_household(
            household_id=household.id, person_id=cadre.id, valid_from=begins_on, by=cast[holder(Role.SUPERVISOR)]
        )


async def _rules(cast: Mapping[Member, Actor], begins_on: date) -> None:
    """Three campaigns, a service team, a target of one visit a quarter."""
    supervisor = cast[holder(Role.SUPERVISOR)]
    for kind, name in CAMPAIGNS.items():
        await campaigns.open_campaign(
            id=made_id(f"campaign/{kind}"),
            code=kind.value,
            name=name,
            kind=kind,
            division_code=COUNTY,
            valid_from=begins_on,
            source=places.MADE_UP,
            by=supervisor,
        )
    await campaigns.open_service_team(
        id=made_id("team/33"), number=TEAM_NUMBER, name="第33服务队（演示）", division_code=COUNTY, by=supervisor
    )
    await targets.set_target(
        id=made_id("target"),
        division_code=COUNTY,
        period=targets.Period.QUARTER,
        minimum_visits=1,
        valid_from=begins_on.replace(month=1, day=1),
        source=places.MADE_UP,
        by=supervisor,
    )
