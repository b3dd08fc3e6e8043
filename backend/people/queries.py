"""Reads of persons, and the statements that are one round trip on purpose."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg
import msgspec

from backend.core import clock
from backend.core.database import fetch, fetch_row
from backend.core.paging import Position
from backend.people.actors import Actor, Held
from backend.people.household_schemas import AccessRecord
from backend.people.station_schemas import StationOpener
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


class Credentials(msgspec.Struct, frozen=True):
    """What a sign-in is checked against."""

    person_id: UUID
    epoch: int
    password_hash: str | None


async def credentials(*, phone_index: bytes) -> Credentials | None:
    """Of the open account with this phone."""
    row = await fetch_row(
        "SELECT id, session_epoch, password_hash FROM people_person WHERE phone_index = $1 AND closed_at IS NULL",
        phone_index,
    )
    return Credentials(*row) if row else None


async def locked_until(*, phone_index: bytes) -> datetime | None:
    """Until when sign-in with this phone is closed; None while it is open."""
    row = await fetch_row(
        "SELECT locked_until FROM people_sign_in_attempt WHERE phone_index = $1 AND locked_until > $2",
        phone_index,
        clock.now(),
    )
    return row["locked_until"] if row else None


async def count_failure(*, phone_index: bytes, forget_before: datetime) -> int:
    """One failure more, and how many they are now; those older than `forget_before` no longer count."""
    row = await fetch_row(
        """
        INSERT INTO people_sign_in_attempt AS a (phone_index, failures, last_failed_at) VALUES ($1, 1, $2)
        ON CONFLICT (phone_index) DO UPDATE SET last_failed_at = $2,
            failures = CASE WHEN a.last_failed_at < $3 THEN 1 ELSE a.failures + 1 END
        RETURNING failures
        """,
        phone_index,
        clock.now(),
        forget_before,
    )
    return int(row["failures"]) if row else 0


async def bump_epoch(*, person_id: UUID) -> None:
    """Void all that this person signed in with: access tokens by the epoch, refresh tokens and keys by mark."""
    await fetch(
        """
        WITH epoch AS (UPDATE people_person SET session_epoch = session_epoch + 1 WHERE id = $1),
             keys AS (UPDATE people_access_key SET revoked_at = $2 WHERE person = $1 AND revoked_at IS NULL)
        UPDATE people_refresh_token SET revoked_at = $2 WHERE person = $1 AND revoked_at IS NULL
        """,
        person_id,
        clock.now(),
    )


async def refresh_token_locked(*, token_sha256: bytes) -> asyncpg.Record | None:
    """A refresh token's row, held against another use of it until the transaction ends."""
    return await fetch_row(
        """
        SELECT t.*, p.session_epoch,
               p.closed_at IS NULL AND (d.id IS NULL OR d.revoked_at IS NULL) AS may_enter
        FROM people_refresh_token t JOIN people_person p ON p.id = t.person LEFT JOIN people_device d ON d.id = t.device
        WHERE t.token_sha256 = $1 FOR UPDATE OF t
        """,
        token_sha256,
    )


async def refresh_token_used(*, token_sha256: bytes) -> bool:
    """Whether this refresh token has been used, or does not exist."""
    row = await fetch_row(
        "SELECT used_at FROM people_refresh_token WHERE token_sha256 = $1 AND revoked_at IS NULL", token_sha256
    )
    return row is None or row["used_at"] is not None


async def has_role_on(*, person_id: UUID, roles: Sequence[Role], division_code: str, on: date) -> bool:
    """Whether somebody holds one of these roles over a division on a day (its own, one above, or its community)."""
    row = await fetch_row(
        """
        SELECT EXISTS (
            SELECT FROM people_role_assignment r JOIN territory_division v ON v.id = r.division
            WHERE r.person = $1 AND r.role = ANY($2) AND r.valid_from <= $4 AND (r.valid_to IS NULL OR r.valid_to >= $4)
            AND (starts_with($3, v.prefix) OR EXISTS (
                SELECT FROM territory_division w WHERE w.community = v.id AND starts_with($3, w.prefix)))
        ) AS found
        """,
        person_id,
        list(roles),
        division_code,
        on,
    )
    return bool(row and row["found"])


