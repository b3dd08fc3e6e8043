"""A hotline, two units that act, and what one may do with cases there."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from backend.cases import dispatching, opening, working
from backend.cases.schemas import CaseRecord, NewCase, OpenedCase
from backend.cases.tables import Route
from backend.cases.words import Channel
from backend.core import ids
from backend.people import actions, sessions
from backend.people.actors import Actor
from backend.people.tables import Role, UnitKind
from backend.territory import queries as territory
from tests.cast import COUNTY, TOWNSHIP, VILLAGE, Cast

SINCE = date(2026, 1, 1)
WATER, ROADS, QUESTION = "planning_construction.water", "planning_construction.roads", "other.policy_question"


@dataclass(frozen=True)
class Desk:
    """`plumber` handles for the water unit, `mason` for the roads unit, `clerk` operates the hotline's telephone."""

    cast: Cast
    hotline: UUID
    water: UUID
    roads: UUID
    clerk: Actor
    plumber: Actor
    mason: Actor

    @classmethod
    async def make(cls, cast: Cast) -> "Desk":
        """Units, handlers, and one route: water in the township goes to the water unit."""
        hotline, water, roads = [
            await _unit(name, kind)
            for name, kind in (("热线", "government"), ("水务站", "station"), ("公路站", "station"))
        ]
        made = cls(
            cast,
            hotline,
            water,
            roads,
            clerk=await _person("钱接线", Role.OPERATOR, hotline, 71),
            plumber=await _person("冯水工", Role.HANDLER, water, 72),
            mason=await _person("褚路工", Role.HANDLER, roads, 73),
        )
        await made.route(WATER, TOWNSHIP, water)
        return made

    async def route(self, category: str, division_code: str, unit_id: UUID, *, automatic: bool = False) -> UUID:
        """A row of the routing table."""
        division = await territory.division(code=division_code)
        row = Route(
            id=ids.uuid7(),
            category_code=category,
            division=division.id,
            prefix=division.prefix,
            unit=unit_id,
            automatic=automatic,
            valid_from=SINCE,
            source="a table of duties",
        )
        await Route.insert(row)
        return row.id

    def new(self, **changes: Any) -> NewCase:
        """A broken pipe in the village, told by telephone."""
        said: dict[str, Any] = {
            "channel": Channel.PHONE,
            "category_code": WATER,
            "title": "村东水管坏了",
            "description": "两天没水了",
            "division_code": VILLAGE,
            "contact_name": "林大山",
            "contact_phone": "199 0000 0051",
        }
        return NewCase(**(said | changes))

    async def open(self, by: Actor | None = None, **changes: Any) -> OpenedCase:
        """A case, by the clerk unless told."""
        return (await opening.open_case(new=self.new(**changes), by=by or self.clerk)).record

    async def dispatched(self, **changes: Any) -> CaseRecord:
        """A case that the water unit has."""
        opened = await self.open(**changes)
        return await dispatching.dispatch(case_id=opened.case.id, id=ids.uuid7(), unit_id=self.water, by=self.clerk)

    async def resolved(self, **changes: Any) -> CaseRecord:
        """A case that the water unit resolved."""
        case = await self.dispatched(**changes)
        return await working.resolve(case_id=case.id, id=ids.uuid7(), remark="管子换好了", by=self.plumber)


async def _unit(name: str, kind: str) -> UUID:
    unit = await actions.open_unit(id=ids.uuid7(), name=name, kind=UnitKind(kind), division_code=COUNTY)
    return unit.id


async def _person(name: str, role: Role, unit_id: UUID, number: int) -> Actor:
    person = await actions.open_account(id=ids.uuid7(), name=name, phone=f"199 0000 {number:04d}")
    await actions.assign_role(person_id=person.id, role=role, division_code=COUNTY, unit_id=unit_id, valid_from=SINCE)
    return await sessions.actor(person_id=person.id)
