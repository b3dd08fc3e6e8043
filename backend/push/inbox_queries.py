"""The SQL of one person's inbox."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from backend.core import ids
from backend.core.database import fetch

if TYPE_CHECKING:
    from backend.push.inbox import InboxPosition

Row = Mapping[str, Any]


class News(Struct, frozen=True):
    """A notice has come for a subject. `at` goes up with time."""

    at: UUID
    subject: UUID
    notice: UUID
    category: str


async def inbox(subject: UUID, *, limit: int, after: "InboxPosition | None") -> Sequence[Row]:
    """Notices of a subject, unread first, then the newest: 90 days of them at most, all under one index entry."""
    return await fetch(
        """
        SELECT n.id, n.category, n.title_zh, n.title_en, n.text_zh, n.text_en, n.voice_zh, n.link, n.exercise,
               r.made_at, n.expires_at, r.seen_at, r.acknowledged_at, r.acknowledge_done_at, n.origin_room, n.origin_id,
               n.acknowledge_within_s IS NOT NULL AND n.acknowledged_at IS NULL AS needs_acknowledgement
        FROM push_recipient r JOIN push_notice n ON n.id = r.notice
        WHERE r.subject = $1 AND (n.campaign_state IS NULL OR n.campaign_state <> 'cancelled')
        AND ($2::bool IS NULL OR (r.seen_at IS NOT NULL) > $2 OR ((r.seen_at IS NOT NULL) = $2 AND n.id < $3::uuid))
        ORDER BY r.seen_at IS NOT NULL, n.id DESC LIMIT $4
        """,
        subject,
        after and after.read,
        after and after.id,
        limit,
    )


async def mark_seen(subject: UUID, notice_ids: Sequence[UUID], *, at: datetime, now: datetime) -> int:
    """Seen then, where not before (now, where it was made later); an emergency rings until it is acknowledged."""
    rows = await fetch(
        """
        UPDATE push_recipient r SET seen_at = CASE WHEN $3 >= r.made_at THEN $3 ELSE $4 END, reached = 'shown',
            look_at = CASE WHEN n.category = 'emergency' THEN r.look_at END
        FROM push_notice n
        WHERE r.subject = $1 AND r.notice = ANY($2) AND r.seen_at IS NULL AND n.id = r.notice RETURNING r.id
        """,
        subject,
        list(notice_ids),
        at,
        now,
    )
    return len(rows)


_NEWS = """
SELECT r.id, r.subject, r.notice, n.category FROM unnest($1::uuid[]) AS s(subject)
JOIN push_recipient r ON r.subject = s.subject JOIN push_notice n ON n.id = r.notice
WHERE r.made_at >= $2 AND ($3::uuid IS NULL OR r.id > $3)
AND (n.campaign_state IS NULL OR n.campaign_state <> 'cancelled') ORDER BY r.id
"""


async def news(subjects: Sequence[UUID], *, since: datetime) -> list[News]:
    """What has come for these subjects since a moment."""
    return [News(*row) for row in await fetch(_NEWS, list(subjects), since, None)]


async def news_since(subject: UUID, after: UUID) -> list[News]:
    """What has come for a subject after the event `after`."""
    since = ids.made_at(after)
    return [News(*row) for row in await fetch(_NEWS, [subject], since, after)] if since else []
