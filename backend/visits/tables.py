"""Contacts, what they were about, what looked odd, and what was put right."""

from enum import StrEnum

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    Boolean,
    Bytea,
    Date,
    DoublePrecision,
    ForeignKey,
    Integer,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Unique
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.media.tables import Photo
from backend.people.access_tables import Device
from backend.people.household_tables import Household
from backend.people.tables import Person
from backend.territory.tables import Division, Located, point_privacy
from backend.visits.campaign_tables import Campaign, ServiceTeam

RECORD = "a record of service that the household may read and correct"
NOTES = "24 months"


class Channel(StrEnum):
    """How contact was made. Only VISIT is a visit."""

    VISIT = "visit"
    CALL = "call"
    SMS = "sms"
    WECHAT = "wechat"


class NeedState(StrEnum):
    """What became of a need; four of them are the totals of Liaocheng's 三遍访. See `need_states`."""

    RECEIVED = "received"
    PASSED_ON = "passed_on"
    SOLVED = "solved"
    UNREASONABLE = "unreasonable"
    EXPLAINED = "explained"
    WITHDRAWN = "withdrawn"


class FlagKind(StrEnum):
    """What looks odd."""

    FAR_FROM_HOUSEHOLD = "far_from_household"
    MOCK_LOCATION = "mock_location"
    ACCURACY_ZERO = "accuracy_zero"
    CLOCK_SKEW = "clock_skew"
    TOO_FAST = "too_fast"
    PHOTO_REUSED = "photo_reused"


class PolicyKind(StrEnum):
    """What a dated number decides: when a flag is raised, what is late, when others see a flag, what is a hot spot."""

    FAR_FROM_HOUSEHOLD = "far_from_household"
    CLOCK_SKEW = "clock_skew"
    TOO_FAST = "too_fast"
    TOO_FAST_APART = "too_fast_apart"
    LATE_ENTRY = "late_entry"
    FLAG_SHOWN_LATER = "flag_shown_later"
    HOT_SPOT = "hot_spot"
    HOT_SPOT_WINDOW = "hot_spot_window"


class PhotoKind(StrEnum):
    """What a photo of a visit shows."""

    BEFORE = "before"
    AFTER = "after"
    SCENE = "scene"


class Topic(Table, tablename="visits_topic"):
    """A topic under one of Zhucheng's six top categories; dated, with its source."""

    code = Varchar(length=40, primary_key=True, null=False)
    parent_code = Varchar(length=40, null=True, default=None)
    name_zh = Varchar(length=40, null=False)
    name_en = Varchar(length=80, null=False)
    valid_from = Date(null=False)
    valid_to = Date(null=True, default=None)
    source = Text(null=False)

    privacy = Privacy(impersonal=frozenset({"code", "parent_code", "name_zh", "name_en", "source"}))


class FlagPolicy(Table, tablename="visits_flag_policy"):
    """From when which number holds, in which unit, and why that number."""

    id = UUID(primary_key=True, null=False)
    kind = Varchar(length=24, null=False, choices=PolicyKind)
    threshold = DoublePrecision(null=False)
    unit = Varchar(length=12, null=False)
    valid_from = Date(null=False)
    source = Text(null=False)

    one_policy_a_day = Unique([kind, valid_from])
    policy_kind_is_known = one_of("kind", PolicyKind)
    privacy = Privacy(impersonal=frozenset({"kind", "threshold", "unit", "source"}))


