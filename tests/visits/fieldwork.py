"""Rows at will for the tests of needs and of oversight: a second township beside the cast's, and contacts."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from backend.cases.found import FoundCase, open_found
from backend.core import ids
from backend.core.clock import now
from backend.core.database import transaction
from backend.people import actions, households, sessions
from backend.people.actors import Actor
from backend.people.tables import Role
from backend.territory import queries as territory
from backend.territory.coordinates import Crs
from backend.territory.points import Point
from backend.territory.tables import Division, Level
from backend.visits.tables import Channel, Visit
from tests.cast import COUNTY, SINCE, VILLAGE, Cast

FAR_TOWNSHIP, FAR_VILLAGE = "371526102000", "371526102201"


class Fieldwork:
    """What happens in the field. Contacts are put straight into the tables, so that a test can choose every column;
    needs, people and households are made by their own verbs.
    """

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.cadre, self.handler, self.stranger = cast.cadre, cast.handler, cast.stranger
        self.supervisor, self.auditor, self.admin = cast.supervisor, cast.auditor, cast.admin
        self.successor = cast.next_cadre
        self._phones = iter(range(200, 999))

    async def open_township(self) -> None:
        """A second township with one village, and its own supervisor."""
        county = (await territory.division(code=COUNTY)).id
        for code, level, name, digits in (
            (FAR_TOWNSHIP, Level.TOWNSHIP, "尹集镇", 9),
            (FAR_VILLAGE, Level.VILLAGE, "后村", 12),
        ):
            id = uuid4()
            row = Division(
                id=id, code=code, prefix=code[:digits], level=level, name=name, parent=county, source="test",
                valid_from=date(2020, 1, 1),
            )  # fmt: skip
            await row.save()
            county = id
        self.township_supervisor = await self.person("钱督导", Role.SUPERVISOR, FAR_TOWNSHIP)

    async def person(self, name: str, role: Role, code: str) -> Actor:
        """Somebody with one role."""
        phone = f"199 0000 {next(self._phones):04d}"
        person = await actions.open_account(id=ids.uuid7(), name=name, phone=phone)
        await actions.assign_role(person_id=person.id, role=role, division_code=code, valid_from=SINCE)
        return await sessions.actor(person_id=person.id)

    async def household(
        self,
        code: str,
        village: str = VILLAGE,
        *,
        served_by: Actor | None = None,
        at: tuple[float, float] | None = None,
        name: str | None = "户主",
    ) -> UUID:
        """A household, with or without somebody who serves it; `at` is longitude and latitude, WGS-84."""
        point = None if at is None else Point(crs=Crs.WGS84, longitude=at[0], latitude=at[1])
        made = await households.register_household(
            id=ids.uuid7(), code=code, division_code=village, contact_name=name, point=point, by=self.admin
        )
        if served_by:
            await self.serve(made.id, served_by)
        return made.id

    async def serve(self, household: UUID, person: Actor, *, since: date = SINCE) -> None:
        """From `since` on this person serves the household."""
        await households.assign_household(
            household_id=household, person_id=person.person_id, valid_from=since, by=self.admin
        )

    async def visit(
        self,
        by: Actor,
        *,
        household: UUID | None = None,
        village: str = VILLAGE,
        channel: Channel = Channel.VISIT,
        at: datetime | None = None,
        **columns: object,
    ) -> UUID:
        """One contact, received when it occurred: an hour ago unless told."""
        id, at = uuid4(), at or now() - timedelta(hours=1)
        division = await territory.division(code=village)
        row = Visit(
            id=id, recorded_by=by.person_id, channel=channel, occurred_at=at, received_at=at, entered_late=False,
            household=household, division=division.id, division_code=village, door="api", arguments_digest=b"",
            **columns,
        )  # fmt: skip
        await row.save()
        return id

    async def need(
        self, visit: UUID, *, household: UUID | None = None, village: str = VILLAGE, category: str = "production"
    ) -> UUID:
        """A need just received: a case."""
        id, division = uuid4(), await territory.division(code=village)
        found = FoundCase(
            id=id, category_code=category, description="灌溉渠堵塞", division_id=division.id, division_code=village,
            household_id=household, origin_room="visits", origin_id=visit, opened_at=now(),
        )  # fmt: skip
        await transaction(open_found)([found], by=self.cadre, door="api", received_at=now())
        return id


def noon(year: int, month: int, day: int) -> datetime:
    """Noon in Shandong."""
    return datetime(year, month, day, 4, tzinfo=UTC)
