"""Calendars, policies and ladders as dated data; clocks and what happened to them; notices; proposed recalculations."""

from enum import StrEnum

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
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import Privacy
from backend.deadlines.calendars import DayKind
from backend.deadlines.limits import ClockKind
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


class Audience(StrEnum):
    """Whom a rung of a ladder reaches."""

    UNIT_DUTY = "unit_duty"
    UNIT_SUPERVISOR = "unit_supervisor"
    TERRITORY_SUPERVISOR = "territory_supervisor"
    COUNTY_SUPERVISOR = "county_supervisor"


class NoticeState(StrEnum):
    """Where an expedite notice stands."""

    WAITING = "waiting"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    SETTLED = "settled"


class RecalculationState(StrEnum):
    """Where a proposal stands."""

    PROPOSED = "proposed"
    APPLIED = "applied"


class CalendarVersion(Table, tablename="deadlines_calendar"):
    """One version of the working calendar: all of the one before, and what its own days say instead. Never changed.

    published_by   a person's id, null for what came with the program; no foreign key, reference data stands alone
    """

    version = Integer(primary_key=True, null=False)
    id = UUID(null=False, unique=True, default=None)
    source = Text(null=False)
    published_at = Timestamptz(null=False)
    published_by = UUID(null=True, default=None)
    arguments_digest = Bytea(null=False)

    privacy = Privacy(impersonal=frozenset({"version", "source", "arguments_digest"}))


class CalendarYear(Table, tablename="deadlines_calendar_year"):
    """A year that a version speaks of. Provisional: reckoned from the law, before the State Council's notice."""

    id = UUID(primary_key=True, null=False)
    calendar = ForeignKey(CalendarVersion, null=False, on_delete=OnDelete.restrict)
    year = SmallInt(null=False)
    provisional = Boolean(null=False)
    source = Text(null=False)

    one_word_a_year = Unique([calendar, year])
    privacy = Privacy(impersonal=frozenset({"year", "source"}))


class CalendarDay(Table, tablename="deadlines_calendar_day"):
    """A public holiday or a make-up day. `year` is the notice's: that of 2027 may speak of 31 December 2026."""

    id = UUID(primary_key=True, null=False)
    calendar = ForeignKey(CalendarVersion, null=False, on_delete=OnDelete.restrict)
    year = SmallInt(null=False)
    day = Date(null=False)
    kind = Varchar(length=8, null=False, choices=DayKind)
    name_zh = Varchar(length=40, null=False)
    name_en = Varchar(length=60, null=False)

    a_day_once_a_version = Unique([calendar, day])
    day_kind_is_known = one_of("kind", DayKind)
    privacy = Privacy(impersonal=frozenset({"year", "kind", "name_zh", "name_en"}))


class DeadlinePolicy(Table, tablename="deadlines_policy"):
    """From when on a class of matters has which limit, and who says so. A clock keeps the row it was started with.

    kind              which of a subject's clocks it is: response, handling, …
    clock, amount     null: there is no limit, the time is only measured
    expected_amount   when one hopes for it (3 of 3 to 5 days); at most `amount`
    hours             staffed hours, for `working_minutes`
    expedite_percents at which shares of the clock a notice is sent, ascending
    """

    id = UUID(primary_key=True, null=False)
    code = Varchar(length=40, null=False)
    kind = Varchar(length=20, null=False)
    name_zh = Varchar(length=40, null=False)
    name_en = Varchar(length=80, null=False)
    clock = Varchar(length=16, null=True, default=None, choices=ClockKind)
    amount = Integer(null=True, default=None)
    expected_amount = Integer(null=True, default=None)
    hours = Text(null=True, default=None)
    expedite_percents = Array(base_column=SmallInt(), null=False, default=list)
    ladder = Varchar(length=40, null=False)
    valid_from = Date(null=False)
    source = Text(null=False)

    one_deadline_policy_a_day = Unique([code, kind, valid_from])
    policy_clock_is_known = one_of("clock", ClockKind)
    limit_is_whole = Check((clock.is_null() & amount.is_null()) | (clock.is_not_null() & (amount > 0)))
    privacy = Privacy(
        impersonal=frozenset({"code", "kind", "name_zh", "name_en", "clock", "amount", "expected_amount", "hours"})
        | {"expedite_percents", "ladder", "source"}
    )


