"""What a visit looks like on the wire: as a phone sends it, as it is read back, amended, listed and flagged."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from backend.core.shapes import Code, DivisionCode, Line, Moment, Name, Prose
from backend.territory.points import Point, PointRecord
from backend.visits.campaign_tables import CampaignKind
from backend.visits.tables import Channel, FlagKind, NeedState, PhotoKind

Said = Annotated[str, Meta(min_length=1, max_length=4000, pattern=r"^[^\x00]*\S[^\x00]*$")]
TeamNumber = Annotated[int, Meta(ge=1, le=1_000_000)]


class NewNeed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something asked for during the contact. `category` is a topic's code. Without an id the server derives one."""

    id: UUID | None = None
    category: Code
    description: Said


class NewVisitPhoto(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A photo that was sent before (POST /api/v1/photos), and what it shows."""

    photo_id: UUID
    kind: PhotoKind = PhotoKind.SCENE


class NewVisitPhotos(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Photos of one's own visit that came after it."""

    photos: Annotated[list[NewVisitPhoto], Meta(min_length=1, max_length=20)]


class NewVisit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One contact as the phone tells it.

    id              made by the phone, so that a second sending is the same visit
    occurred_at     when it happened, by the phone's clock; hours or days ago is welcome and marked `entered_late`
    division_code   where it happened; may be left out when a household is named, whose village then counts
    campaign_kind   instead of campaign_code: the campaign of that kind that ran there on that day
    sent_at         the phone's clock at the moment of sending; tells a wrong clock from a late entry
    point           where the phone was; always says its crs
    """

    id: UUID | None = None
    channel: Channel
    occurred_at: Moment
    household_id: UUID | None = None
    household_code: Code | None = None
    division_code: DivisionCode | None = None
    point: Point | None = None
    place_note: Line | None = None
    campaign_code: Code | None = None
    campaign_kind: CampaignKind | None = None
    service_team: TeamNumber | None = None
    topics: Annotated[list[Code], Meta(max_length=20)] = []
    note: Prose | None = None
    companions: Annotated[list[Name], Meta(max_length=20)] = []
    needs: Annotated[list[NewNeed], Meta(max_length=20)] = []
    photos: Annotated[list[NewVisitPhoto], Meta(max_length=20)] = []
    device_id: UUID | None = None
    sent_at: Moment | None = None


class PersonShown(Struct, frozen=True):
    """Who recorded it."""

    id: UUID
    name: str


class HouseholdShown(Struct, frozen=True):
    """The household by its card number; names and phones are read elsewhere, and logged."""

    id: UUID
    code: str


class DivisionShown(Struct, frozen=True):
    """Where it happened."""

    code: str
    name: str


class VisitNeed(Struct, frozen=True, kw_only=True):
    """What was asked for, and what became of it so far."""

    id: UUID
    category: str
    description: str
    state: NeedState
    state_since: datetime
    contested_at: datetime | None


class VisitPhotoRecord(Struct, frozen=True, kw_only=True):
    """A photo of the visit."""

    photo_id: UUID
    kind: PhotoKind


class FlagRecord(Struct, frozen=True, kw_only=True):
    """Something that looks odd; never a rejection, and the cadre may answer it.

    measured, threshold   in `unit`
    facts                 what it was reckoned from: far_from_household shows distance_m beside accuracy_m
    seen_at               when the cadre first saw it; others see it from then on, or some days after `raised_at`
    """

    kind: FlagKind
    measured: float | None
    threshold: float | None
    unit: str
    facts: dict[str, Any]
    raised_at: datetime
    seen_at: datetime | None
    answer: str | None
    answered_at: datetime | None


class VisitRecord(Struct, frozen=True, kw_only=True):
    """One contact as it stands. Times in UTC. `coarse`: the point is by now the centre of a 1 km cell."""

    id: UUID
    channel: Channel
    occurred_at: datetime
    received_at: datetime
    entered_late: bool
    recorded_by: PersonShown
    household: HouseholdShown | None
    division: DivisionShown
    place_note: str | None
    point: PointRecord | None
    coarse: bool
    campaign_code: str | None
    service_team: int | None
    topics: list[str]
    note: str | None
    companions: list[str]
    device_id: UUID | None
    door: str
    version: int
    needs: list[VisitNeed]
    photos: list[VisitPhotoRecord]
    flags: list[FlagRecord]


class AmendVisit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to put right, and why. A field left out stays; null empties it. The point is evidence and cannot be amended.

    version   the version that was read (or send it as If-Match)
    """

    reason: Said
    version: Annotated[int, Meta(ge=1, le=2_000_000_000)] | None = None
    channel: Channel | UnsetType = UNSET
    occurred_at: Moment | UnsetType = UNSET
    household_code: Code | UnsetType | None = UNSET
    division_code: DivisionCode | UnsetType = UNSET
    place_note: Line | UnsetType | None = UNSET
    campaign_code: Code | UnsetType | None = UNSET
    service_team: TeamNumber | UnsetType | None = UNSET
    topics: Annotated[list[Code], Meta(max_length=20)] | UnsetType = UNSET
    note: Prose | UnsetType | None = UNSET
    companions: Annotated[list[Name], Meta(max_length=20)] | UnsetType = UNSET


class FlagAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the cadre says to a flag."""

    answer: Said


class VisitFilters(Struct, frozen=True, kw_only=True):
    """Which visits a list shows. Every one narrows; `occurred_to` is not included; `bbox` is WGS-84 degrees."""

    division_code: str | None = None
    occurred_from: datetime | None = None
    occurred_to: datetime | None = None
    flag: FlagKind | None = None
    channel: Channel | None = None
    household_id: UUID | None = None
    recorded_by: UUID | None = None
    campaign_code: str | None = None
    bbox: tuple[float, float, float, float] | None = None
    has_point: bool | None = None


class TopicRecord(Struct, frozen=True, kw_only=True):
    """A topic, or one of the six top categories (`parent_code` null)."""

    code: str
    parent_code: str | None
    name_zh: str
    name_en: str
    valid_from: date
    valid_to: date | None


class RowOutcome(StrEnum):
    """What became of one row of a batch."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


class RowVerdict(Struct, frozen=True, kw_only=True):
    """One row's verdict. `index` counts from 0; `problem` has the members of RFC 9457 where it was refused."""

    index: int
    id: UUID | None
    outcome: RowOutcome
    flags: list[FlagKind] = []
    problem: dict[str, Any] | None = None


class BatchVerdict(Struct, frozen=True, kw_only=True):
    """What became of a batch. What is counted in `stored` and `duplicate` is on disk."""

    stored: int
    duplicate: int
    refused: int
    rows: list[RowVerdict]


class VisitBatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Up to 10,000 visits; the same as application/x-ndjson, one visit a line, without the outer object."""

    visits: Annotated[list[NewVisit], Meta(max_length=10_000)]
