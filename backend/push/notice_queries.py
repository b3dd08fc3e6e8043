"""The SQL of notices and their recipients: one notice at a time."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.core.clock import now
from backend.core.database import fetch, fetch_row
from backend.push.provider import Category
from backend.push.states import CampaignState
from backend.push.wording import Text

Row = Mapping[str, Any]

_INSERT = """
INSERT INTO push_notice (
    id, category, title_zh, title_en, text_zh, text_en, voice_zh, public, no_links, exercise, link, expires_at,
    not_before, dedupe_key, arguments_digest, origin_room, origin_id, division_code, audience, campaign_state, made_by,
    made_at, acknowledge_within_s, next_person, last_resort, step, escalate_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
        $25, 0, $26)
ON CONFLICT (dedupe_key) DO NOTHING RETURNING *
"""


async def insert(
    *,
    id: UUID,
    text: Text,
    category: Category,
    dedupe_key: str,
    digest: bytes,
    link: str | None,
    expires_at: datetime | None,
    no_links: bool,
    exercise: bool,
    not_before: datetime | None = None,
    origin_room: str | None = None,
    origin_id: UUID | None = None,
    division_code: str | None = None,
    audience: str | None = None,
    campaign_state: CampaignState | None = None,
    made_by: UUID | None = None,
    acknowledge_within: timedelta | None = None,
    next_person: UUID | None = None,
    last_resort: UUID | None = None,
) -> Row | None:
    """Store a notice, unless one with its key is there; the row."""
    at = now()
    return await fetch_row(
        _INSERT,
        id,
        category,
        text.title_zh,
        text.title_en,
        text.zh,
        text.en,
        text.voice_zh or text.zh,
        text.public,
        no_links,
        exercise,
        link,
        expires_at,
        not_before,
        dedupe_key,
        digest,
        origin_room,
        origin_id,
        division_code,
        audience,
        campaign_state,
        made_by,
        at,
        int(acknowledge_within.total_seconds()) if acknowledge_within is not None else None,
        next_person,
        last_resort,
        at + acknowledge_within if acknowledge_within is not None else None,
    )


async def id_of_key(dedupe_key: str) -> UUID:
    """The notice that a key stands for."""
    row = await fetch_row("SELECT id FROM push_notice WHERE dedupe_key = $1", dedupe_key)
    assert row is not None  # noqa: S101 - the caller has just been told that it is there
    return UUID(str(row["id"]))


async def escalate_now(notice_id: UUID, *, at: datetime) -> None:
    """Nobody can be reached: do not wait for the time to be up."""
    await fetch("UPDATE push_notice SET escalate_at = $2 WHERE id = $1 AND escalate_at > $2", notice_id, at)


async def stop_escalating(notice_id: UUID) -> None:
    """Nobody else is asked."""
    await fetch("UPDATE push_notice SET escalate_at = NULL WHERE id = $1", notice_id)


async def acknowledge(notice_id: UUID, *, by: UUID, now: datetime, at: datetime | None = None) -> Row | None:
    """Write the acknowledgement of a recipient (or of the last resort) down; the notice, None if it is not for him.

    at   when it was done, where that was before now; not before the notice was made
    """
    return await fetch_row(
        """
        WITH his AS (
            UPDATE push_recipient SET acknowledged_at = COALESCE(acknowledged_at, $3), reached = 'shown',
                acknowledge_done_at = CASE WHEN acknowledged_at IS NULL AND $4 >= made_at THEN $4
                    ELSE acknowledge_done_at END,
                seen_at = COALESCE(seen_at, CASE WHEN $4 >= made_at THEN $4 ELSE $3 END)
            WHERE subject = $2 AND notice = $1 RETURNING id
        ),
        taken AS (
            UPDATE push_notice n SET escalate_at = NULL, acknowledged_at = COALESCE(n.acknowledged_at, $3),
                acknowledged_by = COALESCE(n.acknowledged_by, $2)
            WHERE n.id = $1 AND n.acknowledge_within_s IS NOT NULL
            AND (EXISTS (SELECT FROM his) OR n.last_resort = $2)
        )
        SELECT n.id, n.acknowledge_within_s FROM push_notice n
        WHERE n.id = $1 AND (EXISTS (SELECT FROM his) OR n.last_resort = $2)
        """,
        notice_id,
        by,
        now,
        at,
    )


async def waiting_for_a_call(*, at: datetime) -> dict[UUID, UUID]:
    """Notices that would go out again now although their last resort was asked to call, with whom that is."""
    rows = await fetch(
        """
        SELECT DISTINCT n.id, n.last_resort FROM push_recipient r JOIN push_notice n ON n.id = r.notice
        WHERE r.look_at <= $1 AND n.step = 2 AND n.last_resort IS NOT NULL AND n.acknowledged_at IS NULL
        """,
        at,
    )
    return {row["id"]: row["last_resort"] for row in rows}


async def called(notice_id: UUID, *, by: UUID, at: datetime) -> None:
    """Somebody made the call: the notice is taken, by him."""
    await fetch(
        "UPDATE push_notice SET escalate_at = NULL, acknowledged_at = $3, acknowledged_by = $2 "
        "WHERE id = $1 AND acknowledged_at IS NULL",
        notice_id,
        by,
        at,
    )


async def look_no_more(notice_id: UUID, *, only: UUID | None) -> None:
    """No more ringing, no further way: for one subject or for all."""
    await fetch(
        "UPDATE push_recipient SET look_at = NULL "
        "WHERE notice = $1 AND ($2::uuid IS NULL OR subject = $2) AND look_at IS NOT NULL",
        notice_id,
        only,
    )


async def waiting_of(notice_id: UUID, *, only: UUID | None) -> list[UUID]:
    """Deliveries that wait, of one subject or of all."""
    rows = await fetch(
        """
        SELECT d.id FROM push_recipient r JOIN push_delivery d ON d.recipient = r.id
        WHERE r.notice = $1 AND ($2::uuid IS NULL OR r.subject = $2) AND d.state IN ('scheduled', 'pending')
        """,
        notice_id,
        only,
    )
    return [row["id"] for row in rows]


async def of_origin(origin_room: str, origin_id: UUID) -> list[UUID]:
    """The notices about a record, held until the transaction ends."""
    rows = await fetch(
        "SELECT id FROM push_notice WHERE origin_room = $1 AND origin_id = $2 ORDER BY id FOR UPDATE",
        origin_room,
        origin_id,
    )
    return [row["id"] for row in rows]


async def recipients(notice_id: UUID) -> Sequence[Row]:
    """Each recipient of a notice."""
    return await fetch(
        "SELECT subject AS subject_id, subject_kind, reached, seen_at, acknowledged_at FROM push_recipient "
        "WHERE notice = $1 ORDER BY made_at, id",
        notice_id,
    )


async def acknowledged_at(*, origin_room: str, origin_id: UUID, person_id: UUID) -> datetime | None:
    """When somebody first said that he knows of a notice about this record, on his phone or on a page."""
    row = await fetch_row(
        "SELECT min(r.acknowledged_at) AS at FROM push_notice n JOIN push_recipient r ON r.notice = n.id "
        "WHERE n.origin_room = $1 AND n.origin_id = $2 AND r.subject = $3",
        *(origin_room, origin_id, person_id),
    )
    return row["at"] if row else None
