"""The one statement that moves deliveries on: for providers' verdicts, receipts, and what was called off.

States only go forward, whoever tells them and in whatever order; with a delivery go its address (dead), its recipient
(reached, or his next way at once) and the notice's counters.
"""

import os
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from backend.core.database import fetch
from backend.push.states import FORWARD, DeliveryState

SLOTS = 16
_CUT = 60


class Move(Struct, frozen=True, kw_only=True):
    """One delivery's next state. A pending one is tried again at `next_at`.

    unsure    it may have gone out: its provider is asked first
    counted   the repeat that was counted when it was taken did not happen: the provider knew it
    kills     the address is dead; `reason` says why
    """

    id: UUID
    state: DeliveryState
    reason: str | None = None
    provider_message_id: str | None = None
    next_at: datetime | None = None
    unsure: bool = False
    not_repeated: bool = False
    kills: bool = False


_RANK = "array_position(ARRAY[" + ", ".join(f"'{state}'" for state in FORWARD) + "], {state}::text)"

_MOVE = f"""
WITH told AS (
    SELECT DISTINCT ON (id) * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[],
        $6::bool[], $7::bool[], $8::bool[])
        AS t(id, state, reason, message_id, next_at, unsure, not_repeated, kills)
    ORDER BY id, {_RANK.format(state="state")} DESC
),
before AS MATERIALIZED (
    SELECT t.*, d.notice, d.recipient, d.address, d.state AS was FROM push_delivery d JOIN told t ON t.id = d.id
    ORDER BY d.id FOR UPDATE OF d
),
onward AS MATERIALIZED (
    SELECT * FROM before WHERE {_RANK.format(state="state")} > {_RANK.format(state="was")}
    OR (state = 'pending' AND was IN ('scheduled', 'pending'))
),
moved AS (
    UPDATE push_delivery d SET state = o.state, reason = o.reason, claimed_by = NULL, fate_unknown = o.unsure,
        provider_message_id = COALESCE(o.message_id, d.provider_message_id), next_at = COALESCE(o.next_at, d.next_at),
        repeats = d.repeats - o.not_repeated::int,
        accepted_at = CASE WHEN o.state = 'accepted' THEN $9 ELSE d.accepted_at END,
        delivered_at = CASE WHEN o.state = 'delivered' THEN $9 ELSE d.delivered_at END,
        shown_at = CASE WHEN o.state = 'shown' THEN $9 ELSE d.shown_at END,
        ended_at = CASE WHEN o.state IN ('failed', 'expired', 'denied') THEN $9 ELSE d.ended_at END
    FROM onward o WHERE d.id = o.id
),
died AS (
    UPDATE push_address a SET dead_at = $9, dead_reason = o.reason FROM onward o
    WHERE o.kills AND a.id = o.address AND a.dead_at IS NULL
),
heard AS (
    UPDATE push_recipient r SET
        reached = CASE WHEN o.state IN ('delivered', 'shown')
            AND {_RANK.format(state="o.state")} > COALESCE({_RANK.format(state="r.reached")}, 0)
            THEN o.state ELSE r.reached END,
        seen_at = CASE WHEN o.state = 'shown' THEN COALESCE(r.seen_at, $9) ELSE r.seen_at END,
        look_at = CASE WHEN n.category <> 'emergency' AND o.state IN ('delivered', 'shown') THEN NULL
            WHEN r.look_at IS NOT NULL AND o.state IN ('failed', 'denied') AND n.category <> 'emergency' THEN $9
            ELSE r.look_at END
    FROM (SELECT DISTINCT ON (recipient) recipient, notice, state FROM onward
          WHERE state IN ('delivered', 'shown', 'failed', 'denied') AND recipient IS NOT NULL
          ORDER BY recipient, {_RANK.format(state="state")} DESC) o
    JOIN push_notice n ON n.id = o.notice WHERE r.id = o.recipient
),
counted AS (
    INSERT INTO push_counter (id, notice, state, slot, n)
    SELECT gen_random_uuid(), c.notice, c.state, $10, sum(c.n) FROM (
        SELECT notice, state, 1 AS n FROM onward UNION ALL SELECT notice, was, -1 FROM onward) c
    GROUP BY c.notice, c.state HAVING sum(c.n) <> 0 ORDER BY c.notice, c.state
    ON CONFLICT (notice, state, slot) DO UPDATE SET n = push_counter.n + EXCLUDED.n
)
SELECT b.id, o.id IS NOT NULL AS moved FROM before b LEFT JOIN onward o ON o.id = b.id
"""


async def move(moves: Sequence[Move], *, at: datetime) -> dict[UUID, bool]:
    """Move them on; of those that exist, whether it changed anything. The furthest of several words on one counts."""
    if not moves:
        return {}
    columns = (
        [each.id for each in moves],
        [each.state.value for each in moves],
        [each.reason and each.reason[:_CUT] for each in moves],
        [each.provider_message_id and each.provider_message_id[:120] for each in moves],
        [each.next_at for each in moves],
        [each.unsure for each in moves],
        [each.not_repeated for each in moves],
        [each.kills for each in moves],
    )
    rows = await fetch(_MOVE, *columns, at, slot())
    return {row["id"]: row["moved"] for row in rows}


def slot() -> int:
    """The counters' slot of this process."""
    return os.getpid() % SLOTS


def soonest(moves: Sequence[Move], *, at: datetime) -> timedelta | None:
    """How long until the first of them is tried again, and a little, so that it really is due; None: none is."""
    later = [each.next_at for each in moves if each.state is DeliveryState.PENDING and each.next_at]
    return max(min(later) - at, timedelta(0)) + timedelta(milliseconds=50 + random.randrange(50)) if later else None  # noqa: S311
