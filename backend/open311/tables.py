"""Partners, what they filed, and what was sent to them."""

from piccolo.columns import (
    UUID,
    Array,
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
from piccolo.constraints import Unique
from piccolo.table import Table

from backend.cases.tables import Case, CaseEvent
from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.open311.words import Answer, DeliveryState
from backend.people.tables import Person, Unit

KEPT_DAYS = 90


class Partner(Table, tablename="open311_partner"):
    """Another system that files cases here or is told of them. Never deleted: it is closed.

    unit            who with us answers for the exchange
    division_codes  its jurisdictions; `prefixes` are theirs
    may             of `Permission`
    """

    id = UUID(primary_key=True, null=False)
    name = Varchar(length=120, null=False)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    division_codes = Array(base_column=Varchar(length=15), null=False, default=list)
    prefixes = Array(base_column=Varchar(length=15), null=False, default=list)
    may = Array(base_column=Varchar(length=10), null=False, default=list)
    key_sha256 = Bytea(null=False, unique=True)
    valid_until = Date(null=True, default=None)
    opened_at = Timestamptz(null=False)
    opened_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    closed_at = Timestamptz(null=True, default=None)
    closed_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    arguments_digest = Bytea(null=False)

    privacy = Privacy(
        impersonal=frozenset({"name", "division_codes", "prefixes", "may", "key_sha256", "arguments_digest"})
    )


class Filing(Table, tablename="open311_filing"):
    """One request that a partner filed. Its id is the token of GeoReport.

    reference  the partner's own number for it
    digest     a keyed one over all that was sent: two of the same are one case
    published  what was written may be read by everybody (with personal data covered), if its kind may at all
    """

    id = UUID(primary_key=True, null=False)
    partner = ForeignKey(Partner, null=False, on_delete=OnDelete.restrict)
    case = ForeignKey(Case, null=False, on_delete=OnDelete.restrict, unique=True)
    reference = Varchar(length=200, null=True, default=None)
    digest = Bytea(null=False)
    published = Boolean(null=False, default=True)
    filed_at = Timestamptz(null=False)

    one_filing_a_reference = Unique([partner, reference])

    privacy = Privacy(
        personal={
            "reference": Personal("not opening two cases for one request", DataClass.INTERNAL, "24 months", 731),
        },
        impersonal=frozenset({"digest"}),
    )


class Webhook(Table, tablename="open311_webhook"):
    """What a partner is told, where, and what for. Without a row, and until `enabled`, nothing leaves.

    only_own   only cases that the partner filed; else all of its jurisdictions
    since      nothing that happened before is told
    looked_to  how far the timelines have been read
    """

    partner = ForeignKey(Partner, null=False, on_delete=OnDelete.restrict, primary_key=True)
    address = Varchar(length=500, null=False)
    purpose = Varchar(length=200, null=False)
    events = Array(base_column=Varchar(length=24), null=False, default=list)
    fields = Array(base_column=Varchar(length=24), null=False, default=list)
    only_own = Boolean(null=False, default=True)
    enabled = Boolean(null=False, default=False)
    secret_sealed = Bytea(null=False)
    since = Timestamptz(null=False)
    looked_to = Timestamptz(null=False)
    set_at = Timestamptz(null=False)
    set_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    version = Integer(null=False, default=1)

    privacy = Privacy(
        personal={
            "secret_sealed": Personal("signing what is sent", DataClass.SENSITIVE, "while the partner is one"),
        },
        impersonal=frozenset({"address", "purpose", "events", "fields", "version"}),
    )


class Delivery(Table, tablename="open311_delivery"):
    """One message for a partner, and what became of it. `body` is exactly what was sent; gone after 90 days.

    line      the line of the timeline that it tells of
    attempts  tries so far, of this sending; `status` and `answer` of the last one
    """

    id = UUID(primary_key=True, null=False)
    partner = ForeignKey(Partner, null=False, on_delete=OnDelete.restrict)
    case = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    line = ForeignKey(CaseEvent, null=False, on_delete=OnDelete.restrict)
    event = Varchar(length=24, null=False)
    address = Varchar(length=500, null=False)
    purpose = Varchar(length=200, null=False)
    fields = Array(base_column=Varchar(length=24), null=False, default=list)
    body = Text(null=True, default=None)
    body_sha256 = Bytea(null=False)
    state = Varchar(length=10, null=False, choices=DeliveryState)
    attempts = SmallInt(null=False, default=0)
    status = SmallInt(null=True, default=None)
    answer = Varchar(length=20, null=True, default=None, choices=Answer)
    made_at = Timestamptz(null=False)
    tried_at = Timestamptz(null=True, default=None)
    delivered_at = Timestamptz(null=True, default=None)

    one_delivery_a_line = Unique([partner, line])
    delivery_state_is_known = one_of("state", DeliveryState)
    delivery_answer_is_known = one_of("answer", Answer)

    privacy = Privacy(
        personal={
            "body": Personal("showing what a partner was sent", DataClass.INTERNAL, "90 days", KEPT_DAYS),
        },
        impersonal=frozenset(
            {"event", "address", "purpose", "fields", "body_sha256", "state", "attempts", "status", "answer"}
        ),
    )
