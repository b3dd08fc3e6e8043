"""What open clocks would be due by under another calendar: proposed, then applied by a person."""

from enum import StrEnum

from piccolo.columns import UUID, Array, Boolean, Date, ForeignKey, Integer, OnDelete, Timestamptz, Varchar
from piccolo.constraints import Unique
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import Privacy
from backend.deadlines.tables import Clock
from backend.people.tables import Person


class RecalculationState(StrEnum):
    """Where a proposal stands."""

    PROPOSED = "proposed"
    APPLIED = "applied"


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
