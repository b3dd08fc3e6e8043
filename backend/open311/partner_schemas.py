"""The shapes of partners, webhooks and deliveries."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct, field

from backend.cases.schemas import UnitShown
from backend.core.shapes import NO_NUL, DivisionCode
from backend.open311.words import Answer, DeliveryState, Event, Field, Permission

PartnerName = Annotated[str, Meta(min_length=1, max_length=120, pattern=NO_NUL)]
Purpose = Annotated[
    str, Meta(min_length=2, max_length=200, pattern=NO_NUL, description="what for, as citizens read it")
]
Address = Annotated[str, Meta(min_length=8, max_length=500, pattern=r"^https?://[^\s\x00]+$")]


class NewPartner(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another system that will file cases or be told of them.

    unit_id         who with us answers for the exchange
    division_codes  its jurisdictions, and all below them
    may             file: open cases; update: add to those it filed. Reading what is published needs no key
    valid_until     the last day of its key
    """

    name: PartnerName
    unit_id: UUID
    division_codes: Annotated[list[DivisionCode], Meta(min_length=1, max_length=20)]
    id: UUID | None = None
    may: Annotated[list[Permission], Meta(max_length=2)] = field(default_factory=lambda: list(Permission))
    valid_until: date | None = None


class NewWebhook(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a partner shall be told. Off unless `enabled` says so.

    purpose    stands in every message and on the citizens' receipts
    fields     nothing else leaves; words are sent with personal data covered, a place as its square kilometre
    only_own   only cases that it filed; else every case of its jurisdictions
    new_secret make another secret; the old one is void at once
    """

    address: Address
    purpose: Purpose
    events: Annotated[list[Event], Meta(min_length=1, max_length=len(Event))]
    fields: Annotated[list[Field], Meta(min_length=1, max_length=len(Field))]
    only_own: bool = True
    enabled: bool = False
    new_secret: bool = False


class WebhookRecord(Struct, frozen=True, kw_only=True):
    """A webhook as it is now. `secret` is told to whoever sets it, and to nobody else: null in lists."""

    address: str
    purpose: str
    events: list[Event]
    fields: list[Field]
    only_own: bool
    enabled: bool
    set_at: datetime
    version: int
    secret: str | None = None


class PartnerRecord(Struct, frozen=True, kw_only=True):
    """A partner as it is now. `api_key` is told to whoever opened it, and to nobody else: null in lists.

    deliveries  how many were sent, wait, and are held
    """

    id: UUID
    name: str
    unit: UnitShown
    division_codes: list[str]
    may: list[Permission]
    valid_until: date | None
    opened_at: datetime
    closed_at: datetime | None
    webhook: WebhookRecord | None
    filed: int
    deliveries: dict[DeliveryState, int]
    api_key: str | None = None


class DeliveryRecord(Struct, frozen=True, kw_only=True):
    """One message. `body` is exactly what was sent; null when it is over 90 days old."""

    id: UUID
    partner_id: UUID
    case_id: UUID
    number: str
    event: Event
    address: str
    purpose: str
    fields: list[Field]
    body: str | None
    state: DeliveryState
    attempts: int
    status: int | None
    answer: Answer | None
    made_at: datetime
    tried_at: datetime | None
    delivered_at: datetime | None
