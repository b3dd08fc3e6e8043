"""The small cast that every room's tests know, made through the verbs on a handful of real divisions.

Everybody is invented; the phone numbers 199 0000 00xx are nobody's. All share one password, hashed once a session.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from uuid import UUID

from backend.core import ids
from backend.people import actions, households, one_time_links, passwords, sessions
from backend.people.actors import Actor
from backend.people.tables import Role
from backend.territory.actions import load_divisions
from backend.territory.coordinates import Crs
from backend.territory.points import Point

DIVISIONS = Path(__file__).with_name("cast_divisions.csv")
SINCE = date(2026, 1, 1)
PASSWORD = "lianxin-2026"

COUNTY, TOWNSHIP, VILLAGE = "371526000000", "371526101000", "371526101335"
NEXT_VILLAGE = "371526101276"
OTHER_COUNTY, OTHER_VILLAGE = "370782000000", "370782101255"

FARMER, FARMER_PHONE = "林大山", "199 0000 0051"


@dataclass(frozen=True)
class Cast:
    """Who is who. `stranger` is a cadre of another county, `next_cadre` could take over a household."""

    cadre: Actor
    next_cadre: Actor
    assistant: Actor
    expert: Actor
    technician: Actor
    operator: Actor
    handler: Actor
    supervisor: Actor
    auditor: Actor
    admin: Actor
    stranger: Actor
    household: UUID
    second_household: UUID
    third_household: UUID
    next_household: UUID
    strangers_household: UUID


PEOPLE: dict[str, tuple[str, Role, str]] = {
    "cadre": ("李秀兰", Role.CADRE, VILLAGE),
    "next_cadre": ("周敏", Role.CADRE, TOWNSHIP),
    "assistant": ("赵强", Role.ASSISTANT, TOWNSHIP),
    "expert": ("陈志远", Role.EXPERT, COUNTY),
    "technician": ("孙丽", Role.TECHNICIAN, COUNTY),
    "operator": ("吴海燕", Role.OPERATOR, COUNTY),
    "handler": ("郑国强", Role.HANDLER, COUNTY),
    "supervisor": ("王建国", Role.SUPERVISOR, COUNTY),
    "auditor": ("何静", Role.AUDITOR, COUNTY),
    "admin": ("马文", Role.ADMIN, COUNTY),
    "stranger": ("高洁", Role.CADRE, OTHER_VILLAGE),
}
"""Name, role and territory of each; phones count up from 199 0000 0001 in this order."""

CARDS: dict[str, tuple[str, str, str, str]] = {
    "household": ("LLM-001", VILLAGE, FARMER, "cadre"),
    "second_household": ("LLM-002", VILLAGE, "林小满", "cadre"),
    "third_household": ("LLM-003", VILLAGE, "宋玉梅", "cadre"),
    "next_household": ("DYL-001", NEXT_VILLAGE, "潘守田", "next_cadre"),
    "strangers_household": ("ZG-001", OTHER_VILLAGE, "丁春生", "stranger"),
}
"""Number, division, contact and server of each; contact phones count up from 199 0000 0051 in this order."""


def phone_of(who: str) -> str:
    """The phone that `who` (a key of PEOPLE) signs in with."""
    return f"199 0000 {list(PEOPLE).index(who) + 1:04d}"


async def make_cast() -> Cast:
    """Divisions, eleven accounts with their roles, five households with who serves them."""
    await load_divisions(path=DIVISIONS, source="public list of 2023", valid_from=date(2020, 1, 1))
    actors = {who: await _person(who) for who in PEOPLE}
    seeder = await _seeder()
    cards = {card: await _household(card, number, actors, seeder) for number, card in enumerate(CARDS)}
    return Cast(**actors, **cards)


async def _person(who: str) -> Actor:
    name, role, division_code = PEOPLE[who]
    person = await actions.open_account(id=ids.uuid7(), name=name, phone=phone_of(who))
    await actions.assign_role(person_id=person.id, role=role, division_code=division_code, valid_from=SINCE)
    await one_time_links.set_password_hash(person_id=person.id, encoded=_password_hash())
    return await sessions.actor(person_id=person.id)


async def _seeder() -> Actor:
    """An administrator of the province, who registers households in both counties and is no part of the cast."""
    person = await actions.open_account(id=ids.uuid7(), name="省级管理员", phone="199 0000 0099")
    await actions.assign_role(person_id=person.id, role=Role.ADMIN, division_code="370000000000", valid_from=SINCE)
    return await sessions.actor(person_id=person.id)


async def _household(card: str, number: int, actors: dict[str, Actor], seeder: Actor) -> UUID:
    code, division_code, contact, server = CARDS[card]
    made = await households.register_household(
        id=ids.uuid7(),
        code=code,
        division_code=division_code,
        contact_name=contact,
        contact_phone=f"199 0000 {51 + number:04d}",
        address_note=f"村东第{number + 1}排",
        point=Point(crs=Crs.WGS84, longitude=116.3012 + number * 0.002, latitude=36.9305, accuracy_m=8.0),
        service_needs=["crop-advice"],
        by=seeder,
    )
    await households.assign_household(
        household_id=made.id, person_id=actors[server].person_id, valid_from=SINCE, by=seeder
    )
    return made.id


@cache
def _password_hash() -> str:
    return passwords.hasher.hash(PASSWORD)
