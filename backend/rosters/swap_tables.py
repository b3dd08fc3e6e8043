"""Shifts offered to colleagues."""

from enum import StrEnum

from piccolo.columns import UUID, Bytea, ForeignKey, OnDelete, Timestamptz, Varchar
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.people.tables import Person
from backend.rosters.tables import DAYS, DUTY, MONTHS_24, Shift


class SwapState(StrEnum):
    """Where an offer stands. `lapsed`: the shift moved in another way, or began."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"


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
