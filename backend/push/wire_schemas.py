"""What reaches an app by itself: beside the words of a push, and on the stream of notices."""

from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from backend.push.provider import Category


class NoticeEvent(Struct, frozen=True, kw_only=True):
    """One `notice` of streamNotices. The words are in listNotices."""

    id: UUID
    category: Category


class PushData(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`data` of a push, all strings (`providers.fcm_messages.data_of`): ids and where to go, nothing about anybody.

    dedupe_id   the same at every try: show a second one no more
    link        where a tap leads
    """

    notice_id: UUID
    delivery_id: UUID
    dedupe_id: str
    category: Category
    link: str | UnsetType = UNSET
