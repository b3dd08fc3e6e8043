"""The SQL of sending: take what is due, look at what is due, read the words once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core.database import fetch
from backend.push.delivery_sql import QUEUE_OF
from backend.push.states import DIRECT_QUEUE, EMERGENCY_QUEUE

Row = Mapping[str, Any]

_CLAIM = """
WITH due AS (
    SELECT d.id FROM push_delivery d
    WHERE d.state IN ('scheduled', 'pending') AND d.queue = $1 AND d.provider = $2 AND d.next_at <= $3
    AND NOT EXISTS (SELECT FROM push_notice n WHERE n.id = $1 AND n.campaign_state <> 'running')
    ORDER BY d.next_at LIMIT $4 FOR UPDATE OF d SKIP LOCKED
),
taken AS (
    UPDATE push_delivery d SET claimed_by = $5, next_at = $6, attempts = d.attempts + 1,
        fate_unknown = d.fate_unknown OR d.claimed_by IS NOT NULL,
        repeats = d.repeats + (d.fate_unknown OR d.claimed_by IS NOT NULL)::int
    FROM due WHERE d.id = due.id
    RETURNING d.id, d.notice, d.recipient, d.address, d.topic, d.attempts, d.fate_unknown
)
SELECT t.*, a.kind, a.subject_kind, a.value_sealed, a.language, a.dead_at IS NOT NULL AS dead
FROM taken t LEFT JOIN push_address a ON a.id = t.address
"""


async def claim(*, queue: UUID, provider: str, at: datetime, limit: int, worker: str, until: datetime) -> Sequence[Row]:
    """Take up to `limit` due deliveries of one queue and provider in hand until `until`; nobody else takes them.

    Those whose last holder never came back are taken too: `fate_unknown`, and their repeat is counted.
    """
    return await fetch(_CLAIM, queue, provider, at, limit, worker, until)


async def notices(ids: Sequence[UUID]) -> dict[UUID, Row]:
    """The notices with these ids."""
    rows = await fetch("SELECT * FROM push_notice WHERE id = ANY($1)", list(ids))
    return {row["id"]: row for row in rows}


async def due_turns(providers: Sequence[str], *, at: datetime) -> list[tuple[UUID, str, bool]]:
    """(queue, provider, urgent) where something is due: one look into an index each, however much waits."""
    rows = await fetch(
        f"""
        SELECT q.queue, p.name, q.urgent FROM (
            VALUES ('{EMERGENCY_QUEUE}'::uuid, TRUE), ('{DIRECT_QUEUE}'::uuid, FALSE)
            UNION ALL SELECT n.id, n.category = 'emergency' FROM push_notice n WHERE n.campaign_state = 'running'
        ) AS q(queue, urgent) CROSS JOIN unnest($1::text[]) AS p(name)
        WHERE EXISTS (SELECT FROM push_delivery d WHERE d.state IN ('scheduled', 'pending')
                      AND d.queue = q.queue AND d.provider = p.name AND d.next_at <= $2)
        """,
        list(providers),
        at,
    )
    return [(row["queue"], row["name"], row["urgent"]) for row in rows]


async def waiting(notice: UUID) -> bool:
    """Whether anything of a campaign still waits to go out."""
    rows = await fetch(
        "SELECT 1 FROM push_delivery WHERE queue = $1 AND state IN ('scheduled', 'pending') LIMIT 1", notice
    )
    return bool(rows)


async def waiting_ids(notice: UUID, *, limit: int) -> list[UUID]:
    """Some of a notice's deliveries that wait, and that nobody has in hand."""
    rows = await fetch(
        f"""
        SELECT d.id FROM push_notice n JOIN push_delivery d ON d.queue = {QUEUE_OF} AND d.notice = n.id
        WHERE n.id = $1 AND d.state IN ('scheduled', 'pending') AND d.claimed_by IS NULL LIMIT $2
        """,
        notice,
        limit,
    )
    return [row["id"] for row in rows]
