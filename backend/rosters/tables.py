"""Rosters as they were published, their shifts, and hours that nobody holds.

The exclusion constraints stand in the second migration.
"""

from enum import StrEnum

from piccolo.columns import UUID, Boolean, Bytea, ForeignKey, Integer, OnDelete, SmallInt, Timestamptz, Varchar
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
