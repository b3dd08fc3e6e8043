"""Notices, whom they are for, each message on its way, and counts that stay.

Recipients and deliveries carry plain UUIDs where one expects foreign keys: a campaign writes half a million of them in
one statement out of the very tables they name, and each key would be looked up again for every row.
"""

from piccolo.columns import (
    JSONB,
    UUID,
    Boolean,
    Bytea,
    ForeignKey,
    Integer,
    OnDelete,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.column_types import Date
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.people.tables import Person
from backend.push.provider import Category
from backend.push.states import CampaignState, DeliveryState, Reached, SubjectKind

FORGOTTEN_AFTER_DAYS = 90
TELL = "telling somebody what concerns him"


def _told(purpose: str = TELL) -> Personal:
    return Personal(purpose, DataClass.INTERNAL, "90 days", FORGOTTEN_AFTER_DAYS)


class Notice(Table, tablename="push_notice"):
    """What is to be said. `campaign_state` is null for a room's own notice to somebody it names.

    public                 the words may lie on a locked screen; otherwise they are in the inbox only
    acknowledge_within_s   somebody has to take it: after so long `next_person` is rung, then `last_resort` has to call
    step                   0 the recipients, 1 the next person too, 2 the last resort
    """

    id = UUID(primary_key=True, null=False)
    category = Varchar(length=12, null=False, choices=Category)
    title_zh = Varchar(length=60, null=False)
    title_en = Varchar(length=120, null=False)
    text_zh = Text(null=False)
    text_en = Text(null=False)
    voice_zh = Text(null=False)
    public = Boolean(null=False, default=False)
    no_links = Boolean(null=False, default=False)
    exercise = Boolean(null=False, default=False)
    link = Varchar(length=300, null=True, default=None)
    expires_at = Timestamptz(null=True, default=None)
    not_before = Timestamptz(null=True, default=None)
    dedupe_key = Varchar(length=200, null=False, unique=True)
    arguments_digest = Bytea(null=False)
    origin_room = Varchar(length=20, null=True, default=None)
    origin_id = UUID(null=True, default=None)
    division_code = Varchar(length=15, null=True, default=None)
    audience = JSONB(null=True, default=None)
    campaign_state = Varchar(length=10, null=True, default=None, choices=CampaignState)
    made_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    made_at = Timestamptz(null=False)
    planned_at = Timestamptz(null=True, default=None)
    finished_at = Timestamptz(null=True, default=None)
    acknowledge_within_s = Integer(null=True, default=None)
    next_person = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    last_resort = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    step = SmallInt(null=False, default=0)
    escalate_at = Timestamptz(null=True, default=None)
    acknowledged_at = Timestamptz(null=True, default=None)
    acknowledged_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)

    notice_category_is_known = one_of("category", Category)
    campaign_state_is_known = one_of("campaign_state", CampaignState)
    notice_acknowledged_by_somebody = Check(
        (acknowledged_at.is_null() & acknowledged_by.is_null())
        | (acknowledged_at.is_not_null() & acknowledged_by.is_not_null())
    )

    privacy = Privacy(
        personal={name: _told() for name in ("title_zh", "title_en", "text_zh", "text_en", "voice_zh", "link")},
        impersonal=frozenset(
            {
                *("category", "dedupe_key", "arguments_digest", "origin_room", "division_code", "audience"),
                *("campaign_state", "acknowledge_within_s", "step"),
            }
        ),
    )


class Recipient(Table, tablename="push_recipient"):
    """One notice for one subject.

    way       the number of the way that is being tried; for an emergency, how often it was rung
    day       which day of the subject's daily cap this notice takes; null for emergencies and whoever is on duty, who
              do not wait for the morning either
    seen_at           when it was shown, also by a phone that says so later
    acknowledged_at, acknowledge_done_at   when that came, by which others wait, and when it was done: offline
    look_at   when to ring again or to try the next way; null when there is nothing more to do
    """

    id = UUID(primary_key=True, null=False)
    notice = UUID(null=False, default=None)
    subject = UUID(null=False, default=None)
    subject_kind = Varchar(length=10, null=False, choices=SubjectKind)
    division_code = Varchar(length=15, null=True, default=None)
    reached = Varchar(length=12, null=False, default=Reached.WAITING, choices=Reached)
    way = SmallInt(null=False, default=0)
    day = Date(null=True, default=None)
    look_at = Timestamptz(null=True, default=None)
    made_at = Timestamptz(null=False)
    seen_at = Timestamptz(null=True, default=None)
    acknowledged_at = Timestamptz(null=True, default=None)
    acknowledge_done_at = Timestamptz(null=True, default=None)

    subject_kind_is_known = one_of("subject_kind", SubjectKind)
    reached_is_known = one_of("reached", Reached)
    one_recipient_per_notice = Unique([notice, subject])

    privacy = Privacy(
        personal={"subject": _told(), "division_code": _told("knowing where nobody could be reached")},
        impersonal=frozenset({"subject_kind", "reached", "way"}),
    )


class Delivery(Table, tablename="push_delivery"):
    """One message on one way to one address, or (address null) to a topic. Its id is told at every try.

    next_at      not before; while somebody has it in hand (`claimed_by`), until when he does
    fate_unknown it may have gone out: the provider is asked before it goes again
    repeats      how often it was handed over once more without knowing what became of the last time
    round        0, and one more each time an emergency rings again
    """

    id = UUID(primary_key=True, null=False)
    notice = UUID(null=False, default=None)
    recipient = UUID(null=True, default=None)
    address = UUID(null=True, default=None)
    topic = Varchar(length=80, null=True, default=None)
    provider = Varchar(length=20, null=False)
    queue = UUID(null=False, default=None)
    way = SmallInt(null=False, default=0)
    round = SmallInt(null=False, default=0)
    state = Varchar(length=10, null=False, choices=DeliveryState)
    reason = Varchar(length=60, null=True, default=None)
    attempts = SmallInt(null=False, default=0)
    repeats = SmallInt(null=False, default=0)
    next_at = Timestamptz(null=False)
    claimed_by = Varchar(length=40, null=True, default=None)
    fate_unknown = Boolean(null=False, default=False)
    provider_message_id = Varchar(length=120, null=True, default=None)
    made_at = Timestamptz(null=False)
    accepted_at = Timestamptz(null=True, default=None)
    delivered_at = Timestamptz(null=True, default=None)
    shown_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)

    delivery_state_is_known = one_of("state", DeliveryState)
    delivery_goes_somewhere = Check(
        (address.is_null() & topic.is_not_null()) | (address.is_not_null() & topic.is_null())
    )

    privacy = Privacy(
        personal={"provider_message_id": _told("matching receipts")},
        impersonal=frozenset(
            {
                *("topic", "provider", "way", "round", "state", "reason", "attempts", "repeats", "claimed_by"),
            }
        ),
    )


class Counter(Table, tablename="push_counter"):
    """How many deliveries of a notice stand in a state, so that nobody counts half a million rows for a progress bar.

    The sum over the slots counts; a slot alone may be negative. Each process writes to a slot of its own: no waiting.
    """

    id = UUID(primary_key=True, null=False)
    notice = UUID(null=False, default=None)
    state = Varchar(length=10, null=False, choices=DeliveryState)
    slot = SmallInt(null=False)
    n = Integer(null=False, default=0)

    counter_state_is_known = one_of("state", DeliveryState)
    one_counter_per_slot = Unique([notice, state, slot])

    privacy = Privacy(impersonal=frozenset({"state", "slot", "n"}))
