"""Who could take over a shift, and the question whether he will be there."""

from datetime import timedelta
from uuid import UUID

from backend.core import clock
from backend.core.database import fetch
from backend.core.words import Term
from backend.rosters import telling
from backend.rosters.ladders import ladder
from backend.rosters.leave_schemas import Candidate
from backend.rosters.schemas import ShiftRecord
from backend.rosters.units import IN_FORCE
from backend.tasks.tables import TaskKind

FORTNIGHT = timedelta(days=14)


async def candidates(shift: ShiftRecord) -> list[Candidate]:
    """Who of the unit is free for a shift: those with a rest before and after it first, then the least loaded."""
    rows = await fetch(
        f"""
        SELECT p.id AS person_id, p.name, coalesce(load.hours, 0)::float8 AS hours
        FROM people_person p LEFT JOIN LATERAL (
            SELECT sum(extract(epoch FROM s.ends_at - s.starts_at)) / 3600 AS hours,
                   bool_or(s.starts_at < $4::timestamptz + $6 AND s.ends_at > $3::timestamptz - $6::interval) AS tired,
                   bool_or(s.starts_at < $4 AND s.ends_at > $3) AS busy
            FROM rosters_shift s WHERE s.person = p.id AND s.state IN ('published', 'confirmed')
            AND s.starts_at > $3::timestamptz - $5::interval AND s.starts_at < $4::timestamptz + $5
        ) load ON TRUE
        WHERE p.closed_at IS NULL AND p.id <> $2 AND load.busy IS NOT TRUE
        AND EXISTS (SELECT FROM people_role_assignment r WHERE r.person = p.id AND r.unit = $1
                    AND {IN_FORCE.format(r="r", on="$7::date")})
        AND NOT EXISTS (SELECT FROM rosters_leave l WHERE l.person = p.id AND l.state IN ('requested', 'approved')
                        AND l.starts_at < $4 AND l.ends_at > $3)
        AND p.id IN (SELECT person FROM people_role_assignment WHERE unit = $1)
        ORDER BY load.tired IS TRUE, hours, p.name, p.id
        """,
        shift.unit_id,
        shift.person_id,
        shift.starts_at,
        shift.ends_at,
        FORTNIGHT,
        ladder(clock.today()).rest,
        clock.local(shift.starts_at).date(),
    )
    return [Candidate(**row) for row in rows]


async def ask_to_confirm(shift_id: UUID, person_id: UUID, shift: ShiftRecord, msgid: Term) -> None:
    """A notice and a task: will you be there."""
    saying = telling.Saying(msgid, unit=shift.unit_name, span=(shift.starts_at, shift.ends_at))
    await telling.ask(
        origin_id=shift_id,
        kind=TaskKind.CONFIRM_SHIFT,
        assignee_id=person_id,
        saying=saying,
        division_code=shift.division_code,
        due_at=shift.starts_at,
    )
    await telling.tell(person_id, saying, key=f"confirm/{shift_id}", origin_id=shift_id, expires_at=shift.ends_at)
