"""What signing in reads and writes: passwords, failures, refresh tokens, one-time links."""

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from backend.core import clock
from backend.core.database import fetch, fetch_row


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


async def forget_failures(*, person_id: UUID) -> None:
    """Open sign-in again for this person's phone."""
    await fetch(
        "DELETE FROM people_sign_in_attempt a USING people_person p WHERE p.id = $1 AND a.phone_index = p.phone_index",
        person_id,
    )


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


async def link_locked(*, token_sha256: bytes) -> asyncpg.Record | None:
    """A one-time link with its person's name and present password hash, held until the transaction ends."""
    return await fetch_row(
        """
        SELECT l.*, p.name, p.password_hash FROM people_one_time_link l JOIN people_person p ON p.id = l.person
        WHERE l.token_sha256 = $1 AND p.closed_at IS NULL FOR UPDATE OF l
        """,
        token_sha256,
    )
