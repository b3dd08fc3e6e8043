"""As many phones as a county has, in one run: `run(phones=500, steps=5_000, seed=1)` on an open, migrated database."""

import tempfile
from functools import cache
from math import ceil
from pathlib import Path
from uuid import UUID

from backend.core import ids
from backend.people import actions, households, one_time_links, passwords, sessions
from backend.people.actors import Actor
from backend.people.tables import Role
from backend.territory.actions import load_divisions
from backend.territory.coordinates import Crs
from backend.territory.points import Point
from seed.places import DIVISIONS, DIVISIONS_SINCE, DIVISIONS_SOURCE
from tests.application import whole_house
from tests.benchmarks.county import COUNTY, SINCE, TOWNSHIP
from tests.cast import PASSWORD, VILLAGE
from tests.sync.simulation.office import open_office
from tests.sync.simulation.people import Somebody
from tests.sync.simulation.playing import Played, play
from tests.sync.simulation.silence import silent

HOMES = 3
PHONES_A_PERSON = 2


async def run(*, phones: int, steps: int, seed: int) -> Played:
    """A township with one cadre for every two phones; whether everybody agrees. Raises AssertionError."""
    await load_divisions(path=DIVISIONS, source=DIVISIONS_SOURCE, valid_from=DIVISIONS_SINCE)
    by = (await _somebody("199 0009 0000", Role.SUPERVISOR, COUNTY)).actor
    admin = (await _somebody("199 0009 0001", Role.ADMIN, COUNTY)).actor
    office = await open_office()
    people = [await _cadre(number, admin) for number in range(ceil(phones / PHONES_A_PERSON))]
    with tempfile.TemporaryDirectory(prefix="lianxin-village-") as folder, silent():
        return await play(
            app=whole_house(),
            people=[*people, office.plumber],
            by=by,
            office=office,
            phones=phones,
            steps=steps,
            seed=seed,
            folder=Path(folder),
        )


async def _cadre(number: int, admin: Actor) -> Somebody:
    cadre = await _somebody(f"199 0008 {number:04}", Role.CADRE, TOWNSHIP)
    homes = [await _home(number * HOMES + nth, cadre.actor, admin) for nth in range(HOMES)]
    return Somebody(cadre.actor, cadre.number, tuple(homes))


async def _somebody(number: str, role: Role, division_code: str) -> Somebody:
    person = await actions.open_account(id=ids.uuid7(), name=f"{role} {number[-4:]}", phone=number)
    await actions.assign_role(person_id=person.id, role=role, division_code=division_code, valid_from=SINCE)
    await one_time_links.set_password_hash(person_id=person.id, encoded=_hashed())
    return Somebody(await sessions.actor(person_id=person.id), number)


async def _home(number: int, server: Actor, admin: Actor) -> UUID:
    made = await households.register_household(
        id=ids.uuid7(),
        code=f"SIM-{number:05}",
        division_code=VILLAGE,
        contact_name="林大山",
        point=Point(crs=Crs.WGS84, longitude=116.30, latitude=36.93, accuracy_m=8.0),
        service_needs=["crop-advice"],
        by=admin,
    )
    await households.assign_household(household_id=made.id, person_id=server.person_id, valid_from=SINCE, by=admin)
    return made.id


@cache
def _hashed() -> str:
    return passwords.hasher.hash(PASSWORD)
