"""The shapes of warnings. Who is warned stands in `WarnedPerson` alone; all else names no citizen."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.antifraud.warning_words import AttemptHow, HandedBecause, WarningDoor, WarningOutcome, WarningState
from backend.antifraud.words import WarningLevel
from backend.core.shapes import NO_NUL, Code, DivisionCode, Line, Moment, Name, Phone

Reference = Annotated[str, Meta(min_length=1, max_length=100, pattern=NO_NUL, description="the source's own number")]
Known = Annotated[str, Meta(max_length=400, pattern=NO_NUL, description="what to know before one calls; no more")]
HandOverReason = Annotated[HandedBecause, Meta(description="`shift_end` or `handed`")]


class WarnedPerson(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to reach, and where. A phone or an address, else nobody can act."""

    name: Name | None = None
    phone: Phone | None = None
    address_note: Line | None = None
    known: Known | None = None


class PostedWarning(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a police centre's system posts. Further fields are refused: nothing comes in that nobody needs."""

    reference: Reference
    level: WarningLevel
    division_code: DivisionCode
    person: WarnedPerson
    fraud_type: Code | None = None
    exercise: bool = False


class TypedWarning(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same, told by telephone and typed at the desk. `id` is the maker's own."""

    level: WarningLevel
    division_code: DivisionCode
    person: WarnedPerson
    id: UUID | None = None
    fraud_type: Code | None = None
    exercise: bool = False


class WarningReceipt(Struct, frozen=True, kw_only=True):
    """What the source is told. `assigned`: somebody has been rung."""

    id: UUID
    state: WarningState
    received_at: datetime
    assigned: bool


class FraudWarningRecord(Struct, frozen=True, kw_only=True):
    """A warning without whom it is about.

    assignee_id         who has it now; null: nobody could be found, supervisors see it
    due_acknowledge_at  by when he takes it, else it goes on to the next; null: it goes on to nobody
    acknowledged_at     when it was taken first
    *_done_at           when it was taken and closed, where that was before it came here: offline
    purged_at           when what named anybody was destroyed
    """

    id: UUID
    door: WarningDoor
    level: WarningLevel
    fraud_type: str | None
    division_code: str
    division_name: str | None
    exercise: bool
    received_at: datetime
    state: WarningState
    assignee_id: UUID | None
    assignee_name: str | None
    assigned_at: datetime | None
    hand_overs: int
    due_acknowledge_at: datetime | None
    due_call_at: datetime | None
    due_meet_at: datetime | None
    due_text_at: datetime | None
    acknowledged_at: datetime | None
    answered_call_at: datetime | None
    answered_meet_at: datetime | None
    outcome: WarningOutcome | None
    closed_at: datetime | None
    purged_at: datetime | None
    acknowledge_done_at: datetime | None = None
    close_done_at: datetime | None = None


class AttemptRecord(Struct, frozen=True, kw_only=True):
    """Somebody tried. `note` for those only who may read whom it is about."""

    id: UUID
    how: AttemptHow
    reached: bool
    at: datetime
    recorded_at: datetime
    by: UUID
    by_name: str
    note: str | None


class HandRecord(Struct, frozen=True, kw_only=True):
    """Whose it was, from when and why."""

    number: int
    person_id: UUID
    person_name: str
    at: datetime
    because: HandedBecause


class FraudWarningDetail(Struct, frozen=True, kw_only=True):
    """A warning with all that happened. `person` is null for those who only oversee it, and once it was erased.

    may_open  whether whom it is about is for this reader, who may look until it is erased
    """

    warning: FraudWarningRecord
    person: WarnedPerson | None
    may_open: bool
    attempts: list[AttemptRecord]
    hands: list[HandRecord]


class NewAttempt(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody tried to reach the person, and whether he did. `at`: when, now unless told."""

    how: AttemptHow
    reached: bool
    id: UUID | None = None
    at: Moment | None = None
    note: Known | None = None


class WarningClosure(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How it ended."""

    outcome: WarningOutcome


class WarningHandOver(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """On to somebody else: a certain one who may take it, else whoever is next.

    from_number  `number` of the hand one gives it out of: said again, nothing more happens
    """

    from_number: Annotated[int, Meta(ge=1)]
    because: HandOverReason = HandedBecause.SHIFT_END
    to_person_id: UUID | None = None


class WarningTaker(Struct, frozen=True, kw_only=True):
    """Somebody to whom a warning may be handed. `on_duty`: now, by his roster, or because he has none."""

    person_id: UUID
    name: str
    on_duty: bool


class NewWarningSource(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A police centre's system, and the division for which it may post."""

    name: Annotated[str, Meta(min_length=1, max_length=80, pattern=NO_NUL)]
    division_code: DivisionCode
    id: UUID | None = None


class WarningSourceRecord(Struct, frozen=True, kw_only=True):
    """A source. `secret` is told to whoever opens it, again to the same request, and by nothing else."""

    id: UUID
    name: str
    division_code: str
    made_at: datetime
    ended_at: datetime | None
    post_to: str
    secret: str | None = None


class KeyPurgeRecord(Struct, frozen=True, kw_only=True):
    """A day's key was destroyed, and how much went dark with it."""

    id: UUID
    key_day: date
    destroyed_at: datetime
    warnings: int
    attempts: int
