"""Where a case goes: straight to the unit that acts in the end, by the routing table, and why."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from backend.cases import queries, routing_queries
from backend.cases.reading import unit
from backend.cases.reference import categories
from backend.cases.refusals import CategoryUnknown, OutsideYourTerritory, UnitUnknown
from backend.cases.routing_queries import ROUTE, RouteRecord
from backend.cases.schemas import NewRoute, Proposal
from backend.core.clock import today
from backend.core.creates import Outcome
from backend.core.database import fetch_row, transaction
from backend.core.refusals import DifferentArguments
from backend.core.words import say
from backend.people.actors import Actor
from backend.people.tables import Role
from backend.territory import queries as territory

ROUTERS = (Role.SUPERVISOR, Role.ADMIN)


async def proposal(*, category_code: str, division_code: str, on: date | None = None) -> Proposal | None:
    """The unit that would act on a category in a place on a day; None where the table has no row."""
    row = await fetch_row(
        ROUTE.format(categories="$1::varchar[]", code="$2", day="$3"),
        (await categories()).line(category_code),
        division_code,
        on or today(),
    )
    return proposed(row) if row else None


def proposed(row: Mapping[str, Any]) -> Proposal | None:
    """A row of ROUTE as a proposal, with its reason in words."""
    shown = unit(row["unit_id"], row["unit_name"], row["unit_phone"])
    if shown is None:
        return None
    why = say(
        "{unit} acts on {category} in {division} ({prefix}…). Source: {source}",
        unit=shown.name,
        category=row["category_code"],
        division=row["route_division"],
        prefix=row["prefix"],
        source=row["source"],
    )
    return Proposal(
        unit=shown,
        route_id=row["route_id"],
        category_code=row["category_code"],
        prefix=row["prefix"],
        automatic=row["automatic"],
        source=row["source"],
        why=why,
    )


@transaction
async def add_route(*, id: UUID, new: NewRoute, by: Actor) -> Outcome[RouteRecord]:
    """A row of the routing table; the same again is the same row. For supervisors and admins of the division.

    Raises Forbidden, OutsideYourTerritory (403), DivisionUnknown, UnitUnknown (404), CategoryUnknown (400),
    DifferentArguments (409).
    """
    by.must_have(*ROUTERS)
    division = await territory.division(code=new.division_code)
    if not division.code.startswith(by.prefixes(ROUTERS)):
        raise OutsideYourTerritory(
            "{division_code} is not in your area. Ask to be assigned there, or correct the code.",
            division_code=division.code,
        )
    await _check_route(new)
    made = await routing_queries.insert(id, new, division_id=division.id, prefix=division.prefix, day=today())
    found = await routing_queries.route(id)
    if found is None or (not made and not _same(found, new)):
        raise DifferentArguments("Route {id} says something else already; it stays.", id=str(id))
    return Outcome(found, created=made)


async def list_routes(*, by: Actor, category_code: str | None = None) -> list[RouteRecord]:
    """The rows of today and to come that concern one's territory: those in it, and those above it that hold there."""
    return await routing_queries.routes(prefixes=by.prefixes(Role), category_code=category_code, day=today())


async def _check_route(new: NewRoute) -> None:
    if (await categories()).get(new.category_code, today()) is None:
        raise CategoryUnknown("There is no category {code} today.", code=new.category_code)
    if await queries.unit(new.unit_id) is None:
        raise UnitUnknown("There is no open unit {id}.", id=str(new.unit_id))


def _same(found: RouteRecord, new: NewRoute) -> bool:
    said = (found.category_code, found.division.code, found.unit.id, found.automatic, found.source)
    return said == (new.category_code, new.division_code, new.unit_id, new.automatic, new.source)
