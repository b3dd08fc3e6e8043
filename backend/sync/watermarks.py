"""The log of changes and the watermark: where to look, correct whoever writes meanwhile.

A transaction that began earlier may commit later, so neither a moment nor a serial number can say "up to here". The
watermark is the oldest transaction still running at the moment of looking: everything before it has ended and is seen,
everything from it on is looked at again. To look once too often costs a comparison that finds nothing.
"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from backend.core.database import fetch, fetch_row
from backend.sync.cursors import NOTHING_HELD, Cursor
from backend.sync.words import EVERYBODY, EVERYTHING


class Looked(Struct, frozen=True):
    """What one look at the log tells.

    entities  those that may have changed since the cursor
    next      the next watermark, in the database's `timeline`
    settles   for the next cursor
    """

    entities: frozenset[str]
    next: int
    timeline: int
    settles: int


_LOOK = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS next,
       pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS beyond,
       ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint AS timeline,
       EXISTS (SELECT FROM sync_view v WHERE v.id = $4 AND v.person = $1) AS known,
       (SELECT array_agg(DISTINCT c.entity) FROM sync_change c
        WHERE c.audience = ANY(ARRAY[$1, $2]::uuid[]) AND c.xid >= $3) AS entities
"""


async def look(*, person_id: UUID, since: Cursor) -> Looked:
    """What changed for a person since his cursor.

    Everything, where the cursor is not his, and where the database was restored from a copy since or another took over.
    """
    row = await fetch_row(_LOOK, person_id, EVERYBODY, since.watermark, since.view_id)
    assert row is not None  # noqa: S101 - a SELECT without FROM has one row
    entities = frozenset(row["entities"] or ())
    known = since.view_id == NOTHING_HELD or (row["known"] and row["timeline"] == since.timeline)
    anew = since.settles or not known or since.watermark > row["beyond"]
    waits = since.settles if row["next"] < since.settles else 0
    settles = await _settles() if EVERYTHING in entities else waits
    return Looked(entities | ({EVERYTHING} if anew else set()), row["next"], row["timeline"], settles)


async def _settles() -> int:
    """Which transactions have to end before it is certain that nothing is missing: those before this one, or none.

    Somebody was given a household or a role. Whoever was writing at that moment looked up before whom his lines concern
    (whoever had it then), and may end after this look. A snapshot tells of transactions that run only up to the last
    that ended; with a number of its own, this one is after all of them.
    """
    own = await fetch_row("SELECT pg_current_xact_id()::text::bigint AS xid")
    oldest = await fetch_row("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xid")
    assert own is not None  # noqa: S101 - as above
    assert oldest is not None  # noqa: S101 - as above
    return 0 if oldest["xid"] >= own["xid"] else own["xid"]


async def forget_changes(*, before: datetime) -> int:
    """Drop lines that no cursor of today asks for; how many they were."""
    row = await fetch_row(
        "WITH gone AS (DELETE FROM sync_change WHERE at < $1 RETURNING id) SELECT count(*) AS n FROM gone", before
    )
    return row["n"] if row else 0


async def forget_views(*, before: datetime) -> None:
    """Drop views of phones that have been away for long; they start anew."""
    await fetch("DELETE FROM sync_view WHERE made_at < $1", before)
