"""Warnings as they are drafted, seen by a second person, published, updated and cancelled: never changed."""

from piccolo.columns import JSONB, UUID, Array, Bytea, ForeignKey, Integer, OnDelete, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from backend.alerts.words import AlertColour, AlertState, AlertStatus, MessageType
from backend.core.constraints import one_of
from backend.core.privacy import Privacy
from backend.people.tables import Person


class Alert(Table, tablename="alerts_alert"):
    """One message. Once it is published nothing of it changes but what came after it (`ended_by`).

    message     as `messages.AlertMessage`, of a draft without identifier and moment
    prefixes    of the divisions that its areas name
    audience    whom it is sent to by push, as `schemas.AlertAudience`
    refers_to   what an update or a cancel speaks of; `ended_by`: the later message that replaced or cancelled this one
    decided_by  never `drafted_by`
    xml, sha256 exactly what the feed gives
    notice_id   of the campaign that carried it to people
    """

    id = UUID(primary_key=True, null=False)
    identifier = Varchar(length=40, null=True, default=None, unique=True)
    state = Varchar(length=10, null=False, choices=AlertState)
    type = Varchar(length=8, null=False, choices=MessageType)
    status = Varchar(length=10, null=False, choices=AlertStatus)
    colour = Varchar(length=8, null=True, default=None, choices=AlertColour)
    event = Varchar(length=35, null=False)
    fraud_type = Varchar(length=40, null=True, default=None)
    message = JSONB(null=False)
    audience = JSONB(null=False)
    prefixes: Array = Array(base_column=Varchar(length=15), null=False, default=list)
    expires_at = Timestamptz(null=False)
    sent_at = Timestamptz(null=True, default=None)
    refers_to: ForeignKey = ForeignKey("self", null=True, on_delete=OnDelete.restrict)
    ended_by: ForeignKey = ForeignKey("self", null=True, on_delete=OnDelete.restrict)
    drafted_by: ForeignKey = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    drafted_at = Timestamptz(null=False)
    decided_by: ForeignKey = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    decided_at = Timestamptz(null=True, default=None)
    decision_note = Varchar(length=200, null=True, default=None)
    notice_id = UUID(null=True, default=None)
    xml = Bytea(null=True, default=None)
    sha256 = Bytea(null=True, default=None)
    arguments_digest = Bytea(null=False)

    alert_state_is_known = one_of("state", AlertState)
    alert_type_is_known = one_of("type", MessageType)
    alert_status_is_known = one_of("status", AlertStatus)
    alert_colour_is_known = one_of("colour", AlertColour)
    alert_is_seen_by_two = Check('"decided_by" IS NULL OR "decided_by" <> "drafted_by"')
    alert_is_published_whole = Check(
        '("state" = \'published\') = ("identifier" IS NOT NULL AND "sent_at" IS NOT NULL AND "xml" IS NOT NULL)'
    )

    privacy = Privacy(
        impersonal=frozenset(
            {
                *("identifier", "state", "type", "status", "colour", "event", "fraud_type", "message", "audience"),
                *("prefixes", "decision_note", "notice_id", "xml", "sha256", "arguments_digest"),
            }
        )
    )


class KeptReach(Table, tablename="alerts_kept_reach"):
    """How far a warning came in one village (or township, or county: where staff serve), after push has forgotten whom.

    division_code  twelve digits; empty where a recipient had no known place
    counts         as `reach_schemas.ReachCounts`
    """

    id = UUID(primary_key=True, null=False)
    alert: ForeignKey = ForeignKey(Alert, null=False, on_delete=OnDelete.restrict)
    division_code = Varchar(length=12, null=False)
    recipients = Integer(null=False)
    reached = Integer(null=False)
    acknowledged = Integer(null=False)
    unreachable = Integer(null=False)
    groups = Integer(null=False)
    group_people = Integer(null=False)
    posted = Integer(null=False)
    posted_people = Integer(null=False)
    kept_at = Timestamptz(null=False)

    one_kept_reach_per_place = Unique([alert, division_code])

    privacy = Privacy(
        impersonal=frozenset(
            {
                *("division_code", "recipients", "reached", "acknowledged", "unreachable"),
                *("groups", "group_people", "posted", "posted_people"),
            }
        )
    )
