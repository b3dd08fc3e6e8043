"""The shapes of calendars that phones follow: on the wire, and as the feed's writer takes them."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from backend.core.shapes import DivisionCode
from backend.rosters.station_words import CalendarKind


class NewPhoneCalendar(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A calendar to follow. Shifts are one's own and take no place; markets and stalls are those of a place.

    division_code   a county or township; for a village or a cell it shows its township's
    """

    kind: CalendarKind
    division_code: DivisionCode | None = None
    id: UUID | None = None


class PhoneCalendarRecord(Struct, frozen=True, kw_only=True):
    """A calendar of one's own. The addresses are told when it is issued, and in no list.

    address   whoever knows it reads the calendar: it is a password
    webcal    the same for a phone to open: its calendar asks whether to follow it
    """

    id: UUID
    kind: CalendarKind
    division_code: str | None
    division_name: str | None
    made_at: datetime
    revoked_at: datetime | None
    address: str | None = None
    webcal: str | None = None


class OccasionStatus(StrEnum):
    """How sure it is, in RFC 5545's words (3.8.1.11)."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


class Occasion(Struct, frozen=True, kw_only=True):
    """One entry of a calendar, on one day or on many.

    starts    at least one, in order: moments, or dates of whole days
    lasts     how long each of them is
    alarm     how long before each start a phone rings; never, unless told
    busy      whether it takes up whoever follows it
    sequence  only grows
    """

    uid: str
    starts: list[datetime] | list[date]
    lasts: timedelta
    title: str
    words: str
    place: str
    status: OccasionStatus
    sequence: int
    changed_at: datetime
    alarm: timedelta | None = None
    busy: bool = False


class FollowedCalendar(Struct, frozen=True, kw_only=True):
    """What an address shows today, in its owner's language."""

    name: str
    language: str
    occasions: list[Occasion]
