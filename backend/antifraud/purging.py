"""After thirty days the key of a day is destroyed: database, its log and its backups go dark together. Counts stay.

Read it in this order because a process may die between: the key first, then the rows, then the report.
"""

from datetime import date
from uuid import UUID

import structlog

from backend.antifraud import day_keys
from backend.antifraud import warning_queries as queries
from backend.antifraud.assigning import let_go
from backend.antifraud.warning_retention_rules import ERASED, ERASED_ATTEMPT
from backend.antifraud.warning_schemas import KeyPurgeRecord
from backend.core import clock, ids
from backend.core.database import fetch, transaction
from backend.core.jobs import schedule
from backend.core.post_signatures import WITHIN
from backend.people.actors import OVERSEERS, Actor

log = structlog.get_logger()


@schedule("antifraud/destroy-keys", "11 0 * * *")
async def destroy_keys() -> None:
    """Every night soon after midnight: the keys of days beyond their time, and what no clock lets in again."""
    first = day_keys.first_day()
    keys = [day for day in await day_keys.days_with_keys() if day < first]
    for day in sorted({*keys, *await queries.days_to_purge(first)}):
        await day_keys.destroy(day)
        await erase(day=day)
    await fetch("DELETE FROM antifraud_post WHERE at < $1", clock.now() - 2 * WITHIN)


@transaction
async def erase(*, day: date) -> None:
    """Empty what the destroyed key had sealed, and report it. Again adds to the same report."""
    at = clock.now()
    warnings = await fetch(
        f"UPDATE antifraud_warning SET {ERASED}, purged_at = $2 WHERE key_day = $1 AND purged_at IS NULL "
        "RETURNING id, state",
        *(day, at),
    )
    ids_of_day = [row["id"] for row in warnings]
    attempts = await fetch(
        f"UPDATE antifraud_attempt SET {ERASED_ATTEMPT} WHERE warning = ANY($1) RETURNING id", ids_of_day
    )
    for row in warnings:
        if row["state"] != "closed":
            await _give_up(row["id"])
    await _report(day, warnings_n=len(warnings), attempts_n=len(attempts))
    log.info("a day's key was destroyed", day=day.isoformat(), warnings=len(warnings), attempts=len(attempts))


async def _give_up(warning_id: UUID) -> None:
    """Never closed, and now nobody can act on it: it waits for nobody. That it has no outcome stays visible."""
    await queries.stop_clock(warning_id)
    await let_go(warning_id)


async def _report(day: date, *, warnings_n: int, attempts_n: int) -> None:
    await fetch(
        "INSERT INTO antifraud_purge (id, key_day, destroyed_at, warnings_n, attempts_n) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (key_day) DO UPDATE SET warnings_n = antifraud_purge.warnings_n + excluded.warnings_n, "
        "attempts_n = antifraud_purge.attempts_n + excluded.attempts_n",
        *(ids.uuid7(), day, clock.now(), warnings_n, attempts_n),
    )


async def list_purges(*, by: Actor, limit: int, before: date | None) -> list[KeyPurgeRecord]:
    """Which days' keys are gone, the latest day first. For supervisors, auditors and admins; raises Forbidden (403)."""
    by.must_have(*OVERSEERS)
    rows = await fetch(
        "SELECT id, key_day, destroyed_at, warnings_n AS warnings, attempts_n AS attempts FROM antifraud_purge "
        "WHERE $2::date IS NULL OR key_day < $2 ORDER BY key_day DESC LIMIT $1",
        *(limit, before),
    )
    return [KeyPurgeRecord(**row) for row in rows]