class Visit(Located, Table, tablename="visits_visit"):
    """One contact. `occurred_at` is the phone's word, `received_at` the server's."""

    id = UUID(primary_key=True, null=False)
    recorded_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    channel = Varchar(length=8, null=False, choices=Channel)
    occurred_at = Timestamptz(null=False)
    received_at = Timestamptz(null=False)
    entered_late = Boolean(null=False)
    household = ForeignKey(Household, null=True, on_delete=OnDelete.restrict)
    division = ForeignKey(Division, null=False, on_delete=OnDelete.restrict)
    division_code = Varchar(length=15, null=False)
    place_note = Varchar(length=200, null=True, default=None)
    campaign = ForeignKey(Campaign, null=True, on_delete=OnDelete.restrict)
    service_team = ForeignKey(ServiceTeam, null=True, on_delete=OnDelete.restrict)
    topics = Array(base_column=Varchar(length=40), null=False, default=list)
    note = Text(null=True, default=None)
    companions = Array(base_column=Varchar(length=60), null=False, default=list)
    device = ForeignKey(Device, null=True, on_delete=OnDelete.restrict)
    door = Varchar(length=12, null=False)
    coarse = Boolean(null=False, default=False)
    version = Integer(null=False, default=1)
    arguments_digest = Bytea(null=False)

    channel_is_known = one_of("channel", Channel)

    privacy = Privacy(
        personal={
            "note": Personal(RECORD, DataClass.INTERNAL, NOTES, 731),
            "place_note": Personal(RECORD, DataClass.INTERNAL, NOTES, 731),
            "companions": Personal(RECORD, DataClass.INTERNAL, NOTES, 731),
            **point_privacy("showing that the visit was made"),
        },
        impersonal=frozenset({"channel", "division_code", "topics", "door", "coarse", "version", "arguments_digest"}),
    )


class VisitFlag(Table, tablename="visits_flag"):
    """One flag: what was measured, against which threshold, and what the cadre says to it."""

    id = UUID(primary_key=True, null=False)
    visit = ForeignKey(Visit, null=False, on_delete=OnDelete.cascade)
    kind = Varchar(length=24, null=False, choices=FlagKind)
    measured = DoublePrecision(null=True, default=None)
    threshold = DoublePrecision(null=True, default=None)
    facts = JSONB(null=False, default="{}")
    raised_at = Timestamptz(null=False)
    seen_at = Timestamptz(null=True, default=None)
    answer = Text(null=True, default=None)
    answered_at = Timestamptz(null=True, default=None)

    one_flag_of_a_kind = Unique([visit, kind])
    flag_kind_is_known = one_of("kind", FlagKind)

    privacy = Privacy(
        personal={
            "answer": Personal("the right to answer a flag", DataClass.INTERNAL, NOTES, 731),
            "facts": Personal("showing why a flag was raised", DataClass.INTERNAL, NOTES, 731),
            "measured": Personal("showing why a flag was raised", DataClass.INTERNAL, NOTES, 731),
        },
        impersonal=frozenset({"kind", "threshold"}),
    )


class VisitPhoto(Table, tablename="visits_photo"):
    """A photo of a visit: before, after, or of the visit itself."""

    id = UUID(primary_key=True, null=False)
    visit = ForeignKey(Visit, null=False, on_delete=OnDelete.cascade)
    photo = ForeignKey(Photo, null=False, on_delete=OnDelete.restrict)
    kind = Varchar(length=8, null=False)

    once_per_visit = Unique([visit, photo])
    photo_kind_is_known = one_of("kind", PhotoKind)
    privacy = Privacy(impersonal=frozenset({"kind"}))


class VisitAmendment(Table, tablename="visits_amendment"):
    """What a visit said before somebody put it right, and why."""

    id = UUID(primary_key=True, null=False)
    visit = ForeignKey(Visit, null=False, on_delete=OnDelete.cascade)
    version = Integer(null=False)
    at = Timestamptz(null=False)
    by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    reason = Text(null=False)
    before = JSONB(null=False)

    one_amendment_a_version = Unique([visit, version])
    privacy = Privacy(
        personal={
            "before": Personal(RECORD, DataClass.INTERNAL, NOTES, 731),
            "reason": Personal(RECORD, DataClass.INTERNAL, NOTES, 731),
        },
        impersonal=frozenset({"version"}),
    )
