"""Duty rules, rosters, shifts and what moves them. The exclusion constraints stand in the second migration."""

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
from piccolo.constraints import Check
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.people.tables import Person, Unit

DUTY = "knowing who was on duty, and settling swaps and leave"
MONTHS_24 = "24 months after the shift"
DAYS = 731


class Post(StrEnum):
    """What is staffed."""

    PHONE = "phone"
    DESK = "desk"
    LEADER = "leader"
    FIELD = "field"


class ShiftState(StrEnum):
    """Where a shift stands. The first three hold hours; a missed one holds them until somebody else does."""

    PUBLISHED = "published"
    CONFIRMED = "confirmed"
    MISSED = "missed"
    SWAPPED = "swapped"
    CANCELLED = "cancelled"


class Ending(StrEnum):
    """Why a shift moved or fell away."""

    SWAP = "swap"
    LEAVE = "leave"
    CANCELLED = "cancelled"


class SwapState(StrEnum):
    """Where an offer stands. `lapsed`: the shift moved in another way, or began."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"


class LeaveState(StrEnum):
    """Where a request stands."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"


class LeaveReason(StrEnum):
    """Why somebody is away, no closer than the roster needs it."""

    ANNUAL = "annual"
    SICK = "sick"
    FAMILY = "family"
    OFFICIAL = "official"
    TRAINING = "training"
    OTHER = "other"


class DutyRule(Table, tablename="rosters_duty_rule"):
    """Hours of a post that must be staffed. `staffed` as people write it, `minutes` the same as pairs from midnight.

    weekdays         1 is Monday
    overlap_allowed  whether several may be on the post at once
    """

    id = UUID(primary_key=True, null=False)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    post = Varchar(length=8, null=False, choices=Post)
    staffed = Varchar(length=120, null=False)
    minutes = Array(base_column=Integer(), null=False, default=list)
    weekdays = Array(base_column=SmallInt(), null=False, default=list)
    overlap_allowed = Boolean(null=False, default=False)
    valid_from = Date(null=False)
    valid_to = Date(null=True, default=None)
    source = Varchar(length=200, null=False)
    set_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    set_at = Timestamptz(null=False)
    arguments_digest = Bytea(null=False)

    ruled_post_is_known = one_of("post", Post)
    rule_ends_after_it_begins = Check(valid_to.is_null() | (valid_to >= valid_from))

    privacy = Privacy(
        impersonal=frozenset({"post", "staffed", "minutes", "weekdays", "source", "arguments_digest"}),
    )


class Publication(Table, tablename="rosters_publication"):
    """One roster as it was published: from then on every staffed hour of its span has somebody, or a known gap."""

    id = UUID(primary_key=True, null=False)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    post = Varchar(length=8, null=False, choices=Post)
    starts_at = Timestamptz(null=False)
    ends_at = Timestamptz(null=False)
    shifts = Integer(null=False)
    published_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    published_at = Timestamptz(null=False)
    arguments_digest = Bytea(null=False)

    published_post_is_known = one_of("post", Post)
    span_ends_after_it_begins = Check(ends_at > starts_at)

    privacy = Privacy(impersonal=frozenset({"post", "shifts", "arguments_digest"}))