class LadderRung(Table, tablename="deadlines_ladder"):
    """Whom an unacknowledged notice goes to next, and how long he has. Rung 1 is asked first."""

    id = UUID(primary_key=True, null=False)
    ladder = Varchar(length=40, null=False)
    level = SmallInt(null=False)
    audience = Varchar(length=24, null=False, choices=Audience)
    acknowledge_within_min = Integer(null=False)
    valid_from = Date(null=False)
    source = Text(null=False)

    one_rung_a_day = Unique([ladder, level, valid_from])
    audience_is_known = one_of("audience", Audience)
    privacy = Privacy(impersonal=frozenset({"ladder", "level", "audience", "acknowledge_within_min", "source"}))


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


class ExpediteNotice(Table, tablename="deadlines_expedite"):
    """One expedite notice (催办). `number` counts those of the clock.

    overtakes     lower shares that were reached before this one was, and for which none was sent any more
    level         the rung it was sent to last
    next_move_at  when it is to be sent, or sent on; null when there is nothing more to do
    """

    id = UUID(primary_key=True, null=False)
    clock = ForeignKey(Clock, null=False, on_delete=OnDelete.restrict)
    round = SmallInt(null=False)
    percent = SmallInt(null=False)
    number = SmallInt(null=False)
    overtakes = Array(base_column=SmallInt(), null=False, default=list)
    reached_at = Timestamptz(null=False)
    fired_at = Timestamptz(null=False)
    state = Varchar(length=12, null=False, choices=NoticeState)
    level = SmallInt(null=False, default=0)
    next_move_at = Timestamptz(null=True, default=None)
    acknowledged_at = Timestamptz(null=True, default=None)

    a_share_fires_once = Unique([clock, round, percent])
    notice_state_is_known = one_of("state", NoticeState)
    privacy = Privacy(impersonal=frozenset({"round", "percent", "number", "overtakes", "state", "level"}))


class ExpediteSending(Table, tablename="deadlines_sending"):
    """A notice on one rung of its ladder: who was asked, by which task, and until when to acknowledge."""

    id = UUID(primary_key=True, null=False)
    notice = ForeignKey(ExpediteNotice, null=False, on_delete=OnDelete.restrict)
    level = SmallInt(null=False)
    audience = Varchar(length=24, null=False, choices=Audience)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    task_id = UUID(null=False, default=None)
    sent_at = Timestamptz(null=False)
    acknowledge_by = Timestamptz(null=False)

    a_rung_once = Unique([notice, level])
    privacy = Privacy(impersonal=frozenset({"level", "audience"}))


class Recalculation(Table, tablename="deadlines_recalculation"):
    """A proposal: what the open clocks of a division would be due by under another calendar. It changes nothing."""

    id = UUID(primary_key=True, null=False)
    division_code = Varchar(length=15, null=False)
    calendar_version = Integer(null=False)
    proposed_at = Timestamptz(null=False)
    proposed_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    examined = Integer(null=False)
    state = Varchar(length=10, null=False, choices=RecalculationState)
    applied_at = Timestamptz(null=True, default=None)
    applied_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)

    recalculation_state_is_known = one_of("state", RecalculationState)
    privacy = Privacy(impersonal=frozenset({"division_code", "calendar_version", "examined", "state"}))


class RecalculationItem(Table, tablename="deadlines_recalculation_item"):
    """One clock of a proposal, as it was when it was looked at (`revision`) and as it would be."""

    id = UUID(primary_key=True, null=False)
    recalculation = ForeignKey(Recalculation, null=False, on_delete=OnDelete.restrict)
    clock = ForeignKey(Clock, null=False, on_delete=OnDelete.restrict)
    revision = Integer(null=False)
    old_due_at = Timestamptz(null=False)
    new_due_at = Timestamptz(null=False)
    new_expected_at = Timestamptz(null=True, default=None)
    new_provisional = Boolean(null=False)
    new_expedite_at = Array(base_column=Timestamptz(), null=False, default=list)
    new_next_expedite_at = Timestamptz(null=True, default=None)
    days = Array(base_column=Date(), null=False, default=list)

    a_clock_once_a_recalculation = Unique([recalculation, clock])
    privacy = Privacy(impersonal=frozenset({"revision", "new_expedite_at", "days"}))
