"""Who is on duty, on the wire."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from backend.people.tables import UnitKind
from backend.rosters.tables import Post, ShiftState


class OnDuty(Struct, frozen=True, kw_only=True):
    """Somebody on duty. `phone` is his own number, only where it was asked for by one who may."""

    person_id: UUID
    name: str
    shift_id: UUID
    post: Post
    starts_at: datetime
    ends_at: datetime
    confirmed: bool
    state: ShiftState
    phone: str | None = None


class ToRing(Struct, frozen=True):
    """Whom to ring for a unit. `on_duty`: his shift runs now, so that he is awake by duty."""

    person_id: UUID
    on_duty: bool


class UnitOnDuty(Struct, frozen=True, kw_only=True):
    """A unit and its people: those on duty, the sure ones first, and who comes next."""

    unit_id: UUID
    unit_name: str
    kind: UnitKind
    division_code: str
    division_name: str
    public_phone: str | None
    on_duty: list[OnDuty]
    next: OnDuty | None


class DutyAnswer(Struct, frozen=True):
    """Who is on duty at a moment, the nearest unit first."""

    at: datetime
    units: list[UnitOnDuty]
