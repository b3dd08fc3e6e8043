"""Cases, their timelines, where they are sent, and their receipts."""

from piccolo.columns import (
    UUID,
    BigInt,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    OnDelete,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from backend.cases.words import CaseKind, CaseOutcome, CaseState, Channel, Satisfaction
from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.people.household_tables import Household
from backend.people.tables import Person, Unit
from backend.territory.tables import Division, Located, point_privacy

HANDLE = "getting what was asked for done, and telling the one who asked"
CLOSED_24 = "24 months after it is closed"
CLOSED_24_DAYS = 731


class Category(Table, tablename="cases_category"):
    """What cases are about: Zhucheng's six and what lies under them. A category that ends gets `valid_to`."""

    code = Varchar(length=40, primary_key=True, null=False)
    parent_code = Varchar(length=40, null=True, default=None)
    name_zh = Varchar(length=60, null=False)
    name_en = Varchar(length=60, null=False)
    policy_code = Varchar(length=40, null=False)
    valid_from = Date(null=False)
    valid_to = Date(null=True, default=None)
    source = Text(null=False)

    privacy = Privacy(
        impersonal=frozenset({"code", "parent_code", "name_zh", "name_en", "policy_code", "source"}),
    )


class Route(Table, tablename="cases_route"):
    """Who acts in the end on a category in a division: dated, the longest prefix and the deepest category win."""

    id = UUID(primary_key=True, null=False)
    category_code = Varchar(length=40, null=False)
    division = ForeignKey(Division, null=False, on_delete=OnDelete.restrict)
    prefix = Varchar(length=15, null=False)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    automatic = Boolean(null=False, default=False)
    valid_from = Date(null=False)
    valid_to = Date(null=True, default=None)
    source = Text(null=False)

    privacy = Privacy(impersonal=frozenset({"category_code", "prefix", "source"}))


class Case(Located, Table, tablename="cases_case"):
    """One request. `opened_at` is when it was said (on paper perhaps), `received_at` when it reached us."""

    id = UUID(primary_key=True, null=False)
    number = Varchar(length=16, null=False, unique=True)
    channel = Varchar(length=12, null=False, choices=Channel)
    kind = Varchar(length=12, null=False, choices=CaseKind)
    category_code = Varchar(length=40, null=False)
    title = Varchar(length=120, null=False)
    description = Text(null=False)
    contact_name_sealed = Bytea(null=True, default=None)
    contact_phone_sealed = Bytea(null=True, default=None)
    contact_phone_index = Bytea(null=True, default=None)
    division = ForeignKey(Division, null=False, on_delete=OnDelete.restrict)
    division_code = Varchar(length=15, null=False)
    place_note = Varchar(length=200, null=True, default=None)
    household = ForeignKey(Household, null=True, on_delete=OnDelete.restrict)
    origin_room = Varchar(length=20, null=True, default=None)
    origin_id = UUID(null=True, default=None)
    upstream_number = Varchar(length=40, null=True, default=None)
    upstream_due_at = Timestamptz(null=True, default=None)

    state = Varchar(length=12, null=False, choices=CaseState)
    state_since = Timestamptz(null=False)
    outcome = Varchar(length=16, null=True, default=None, choices=CaseOutcome)
    satisfaction = Varchar(length=12, null=True, default=None, choices=Satisfaction)
    policy_code = Varchar(length=40, null=False)
    owner_unit: ForeignKey = ForeignKey(Unit, null=True, on_delete=OnDelete.restrict)
    assignee_unit: ForeignKey = ForeignKey(Unit, null=True, on_delete=OnDelete.restrict)
    assignee = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    hops = SmallInt(null=False, default=0)
    loop = SmallInt(null=False, default=1)
    reopened_n = SmallInt(null=False, default=0)
    merged_into: ForeignKey = ForeignKey("self", null=True, on_delete=OnDelete.restrict)

    opened_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    opened_at = Timestamptz(null=False)
    received_at = Timestamptz(null=False)
    entered_late = Boolean(null=False, default=False)
    responded_at = Timestamptz(null=True, default=None)
    resolved_at = Timestamptz(null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)
    version = Integer(null=False, default=1)
    coarse = Boolean(null=False, default=False)
    arguments_digest = Bytea(null=False)

    case_channel_is_known = one_of("channel", Channel)
    case_kind_is_known = one_of("kind", CaseKind)
    case_state_is_known = one_of("state", CaseState)
    case_outcome_is_known = one_of("outcome", CaseOutcome)
    case_satisfaction_is_known = one_of("satisfaction", Satisfaction)
    case_is_closed_when_nobody_works_on_it = Check(
        "(\"state\" IN ('received', 'dispatched', 'in_hand', 'suspended', 'reopened')) = (\"closed_at\" IS NULL)"
    )
    case_is_merged_into_another = Check(
        '("state" = \'merged\') = ("merged_into" IS NOT NULL AND "merged_into" <> "id")'
    )
    case_loop_is_one_of_three = Check((loop >= 1) & (loop <= 3))

    privacy = Privacy(
        personal={
            "title": Personal(HANDLE, DataClass.INTERNAL, CLOSED_24, CLOSED_24_DAYS),
            "description": Personal(HANDLE, DataClass.INTERNAL, CLOSED_24, CLOSED_24_DAYS),
            "contact_name_sealed": Personal(HANDLE, DataClass.SENSITIVE, CLOSED_24, CLOSED_24_DAYS),
            "contact_phone_sealed": Personal(HANDLE, DataClass.SENSITIVE, CLOSED_24, CLOSED_24_DAYS),
            "contact_phone_index": Personal(HANDLE, DataClass.SENSITIVE, CLOSED_24, CLOSED_24_DAYS),
            "place_note": Personal("finding the place", DataClass.INTERNAL, CLOSED_24, CLOSED_24_DAYS),
            "origin_id": Personal(HANDLE, DataClass.INTERNAL, "while the case is kept"),
            "satisfaction": Personal("doing it again where it did not help", DataClass.INTERNAL, "with the case"),
            **point_privacy("finding the place"),
        },
        impersonal=frozenset(
            {
                *("number", "channel", "kind", "category_code", "division_code", "origin_room", "upstream_number"),
                *("state", "outcome", "policy_code", "hops", "loop", "reopened_n", "version", "arguments_digest"),
            }
        ),
    )


class CaseEvent(Table, tablename="cases_event"):
    """One line of a timeline: never altered. Erasing takes `payload` and `salt` away and leaves the digests.

    payload_digest   sha256 over salt and payload
    digest           sha256 over the digest before, and all that this line says (see `timeline.chained`)
    """

    id = UUID(primary_key=True, null=False)
    case = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    seq = Integer(null=False)
    kind = Varchar(length=24, null=False)
    public = Boolean(null=False)
    at = Timestamptz(null=False)
    by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    by_unit = ForeignKey(Unit, null=True, on_delete=OnDelete.restrict)
    payload = Text(null=True, default=None)
    salt = Bytea(null=True, default=None)
    payload_digest = Bytea(null=False)
    digest = Bytea(null=False)

    one_line_a_place = Unique([case, seq])

    privacy = Privacy(
        personal={
            "payload": Personal(HANDLE, DataClass.INTERNAL, CLOSED_24, CLOSED_24_DAYS),
            "salt": Personal("telling an erased line from a forged one", DataClass.INTERNAL, CLOSED_24, CLOSED_24_DAYS),
        },
        impersonal=frozenset({"seq", "kind", "payload_digest", "digest"}),
    )


class TimelineHead(Table, tablename="cases_timeline_head"):
    """Where a timeline ends: so that a last line taken away is noticed. `seal` is an HMAC that a database alone cannot
    make; `anchored_on` is the day on which the head last went into the store's anchor file, at line `anchored_seq`."""

    case = ForeignKey(Case, null=False, on_delete=OnDelete.restrict, primary_key=True)
    seq = Integer(null=False)
    digest = Bytea(null=False)
    seal = Bytea(null=False)
    anchored_on = Date(null=True, default=None)
    anchored_seq = Integer(null=True, default=None)

    privacy = Privacy(impersonal=frozenset({"seq", "digest", "seal", "anchored_seq"}))


class Receipt(Table, tablename="cases_receipt"):
    """How a citizen without an account comes back: the case's number and a secret of six digits, kept by HMAC."""

    id = UUID(primary_key=True, null=False)
    case = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    secret_mac = Bytea(null=False)
    made_at = Timestamptz(null=False)
    made_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    revoked_at = Timestamptz(null=True, default=None)

    privacy = Privacy(impersonal=frozenset({"secret_mac"}))


class ReceiptAttempt(Table, tablename="cases_receipt_attempt"):
    """Wrong secrets per number or address (by HMAC), whether or not such a number exists: a lock tells nothing."""

    key = Bytea(primary_key=True, null=False)
    failures = Integer(null=False, default=0)
    last_failed_at = Timestamptz(null=False)
    locked_until = Timestamptz(null=True, default=None)

    privacy = Privacy(
        personal={"key": Personal("stopping guesses", DataClass.SENSITIVE, "1 day after the last failure", 1)},
        impersonal=frozenset({"failures"}),
    )


class PairProposed(Table, tablename="cases_pair"):
    """Two cases that look like one: near in place, time and words. A person decides."""

    id = UUID(primary_key=True, null=False)
    older = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    newer = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    distance_m = BigInt(null=True, default=None)
    likeness = SmallInt(null=False)
    proposed_at = Timestamptz(null=False)
    decided_at = Timestamptz(null=True, default=None)
    decided_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    same = Boolean(null=True, default=None)

    one_pair_once = Unique([older, newer])

    privacy = Privacy(impersonal=frozenset({"distance_m", "likeness"}))
