"""Who may take a warning: the village's assistants first, then whoever is on duty with the police, nights too."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from backend.core import clock
from backend.core.database import fetch
from backend.people.tables import UnitKind
from backend.rosters import queries as rosters
from backend.rosters.units import IN_FORCE, UP_THE_TREE

_ABOVE = f"""
SELECT v.id FROM territory_division v WHERE v.prefix = ANY({UP_THE_TREE.format(code="$1::text")})
UNION SELECT v.community FROM territory_division v WHERE v.code = $1 AND v.valid_to IS NULL
"""
_HOLDERS = f"""
FROM people_role_assignment r JOIN territory_division d ON d.id = r.division
JOIN people_person p ON p.id = r.person AND p.closed_at IS NULL
WHERE r.division IN ({_ABOVE}) AND r.role = $2 AND {IN_FORCE.format(r="r", on="$3::date")}
"""
_ASSISTANTS = f"""
SELECT r.person, p.name, r.unit IS NULL
       OR NOT EXISTS (SELECT FROM rosters_duty_rule u WHERE u.unit = r.unit AND {IN_FORCE.format(r="u", on="$3::date")})
       OR EXISTS (SELECT FROM rosters_shift s WHERE s.unit = r.unit AND s.person = r.person
                  AND s.state IN ('published', 'confirmed') AND s.starts_at <= $4 AND s.ends_at > $4
                  AND s.starts_at > $4::timestamptz - interval '72 hours') AS on_duty
{_HOLDERS} AND NOT EXISTS (SELECT FROM rosters_leave l WHERE l.person = r.person AND l.state = 'approved'
                           AND l.starts_at <= $4 AND l.ends_at > $4)
ORDER BY length(d.prefix) DESC, r.valid_from, r.person
"""
_SUPERVISORS = f"SELECT r.person {_HOLDERS} ORDER BY length(d.prefix) DESC, r.valid_from, r.person LIMIT 1"


class Taker(NamedTuple):
    """Somebody who may have a warning. `on_duty`: now, by his roster, or because he has none."""

    person_id: UUID
    name: str
    on_duty: bool


async def in_order(*, division_code: str, at: datetime) -> list[Taker]:
    """Who may have a warning about a place at a moment, in the order in which they are rung.

    Assistants on duty (or without a roster), the nearest first; then who holds a police unit's shift, then whose shift
    comes next; then assistants off duty; last whoever did not turn up for his shift. Nobody who is on leave.
    """
    assistants = await fetch(_ASSISTANTS, division_code, "assistant", clock.local(at).date(), at)
    shifts = await rosters.who_for_division(division_code=division_code, kind=UnitKind.POLICE, at=at)
    held = [row for row in shifts if row["person_id"] is not None]
    found = [
        *(Taker(row["person"], row["name"], True) for row in assistants if row["on_duty"]),
        *(_holder(row) for row in held if not row["is_next"] and row["state"] != "missed"),
        *(_holder(row) for row in held if row["is_next"]),
        *(Taker(row["person"], row["name"], False) for row in assistants if not row["on_duty"]),
        *(_holder(row) for row in held if not row["is_next"] and row["state"] == "missed"),
    ]
    return list({each.person_id: each for each in reversed(found)}.values())[::-1]


def _holder(row: Mapping[str, Any]) -> Taker:
    return Taker(row["person_id"], row["name"], on_duty=not row["is_next"] and row["state"] != "missed")


async def takers(*, division_code: str, at: datetime) -> list[UUID]:
    """The same, their ids alone."""
    return [each.person_id for each in await in_order(division_code=division_code, at=at)]


async def supervisor_of(*, division_code: str, at: datetime) -> UUID | None:
    """The last resort: the nearest supervisor up the tree."""
    rows = await fetch(_SUPERVISORS, division_code, "supervisor", clock.local(at).date())
    return rows[0]["person"] if rows else None