class Shift(Table, tablename="rosters_shift"):
    """One person at one post. A moved shift stays, `swapped`; its successor `follows` it.

    shared         its rule lets several be there at once
    ladder_step    how far reminding has come: 0 not at all, see `ladders`
    entered_late   was there, and said so afterwards
    division_code  the unit's, where reading starts from
    """

    id = UUID(primary_key=True, null=False)
    publication = ForeignKey(Publication, null=False, on_delete=OnDelete.restrict)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    division_code = Varchar(length=15, null=False)
    post = Varchar(length=8, null=False, choices=Post)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    starts_at = Timestamptz(null=False)
    ends_at = Timestamptz(null=False)
    state = Varchar(length=10, null=False, choices=ShiftState)
    shared = Boolean(null=False, default=False)
    ladder_step = SmallInt(null=False, default=0)
    confirmed_at = Timestamptz(null=True, default=None)
    confirmed_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    missed_at = Timestamptz(null=True, default=None)
    entered_late = Boolean(null=False, default=False)
    ended_at = Timestamptz(null=True, default=None)
    ending = Varchar(length=10, null=True, default=None)
    follows: ForeignKey = ForeignKey("self", null=True, on_delete=OnDelete.set_null)

    shift_post_is_known = one_of("post", Post)
    shift_state_is_known = one_of("state", ShiftState)
    shift_ending_is_known = one_of("ending", Ending)
    shift_ends_after_it_begins = Check(ends_at > starts_at)
    ended_shifts_say_why = Check(
        (ended_at.is_null() & ending.is_null()) | (ended_at.is_not_null() & ending.is_not_null())
    )

    privacy = Privacy(
        personal={
            "state": Personal(DUTY, DataClass.INTERNAL, MONTHS_24, DAYS),
            "ending": Personal(DUTY, DataClass.INTERNAL, MONTHS_24, DAYS),
        },
        impersonal=frozenset({"division_code", "post", "ladder_step"}),
    )


class Gap(Table, tablename="rosters_gap"):
    """Staffed hours that nobody holds, and somebody knows it. Its id is the origin of the supervisor's task."""

    id = UUID(primary_key=True, null=False)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    post = Varchar(length=8, null=False, choices=Post)
    starts_at = Timestamptz(null=False)
    ends_at = Timestamptz(null=False)
    reason = Varchar(length=200, null=False)
    opened_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    opened_at = Timestamptz(null=False)
    closed_at = Timestamptz(null=True, default=None)

    gap_post_is_known = one_of("post", Post)
    gap_ends_after_it_begins = Check(ends_at > starts_at)

    privacy = Privacy(
        personal={"reason": Personal(DUTY, DataClass.INTERNAL, MONTHS_24, DAYS)}, impersonal=frozenset({"post"})
    )


class Swap(Table, tablename="rosters_swap"):
    """An offer of a shift to a colleague; `in_return` is the colleague's shift that is asked for."""

    id = UUID(primary_key=True, null=False)
    shift = ForeignKey(Shift, null=False, on_delete=OnDelete.cascade)
    in_return = ForeignKey(Shift, null=True, on_delete=OnDelete.cascade)
    offered_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    offered_to = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    offered_at = Timestamptz(null=False)
    remark = Varchar(length=200, null=True, default=None)
    state = Varchar(length=8, null=False, choices=SwapState)
    answered_at = Timestamptz(null=True, default=None)
    arguments_digest = Bytea(null=False)

    swap_state_is_known = one_of("state", SwapState)

    privacy = Privacy(
        personal={
            "remark": Personal(DUTY, DataClass.INTERNAL, MONTHS_24, DAYS),
            "state": Personal(DUTY, DataClass.INTERNAL, MONTHS_24, DAYS),
        },
        impersonal=frozenset({"arguments_digest"}),
    )


class Leave(Table, tablename="rosters_leave"):
    """A request to be away. Its reason is a word, never a diagnosis."""

    id = UUID(primary_key=True, null=False)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    division_code = Varchar(length=15, null=False)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    starts_at = Timestamptz(null=False)
    ends_at = Timestamptz(null=False)
    reason = Varchar(length=8, null=False, choices=LeaveReason)
    requested_at = Timestamptz(null=False)
    state = Varchar(length=10, null=False, choices=LeaveState)
    decided_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    decided_at = Timestamptz(null=True, default=None)
    remark = Text(null=True, default=None)
    arguments_digest = Bytea(null=False)

    leave_state_is_known = one_of("state", LeaveState)
    leave_reason_is_known = one_of("reason", LeaveReason)
    leave_ends_after_it_begins = Check(ends_at > starts_at)

    privacy = Privacy(
        personal={
            "reason": Personal(DUTY, DataClass.SENSITIVE, MONTHS_24, DAYS),
            "remark": Personal(DUTY, DataClass.INTERNAL, MONTHS_24, DAYS),
            "state": Personal(DUTY, DataClass.INTERNAL, MONTHS_24, DAYS),
        },
        impersonal=frozenset({"division_code", "arguments_digest"}),
    )
