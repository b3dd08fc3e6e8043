"""Who sees a sample, and who reads what was found in it: said here once, as alternatives in SQL, each with an index.

    technicians   samples that their desk, or a station below it, tests; those handed in or waiting there
    experts       those of the desks of their studio
    anybody       those that he received, and those of a household that he serves today
    supervisors, auditors, admins   those of their territory

To everybody else a sample does not exist (404). What was found is another matter: in a farmer's free sample it is for
the farmer, the technicians who test it and the experts of their studio. Everybody else reads `withheld`, whatever was
found, unless the farmer agreed to share; that it is withheld tells nothing. Overseers read a supervision sampling.

An expert who was asked to look at a strip is blind to its sample until he has said what he sees, whatever else he is.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.core import statements as core
from backend.core.database import fetch, fetch_row
from backend.laboratory.words import RunKind
from backend.people.actors import OVERSEERS, Actor
from backend.people.household_queries import served_today
from backend.people.tables import Role

SHARES = """coalesce((
    SELECT k.given FROM laboratory_consent k WHERE k.sample = s.id AND k.purpose = 'share'
    ORDER BY k.at DESC, k.id DESC LIMIT 1), FALSE)"""
"""Whether the farmer of a sample `s` agrees today that its findings are told on."""


class LabReader(Struct, frozen=True, kw_only=True):
    """What one reader sees.

    desks      units that he is a technician of, and those below them
    studios    the same of an expert
    oversees   prefixes of the territory where he oversees
    served     households that he serves today
    blind_to   samples of whose strips he still owes a second look
    """

    person_id: UUID
    desks: tuple[UUID, ...]
    studios: tuple[UUID, ...]
    oversees: tuple[str, ...]
    served: tuple[UUID, ...]
    blind_to: tuple[UUID, ...] = ()

    @property
    def tests(self) -> tuple[UUID, ...]:
        """Units whose samples' findings he reads."""
        return (*self.desks, *self.studios)


async def reader(by: Actor) -> LabReader:
    """What `by` sees."""
    return LabReader(
        person_id=by.person_id,
        desks=await _with_those_below(by, Role.TECHNICIAN),
        studios=await _with_those_below(by, Role.EXPERT),
        oversees=by.prefixes(OVERSEERS),
        served=await served_today(person_id=by.person_id) if by.has(Role.CADRE, Role.ASSISTANT) else (),
        blind_to=tuple(row["sample"] for row in await fetch(_BLIND, by.person_id)) if by.has(Role.EXPERT) else (),
    )


_BLIND = """
SELECT DISTINCT r.sample FROM laboratory_second_look k JOIN laboratory_result r ON r.id = k.result
WHERE k.expert = $1 AND k.seen_at IS NULL
"""


async def _with_those_below(by: Actor, role: Role) -> tuple[UUID, ...]:
    own = [held.unit_id for held in by.held if held.role is role and held.unit_id is not None]
    return tuple(row["id"] for row in await fetch(_BELOW, own)) if own else ()


_BELOW = """
WITH RECURSIVE below AS (
    SELECT id, 1 AS step FROM people_unit WHERE id = ANY($1::uuid[])
    UNION SELECT u.id, b.step + 1 FROM below b JOIN people_unit u ON u.parent = b.id WHERE b.step < 5
)
SELECT DISTINCT id FROM below
"""


class Conditions(core.Conditions):
    """Conditions on samples `s`."""

    def seen_by(self, reader: LabReader) -> str:
        """That he sees it."""
        tests, desks = self.value(list(reader.tests)), self.value(list(reader.desks))
        ways = [
            f"s.unit = ANY({tests}::uuid[])",
            f"s.drop_off = ANY({desks}::uuid[])",
            f"s.holder = ANY({desks}::uuid[])",
            f"s.received_by = {self.value(reader.person_id)}",
        ]
        if reader.served:
            ways.append(f"s.household = ANY({self.value(list(reader.served))}::uuid[])")
        if reader.oversees:
            ways.append(core.passing_under("s.division_code", reader.oversees, self.value))
        return f"({' OR '.join(ways)})"

    def read_by(self, reader: LabReader) -> str:
        """That he reads what was found."""
        overseen = core.passing_under("s.division_code", reader.oversees, self.value)
        reads = (
            f"(s.unit = ANY({self.value(list(reader.tests))}::uuid[]) OR (s.run_kind = 'supervision' AND {overseen}) "
            f"OR {SHARES})"
        )
        return f"({reads} AND s.id <> ALL({self.value(list(reader.blind_to))}::uuid[]))" if reader.blind_to else reads


async def sees(reader: LabReader, sample_id: UUID) -> bool:
    """Whether he sees this one."""
    found = Conditions(sample_id)
    seen = found.seen_by(reader)
    return await fetch_row(f"SELECT 1 FROM laboratory_sample s WHERE s.id = $1 AND {seen}", *found.values) is not None


def reads_findings(reader: LabReader, sample: Mapping[str, Any]) -> bool:
    """Whether he reads what was found.

    sample   a row with id, unit, run_kind, division_code, and `shares` (SHARES)
    """
    if sample["id"] in reader.blind_to:
        return False
    if sample["unit"] in reader.tests or sample["shares"]:
        return True
    overseen = bool(reader.oversees) and sample["division_code"].startswith(reader.oversees)
    return sample["run_kind"] == RunKind.SUPERVISION and overseen
