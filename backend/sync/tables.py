"""What phones hold, what changed for whom, what they sent, and what waits for a person."""

from datetime import timedelta

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    BigSerial,
    Bytea,
    ForeignKey,
    Interval,
    OnDelete,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.people.tables import Person
from backend.sync.words import CommandOutcome, ConflictKind

MERGE = "letting a person decide between two changes of one field"


class Change(Table, tablename="sync_change"):
    """Something of `entity` changed for `audience` (a person, or nil for everybody). By triggers, kept for days.

    xid   the writing transaction's 64-bit id (`pg_current_xact_id`), which a watermark is compared with
    """

    id = BigSerial(primary_key=True, null=False)
    audience = UUID(null=False, default=None)
    xid = BigInt(null=False)
    entity = Varchar(length=12, null=False)
    at = Timestamptz(null=False)

    privacy = Privacy(impersonal=frozenset({"id", "xid", "entity"}))


class View(Table, tablename="sync_view"):
    """What a phone holds after one answer: the marks of the records sent, packed (`views.packed`). Never updated.

    after  the view with which the phone came; null: with none
    """

    id = UUID(primary_key=True, null=False)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    device_id = UUID(null=True, default=None)
    made_at = Timestamptz(null=False)
    held = Bytea(null=False)
    after = UUID(null=True, default=None)

    privacy = Privacy(impersonal=frozenset({"held"}))


class AuthorKey(Table, tablename="sync_author_key"):
    """The public half (SPKI, P-256) of a key that one person's app keeps on one phone, to sign what he does offline."""

    id = UUID(primary_key=True, null=False)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    device_id = UUID(null=True, default=None)
    public_key = Bytea(null=False)
    registered_at = Timestamptz(null=False)
    revoked_at = Timestamptz(null=True, default=None)

    privacy = Privacy(impersonal=frozenset({"public_key"}))


class Command(Table, tablename="sync_command"):
    """A command that was taken, and what became of it. Visits are not here: their own ids do the same.

    author, carrier   who did it, and whose session brought it
    digest            of verb, author and arguments: the same id with others is refused, unless it was refused itself
    arguments_sealed  while it waits
    waiting_for       ids of photos that are not here yet
    ahead             how far the phone's clock was ahead of ours when it came
    """

    id = UUID(primary_key=True, null=False)
    verb = Varchar(length=32, null=False)
    author = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    carrier = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    device_id = UUID(null=True, default=None)
    captured_at = Timestamptz(null=False)
    received_at = Timestamptz(null=False)
    digest = Bytea(null=False)
    outcome = Varchar(length=10, null=False, choices=CommandOutcome)
    record_id = UUID(null=True, default=None)
    arguments_sealed = Bytea(null=True, default=None)
    waiting_for = Array(base_column=UUID(), null=False, default=list)
    ahead = Interval(null=False, default=timedelta())

    command_outcome_is_known = one_of("outcome", CommandOutcome)
    only_what_waits_is_kept = Check('("outcome" = \'waiting\') = ("arguments_sealed" IS NOT NULL)')

    privacy = Privacy(
        personal={
            "arguments_sealed": Personal("doing it when its photo has come", DataClass.SENSITIVE, "30 days", 30),
        },
        impersonal=frozenset({"verb", "digest", "outcome", "waiting_for", "ahead"}),
    )


class Conflict(Table, tablename="sync_conflict"):
    """Two people changed the same fields of one record: what each said, until somebody decides.

    id             that of the command
    fields         the contested ones
    values_sealed  JSON `{field: {"from": …, "to": …, "now": …}}`: as the phone had it, wanted it, and as it stood
    decision       `{field: "record" | "phone"}` once somebody decided
    """

    id = UUID(primary_key=True, null=False)
    kind = Varchar(length=10, null=False, choices=ConflictKind)
    record_id = UUID(null=False, default=None)
    division_code = Varchar(length=15, null=False)
    author = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    captured_at = Timestamptz(null=False)
    opened_at = Timestamptz(null=False)
    reason = Varchar(length=200, null=False, default="")
    fields = Array(base_column=Varchar(length=40), null=False, default=list)
    values_sealed = Bytea(null=False)
    decided_at = Timestamptz(null=True, default=None)
    decided_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    decision = JSONB(null=True, default=None)

    conflict_kind_is_known = one_of("kind", ConflictKind)
    conflict_decided_whole = Check(
        '("decided_at" IS NULL) = ("decided_by" IS NULL) AND ("decided_at" IS NULL) = ("decision" IS NULL)'
    )

    privacy = Privacy(
        personal={
            "reason": Personal(MERGE, DataClass.INTERNAL, "24 months", 731),
            "values_sealed": Personal(MERGE, DataClass.SENSITIVE, "24 months", 731),
        },
        impersonal=frozenset({"kind", "division_code", "fields", "decision"}),
    )
