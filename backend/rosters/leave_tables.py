"""Requests to be away."""

from enum import StrEnum

from piccolo.columns import UUID, Bytea, ForeignKey, OnDelete, Text, Timestamptz, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.people.tables import Person, Unit
from backend.rosters.tables import DAYS, DUTY, MONTHS_24


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
