"""The names on a list of one's own households, each read logged; phones are read one by one (`read_contact`)."""

from collections.abc import Sequence
from uuid import UUID

from backend.core import clock
from backend.core.cipher import unseal
from backend.core.database import fetch
from backend.people.actors import Actor
from backend.people.household_queries import SERVED_ON


async def contact_names(*, household_ids: Sequence[UUID], by: Actor, request_id: str) -> dict[UUID, str]:
    """Contact names of those of the households that `by` serves today; the others, and the nameless, are left out.

    One statement reads and logs. A list that is opened twenty times a day would drown the log, so a household's line
    is written once a day and reader: who read the name on which day stays answerable.
    """
    rows = await fetch(
        _READ,
        list(household_ids),
        by.person_id,
        clock.today(),
        clock.now(),
        request_id[:64],
    )
    return {row["id"]: unseal(row["sealed"], column="people_household.contact_name_sealed") for row in rows}


_READ = f"""
WITH shown AS (
    SELECT h.id, h.contact_name_sealed AS sealed
    FROM people_household h JOIN people_household_service s ON s.household = h.id AND {SERVED_ON.format(n=3)}
    WHERE h.id = ANY($1) AND s.person = $2 AND h.contact_name_sealed IS NOT NULL
), logged AS (
    INSERT INTO people_access_log (id, at, person, subject_kind, subject_id, fields, request_id)
    SELECT gen_random_uuid(), $4, $2, 'household', shown.id, ARRAY['contact_name'], $5 FROM shown
    WHERE NOT EXISTS (
        SELECT FROM people_access_log a
        WHERE a.person = $2 AND a.subject_id = shown.id AND a.fields = ARRAY['contact_name']::varchar[]
          AND a.at >= $3::date::timestamp AT TIME ZONE 'Asia/Shanghai'
    )
)
SELECT id, sealed FROM shown
"""
