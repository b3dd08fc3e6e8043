"""Who sits where in the village's county, so that what phones hand up has somewhere to go."""

from uuid import UUID

from msgspec import Struct

from backend.cases.tables import Route
from backend.core import ids
from backend.people import actions, one_time_links, passwords, sessions
from backend.people.actors import Actor
from backend.people.tables import Role, UnitKind
from backend.territory import queries as territory
from tests.cast import COUNTY, PASSWORD, SINCE, TOWNSHIP
from tests.sync.simulation.people import Somebody

PLUMBERS_PHONE = "199 0009 0061"
EXPERTS_PHONE = "199 0009 0062"
PRODUCTION = "production"


class Office(Struct, frozen=True):
    """`plumber` handles for the water station, to which the township's needs of production go, and carries a phone;
    `expert` is of the studio, to which bags and sick crops go."""

    water: UUID
    studio: UUID
    plumber: Somebody
    expert: Actor

    @property
    def units(self) -> tuple[UUID, UUID]:
        """Where a bag may go."""
        return self.water, self.studio


async def open_office() -> Office:
    """Through the verbs."""
    water = await _unit("水务站", UnitKind.STATION, TOWNSHIP)
    studio = await _unit("庄稼医院", UnitKind.STUDIO, COUNTY)
    await _route(PRODUCTION, water)
    plumber = await _person("冯水工", PLUMBERS_PHONE, Role.HANDLER, water)
    expert = await _person("孟繁荣", EXPERTS_PHONE, Role.EXPERT, studio)
    return Office(water, studio, Somebody(plumber, PLUMBERS_PHONE), expert)


async def _unit(name: str, kind: UnitKind, division_code: str) -> UUID:
    return (await actions.open_unit(id=ids.uuid7(), name=name, kind=kind, division_code=division_code)).id


async def _route(category: str, unit_id: UUID) -> None:
    division = await territory.division(code=TOWNSHIP)
    row = {"category_code": category, "division": division.id, "prefix": division.prefix, "unit": unit_id}
    await Route.insert(Route(id=ids.uuid7(), automatic=False, valid_from=SINCE, source="a table of duties", **row))


async def _person(name: str, number: str, role: Role, unit_id: UUID) -> Actor:
    person = await actions.open_account(id=ids.uuid7(), name=name, phone=number)
    held = {"division_code": COUNTY, "unit_id": unit_id, "valid_from": SINCE}
    await actions.assign_role(person_id=person.id, role=role, **held)
    await one_time_links.set_password_hash(person_id=person.id, encoded=passwords.hasher.hash(PASSWORD))
    return await sessions.actor(person_id=person.id)
