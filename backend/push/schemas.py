"""Notices on the wire, as they are written and as they are read."""

from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from backend.core.shapes import NO_NUL, Code, DivisionCode, Moment
from backend.people.tables import Role
from backend.push.provider import Category
from backend.push.states import CampaignState, Reached, SubjectKind

Words: TypeAlias = Annotated[str, Meta(min_length=1, max_length=2000, pattern=NO_NUL)]
MoreWords: TypeAlias = Annotated[str, Meta(max_length=2000, pattern=NO_NUL)]
Title: TypeAlias = Annotated[str, Meta(min_length=1, max_length=40, pattern=NO_NUL)]
Link: TypeAlias = Annotated[str, Meta(max_length=300, pattern=r"^(https://|/)[\x21-\x7e]*$")]


class Audience(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a campaign is for, as it is stored. `prefixes` of division codes; without `interests` everybody there."""

    prefixes: list[str]
    roles: list[Role] = []
    citizens: bool = False
    interests: list[str] = []
    groups: bool = False
    by_topic: bool = False


class NewNotice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A notice to an audience: everybody who holds one of `roles` in the divisions, citizens there who opted in, the
    groups of these villages (their owners are asked to post it), in any mixture.

    public     the words may be seen on a locked screen and by a whole group; otherwise a phone only says that there is
               something to read, and the inbox shows it
    no_links   no link goes into an SMS, and words that look like one are refused
    interests  of citizens, who chose them: a crop or a fraud type
    by_topic   one call per place and role where a provider keeps topics; what is muted is then for the phone to decide
    """

    division_codes: Annotated[list[DivisionCode], Meta(min_length=1, max_length=200)]
    category: Category
    title_zh: Title
    text_zh: Words
    title_en: Annotated[str, Meta(max_length=80, pattern=NO_NUL)] = ""
    text_en: MoreWords = ""
    voice_zh: MoreWords = ""
    roles: Annotated[list[Role], Meta(max_length=9)] = []
    citizens: bool = False
    interests: Annotated[list[Code], Meta(max_length=20)] = []
    groups: bool = False
    public: bool = False
    no_links: bool = False
    exercise: bool = False
    by_topic: bool = False
    link: Link | None = None
    not_before: Moment | None = None
    expires_at: Moment | None = None
    id: UUID | None = None


class NoticeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign as whoever sends it sees it."""

    id: UUID
    category: Category
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    voice_zh: str
    link: str | None
    public: bool
    no_links: bool
    exercise: bool
    campaign_state: CampaignState
    audience: Audience
    not_before: datetime | None
    expires_at: datetime | None
    made_by: UUID | None
    made_at: datetime
    planned_at: datetime | None
    finished_at: datetime | None


class InboxNotice(msgspec.Struct, frozen=True, kw_only=True):
    """A notice as its recipient reads it, in his language first. `needs_acknowledgement`: somebody has to take it.

    acknowledge_done_at   when he said that he knows of it, where that was before it came here: offline
    """

    id: UUID
    category: Category
    title: str
    text: str
    voice_zh: str
    link: str | None
    exercise: bool
    made_at: datetime
    expires_at: datetime | None
    seen_at: datetime | None
    acknowledged_at: datetime | None
    needs_acknowledgement: bool
    origin_room: str | None
    origin_id: UUID | None
    acknowledge_done_at: datetime | None = None


class SeenNotices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Notices that the phone showed to its owner."""

    notice_ids: Annotated[list[UUID], Meta(min_length=1, max_length=500)]


class RecipientRecord(msgspec.Struct, frozen=True, kw_only=True):
    """How far a notice came with one subject, for the room that sent it."""

    subject_id: UUID
    subject_kind: SubjectKind
    reached: Reached
    seen_at: datetime | None
    acknowledged_at: datetime | None


class Received(msgspec.Struct, frozen=True):
    """What a webhook's receipts did: moved something on, told nothing new, spoke of messages nobody here sent."""

    moved: int
    old: int
    unknown: int
