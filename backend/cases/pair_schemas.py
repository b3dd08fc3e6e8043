"""The shapes of pairs, merging and repeats."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from backend.cases.loop_schemas import Reason
from backend.cases.words import CaseState


class PairSide(Struct, frozen=True):
    """One of the two cases."""

    id: UUID
    number: str
    title: str
    state: CaseState


class PairRecord(Struct, frozen=True, kw_only=True):
    """Two cases that look like one. `likeness` in percent; `distance_m` is null where one of them has no point."""

    id: UUID
    older: PairSide
    newer: PairSide
    distance_m: int | None
    likeness: int
    proposed_at: datetime
    decided_at: datetime | None
    same: bool | None


class PairDecision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same: the newer merges into the older; whoever asked reads the reason. Not the same: never proposed again."""

    same: bool
    reason: Reason


class NewMerger(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The case goes on in another one. Both numbers stay alive: its receipt shows what happens to the other."""

    into_case_id: UUID
    reason: Reason
    id: UUID | None = None


class NewParting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """They were two matters after all."""

    reason: Reason
    id: UUID | None = None


class RepeatRecord(Struct, frozen=True, kw_only=True):
    """The ended case whose matter came again, until the mark expires."""

    earlier: UUID
    number: str
    likeness: int
    marked_at: datetime
    expires_at: datetime
