"""Ladders: who is asked when nobody acknowledged. Dated rows; the newest of a rung that has begun counts."""

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.core.clock import local
from backend.core.database import fetch
from backend.deadlines.policy_tables import Audience
from backend.people.tables import Role
from backend.rosters import queries as rosters
from backend.rosters import units
from backend.rosters.duty_schemas import ToRing


class Rung(Struct, frozen=True):
    """Whom a notice goes to, and how long he has to acknowledge it."""

    ladder: str
    level: int
    audience: Audience
    acknowledge_within_min: int


async def rungs_on(at: datetime) -> "Rungs":
    """Every ladder of a day, for one batch of notices."""
    rows = await fetch(
        "SELECT DISTINCT ON (ladder, level) ladder, level, audience, acknowledge_within_min FROM deadlines_ladder "
        "WHERE valid_from <= $1 ORDER BY ladder, level, valid_from DESC",
        local(at).date(),
    )
    return Rungs([msgspec.convert(dict(row), Rung) for row in rows], at)


class Rungs:
    """Ladders, and who stands on them at one moment; each question is put to the database once."""

    def __init__(self, rungs: list[Rung], at: datetime) -> None:
        self._rungs, self._at = rungs, at
        self._known: dict[tuple[Audience, UUID | str | None], ToRing | None] = {}

    def above(self, ladder: str, level: int) -> Iterator[Rung]:
        """The rungs of a ladder above a level, in order."""
        return (rung for rung in self._rungs if rung.ladder == ladder and rung.level > level)

    async def person(self, rung: Rung, *, unit_id: UUID | None, division_code: str) -> ToRing | None:
        """Who stands on a rung for a unit or, higher up, for a division; None where there is nobody."""
        of_unit = rung.audience in (Audience.UNIT_DUTY, Audience.UNIT_SUPERVISOR)
        whose = unit_id if of_unit else division_code
        if whose is None:
            return None
        key = (rung.audience, whose)
        if key not in self._known:
            self._known[key] = await self._ask(rung.audience, unit_id, division_code)
        return self._known[key]

    async def _ask(self, audience: Audience, unit_id: UUID | None, division_code: str) -> ToRing | None:
        if audience is Audience.UNIT_DUTY and unit_id is not None:
            return await rosters.whom_to_ring(unit_id=unit_id, at=self._at)
        supervisor = await self._supervisor(audience, unit_id, division_code)
        return ToRing(supervisor, on_duty=False) if supervisor else None

    async def _supervisor(self, audience: Audience, unit_id: UUID | None, division_code: str) -> UUID | None:
        if audience is Audience.UNIT_SUPERVISOR and unit_id is not None:
            return await units.supervisor_of(unit_id)
        county = audience is Audience.COUNTY_SUPERVISOR
        return await supervisor_over(division_code, county=county, on=local(self._at).date())


async def supervisor_over(division_code: str, *, county: bool, on: date) -> UUID | None:
    """The supervisor whose territory holds a division: the nearest, or the nearest from the county upwards.

    Of several the one who has held the role longest, so that the same one is asked each time.
    """
    rows = await fetch(
        """
        SELECT r.person FROM territory_division d JOIN people_role_assignment r ON r.division = d.id
        JOIN people_person p ON p.id = r.person AND p.closed_at IS NULL
        WHERE d.prefix = ANY(ARRAY(SELECT left($1, size) FROM unnest(ARRAY[2, 4, 6, 9, 12, 15]) AS size))
        AND r.role = $2 AND r.valid_from <= $3 AND (r.valid_to IS NULL OR r.valid_to >= $3)
        AND (NOT $4 OR length(d.prefix) <= 6)
        ORDER BY length(d.prefix) DESC, r.valid_from, r.person LIMIT 1
        """,
        division_code,
        Role.SUPERVISOR,
        on,
        county,
    )
    return rows[0]["person"] if rows else None
