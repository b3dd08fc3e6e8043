"""The shapes of cases: how one is opened, what a step says, and what staff read of it."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from backend.cases.words import CaseKind, CaseOutcome, CaseState, Channel, Satisfaction, Stage
from backend.core.shapes import NO_NUL, Code, DivisionCode, Line, Moment, Name, Phone
from backend.deadlines.schemas import ClockRecord
from backend.territory.points import Point, PointRecord

Title = Annotated[str, Meta(min_length=1, max_length=120, pattern=NO_NUL)]
Words = Annotated[str, Meta(max_length=4000, pattern=NO_NUL, description="no telephone or identity numbers of others")]
Number = Annotated[str, Meta(min_length=1, max_length=40, pattern=NO_NUL)]
PhotoIds = Annotated[list[UUID], Meta(max_length=20)]


class SpotAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a question was answered with at once. `knowledge_code`: the item of the knowledge base that was used."""

    words: Annotated[str, Meta(min_length=1, max_length=4000, pattern=NO_NUL)]
    knowledge_code: Code | None = None


class NewCase(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody asks for.

    division_code, household_id, point   where: one of them is needed; a point alone gives the nearest village
    opened_at         when it was said or written (on paper perhaps); now unless told
    upstream_number   what the province calls it, with `upstream_due_at`: the earlier deadline counts
    policy_code       how fast; the category's unless told
    origin_room, origin_id   the record it comes from (a visit, a need)
    photo_ids         uploaded before, by the same person
    answer            given on the spot: the case is closed in the same step
    """

    channel: Channel
    category_code: Code
    title: Title
    description: Words = ""
    id: UUID | None = None
    kind: CaseKind = CaseKind.REQUEST
    division_code: DivisionCode | None = None
    household_id: UUID | None = None
    point: Point | None = None
    place_note: Line | None = None
    contact_name: Name | None = None
    contact_phone: Phone | None = None
    opened_at: Moment | None = None
    upstream_number: Number | None = None
    upstream_due_at: Moment | None = None
    policy_code: Code | None = None
    origin_room: Code | None = None
    origin_id: UUID | None = None
    photo_ids: PhotoIds = []
    answer: SpotAnswer | None = None


class UnitShown(Struct, frozen=True):
    """A unit, with the number that citizens may ring."""

    id: UUID
    name: str
    public_phone: str | None


class PersonShown(Struct, frozen=True):
    """Somebody of the staff."""

    id: UUID
    name: str


class DivisionShown(Struct, frozen=True):
    """Where."""

    code: str
    name: str


class CategoryShown(Struct, frozen=True):
    """What it is about."""

    code: str
    name_zh: str
    name_en: str


class CategoryRecord(Struct, frozen=True, kw_only=True):
    """A category with the policy its cases run on unless told otherwise."""

    code: str
    parent_code: str | None
    name_zh: str
    name_en: str
    policy_code: str
    source: str


class TimelineLine(Struct, frozen=True, kw_only=True):
    """One line as staff read it. `said` is what it says, by kind of line; null with `erased`.

    at, done_at   when it came, and when it was done, where that was earlier: offline. Clocks go by `at`
    """

    id: UUID
    seq: int
    kind: str
    public: bool
    at: Moment
    done_at: Moment | None = None
    by: PersonShown | None
    by_unit: UnitShown | None
    said: dict[str, Any] | None
    erased: bool


class Proposal(Struct, frozen=True, kw_only=True):
    """The unit that would act on a case in the end, and why.

    category_code, prefix, source   of the row that won: the longest prefix, then the deepest category
    automatic                       the row dispatches by itself
    """

    unit: UnitShown
    route_id: UUID
    category_code: str
    prefix: str
    automatic: bool
    source: str
    why: str


class NewRoute(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who acts in the end on a category (and all below it) in a division (and all below it), and who says so.

    valid_from   today unless told; valid_to: the last day
    """

    category_code: Code
    division_code: DivisionCode
    unit_id: UUID
    source: Annotated[str, Meta(min_length=1, max_length=500, pattern=NO_NUL)]
    id: UUID | None = None
    automatic: bool = False
    valid_from: date | None = None
    valid_to: date | None = None


class PhotoShown(Struct, frozen=True):
    """A photo of a case that is read by itself: paths to its copies of 320 and 1600 pixels, which open for an hour."""

    id: UUID
    small: str
    large: str


class CaseRecord(Struct, frozen=True, kw_only=True):
    """A case as it is now.

    number        twelve digits, for life; `number_said` in groups
    stage         one of the five public stages (受理 分转 办结 反馈 评价)
    owner_unit    received it first and answers for it to the end; a transfer does not move it
    hops          how often it was transferred; `second_hop` from the policy's number on
    has_contact   somebody may be reached; how, is read one by one, and each such read is logged
    clocks        response: until the citizen has been answered in substance; handling: until the matter is resolved
    steps         what may happen next, to whoever may do it
    timeline      oldest first; null where it was not asked for
    """

    id: UUID
    number: str
    number_said: str
    channel: Channel
    kind: CaseKind
    category: CategoryShown
    title: str
    description: str
    division: DivisionShown
    place_note: str | None
    point: PointRecord | None
    household_id: UUID | None
    household_code: str | None
    has_contact: bool
    origin_room: str | None
    origin_id: UUID | None
    upstream_number: str | None
    upstream_due_at: datetime | None
    state: CaseState
    stage: Stage
    state_since: datetime
    outcome: CaseOutcome | None
    satisfaction: Satisfaction | None
    policy_code: str
    owner_unit: UnitShown | None
    assignee_unit: UnitShown | None
    assignee: PersonShown | None
    hops: int
    second_hop: bool
    loop: int
    reopened_n: int
    merged_into: UUID | None
    opened_by: PersonShown | None
    opened_at: datetime
    received_at: datetime
    entered_late: bool
    responded_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    version: int
    clocks: list[ClockRecord]
    steps: list[str]
    photo_ids: list[UUID]
    photos: list[PhotoShown] = []
    timeline: list[TimelineLine] | None = None


class OpenedCase(Struct, frozen=True, kw_only=True):
    """A case just opened. `secret` is told once: on a repeat it is null. `receipt_url` holds no secret."""

    case: CaseRecord
    secret: str | None
    receipt_url: str
    proposal: Proposal | None