async def persons_division_codes(*, person_id: UUID) -> tuple[str, ...]:
    """Codes of every division in which somebody holds, held or will hold a role."""
    rows = await fetch(
        "SELECT DISTINCT v.code FROM people_role_assignment r "
        "JOIN territory_division v ON v.id = r.division WHERE r.person = $1",
        person_id,
    )
    return tuple(row["code"] for row in rows)


async def access_records(*, subject_id: UUID, limit: int, after: Position | None) -> list[AccessRecord]:
    """Up to `limit` + 1 reads of one subject, the newest first."""
    rows = await fetch(
        """
        SELECT a.id, a.at, a.person AS person_id, p.name AS person_name,
               a.subject_kind, a.subject_id, a.fields, a.request_id
        FROM people_access_log a JOIN people_person p ON p.id = a.person
        WHERE a.subject_id = $1 AND ($2::timestamptz IS NULL OR (a.at, a.id) < ($2, $3::uuid))
        ORDER BY a.at DESC, a.id DESC LIMIT $4
        """,
        subject_id,
        after and after.at,
        after and after.id,
        limit + 1,
    )
    return [AccessRecord(**row) for row in rows]


async def newest_consent(*, household_id: UUID, purpose: str) -> bool:
    """What the newest line of a purpose says; no line, no consent."""
    row = await fetch_row(
        "SELECT given FROM people_consent WHERE household = $1 AND purpose = $2 ORDER BY at DESC, id DESC LIMIT 1",
        household_id,
        purpose,
    )
    return bool(row and row["given"])


async def link_locked(*, token_sha256: bytes) -> asyncpg.Record | None:
    """A one-time link with its person's name and present password hash, held until the transaction ends."""
    return await fetch_row(
        """
        SELECT l.*, p.name, p.password_hash FROM people_one_time_link l JOIN people_person p ON p.id = l.person
        WHERE l.token_sha256 = $1 AND p.closed_at IS NULL FOR UPDATE OF l
        """,
        token_sha256,
    )


async def forget_failures(*, person_id: UUID) -> None:
    """Open sign-in again for this person's phone."""
    await fetch(
        "DELETE FROM people_sign_in_attempt a USING people_person p WHERE p.id = $1 AND a.phone_index = p.phone_index",
        person_id,
    )


async def open_unit(*, unit_id: UUID) -> asyncpg.Record | None:
    """Kind and `division_code` of a unit that is not closed."""
    return await fetch_row(
        "SELECT u.kind, v.code AS division_code FROM people_unit u JOIN territory_division v ON v.id = u.division "
        "WHERE u.id = $1 AND u.closed_at IS NULL",
        unit_id,
    )


async def station_of_code(*, code_id: UUID) -> asyncpg.Record | None:
    """`unit` and `division_code` of the station that a code was made for."""
    return await fetch_row(
        "SELECT c.unit, v.code AS division_code FROM people_station_code c JOIN people_unit u ON u.id = c.unit "
        "JOIN territory_division v ON v.id = u.division WHERE c.id = $1",
        code_id,
    )


async def station_opener(*, code_sha256: bytes) -> StationOpener | None:
    """The open station of a code that is not revoked."""
    row = await fetch_row(
        "SELECT c.id AS code_id, u.id AS unit_id, u.name, v.code AS division_code FROM people_station_code c "
        "JOIN people_unit u ON u.id = c.unit JOIN territory_division v ON v.id = u.division "
        "WHERE c.code_sha256 = $1 AND c.revoked_at IS NULL AND u.closed_at IS NULL",
        code_sha256,
    )
    return None if row is None else StationOpener(**row)
