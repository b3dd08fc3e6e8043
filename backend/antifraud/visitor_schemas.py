"""What goes over the wire about visitors and their cards."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct


class NewVisitorCard(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A card for an assistant or a cadre. `unit_id`: for whom he comes, and whom a citizen may ring about him.

    `valid_from` is today where it is left out; `valid_to`, the last day, may stay open.
    """

    id: UUID | None = None
    person_id: UUID
    unit_id: UUID
    valid_from: date | None = None
    valid_to: date | None = None


class VisitorCardRecord(Struct, frozen=True, kw_only=True):
    """Who carries a card. Its code of today is nobody's but his."""

    id: UUID
    person_id: UUID
    person_name: str
    unit_id: UUID
    unit_name: str
    valid_from: date
    valid_to: date | None
    made_at: datetime
    ended_at: datetime | None


class VisitorCode(Struct, frozen=True, kw_only=True):
    """What its carrier says today. `url`: where the citizen checks it; without PUBLIC_URL a path."""

    card_id: UUID
    code: str
    said: str
    valid_on: date
    unit_name: str
    url: str


class VisitorRecord(Struct, frozen=True, kw_only=True):
    """Who carries the code that was asked about.

    on_duty_now   whether his unit's roster names him at this moment; null where the unit keeps no roster
    unit_phone    of his unit, to ask there
    """

    name: str
    unit_name: str
    division_name: str
    valid_on: date
    on_duty_now: bool | None
    unit_phone: str | None
    dissuasion_line: str
