"""The shapes of a suggestion's nine steps (三三三) and of feedback."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.cases.lint import Hit
from backend.cases.loop_schemas import LongText, Office, Reason
from backend.cases.loop_words import FeedbackWay, ReportTo, Signatory
from backend.cases.schemas import PersonShown, Title, UnitShown, Words
from backend.core.shapes import NO_NUL, Line, Moment
from backend.territory.points import Point, PointRecord

Text = Annotated[str, Meta(min_length=1, max_length=4000, pattern=NO_NUL)]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$", description="of the text that was signed, in hex")]


class NewText(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a suggestion is to say from now on, and why it was written anew. Signatures for the text before are void."""

    title: Title
    description: Words = ""
    reason: Reason
    id: UUID | None = None


class NewSignature(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the three signs (三画押). `text_sha256` is the one that `getSuggestion` gave with the text he read.

    signed_as   his office; none for the suggester
    """

    signatory: Signatory
    text_sha256: Sha256
    signed_as: Office | None = None
    signed_at: Moment | None = None
    id: UUID | None = None


class NewHearing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The three were face to face on the spot (三对质). Without the suggester there is no hearing.

    committee       who came for the committee, by office
    unit_spoke_by   who spoke for the unit, by office
    """

    held_at: Moment
    point: Point
    committee: Office
    unit_id: UUID
    unit_spoke_by: Office
    suggester_came: bool
    minutes: LongText
    place_note: Line | None = None
    id: UUID | None = None


class NewReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the three reports (三报告). For the public notice the text must name nobody; `redact` covers what does."""

    audience: ReportTo
    text: LongText
    reported_on: date
    reference: Annotated[str, Meta(max_length=60, pattern=NO_NUL)] | None = None
    redact: bool = False
    id: UUID | None = None


class NewFeedback(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The one who asked was told: in person, by a posted notice (photo and place), by WeChat (its picture).

    A posted notice's text must name nobody; `redact` covers what does.
    """

    way: FeedbackWay
    text: Text
    given_at: Moment | None = None
    photo_id: UUID | None = None
    point: Point | None = None
    place_note: Line | None = None
    redact: bool = False
    id: UUID | None = None


class SignatureRecord(Struct, frozen=True, kw_only=True):
    """A signature. `stands` is false when the text has changed since: it was for another text, and is asked again."""

    id: UUID
    signatory: Signatory
    signed_as: str | None
    signed_at: datetime
    recorded_by: PersonShown
    text_sha256: str
    stands: bool


class HearingRecord(Struct, frozen=True, kw_only=True):
    """The hearing."""

    id: UUID
    held_at: datetime
    point: PointRecord | None
    place_note: str | None
    committee: str
    unit: UnitShown
    unit_spoke_by: str
    suggester_came: bool
    minutes: str


class ReportRecord(Struct, frozen=True, kw_only=True):
    """A report."""

    id: UUID
    audience: ReportTo
    text: str
    reference: str | None
    reported_on: date


class FeedbackRecord(Struct, frozen=True, kw_only=True):
    """How somebody was told."""

    id: UUID
    way: FeedbackWay
    text: str
    photo_id: UUID | None
    point: PointRecord | None
    place_note: str | None
    given_at: datetime
    given_by: PersonShown


class SuggestionRecord(Struct, frozen=True, kw_only=True):
    """A suggestion with its nine steps.

    text_sha256    of its text as it is now: what signatures are for
    answered       the suggester has his reply
    archived       all nine are there: three signatures for this text, three parties at the hearing, three reports
    missing        what is not there yet, in words of the wire
    """

    case_id: UUID
    number: str
    text: str
    text_sha256: str
    signatures: list[SignatureRecord]
    hearing: HearingRecord | None
    reports: list[ReportRecord]
    feedback: list[FeedbackRecord]
    answered: bool
    archived: bool
    missing: list[str]


class TextToCheck(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text that is to become public."""

    text: Annotated[str, Meta(max_length=20_000, pattern=NO_NUL)]


class TextChecked(Struct, frozen=True, kw_only=True):
    """Where it holds what must not become public, and the text with that covered."""

    hits: list[Hit]
    redacted: str
