"""Who somebody is today: his roles and their divisions, and whether what he shows still lets him in."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
import msgspec

from backend.core import clock
from backend.core.database import fetch
from backend.people.actors import Actor, Held
from backend.people.tables import Role


class Standing(msgspec.Struct, frozen=True):
    """A person as the database knows him now: what a token is held against."""

    actor: Actor
    epoch: int
    may_enter: bool


_TODAYS_ROLES = """
LEFT JOIN (people_role_assignment r JOIN territory_division v ON v.id = r.division)
       ON r.person = p.id AND r.valid_from <= $2 AND (r.valid_to IS NULL OR r.valid_to >= $2)
"""
_STANDING = """
SELECT p.id, p.name, p.language, p.session_epoch, r.role, r.unit, v.code, v.name AS division_name,
       p.closed_at IS NULL AND {device_in_use} AS may_enter,
       CASE WHEN v.level = 'community'
            THEN ARRAY(SELECT w.prefix FROM territory_division w WHERE w.community = v.id
                       AND w.valid_from <= $2 AND (w.valid_to IS NULL OR w.valid_to >= $2) ORDER BY w.prefix)
            ELSE ARRAY[v.prefix] END AS prefixes
FROM people_person p {joined}
"""
_BY_ID = _STANDING.format(
    device_in_use="""($3::uuid IS NULL OR EXISTS (
        SELECT FROM people_device d WHERE d.id = $3 AND d.person = p.id AND d.revoked_at IS NULL))""",
    joined=_TODAYS_ROLES + "WHERE p.id = $1 ORDER BY r.role, v.code",
)
_BY_KEY = _STANDING.format(
    device_in_use="TRUE",
    joined="JOIN people_access_key k ON k.person = p.id AND k.key_sha256 = $1 AND k.revoked_at IS NULL"
    + _TODAYS_ROLES
    + "ORDER BY r.role, v.code",
)


async def standing(*, person_id: UUID, device_id: UUID | None = None) -> Standing | None:
    """A person with today's roles and their prefixes, in one round trip: every request begins here."""
    return _standing(await fetch(_BY_ID, person_id, clock.today(), device_id), device_id)


async def standing_of_key(*, key_sha256: bytes) -> Standing | None:
    """The same for the holder of an access key that is not revoked."""
    return _standing(await fetch(_BY_KEY, key_sha256, clock.today()), None)


def _standing(rows: Sequence[asyncpg.Record], device_id: UUID | None) -> Standing | None:
    if not rows:
        return None
    first = rows[0]
    held = tuple(
        Held(Role(row["role"]), row["code"], row["division_name"], tuple(row["prefixes"]), row["unit"])
        for row in rows
        if row["role"]
    )
    actor = Actor(first["id"], first["name"], first["language"], held, device_id)
    return Standing(actor, first["session_epoch"], first["may_enter"])
