"""Clocks, the spans in which they stood still, and what happened to them."""

from enum import StrEnum

from piccolo.columns import UUID, Array, Boolean, Bytea, ForeignKey, Integer, OnDelete, SmallInt, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import Privacy
from backend.deadlines.policy_tables import DeadlinePolicy
from backend.people.tables import Person, Unit


class ClockState(StrEnum):
    """Whether a clock runs."""

    RUNNING = "running"
    SUSPENDED = "suspended"
    STOPPED = "stopped"


class ClockEventKind(StrEnum):
    """What may happen to a clock."""

    STARTED = "started"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    STOPPED = "stopped"
    RESTARTED = "restarted"
    REASSIGNED = "reassigned"
    RECLASSIFIED = "reclassified"
    RECALCULATED = "recalculated"


class SuspensionReason(StrEnum):
    """Why a clock may stand still. A code, not a sentence: the story is the subject's, whose room keeps it."""

    WAITING_FOR_CITIZEN = "waiting_for_citizen"
    WAITING_FOR_SUPERIOR = "waiting_for_superior"
    WAITING_FOR_FINDING = "waiting_for_finding"
    WEATHER_OR_SEASON = "weather_or_season"
    FORCE_MAJEURE = "force_majeure"
    OTHER = "other"


class Clock(Table, tablename="deadlines_clock"):
    """One time limit that runs, stood still or was stopped, for one subject of a room above.

    label             what people call the subject (a receipt number), never a name
    link              a console path that shows the subject
    unit              who is asked for it; null while nobody is (notices then go to the territory)
    round             1, and one more each time it was started anew
    due_at            null: no limit. While suspended, as it was when it stopped; resuming moves it
    expedite_at       when each share in `expedite_percents` has run
    expedited_percent the highest share a notice was made for in this round
    next_expedite_at  what the sweep looks at; null when nothing is left to send, or the clock does not run
    revision          counts changes, so that a stale proposal is found out
    stopped_at        when the answer was given; `stop_recorded_at` when somebody wrote that down
    """

    id = UUID(primary_key=True, null=False)
    subject_room = Varchar(length=20, null=False)
    subject_id = UUID(null=False, default=None)
    kind = Varchar(length=20, null=False)
    label = Varchar(length=60, null=False)
    link = Varchar(length=200, null=True, default=None)
    unit = ForeignKey(Unit, null=True, on_delete=OnDelete.restrict)
    division_code = Varchar(length=15, null=False)
    policy = ForeignKey(DeadlinePolicy, null=False, on_delete=OnDelete.restrict)
    ladder = Varchar(length=40, null=False)
    calendar_version = Integer(null=False)
    provisional = Boolean(null=False)
    round = SmallInt(null=False, default=1)
    state = Varchar(length=10, null=False, choices=ClockState)
    opened_at = Timestamptz(null=False)
    upstream_due_at = Timestamptz(null=True, default=None)
    due_at = Timestamptz(null=True, default=None)
    expected_at = Timestamptz(null=True, default=None)
    expedite_percents = Array(base_column=SmallInt(), null=False, default=list)
    expedite_at = Array(base_column=Timestamptz(), null=False, default=list)
    expedited_percent = SmallInt(null=False, default=0)
    next_expedite_at = Timestamptz(null=True, default=None)
    notices = SmallInt(null=False, default=0)
    suspended_at = Timestamptz(null=True, default=None)
    stopped_at = Timestamptz(null=True, default=None)
    stop_recorded_at = Timestamptz(null=True, default=None)
    revision = Integer(null=False, default=1)
    arguments_digest = Bytea(null=False)

    one_clock_of_a_kind = Unique([subject_room, subject_id, kind])
    clock_state_is_known = one_of("state", ClockState)
    stopped_when_stopped = Check(
        ((state == ClockState.STOPPED) & stopped_at.is_not_null() & stop_recorded_at.is_not_null())
        | ((state != ClockState.STOPPED) & stopped_at.is_null() & stop_recorded_at.is_null())
    )
    privacy = Privacy(
        impersonal=frozenset(
            {"subject_room", "kind", "label", "link", "division_code", "ladder", "calendar_version", "round"}
        )
        | {"state", "expedite_percents", "expedite_at", "expedited_percent", "notices", "revision", "arguments_digest"}
    )


class ClockSuspension(Table, tablename="deadlines_suspension"):
    """A span in which a clock stood still, in a round of it: what stood still before a restart no longer counts."""

    id = UUID(primary_key=True, null=False)
    clock = ForeignKey(Clock, null=False, on_delete=OnDelete.restrict)
    round = SmallInt(null=False)
    reason = Varchar(length=24, null=False, choices=SuspensionReason)
    began_at = Timestamptz(null=False)
    ended_at = Timestamptz(null=True, default=None)

    suspension_reason_is_known = one_of("reason", SuspensionReason)
    privacy = Privacy(impersonal=frozenset({"round", "reason"}))


class ClockEvent(Table, tablename="deadlines_clock_event"):
    """What happened to a clock, in order. Never updated: the audit of every deadline that moved.

    at, recorded_at   when it happened, and when it was written down
    opened_at         when the round began that this belongs to; beside it what the clock was then, so that what a unit
                      answered in time stays its own when the matter goes elsewhere later
    cause             the recalculation that moved it
    """

    id = UUID(primary_key=True, null=False)
    clock = ForeignKey(Clock, null=False, on_delete=OnDelete.restrict)
    kind = Varchar(length=12, null=False, choices=ClockEventKind)
    at = Timestamptz(null=False)
    recorded_at = Timestamptz(null=False)
    by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    opened_at = Timestamptz(null=True, default=None)
    old_due_at = Timestamptz(null=True, default=None)
    new_due_at = Timestamptz(null=True, default=None)
    calendar_version = Integer(null=False)
    reason = Varchar(length=40, null=True, default=None)
    cause = UUID(null=True, default=None)
    subject_room = Varchar(length=20, null=False)
    clock_kind = Varchar(length=20, null=False)
    unit = UUID(null=True, default=None)
    division_code = Varchar(length=15, null=False)
    policy = UUID(null=False, default=None)

    clock_event_is_known = one_of("kind", ClockEventKind)
    privacy = Privacy(
        impersonal=frozenset({"kind", "calendar_version", "reason", "subject_room", "clock_kind", "division_code"})
    )
