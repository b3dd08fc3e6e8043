"""Tasks and what happened to them. A task is never deleted: one that became moot is withdrawn."""

from enum import StrEnum

from piccolo.columns import (
    UUID,
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
from piccolo.constraints import Check
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.people.household_tables import Household
from backend.people.tables import Person

WORK = "knowing what was asked of whom, and what became of it"


class TaskKind(StrEnum):
    """What is asked for."""

    CALL = "call"
    VISIT = "visit"
    CONFIRM_SHIFT = "confirm_shift"
    COVER_SHIFT = "cover_shift"
    FORWARD_TEXT = "forward_text"
    ACKNOWLEDGE = "acknowledge"
    RETEST = "retest"
    EXPEDITE = "expedite"
    OTHER = "other"


class Urgency(StrEnum):
    """From the most urgent down."""

    EMERGENCY = "emergency"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class TaskState(StrEnum):
    """Open and acknowledged tasks wait for somebody, the others are closed."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    DONE = "done"
    DECLINED = "declined"
    HANDED_OVER = "handed_over"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class DeclineReason(StrEnum):
    """Why somebody cannot do it."""

    NOT_REACHED = "not_reached"
    NO_TIME = "no_time"
    ON_LEAVE = "on_leave"
    NO_WAY_THERE = "no_way_there"
    NOT_MINE = "not_mine"
    NOT_NEEDED = "not_needed"
    OTHER = "other"


WAITING = (TaskState.OPEN, TaskState.ACKNOWLEDGED)


class Task(Table, tablename="tasks_task"):
    """One thing to do. No name and no number of a person in its texts: ids, and a link to where they may be read.

    closed_at, done_at   when it was closed here, and when that was done, where it was earlier: offline
    """

    id = UUID(primary_key=True, null=False)
    kind = Varchar(length=16, null=False, choices=TaskKind)
    assignee = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    household = ForeignKey(Household, null=True, on_delete=OnDelete.restrict)
    title_zh = Varchar(length=200, null=False)
    title_en = Varchar(length=200, null=False, default="")
    detail_zh = Text(null=False, default="")
    detail_en = Text(null=False, default="")
    urgency = Varchar(length=10, null=False, choices=Urgency)
    due_at = Timestamptz(null=True, default=None)
    expires_at = Timestamptz(null=True, default=None)
    division_code = Varchar(length=15, null=True, default=None)
    longitude = DoublePrecision(null=True, default=None)
    latitude = DoublePrecision(null=True, default=None)
    origin_room = Varchar(length=20, null=False)
    origin_id = UUID(null=False, default=None)
    link = Varchar(length=300, null=True, default=None)
    office_phone = Varchar(length=32, null=True, default=None)
    headcount = Integer(null=True, default=None)
    asked_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    asked_at = Timestamptz(null=False)
    state = Varchar(length=12, null=False, choices=TaskState)
    acknowledged_at = Timestamptz(null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)
    closed_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    done_on = Date(null=True, default=None)
    done_at = Timestamptz(null=True, default=None)
    entered_late = Boolean(null=False, default=False)
    close_reason = Varchar(length=16, null=True, default=None)
    close_remark = Varchar(length=200, null=True, default=None)
    handed_to: ForeignKey = ForeignKey("self", null=True, on_delete=OnDelete.restrict)
    arguments_digest = Bytea(null=False)

    task_kind_is_known = one_of("kind", TaskKind)
    task_urgency_is_known = one_of("urgency", Urgency)
    task_state_is_known = one_of("state", TaskState)
    decline_reason_is_known = one_of("close_reason", DeclineReason)
    task_is_for_somebody = Check(assignee.is_not_null() | household.is_not_null())
    task_point_is_whole = Check('("longitude" IS NULL) = ("latitude" IS NULL)')
    task_links_into_this_house = Check("\"link\" ~ '^/([^/]|$)'")
    task_closed_at_some_time = Check("(\"state\" IN ('open', 'acknowledged')) = (\"closed_at\" IS NULL)")
    task_done_on_some_day = Check('("state" = \'done\') = ("done_on" IS NOT NULL)')
    task_declined_for_a_reason = Check('"state" <> \'declined\' OR "close_reason" IS NOT NULL')
    task_handed_to_a_successor = Check('("state" = \'handed_over\') = ("handed_to" IS NOT NULL)')

    privacy = Privacy(
        personal={
            "longitude": Personal(WORK, DataClass.INTERNAL, "90 days after it is closed", 90),
            "latitude": Personal(WORK, DataClass.INTERNAL, "90 days after it is closed", 90),
            "close_remark": Personal(WORK, DataClass.INTERNAL, "24 months after it is closed", 731),
            "close_reason": Personal(WORK, DataClass.INTERNAL, "as long as the task"),
        },
        impersonal=frozenset(
            {
                "kind",
                "title_zh",
                "title_en",
                "detail_zh",
                "detail_en",
                "urgency",
                "division_code",
                "origin_room",
                "origin_id",
                "link",
                "office_phone",
                "headcount",
                "state",
                "arguments_digest",
            }
        ),
    )


class TaskEvent(Table, tablename="tasks_event"):
    """One step of a task: into which state, when, by whom (null: the clock, or a room on its own). Never updated.

    at, done_at   when it came, and when it was done, where that was earlier: offline
    """

    id = UUID(primary_key=True, null=False)
    task = ForeignKey(Task, null=False, on_delete=OnDelete.restrict)
    at = Timestamptz(null=False)
    done_at = Timestamptz(null=True, default=None)
    by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    from_state = Varchar(length=12, null=False, choices=TaskState)
    to_state = Varchar(length=12, null=False, choices=TaskState)

    task_event_from_is_known = one_of("from_state", TaskState)
    task_event_to_is_known = one_of("to_state", TaskState)
    privacy = Privacy(impersonal=frozenset({"from_state", "to_state"}))
