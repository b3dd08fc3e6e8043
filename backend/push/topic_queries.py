"""The SQL of sending to topics, which phones subscribed to."""

from collections.abc import Sequence
from uuid import UUID

from backend.core.database import fetch
from backend.push.delivery_sql import COUNTED, uuid7
from backend.push.planning_queries import Row, Timing


async def add_topics(notice: Row, queue: UUID, provider: str, topics: Sequence[str], timing: Timing) -> None:
    """One delivery per topic, whoever subscribed to it."""
    await fetch(
        f"""
        WITH queued AS (
            INSERT INTO push_delivery (id, notice, topic, provider, queue, way, round, state, attempts, repeats,
                                       next_at, fate_unknown, made_at)
            SELECT {uuid7("$5", by="x.topic")}, $1, x.topic, $3, $4, 0, 0,
                   CASE WHEN $6 > $5 THEN 'scheduled' ELSE 'pending' END, 0, 0, $6, FALSE, $5
            FROM unnest($2::text[]) AS x(topic) RETURNING notice, state
        )
        {COUNTED.format(slot="0", queued="queued")}
        """,
        notice["id"],
        list(topics),
        provider,
        queue,
        timing.at,
        timing.first_at,
    )
