"""What a phone does with notices offline: say which it showed, take one on. Neither has a record to tell back."""

from uuid import UUID

from msgspec import Struct

from backend.push import actions, inbox
from backend.push.schemas import SeenNotices
from backend.sync.command_kinds import CommandKind, Doing, Done, offer


class AcknowledgeNotice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A notice was seen, and taken on."""

    notice_id: UUID


async def _acknowledge(said: AcknowledgeNotice, doing: Doing) -> Done:
    await actions.acknowledge_notice(notice_id=said.notice_id, by=doing.by, at=doing.done_at)
    return Done(record_id=said.notice_id)


async def _seen(said: SeenNotices, doing: Doing) -> Done:
    await inbox.mark_seen(notice_ids=said.notice_ids, by=doing.by, at=doing.done_at)
    return Done(record_id=None)


offer(CommandKind(verb="acknowledgeNotice", arguments=AcknowledgeNotice, run=_acknowledge))
offer(CommandKind(verb="markNoticesSeen", arguments=SeenNotices, run=_seen))
