"""A studio on duty day and night: people, hours by the clock in Shandong, rosters in one line."""

from datetime import date, datetime, timedelta
from uuid import UUID

from backend.core import clock, ids
from backend.core.database import fetch, fetch_row
from backend.people import actions, sessions
from backend.people.actors import Actor
from backend.people.tables import Role, UnitKind
from backend.rosters import duty_rules
from backend.rosters.actions import publish_shifts
from backend.rosters.duty_rule_schemas import NewDutyRule
from backend.rosters.roster_schemas import NewRoster, NewShift, RosterVerdict
from backend.rosters.schemas import ShiftRecord
from backend.rosters.shifts import get_shift
from backend.rosters.tables import Post
from tests.cast import COUNTY, SINCE, TOWNSHIP, Cast

TODAY = date(2026, 11, 23)
"""A Monday."""
NOON = datetime(2026, 11, 23, 12, tzinfo=clock.SHANGHAI)
Rows = list[tuple[Actor, datetime, datetime]]
ALL_DAY = ((0, 8), (8, 16), (16, 24))


def at(hour: float, day: int = 0) -> datetime:
    """A moment by the clock in Shandong; days count from TODAY."""
    return datetime(2026, 11, 23, tzinfo=clock.SHANGHAI) + timedelta(days=day, hours=hour)


class Studio:
    """The unit (`id`), its staff (`technician`, `expert`, `handler`), its `supervisor`, and a `station` below."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.id, self.station = ids.uuid7(), ids.uuid7()
        self.supervisor, self.stranger, self.operator = cast.supervisor, cast.stranger, cast.operator
        self.technician = self.expert = self.handler = self.assistant = cast.technician

    async def open(self) -> None:
        await actions.open_unit(
            id=self.id, name="农技工作室", kind=UnitKind.STUDIO, division_code=COUNTY, public_phone="0635-0000000"
        )
        await actions.open_unit(id=self.station, name="梁村站", kind=UnitKind.STATION, division_code=TOWNSHIP)
        self.technician = await self._join(self.cast.technician, Role.TECHNICIAN)
        self.expert = await self._join(self.cast.expert, Role.EXPERT)
        self.handler = await self._join(self.cast.handler, Role.HANDLER)
        self.assistant = await self._join(self.cast.assistant, Role.ASSISTANT, self.station, TOWNSHIP)
        with clock.stopped(NOON):
            await self.rule("00:00-24:00")

    async def _join(self, who: Actor, role: Role, unit: UUID | None = None, division_code: str = COUNTY) -> Actor:
        await actions.assign_role(
            person_id=who.person_id,
            role=role,
            division_code=division_code,
            unit_id=unit or self.id,
            valid_from=SINCE,
        )
        return await sessions.actor(person_id=who.person_id)

    @property
    def staff(self) -> tuple[Actor, ...]:
        return (self.technician, self.expert, self.handler)

    async def rule(self, staffed: str, *, post: Post = Post.PHONE, valid_from: date = SINCE, unit: UUID | None = None,
                   **more: object) -> UUID:  # fmt: skip
        id = ids.uuid7()
        new = NewDutyRule(
            unit_id=unit or self.id, post=post, staffed=staffed, valid_from=valid_from, source="county order", **more
        )
        await duty_rules.set_duty_rule(id=id, new=new, by=self.supervisor)
        return id

    def roster(
        self, rows: list[tuple[Actor, datetime, datetime]], *, post: Post = Post.PHONE, **more: object
    ) -> NewRoster:
        given = {
            "unit_id": self.id,
            "starts_at": min((row[1] for row in rows), default=at(0)),
            "ends_at": max((row[2] for row in rows), default=at(24)),
        }
        shifts = [NewShift(person_id=who.person_id, starts_at=begins, ends_at=ends) for who, begins, ends in rows]
        return NewRoster(post=post, shifts=shifts, **(given | more))

    def days(self, days: int = 1, first: int = 0) -> Rows:
        """Night, day and evening, the three of the staff in turn."""
        return [
            (self.staff[number], at(begins, day), at(ends, day))
            for day in range(first, first + days)
            for number, (begins, ends) in enumerate(ALL_DAY)
        ]

    async def publish(self, new: NewRoster) -> RosterVerdict:
        return (await publish_shifts(new=new, by=self.supervisor)).record

    async def published(self, days: int = 1, first: int = 0) -> list[ShiftRecord]:
        """A roster without gaps, and its shifts in the order of time."""
        verdict = await self.publish(self.roster(self.days(days, first)))
        return [await get_shift(shift_id=row.id, by=self.supervisor) for row in verdict.rows]


async def tasks_of(person: Actor, kind: str) -> list[tuple[str, str]]:
    """State and title of the tasks of one kind that somebody got, the oldest first."""
    rows = await fetch(
        "SELECT state, title_zh FROM tasks_task WHERE assignee = $1 AND kind = $2 ORDER BY asked_at, id",
        person.person_id,
        kind,
    )
    return [(row["state"], row["title_zh"]) for row in rows]


async def notices_to(person: Actor) -> list[str]:
    """The keys under which somebody was told something."""
    rows = await fetch(
        "SELECT n.dedupe_key FROM push_notice n JOIN push_recipient r ON r.notice = n.id WHERE r.subject = $1 "
        "ORDER BY n.id",
        person.person_id,
    )
    return [row["dedupe_key"] for row in rows]


async def count(sql: str, *values: object) -> int:
    """The one number of a statement."""
    row = await fetch_row(sql, *values)
    return row[0] if row else 0
