"""Stations as hours, markets and stalls see them: whoever has a role around one may look, its leaders set things."""

from uuid import UUID

from msgspec import Struct

from backend.core.database import fetch_row
from backend.people.actors import Actor, Scope
from backend.people.refusals import UnitUnknown
from backend.people.station_codes import STATIONS
from backend.rosters.station_refusals import NoStation, NotYourStation
from backend.rosters.units import may_lead
from backend.territory.queries import DivisionUnknown
from backend.territory.rules import prefix_of

TOWNSHIP_DIGITS = 9


class Place(Struct, frozen=True, kw_only=True):
    """A station or a studio. `prefix`: its division's code without the zeros that fill it up."""

    id: UUID
    name: str
    division_code: str
    prefix: str


async def near_station(unit_id: UUID, *, by: Actor) -> Place:
    """An open station or studio around one's own places. Raises UnitUnknown (404), NoStation (409)."""
    row = await fetch_row(
        "SELECT u.id, u.name, u.kind, v.code AS division_code, v.prefix FROM people_unit u "
        "JOIN territory_division v ON v.id = u.division WHERE u.id = $1 AND u.closed_at IS NULL",
        unit_id,
    )
    if row is None or not near(row["prefix"], by=by):
        raise UnitUnknown("There is no unit {unit_id}.", unit_id=str(unit_id))
    if row["kind"] not in STATIONS:
        raise NoStation("Name a station or a studio; {name} is another kind of unit.", name=row["name"])
    return Place(id=row["id"], name=row["name"], division_code=row["division_code"], prefix=row["prefix"])


async def led_station(unit_id: UUID, *, by: Actor) -> Place:
    """One in a territory that `by` leads. Raises UnitUnknown (404), NotYourStation (403), NoStation (409)."""
    place = await near_station(unit_id, by=by)
    must_lead(place.division_code, by=by)
    return place


def must_lead(division_code: str, *, by: Actor) -> None:
    """Raises NotYourStation (403)."""
    if not may_lead(division_code, by=by):
        raise NotYourStation("This is for supervisors and administrators of the territory.")


def near(prefix: str, *, by: Actor) -> bool:
    """Whether somebody has a role over a place, in one below it, or in one above it."""
    return any(prefix.startswith(held.prefixes) or held.division_code.startswith(prefix) for held in by.held)


def around(prefix: str) -> str:
    """Where to look for markets: a village's are its township's, others their own and those below.

    >>> around("371526101335"), around("371526101"), around("371526")
    ('371526101', '371526101', '371526')
    """
    return prefix[:TOWNSHIP_DIGITS]


def places_around(division_code: str | None, *, column: str, first: int, by: Actor) -> tuple[str, list[str]]:
    """SQL for what lies around a place, or around one's own places; parameters count from `first`.

    Raises DivisionCodeWrong (400), DivisionUnknown (404) where one has no role around the place.
    """
    prefixes = {around(prefix) for held in by.held for prefix in held.prefixes}
    if division_code is not None:
        prefixes = {around(prefix_of(division_code))}
        if not near(prefix_of(division_code), by=by):
            raise DivisionUnknown("There is no division {division_code} near yours.", division_code=division_code)
    return Scope(by.person_id, tuple(sorted(prefixes))).clause(column, first)
