"""The shapes of this room: what rooms and phones hand in, and what they read."""

from datetime import date, datetime
from typing import Annotated, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from backend.core.shapes import NO_NUL, Code, DivisionCode, Moment, Name
from backend.people.tables import Role
from backend.push.provider import AddressKind, Category
from backend.push.states import Breaker, CampaignState, DeliveryState, GroupKind, Reached, SubjectKind

AddressValue: TypeAlias = Annotated[str, Meta(min_length=5, max_length=1000, pattern=r"^[\x21-\x7e]+$")]
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
    """A notice as its recipient reads it, in his language first. `needs_acknowledgement`: somebody has to take it."""

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


class SeenNotices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Notices that the phone showed to its owner."""

    notice_ids: Annotated[list[UUID], Meta(min_length=1, max_length=500)]


class Divided(msgspec.Struct, frozen=True):
    """So many people of one place."""

    division_code: str | None
    division_name: str | None
    people: int


class Posted(msgspec.Struct, frozen=True):
    """Groups by what became of the request to post: how many, and how many people are in them."""

    state: str
    groups: int
    people: int


class AudienceCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many a notice would be for. `inbox_only`: of staff and citizens, those with no address in use."""

    staff: int
    citizens: int
    inbox_only: int
    groups: int
    group_people: int


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """A household that was not reached, and who serves it today."""

    household_id: UUID
    household_code: str
    served_by: str | None


class UnreachedPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A village in which somebody was not reached.

    strangers  of `people`, those without account and card: nobody knows their door
    doors      some of the households; staff: some names
    cadres     who goes from door to door there
    """

    division_code: str | None
    division_name: str | None
    township_name: str | None
    people: int
    strangers: int
    doors: list[Door]
    staff: list[str]
    cadres: list[str]


class Unreached(msgspec.Struct, frozen=True, kw_only=True):
    """All who were not reached: how many, in how many places, and the places with the most of them."""

    people: int
    place_count: int
    places: list[UnreachedPlace]


class CampaignProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a campaign has come.

    states        messages by state; one subject may have several
    recipients    subjects, groups apart
    acknowledged, seen  subjects
    """

    notice: NoticeRecord
    states: dict[DeliveryState, int]
    deliveries: int
    done: int
    recipients: int
    seen: int
    acknowledged: int
    unreachable: int
    unreachable_by_division: list[Divided]
    groups: list[Posted]


class CampaignSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One campaign in a list: enough for a progress bar."""

    notice: NoticeRecord
    states: dict[DeliveryState, int]
    deliveries: int
    done: int


class ProviderStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How a provider does: its breaker, and receipts about messages nobody here knows."""

    provider: str
    breaker: Breaker
    failures: int
    opened_at: datetime | None
    until: datetime | None
    unknown_receipts: int


class NewPushAddress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A phone says where it can be reached; said again, it is confirmed (once a month keeps it alive).

    value   the token, Firebase Installation ID, openid or phone number
    muted   categories not wanted on this phone; emergencies cannot be muted
    """

    kind: AddressKind
    value: AddressValue
    language: Annotated[str, Meta(pattern="^(zh|en)$")] = "zh"
    muted: Annotated[list[Category], Meta(max_length=3)] = []
    id: UUID | None = None


class PushAddressRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An address without its value."""

    id: UUID
    kind: AddressKind
    subject_kind: SubjectKind
    language: str
    muted: list[Category]
    registered_at: datetime
    last_confirmed_at: datetime
    dead_at: datetime | None
    dead_reason: str | None


class NewGroup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A group and who posts to it. `headcount`: as its owner reads it, on that day; nobody in it is imported."""

    name: Name
    kind: GroupKind
    division_code: DivisionCode
    owner_id: UUID
    headcount: Annotated[int, Meta(ge=0, le=100_000)]
    headcount_as_of: date
    id: UUID | None = None


class GroupRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A group as it is."""

    id: UUID
    name: str
    kind: GroupKind
    division_code: str
    owner_id: UUID
    headcount: int
    headcount_as_of: date
    closed_at: datetime | None


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
