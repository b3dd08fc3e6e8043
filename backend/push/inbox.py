"""What was told to me: the list, and what of it I have seen."""

from datetime import datetime
from uuid import UUID

import msgspec

from backend.core import clock
from backend.core.database import transaction
from backend.core.paging import Page, page, position_of
from backend.people.actors import Actor
from backend.push import inbox_queries as queries
from backend.push.provider import Category
from backend.push.schemas import InboxNotice
from backend.push.wording import EXERCISE, said


class InboxPosition(msgspec.Struct, frozen=True, array_like=True):
    """The place of a notice in an inbox: unread first, then the newest."""

    read: bool
    id: UUID


async def list_notices(*, by: Actor, limit: int = 50, cursor: str | None = None) -> Page[InboxNotice]:
    """What concerns `by`, unread first, then the newest. Reading the list does not mark anything as seen."""
    rows = await queries.inbox(by.person_id, limit=limit + 1, after=position_of(cursor, InboxPosition))
    notices = [_shown(row, by.language) for row in rows]
    return page(notices, limit, lambda each: InboxPosition(each.seen_at is not None, each.id))


@transaction
async def mark_seen(*, notice_ids: list[UUID], by: Actor, at: datetime | None = None) -> int:
    """The phone showed these to its owner: no further way is tried. How many were news; others' ids change nothing.

    at   when, where that was offline
    """
    now = clock.now()
    return await queries.mark_seen(by.person_id, notice_ids, at=min(at or now, now), now=now)


def _shown(row: queries.Row, language: str) -> InboxNotice:
    english = language == "en" and row["text_en"]
    title = row["title_en"] if english else row["title_zh"]
    return InboxNotice(
        id=row["id"],
        category=Category(row["category"]),
        title=said(language, EXERCISE, words=title) if row["exercise"] else title,
        text=row["text_en"] if english else row["text_zh"],
        voice_zh=row["voice_zh"],
        link=row["link"],
        exercise=row["exercise"],
        made_at=row["made_at"],
        expires_at=row["expires_at"],
        seen_at=row["seen_at"],
        acknowledged_at=row["acknowledged_at"],
        acknowledge_done_at=row["acknowledge_done_at"],
        needs_acknowledgement=row["needs_acknowledgement"],
        origin_room=row["origin_room"],
        origin_id=row["origin_id"],
    )
