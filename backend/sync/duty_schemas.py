"""What a phone carries of warnings, public ones and those about one person, and of one's duty."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from backend.alerts.words import (
    AlertCategory,
    AlertCertainty,
    AlertColour,
    AlertSeverity,
    AlertStatus,
    AlertUrgency,
    MessageType,
)
from backend.antifraud.warning_words import WarningDoor, WarningState
from backend.antifraud.words import WarningLevel
from backend.rosters.tables import Post, ShiftState


class CarriedWarning(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A warning that one has now: as `FraudWarningRecord`. Whom it is about is not here: getFraudWarning tells it.

    hand_overs  how often it went on; `from_number` of a hand-over is one more
    """

    id: UUID
    door: WarningDoor
    level: WarningLevel
    division_code: str
    received_at: datetime
    state: WarningState
    assigned_at: datetime | None = None
    fraud_type: str | None = None
    division_name: str | None = None
    exercise: bool = False
    hand_overs: int = 0
    due_acknowledge_at: datetime | None = None
    due_call_at: datetime | None = None
    due_meet_at: datetime | None = None
    due_text_at: datetime | None = None
    acknowledged_at: datetime | None = None
    answered_call_at: datetime | None = None
    answered_meet_at: datetime | None = None


class CarriedArea(Struct, frozen=True, omit_defaults=True):
    """Where a public warning counts: in words, and the divisions' codes."""

    description: str
    geocodes: tuple[str, ...] = ()


class CarriedAlert(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A public warning that is published and not over: as `AlertRecord`, what somebody is shown of it. It begins at
    `onset`, else at `effective`, else when it was sent: the phone looks at its own clock.

    refers_to_id  the warning in whose place it stands
    restriction   it is for this circle only, not for citizens
    """

    id: UUID
    identifier: str
    type: MessageType
    status: AlertStatus
    category: AlertCategory
    event: str
    urgency: AlertUrgency
    severity: AlertSeverity
    certainty: AlertCertainty
    headline: str
    description: str
    instruction: str
    sender_name: str
    sent_at: datetime
    expires: datetime
    areas: list[CarriedArea]
    colour: AlertColour | None = None
    fraud_type: str | None = None
    say_on_phone: str | None = None
    contact: str | None = None
    restriction: str | None = None
    effective: datetime | None = None
    onset: datetime | None = None
    refers_to_id: UUID | None = None


class CarriedOffer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A colleague asks one to take his shift; `in_return_shift_id`: one's own that he wants for it."""

    id: UUID
    offered_by: UUID
    offered_by_name: str
    offered_at: datetime
    in_return_shift_id: UUID | None = None
    remark: str | None = None


class CarriedShift(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One's own shift, or with `offer` a colleague's that one is asked to take.

    offered_to  of one's own: the colleague whom one has asked
    follows     the shift in whose place it stands
    """

    id: UUID
    unit_id: UUID
    unit_name: str
    post: Post
    starts_at: datetime
    ends_at: datetime
    state: ShiftState
    offer: CarriedOffer | None = None
    offered_to: UUID | None = None
    confirmed_at: datetime | None = None
    missed_at: datetime | None = None
    entered_late: bool = False
    follows: UUID | None = None
