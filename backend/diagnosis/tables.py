"""Requests, what was asked back, and what the farmer agreed to."""

from piccolo.columns import (
    UUID,
    Array,
    Boolean,
    Bytea,
    Date,
    DoublePrecision,
    ForeignKey,
    Numeric,
    OnDelete,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check
from piccolo.table import Table

from backend.cases.tables import CLOSED_24, CLOSED_24_DAYS
from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.diagnosis.reference_tables import Crop
from backend.diagnosis.words import ConsentPurpose, GrowthStage, Organ, RequestState, Topic
from backend.people.household_tables import ConsentChannel, ConsentMethod
from backend.people.tables import Person, Unit

ADVISE = "telling what the crop has and what to do"


class Request(Table, tablename="diagnosis_request"):
    """What somebody asks about a crop. Its id is its case's, which holds number, place, contact, words and photos.

    station          whose QR was scanned, or at whose desk it was told
    area_mu          how much land; 15 mu are a hectare
    photos_expected  how many the phone said it would send; they may arrive after the receipt was given
    no_better_photo  the farmer has no better photo: an expert looks at what there is
    wants_call       the answer is telephoned or read to him (a call, a walk-in, or he ticked it)
    arguments_digest what a repeat of the request must equal, beside the case's own
    expert           who has it: offered (`offer_until`), or claimed (`claimed_at`)
    learning         agreed that it may teach, images without EXIF; his own choice, unticked
    """

    id = UUID(primary_key=True, null=False)  # references cases_case: a migration says so, Piccolo cannot
    station = ForeignKey(Unit, null=True, on_delete=OnDelete.restrict)
    studio = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    crop = ForeignKey(Crop, null=False, on_delete=OnDelete.restrict)
    topic = Varchar(length=16, null=False, choices=Topic)
    growth_stage = Varchar(length=12, null=False, choices=GrowthStage)
    organ = Varchar(length=12, null=False, choices=Organ)
    area_mu = Numeric(digits=(10, 2), null=True, default=None)
    onset_on = Date(null=True, default=None)
    weather_note = Varchar(length=500, null=True, default=None)
    treatments = Varchar(length=1000, null=True, default=None)
    photos_expected = SmallInt(null=False, default=0)
    no_better_photo = Boolean(null=False, default=False)
    wants_call = Boolean(null=False, default=False)
    learning = Boolean(null=False, default=False)
    division_code = Varchar(length=15, null=False)
    asked_at = Timestamptz(null=False)
    arguments_digest = Bytea(null=False)

    state = Varchar(length=16, null=False, choices=RequestState)
    state_since = Timestamptz(null=False)
    route_after = Timestamptz(null=True, default=None)
    expert = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    offer_until = Timestamptz(null=True, default=None)
    offers_n = SmallInt(null=False, default=0)
    claimed_at = Timestamptz(null=True, default=None)
    answered_at = Timestamptz(null=True, default=None)
    told_at = Timestamptz(null=True, default=None)
    told_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    follow_up_on = Date(null=True, default=None)
    outcome_asked_at = Timestamptz(null=True, default=None)

    request_topic_is_known = one_of("topic", Topic)
    request_growth_stage_is_known = one_of("growth_stage", GrowthStage)
    request_organ_is_known = one_of("organ", Organ)
    request_state_is_known = one_of("state", RequestState)
    request_area_is_positive = Check('"area_mu" IS NULL OR "area_mu" > 0')
    request_is_somebodys = Check("(\"state\" IN ('offered', 'claimed', 'asked')) <= (\"expert\" IS NOT NULL)")

    privacy = Privacy(
        personal={
            "area_mu": Personal(ADVISE, DataClass.INTERNAL, "with the case, as a figure of the field"),
            "weather_note": Personal(ADVISE, DataClass.INTERNAL, CLOSED_24, CLOSED_24_DAYS),
            "treatments": Personal(ADVISE, DataClass.INTERNAL, CLOSED_24, CLOSED_24_DAYS),
        },
        impersonal=frozenset(
            {
                *("topic", "growth_stage", "organ", "photos_expected", "no_better_photo", "wants_call", "learning"),
                *("division_code", "arguments_digest", "state", "offers_n"),
            }
        ),
    )


class RequestConsent(Table, tablename="diagnosis_consent"):
    """One line of what somebody without an account agreed to: which text (its hash), how, when. Never updated."""

    id = UUID(primary_key=True, null=False)
    request = ForeignKey(Request, null=False, on_delete=OnDelete.restrict)
    purpose = Varchar(length=10, null=False, choices=ConsentPurpose)
    text_version = Varchar(length=40, null=False)
    text_sha256 = Bytea(null=False)
    channel = Varchar(length=20, null=False, choices=ConsentChannel)
    method = Varchar(length=20, null=False, choices=ConsentMethod)
    given = Boolean(null=False)
    at = Timestamptz(null=False)
    recorded_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)

    request_consent_purpose_is_known = one_of("purpose", ConsentPurpose)
    request_consent_channel_is_known = one_of("channel", ConsentChannel)
    request_consent_method_is_known = one_of("method", ConsentMethod)

    privacy = Privacy(
        personal={
            "method": Personal("proving consent", DataClass.INTERNAL, "36 months after the last line"),
            "channel": Personal("proving consent", DataClass.INTERNAL, "36 months after the last line"),
        },
        impersonal=frozenset({"purpose", "text_version", "text_sha256"}),
    )


class Question(Table, tablename="diagnosis_question"):
    """Something asked back. `asked_by` null: the gate, for a better photo; `reasons`: why the last one is none."""

    id = UUID(primary_key=True, null=False)
    request = ForeignKey(Request, null=False, on_delete=OnDelete.restrict)
    asked_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    asked_at = Timestamptz(null=False)
    words = Text(null=False)
    wants_photo = Boolean(null=False, default=False)
    reasons: Array = Array(base_column=Varchar(length=20), null=False, default=list)
    answered_at = Timestamptz(null=True, default=None)
    answer = Text(null=True, default=None)
    answer_taken_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)

    privacy = Privacy(
        personal={
            "words": Personal(ADVISE, DataClass.INTERNAL, CLOSED_24, CLOSED_24_DAYS),
            "answer": Personal(ADVISE, DataClass.INTERNAL, CLOSED_24, CLOSED_24_DAYS),
        },
        impersonal=frozenset({"wants_photo", "reasons"}),
    )


class Likeness(Table, tablename="diagnosis_likeness"):
    """Two requests that may be about the same field: found by photo, by household or phone, and by place and crop.

    distance_bits   of their likest photos (of 64); null: found otherwise
    """

    id = UUID(primary_key=True, null=False)
    request = ForeignKey(Request, null=False, on_delete=OnDelete.cascade)
    other = ForeignKey(Request, null=False, on_delete=OnDelete.cascade)
    reasons: Array = Array(base_column=Varchar(length=20), null=False, default=list)
    distance_bits = SmallInt(null=True, default=None)
    distance_m = DoublePrecision(null=True, default=None)
    found_at = Timestamptz(null=False)

    privacy = Privacy(impersonal=frozenset({"reasons", "distance_bits", "distance_m"}))
