"""Who is able to answer what, how each request found its expert, and what was put before whom."""

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    Date,
    DoublePrecision,
    ForeignKey,
    OnDelete,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.diagnosis.reference_tables import Crop
from backend.diagnosis.tables import ADVISE, Request
from backend.diagnosis.words import OfferEnding, RefusalReason, Tier, Topic
from backend.media.tables import Photo
from backend.people.tables import SIGN_IN, WHILE_EMPLOYED, Person, Unit


class Expert(Table, tablename="diagnosis_expert"):
    """Somebody who answers, as farmers see him: face, title, station. His account and name are in `people`.

    longitude, latitude  where he works (WGS-84), an office or a stall, never his home
    staffed              his hours, as `08:30-11:30,14:00-17:30` (Shandong's clock), on `weekdays` (1 Monday to 7)
    able_per_day         how many requests a day he is able for
    away_until           he has paused; leave that the roster knows counts without it
    set_by, set_at       who wrote this last
    """

    id = UUID(primary_key=True, null=False)  # the person's; references people_person: a migration says so
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    tier = Varchar(length=8, null=False, choices=Tier)
    title_zh = Varchar(length=60, null=False)
    portrait = ForeignKey(Photo, null=True, on_delete=OnDelete.restrict)
    longitude = DoublePrecision(null=True, default=None)
    latitude = DoublePrecision(null=True, default=None)
    staffed = Varchar(length=120, null=False)
    weekdays: Array = Array(base_column=SmallInt(), null=False, default=list)
    able_per_day = SmallInt(null=False)
    away_until = Timestamptz(null=True, default=None)
    valid_from = Date(null=False)
    valid_to = Date(null=True, default=None)
    set_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    set_at = Timestamptz(null=False)

    tier_is_known = one_of("tier", Tier)
    is_able_for_some = Check(able_per_day > 0)

    privacy = Privacy(
        personal={
            "title_zh": Personal(ADVISE, DataClass.PUBLIC, WHILE_EMPLOYED),
            "longitude": Personal("finding the nearest expert", DataClass.INTERNAL, WHILE_EMPLOYED),
            "latitude": Personal("finding the nearest expert", DataClass.INTERNAL, WHILE_EMPLOYED),
            "staffed": Personal(SIGN_IN, DataClass.INTERNAL, WHILE_EMPLOYED),
            "weekdays": Personal(SIGN_IN, DataClass.INTERNAL, WHILE_EMPLOYED),
            "able_per_day": Personal("sharing the work fairly", DataClass.INTERNAL, WHILE_EMPLOYED),
        },
        impersonal=frozenset({"tier"}),
    )


class Competence(Table, tablename="diagnosis_competence"):
    """One thing an expert is able to answer: crop × topic × place; null: all of them. `prefix` of division codes."""

    id = UUID(primary_key=True, null=False)
    expert = ForeignKey(Expert, null=False, on_delete=OnDelete.cascade)
    crop = ForeignKey(Crop, null=True, on_delete=OnDelete.restrict)
    topic = Varchar(length=16, null=True, default=None, choices=Topic)
    prefix = Varchar(length=15, null=False)

    competence_topic_is_known = one_of("topic", Topic)

    privacy = Privacy(
        personal={"prefix": Personal(ADVISE, DataClass.INTERNAL, WHILE_EMPLOYED)}, impersonal=frozenset({"topic"})
    )


class Turn(Table, tablename="diagnosis_turn"):
    """How much was an expert's to take on one day, and how much he was given: what keeps the work shared.

    due    of every request that was put before somebody while he was able and there: his `able_per_day` over that of
           all who were
    given  how many were put before him
    """

    id = UUID(primary_key=True, null=False)
    expert = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    on_day = Date(null=False)
    due = DoublePrecision(null=False)
    given = SmallInt(null=False)

    one_turn_a_day = Unique([expert, on_day])

    privacy = Privacy(
        personal={
            "due": Personal("sharing the work fairly", DataClass.INTERNAL, "31 days", 31),
            "given": Personal("sharing the work fairly", DataClass.INTERNAL, "31 days", 31),
        }
    )


class Routing(Table, tablename="diagnosis_routing"):
    """One decision about who should have a request, as it was made: "why me?" is read from here. Never updated.

    candidates  JSON, the best first: [{"expert", "score", "parts": {…}}] as `routing_rules.Candidate`; at most ten
    considered  how many experts were able and there
    decision    offered, pooled, chief, nobody
    """

    id = UUID(primary_key=True, null=False)
    request = ForeignKey(Request, null=False, on_delete=OnDelete.restrict)
    at = Timestamptz(null=False)
    decision = Varchar(length=8, null=False)
    chosen = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    considered = SmallInt(null=False)
    candidates = JSONB(null=False)
    policy_from = Date(null=False)

    privacy = Privacy(
        personal={"candidates": Personal("sharing the work fairly", DataClass.INTERNAL, "24 months", 731)},
        impersonal=frozenset({"decision", "considered"}),
    )


class Offer(Table, tablename="diagnosis_offer"):
    """A request before one expert. One at a time for a request: an index says so."""

    id = UUID(primary_key=True, null=False)
    request = ForeignKey(Request, null=False, on_delete=OnDelete.restrict)
    expert = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    routing = ForeignKey(Routing, null=True, on_delete=OnDelete.restrict)
    offered_at = Timestamptz(null=False)
    until = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    ending = Varchar(length=12, null=True, default=None, choices=OfferEnding)
    reason = Varchar(length=20, null=True, default=None, choices=RefusalReason)
    remark = Text(null=True, default=None)

    offer_ending_is_known = one_of("ending", OfferEnding)
    offer_reason_is_known = one_of("reason", RefusalReason)
    offer_ended_somehow = Check('("ended_at" IS NULL) = ("ending" IS NULL)')

    privacy = Privacy(
        personal={"remark": Personal("sharing the work fairly", DataClass.INTERNAL, "24 months", 731)},
        impersonal=frozenset({"ending", "reason"}),
    )
