"""Who may take a warning: the village's assistants first, then whoever is on duty with the police, nights too."""

from datetime import datetime
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
SELECT r.person, r.unit IS NULL
       OR NOT EXISTS (SELECT FROM rosters_duty_rule u WHERE u.unit = r.unit AND {IN_FORCE.format(r="u", on="$3::date")})
       OR EXISTS (SELECT FROM rosters_shift s WHERE s.unit = r.unit AND s.person = r.person
                  AND s.state IN ('published', 'confirmed') AND s.starts_at <= $4 AND s.ends_at > $4
                  AND s.starts_at > $4::timestamptz - interval '72 hours') AS on_duty
{_HOLDERS} AND NOT EXISTS (SELECT FROM rosters_leave l WHERE l.person = r.person AND l.state = 'approved'
                           AND l.starts_at <= $4 AND l.ends_at > $4)
ORDER BY length(d.prefix) DESC, r.valid_from, r.person
"""
_SUPERVISORS = f"SELECT r.person {_HOLDERS} ORDER BY length(d.prefix) DESC, r.valid_from, r.person LIMIT 1"


async def takers(*, division_code: str, at: datetime) -> list[UUID]:
    """Who may have a warning about a place at a moment, in the order in which they are rung.

    Assistants on duty (or without a roster), the nearest first; then who holds a police unit's shift, then whose shift
    comes next; then assistants off duty. Nobody who is on leave.
    """
    assistants = await fetch(_ASSISTANTS, division_code, "assistant", clock.local(at).date(), at)
    shifts = await rosters.who_for_division(division_code=division_code, kind=UnitKind.POLICE, at=at)
    holding = [row for row in shifts if row["person_id"] is not None]
    return list(
        dict.fromkeys(
            [
                *(row["person"] for row in assistants if row["on_duty"]),
                *(row["person_id"] for row in holding if not row["is_next"]),
                *(row["person_id"] for row in holding if row["is_next"]),
                *(row["person"] for row in assistants if not row["on_duty"]),
            ]
        )
    )


async def supervisor_of(*, division_code: str, at: datetime) -> UUID | None:
    """The last resort: the nearest supervisor up the tree."""
    rows = await fetch(_SUPERVISORS, division_code, "supervisor", clock.local(at).date())
    return rows[0]["person"] if rows else None
