"""Who sees which request: said here once, as alternatives in SQL, each with an index, for one request and for lists.

    supervisors, auditors, admins, operators   those of their territory
    experts       what is or was put before them, is theirs, or asks their second opinion; the pool they are able for
    a chief       all of his studio
    technicians   those of their station or studio
    anybody       what he opened, and what concerns a household that he serves today

To everybody else a request does not exist (404).
"""

from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.cases.visibility import SEERS, VILLAGE_DIGITS
from backend.core import statements as core
from backend.core.clock import today
from backend.core.database import fetch_row
from backend.diagnosis.routing_queries import FITS
from backend.diagnosis.words import Tier
from backend.people.actors import Actor
from backend.people.household_queries import SERVED_ON
from backend.people.tables import Role

CHIEFS_OF_A_PLACE = frozenset({Role.SUPERVISOR, Role.ADMIN})
"""Who may do in a territory what a studio's chief may, but answer."""


class Reader(Struct, frozen=True, kw_only=True):
    """What one reader sees.

    prefixes    of his territory, where he oversees or takes calls
    leads       of the territory whose supervisor or admin he is
    desks       the stations and studios whose technician he is
    studio      whose expert he is today; `tier`: how far
    """

    person_id: UUID
    prefixes: tuple[str, ...]
    leads: tuple[str, ...]
    desks: tuple[UUID, ...]
    studio: UUID | None = None
    tier: Tier | None = None

    @property
    def is_expert(self) -> bool:
        """Whether he answers, as the list of experts has it today."""
        return self.tier is not None

    def is_chief_of(self, studio: UUID, division_code: str) -> bool:
        """Whether he has the last word on a request: the studio's chief expert, or who leads the place."""
        return (self.tier is Tier.CHIEF and self.studio == studio) or division_code.startswith(self.leads)


async def reader(by: Actor) -> Reader:
    """What `by` sees."""
    row = None
    if by.has(Role.EXPERT):
        row = await fetch_row(
            "SELECT unit, tier FROM diagnosis_expert WHERE id = $1 AND valid_from <= $2 "
            "AND (valid_to IS NULL OR valid_to >= $2)",
            by.person_id,
            today(),
        )
    return Reader(
        person_id=by.person_id,
        prefixes=by.prefixes(SEERS),
        leads=by.prefixes(CHIEFS_OF_A_PLACE),
        desks=tuple({held.unit_id for held in by.held if held.role == Role.TECHNICIAN and held.unit_id is not None}),
        studio=row["unit"] if row else None,
        tier=Tier(row["tier"]) if row else None,
    )


async def sees(reader: Reader, request_id: UUID) -> bool:
    """Whether he sees this one."""
    found = Conditions(request_id)
    ways = found.ways(reader)
    asked = " UNION ALL ".join(f"SELECT 1 FROM diagnosis_request r WHERE r.id = $1 AND {each}" for each in ways)
    return await fetch_row(f"SELECT 1 FROM ({asked}) seen LIMIT 1", *found.values) is not None


async def is_able(reader: Reader, request_id: UUID) -> bool:
    """Whether a request lies in the pool, and he is able for it."""
    if not reader.is_expert:
        return False
    found = Conditions(request_id)
    pooled = found.pooled(found.value(reader.person_id))
    row = await fetch_row(f"SELECT 1 FROM diagnosis_request r WHERE r.id = $1 AND {pooled}", *found.values)
    return row is not None


ABLE = f"""EXISTS (
    SELECT FROM diagnosis_competence k WHERE k.expert = {{expert}}
    AND {FITS.format(crop="r.crop", topic="r.topic", code="r.division_code")})"""
"""That an expert is able for a request `r`; {{expert}} is his place among the parameters."""


class Conditions(core.Conditions):
    """Conditions on requests `r`.

    many   those of the ways under which there may be a county's requests: a territory, a studio
    """

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.many: set[str] = set()

    def ways(self, reader: Reader) -> list[str]:
        """The ways in which somebody sees requests, each with an index of its own."""
        person, day = self.value(reader.person_id), self.value(today())
        served = SERVED_ON.replace("${n}", day)
        ways = [
            f"r.id IN (SELECT c.id FROM cases_case c WHERE c.opened_by = {person} AND c.kind = 'diagnosis')",
            "r.id IN (SELECT c.id FROM cases_case c JOIN people_household_service s ON s.household = c.household "
            f"WHERE s.person = {person} AND {served} AND c.kind = 'diagnosis')",
            *(f"r.station = {self.value(desk)}" for desk in reader.desks),
            *self.experts_ways(reader, person),
        ]
        self.many = {*self._studios(reader), *([self.under_any(reader.prefixes)] if reader.prefixes else [])}
        return [*sorted(self.many), *ways]

    def _studios(self, reader: Reader) -> list[str]:
        """All of a studio: its chief sees it, and its technicians."""
        chief = {reader.studio} if reader.tier is Tier.CHIEF else set()
        return [f"r.studio = {self.value(unit_id)}" for unit_id in {*reader.desks, *chief}]

    def experts_ways(self, reader: Reader, person: str) -> list[str]:
        """What is or was put before somebody, and the pool."""
        ways = [
            f"r.expert = {person}",
            f"r.id IN (SELECT o.request FROM diagnosis_offer o WHERE o.expert = {person})",
            f"r.id IN (SELECT s.request FROM diagnosis_second_opinion s WHERE s.expert = {person})",
        ]
        if reader.is_expert:
            ways.append(self.pooled(person))
        return ways

    def pooled(self, person: str) -> str:
        """That a request lies in the pool, and he is able for it."""
        return f"r.state = 'pooled' AND {ABLE.format(expert=person)}"

    def under_any(self, prefixes: tuple[str, ...]) -> str:
        """That a request lies in a territory: a village is a range of an index, more is tested on the way through."""
        wide = [prefix for prefix in prefixes if len(prefix) < VILLAGE_DIGITS]
        narrow = [prefix for prefix in prefixes if len(prefix) >= VILLAGE_DIGITS]
        passing = core.passing_under("r.division_code", wide, self.value)
        return f"({passing} OR {self.under('r.division_code', narrow)})" if narrow else passing
