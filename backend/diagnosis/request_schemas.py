"""The shapes of a request: how somebody asks, how he is asked back, and what staff read of it."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.cases.schemas import CaseRecord, DivisionShown, PersonShown, UnitShown
from backend.cases.words import Channel
from backend.core.shapes import NO_NUL, Code, DivisionCode, Line, Moment, Name, Phone
from backend.deadlines.schemas import ClockRecord
from backend.diagnosis.answer_schemas import AnswerRecord, OutcomeRecord
from backend.diagnosis.words import ConsentPurpose, GrowthStage, Organ, RequestState, Topic
from backend.media.facts import Kind, PhotoState
from backend.people.household_tables import ConsentChannel, ConsentMethod
from backend.territory.points import Point, PointRecord

Symptoms = Annotated[str, Meta(max_length=2000, pattern=NO_NUL, description="in the farmer's own words")]
Treatments = Annotated[str, Meta(max_length=1000, pattern=NO_NUL)]
Weather = Annotated[str, Meta(max_length=500, pattern=NO_NUL)]
AreaMu = Annotated[float, Meta(gt=0, le=1_000_000, description="mu; 15 mu are a hectare")]
PhotoIds = Annotated[list[UUID], Meta(max_length=20)]

MU_PER_HECTARE = 15


class NewRequestConsent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody agreed to, or did not: which text (SHA-256 in hex of what he was shown or read), how, when."""

    purpose: ConsentPurpose
    text_version: Annotated[str, Meta(min_length=1, max_length=40)]
    text_sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    given: bool
    method: ConsentMethod = ConsentMethod.TAPPED
    channel: ConsentChannel = ConsentChannel.PAGE


class NewRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody asks about a crop.

    division_code, household_id, point   where: one of them, or the station's own place
    station_unit_id   at whose desk it was told; from a QR code it is the code's
    photo_ids         uploaded before, by the same person or under the same station code
    photos_expected   how many more the phone will send with the receipt's ticket
    wants_call        the answer is telephoned or read to him; always so for a call or a walk-in
    asked_at          when it was said (on paper perhaps); now unless told
    consents          handling is needed from a citizen's own door; learning is his own choice
    """

    channel: Channel
    crop_code: Code
    id: UUID | None = None
    topic: Topic = Topic.UNSURE
    growth_stage: GrowthStage = GrowthStage.UNSURE
    organ: Organ = Organ.UNSURE
    symptoms: Symptoms = ""
    area_mu: AreaMu | None = None
    onset_on: date | None = None
    weather_note: Weather | None = None
    treatments: Treatments | None = None
    photo_ids: PhotoIds = []
    photos_expected: Annotated[int, Meta(ge=0, le=20)] = 0
    station_unit_id: UUID | None = None
    division_code: DivisionCode | None = None
    household_id: UUID | None = None
    point: Point | None = None
    place_note: Line | None = None
    contact_name: Name | None = None
    contact_phone: Phone | None = None
    wants_call: bool = False
    asked_at: Moment | None = None
    consents: Annotated[list[NewRequestConsent], Meta(max_length=4)] = []


class CropRecord(Struct, frozen=True, kw_only=True):
    """A crop, by the name people use; `eppo_code` where the EPPO Global Database has one."""

    code: str
    eppo_code: str | None
    name_zh: str
    name_en: str
    aliases: list[str]
    source: str


class RequestPhoto(Struct, frozen=True, kw_only=True):
    """A photo or a voice note of a request: what the pipeline thinks of it, and addresses that open for an hour.

    reasons   why it shows nothing (too_dark, blurred, …); small and large: null where there is no picture
    voice     where the note can be listened to, if it is one
    """

    id: UUID
    kind: Kind
    state: PhotoState
    reasons: list[str]
    received_at: datetime
    taken_at: datetime | None
    small: str | None
    large: str | None
    voice: str | None


class QuestionRecord(Struct, frozen=True, kw_only=True):
    """Something asked back. `asked_by` null: the gate asks for a better photo, `reasons` say why."""

    id: UUID
    asked_by: PersonShown | None
    asked_at: datetime
    words: str
    wants_photo: bool
    reasons: list[str]
    answered_at: datetime | None
    answer: str | None


class OfferShown(Struct, frozen=True, kw_only=True):
    """Whom it was put before, and how that ended."""

    expert: PersonShown
    offered_at: datetime
    until: datetime | None
    ending: str | None
    reason: str | None


class ExpertShown(Struct, frozen=True, kw_only=True):
    """Somebody who answers, as farmers see him. `portrait`: a path that opens for an hour."""

    id: UUID
    name: str
    title_zh: str
    unit: UnitShown
    portrait: str | None


class DiagnosisRecord(Struct, frozen=True, kw_only=True):
    """A request as staff read it, with its case.

    case       number, words, place, clocks, what may happen next
    area_ha    the same as area_mu
    urgent     large or in danger; it comes first
    answers    the first, and corrections; a second opinion to whoever may see it (never to its own expert beforehand)
    may        what the reader may do now: claim, decline, ask, answer, hand_over, second_opinion, correct, tell,
               outcome
    alike      numbers of requests that may be about the same field
    """

    id: UUID
    case: CaseRecord
    crop: CropRecord
    topic: Topic
    growth_stage: GrowthStage
    organ: Organ
    area_mu: float | None
    area_ha: float | None
    onset_on: date | None
    weather_note: str | None
    treatments: str | None
    photos: list[RequestPhoto]
    photos_expected: int
    station: UnitShown | None
    studio: UnitShown
    wants_call: bool
    learning: bool
    asked_at: datetime
    state: RequestState
    state_since: datetime
    urgent: bool
    expert: ExpertShown | None
    offer_until: datetime | None
    claimed_at: datetime | None
    answered_at: datetime | None
    told_at: datetime | None
    follow_up_on: date | None
    offers: list[OfferShown]
    questions: list[QuestionRecord]
    answers: list[AnswerRecord]
    outcomes: list[OutcomeRecord]
    alike: list[str]
    may: list[str]


class RequestedDiagnosis(Struct, frozen=True, kw_only=True):
    """A request just made.

    secret   six digits; told again on a repeat from a citizen's door (whose phone made the id), else null then
    ticket   opens uploads for half an hour: `Upload-Opener: receipt <ticket>`; null to staff, who upload signed in
    """

    request: DiagnosisRecord
    number: str
    number_said: str
    secret: str | None
    receipt_url: str
    ticket: str | None


class QueueItem(Struct, frozen=True, kw_only=True):
    """One line of the queue, by the clock that falls due first. No contact in it."""

    id: UUID
    number_said: str
    crop_code: str
    crop_zh: str
    topic: Topic
    title: str
    division: DivisionShown
    point: PointRecord | None
    distance_km: float | None
    area_mu: float | None
    state: RequestState
    urgent: bool
    wants_call: bool
    expert: PersonShown | None
    mine: bool
    asked_at: datetime
    clock: ClockRecord | None
    photo: str | None
    photos_n: int


class NewQuestion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the expert asks the farmer. `wants_photo`: another photo would help."""

    words: Annotated[str, Meta(min_length=1, max_length=1000, pattern=NO_NUL)]
    wants_photo: bool = False
    id: UUID | None = None


class QuestionAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the farmer says to it, and photos that he has sent for it. `no_better_photo`: he has none."""

    words: Annotated[str, Meta(max_length=2000, pattern=NO_NUL)] = ""
    photo_ids: PhotoIds = []
    no_better_photo: bool = False
    id: UUID | None = None
