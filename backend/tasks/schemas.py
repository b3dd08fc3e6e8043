"""The shapes of tasks: how a room asks, how a person answers, and what both read."""

from datetime import date, datetime
from typing import Annotated, NamedTuple
from uuid import UUID

import msgspec

from backend.core.shapes import Line
from backend.tasks.tables import DeclineReason, TaskKind, TaskState, Urgency
from backend.territory.coordinates import Crs


class NewTask(msgspec.Struct, frozen=True, kw_only=True):
    """A request to one person (`assignee_id`), or to whoever serves a household today (`household_id` alone).

    title_*, detail_*  no name, number or address of a person: ids and links
    due_at             by when; afterwards it is overdue and stays open
    expires_at         from when it is pointless; it closes by itself, and can still be entered as done
    division_code      whose supervisors see it; the household's, else one of the assignee's, unless told
    longitude, latitude  WGS-84; the household's own point unless told
    link               a path of the console, such as `/console/visits/…`
    office_phone       the public number of an office to call; never a person's own
    headcount          how many people a group has to which a text is forwarded
    """

    id: UUID
    kind: TaskKind
    title_zh: str
    origin_room: str
    origin_id: UUID
    title_en: str = ""
    detail_zh: str = ""
    detail_en: str = ""
    assignee_id: UUID | None = None
    household_id: UUID | None = None
    urgency: Urgency = Urgency.NORMAL
    due_at: datetime | None = None
    expires_at: datetime | None = None
    division_code: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    link: str | None = None
    office_phone: str | None = None
    asked_by: UUID | None = None
    headcount: int | None = None


class Place(msgspec.Struct, frozen=True):
    """Where a task is, in the coordinate system that the reader asked for."""

    crs: Crs
    longitude: float
    latitude: float


class TaskRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A task as it is now.

    assignee_id    who has it: the one who was asked, else whoever serves the household today; null: nobody does
    overdue        it waits, and `due_at` has passed
    distance_m     whole metres from where the reader says he is; null without that, or without a point
    done_on        the day it was done; `entered_late` says that it was entered on a later day
    done_at        when it was done, declined or handed over, where that was before `closed_at`: offline
    closed_by, closed_by_name   whoever did, declined or handed it over: perhaps one who had it before `assignee_id`;
                   null: it ran out, or the room that asked closed it by itself
    handed_to      the id of the successor
    handed_by_name, handed_remark   of a successor: who handed it over, and what he said
    """

    id: UUID
    kind: TaskKind
    title_zh: str
    title_en: str
    detail_zh: str
    detail_en: str
    urgency: Urgency
    state: TaskState
    due_at: datetime | None
    expires_at: datetime | None
    overdue: bool
    assignee_id: UUID | None
    assignee_name: str | None
    household_id: UUID | None
    household_code: str | None
    division_code: str | None
    division_name: str | None
    point: Place | None
    distance_m: int | None
    origin_room: str
    origin_id: UUID
    link: str | None
    office_phone: str | None
    headcount: int | None
    asked_by: UUID | None
    asked_at: datetime
    acknowledged_at: datetime | None
    closed_at: datetime | None
    closed_by: UUID | None
    done_on: date | None
    entered_late: bool
    close_reason: DeclineReason | None
    close_remark: str | None
    handed_to: UUID | None
    handed_by_name: str | None
    handed_remark: str | None
    done_at: datetime | None = None
    closed_by_name: str | None = None


class MyTasks(msgspec.Struct, frozen=True):
    """My day: what waits for me in the order of doing it, what ran out or was declined lately
    and can still be entered as done, what I did."""

    tasks: list[TaskRecord]
    not_done: list[TaskRecord]
    done_today: list[TaskRecord]


class TaskStanding(NamedTuple):
    """Where one task of a record stands, for the room that asked. `assignee_id` as it was asked (null: household).

    handed_to     its successor, which stands among the tasks of the same record
    close_reason  why it was declined
    """

    task_id: UUID
    kind: TaskKind
    assignee_id: UUID | None
    state: TaskState
    closed_at: datetime | None
    closed_by: UUID | None = None
    handed_to: UUID | None = None
    close_reason: DeclineReason | None = None
    done_at: datetime | None = None


class Tally(msgspec.Struct, frozen=True):
    """So many tasks, and so many people in the groups they are about."""

    tasks: int
    headcount: int


class Completion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """It is done. `done_on`: the day it was done (Shandong's calendar), today unless told."""

    done_on: date | None = None
    remark: Line | None = None


class Decline(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """It cannot be done. `other` needs a remark; no names and no numbers of people in it."""

    reason: DeclineReason
    remark: Line | None = None


class HandOver(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody else does it. `id` is that of the successor: the phone makes it, or an Idempotency-Key stands for it."""

    to_person_id: UUID
    id: UUID | None = None
    remark: Line | None = None


class Colleague(msgspec.Struct, frozen=True):
    """Somebody to whom a task may be handed."""

    person_id: UUID
    name: str
    division_name: Annotated[str, msgspec.Meta(description="where his role is")]
