"""Units as rosters see them: who belongs to one, who leads it, who may read its roster."""

from datetime import date
from uuid import UUID

import msgspec

from backend.core import clock
from backend.core.database import fetch, fetch_row
from backend.people.actors import OVERSEERS, Actor, visible_to
from backend.people.refusals import UnitUnknown
from backend.people.tables import Role
from backend.rosters.refusals import NotYourRoster

LEADERS = frozenset({Role.SUPERVISOR, Role.ADMIN})
READERS = OVERSEERS | {Role.OPERATOR}


class DutyUnit(msgspec.Struct, frozen=True):
    """A unit, its division, and the number it publishes."""

    id: UUID
    name: str
    kind: str
    division_code: str
    public_phone: str | None


class Colleague(msgspec.Struct, frozen=True):
    """One of a unit's staff."""

    person_id: UUID
    name: str


_UNIT = """
SELECT u.id, u.name, u.kind, d.code AS division_code, u.public_phone
FROM people_unit u JOIN territory_division d ON d.id = u.division
"""
IN_FORCE = "{r}.valid_from <= {on} AND ({r}.valid_to IS NULL OR {r}.valid_to >= {on})"
"""That a dated row counts on a day."""


async def readable_unit(unit_id: UUID, *, by: Actor) -> DutyUnit:
    """A unit of one's own, or of a territory that one oversees or answers calls for. Raises UnitUnknown (404)."""
    row = await fetch_row(f"{_UNIT} WHERE u.id = $1", unit_id)
    if row is None or not may_read(row["id"], row["division_code"], by=by):
        raise UnitUnknown("There is no unit {unit_id}.", unit_id=str(unit_id))
    return DutyUnit(**row)


async def led_unit(unit_id: UUID, *, by: Actor) -> DutyUnit:
    """A unit whose roster `by` makes. Raises UnitUnknown (404), NotYourRoster (403)."""
    unit = await readable_unit(unit_id, by=by)
    if not may_lead(unit.division_code, by=by):
        raise NotYourRoster("This is for supervisors and administrators of the unit's territory.")
    return unit


def may_read(unit_id: UUID, division_code: str, *, by: Actor) -> bool:
    """Whether the whole roster of a unit is for this person to see."""
    return unit_id in own_units(by) or visible_to(by, roles=READERS).covers(division_code)


def may_lead(division_code: str, *, by: Actor) -> bool:
    """Whether this person makes rosters there."""
    return visible_to(by, roles=LEADERS).covers(division_code)


def own_units(by: Actor) -> tuple[UUID, ...]:
    """The units in which somebody holds a role today."""
    return tuple(dict.fromkeys(held.unit_id for held in by.held if held.unit_id))


async def readable_units(*, by: Actor) -> list[DutyUnit]:
    """Units with duty rules of today: one's own first, then those of the territory, by division and name."""
    clause, values = visible_to(by, roles=READERS).clause("d.code", 3)
    rows = await fetch(
        f"""
        {_UNIT} WHERE (u.id = ANY($1) OR {clause}) AND u.closed_at IS NULL
        AND EXISTS (SELECT FROM rosters_duty_rule r WHERE r.unit = u.id AND {IN_FORCE.format(r="r", on="$2::date")})
        ORDER BY u.id <> ALL($1), d.code, u.name
        """,
        list(own_units(by)),
        clock.today(),
        *values,
    )
    return [DutyUnit(**row) for row in rows]


async def staff(unit_id: UUID, *, on: date) -> list[Colleague]:
    """Who holds a role in a unit on a day, by name."""
    rows = await fetch(
        f"""
        SELECT DISTINCT p.id AS person_id, p.name FROM people_role_assignment r JOIN people_person p ON p.id = r.person
        WHERE r.unit = $1 AND {IN_FORCE.format(r="r", on="$2::date")} AND p.closed_at IS NULL ORDER BY p.name, p.id
        """,
        unit_id,
        on,
    )
    return [Colleague(**row) for row in rows]


async def supervisor_of(unit_id: UUID) -> UUID | None:
    """Who finds cover: the unit's own supervisor, else the nearest up the tree; None where there is nobody."""
    row = await fetch_row(
        f"""
        SELECT r.person FROM people_unit u JOIN territory_division home ON home.id = u.division
        JOIN territory_division d ON d.prefix = ANY({UP_THE_TREE.format(code="home.code")})
        JOIN people_role_assignment r ON r.division = d.id AND r.role = 'supervisor'
             AND {IN_FORCE.format(r="r", on="$2::date")}
        JOIN people_person p ON p.id = r.person AND p.closed_at IS NULL
        WHERE u.id = $1 ORDER BY (r.unit = u.id) IS NOT TRUE, length(d.prefix) DESC, r.valid_from, r.person LIMIT 1
        """,
        unit_id,
        clock.today(),
    )
    return row["person"] if row else None


UP_THE_TREE = "ARRAY(SELECT left({code}, size) FROM unnest(ARRAY[2, 4, 6, 9, 12, 15]) AS size)"
"""The prefixes a division's code may have and those above it, so that the index on prefixes finds them.

A county's code filled up with zeros gives some that no division has, which is harmless.
"""
