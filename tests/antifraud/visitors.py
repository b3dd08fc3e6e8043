"""Who visits: a police station, its assistant with a card, and the roster of its desk."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from backend.antifraud import visitor_cards, visitor_checking
from backend.antifraud.visitor_schemas import NewVisitorCard, VisitorCardRecord
from backend.core import clock, ids
from backend.people import actions
from backend.people.actors import Actor
from backend.people.tables import Role, UnitKind
from backend.rosters import duty_rules
from backend.rosters.actions import publish_shifts
from backend.rosters.duty_rule_schemas import NewDutyRule
from backend.rosters.roster_schemas import NewRoster, NewShift
from backend.rosters.tables import Post
from tests.cast import SINCE, TOWNSHIP, Cast

HERE, ELSEWHERE = "203.0.113.7", "203.0.113.8"
STATION_PHONE = "0635-0000110"


def at(hour: float, day: int = 23) -> datetime:
    """A moment of November 2026 by the clock in Shandong."""
    return datetime(2026, 11, day, tzinfo=clock.SHANGHAI) + timedelta(hours=hour)


class Visitors:
    """The `station`, and `assistant`, `supervisor` and `stranger` of the cast."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.station = ids.uuid7()
        self.assistant, self.supervisor, self.stranger = cast.assistant, cast.supervisor, cast.stranger

    async def open(self) -> None:
        visitor_checking.kept.forget()  # the rows of another test are gone
        await actions.open_unit(
            id=self.station,
            name="梁村派出所",
            kind=UnitKind.POLICE,
            division_code=TOWNSHIP,
            public_phone=STATION_PHONE,
        )
        await actions.assign_role(
            person_id=self.assistant.person_id,
            role=Role.ASSISTANT,
            division_code=TOWNSHIP,
            unit_id=self.station,
            valid_from=SINCE,
        )

    async def issued(self, who: Actor | None = None, **more: Any) -> VisitorCardRecord:
        """A card for the assistant, unless told."""
        given = {"id": ids.uuid7(), "person_id": (who or self.assistant).person_id, "unit_id": self.station}
        new = NewVisitorCard(**(given | more))
        return (await visitor_cards.issue_visitor_card(new=new, by=self.supervisor)).record

    async def code(self, who: Actor | None = None) -> str:
        """What he says now."""
        return (await visitor_checking.my_visitor_code(by=who or self.assistant)).code

    async def another(self, number: int, role: Role = Role.ASSISTANT) -> Actor:
        """One more of the township."""
        person = await actions.open_account(id=ids.uuid7(), name=f"队员{number}", phone=f"199 0000 7{number:03d}")
        await actions.assign_role(person_id=person.id, role=role, division_code=TOWNSHIP, valid_from=SINCE)
        return Actor(person_id=person.id, name=person.name, language="zh", held=())

    async def at_the_desk(self, who: Actor, begins: datetime, ends: datetime) -> UUID:
        """Somebody on the station's roster."""
        hours = f"{begins:%H:%M}-{ends:%H:%M}"
        rule = NewDutyRule(
            unit_id=self.station, post=Post.DESK, staffed=hours, valid_from=date(2026, 1, 1), source="county order"
        )
        await duty_rules.set_duty_rule(id=ids.uuid7(), new=rule, by=self.supervisor)
        shift = NewShift(person_id=who.person_id, starts_at=begins, ends_at=ends)
        new = NewRoster(unit_id=self.station, post=Post.DESK, starts_at=begins, ends_at=ends, shifts=[shift])
        return (await publish_shifts(new=new, by=self.supervisor)).record.rows[0].id
