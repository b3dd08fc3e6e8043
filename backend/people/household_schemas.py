"""Household cards, who serves them, what was agreed to and who read what, as they travel."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from backend.core.shapes import Code, Line, Moment, Name, Phone
from backend.people.household_tables import ConsentChannel, ConsentMethod
from backend.territory.points import Point, PointRecord

Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the text that was read, 64 hex digits")]
HouseholdCode = Annotated[str, Meta(min_length=1, max_length=24, pattern=r"^[A-Za-z0-9_.:-]+$")]
ServiceNeeds = Annotated[list[Code], Meta(max_length=20)]


class ServedBy(Struct, frozen=True, kw_only=True):
    """Who serves a household today, and since when."""

    person_id: UUID
    name: str
    since: date


class HouseholdRecord(Struct, frozen=True, kw_only=True):
    """A household card without its contact, which is read (and logged) by itself."""

    id: UUID
    code: str
    division_code: str
    division_name: str
    service_needs: list[str]
    point: PointRecord | None
    served_by: ServedBy | None
    created_at: datetime
    closed_at: datetime | None
    demo: bool


class HouseholdContact(Struct, frozen=True, kw_only=True):
    """How to reach a household. This read is in its access log."""

    household_id: UUID
    contact_name: str | None
    contact_phone: str | None
    address_note: str | None


class HouseholdChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to put right on a household card; what is left out stays, null removes (RFC 7396)."""

    contact_name: Name | UnsetType | None = UNSET
    contact_phone: Phone | UnsetType | None = UNSET
    address_note: Line | UnsetType | None = UNSET
    service_needs: ServiceNeeds | UnsetType = UNSET
    point: Point | UnsetType | None = UNSET


class HouseholdAmendmentRequest(HouseholdChanges, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The changes, and why."""

    reason: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class ServiceRecord(Struct, frozen=True, kw_only=True):
    """Who serves a household from when to when (`valid_to` is the last day)."""

    id: UUID
    household_id: UUID
    person_id: UUID
    valid_from: date
    valid_to: date | None


class NewConsent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line for the ledger: a text was read to a household or to a person, who agreed or withdrew."""

    id: UUID | None = None
    household_id: UUID | None = None
    person_id: UUID | None = None
    purpose: Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[a-z0-9_.-]+$")]
    text_version: Code
    text_sha256: Sha256
    channel: ConsentChannel
    method: ConsentMethod
    given: bool
    at: Moment


class ConsentRecord(Struct, frozen=True, kw_only=True):
    """A line of the ledger."""

    id: UUID
    household_id: UUID | None
    person_id: UUID | None
    purpose: str
    text_version: str
    text_sha256: str
    channel: ConsentChannel
    method: ConsentMethod
    given: bool
    at: datetime
    recorded_by: UUID | None


class AccessRecord(Struct, frozen=True, kw_only=True):
    """One read of a sensitive field."""

    id: UUID
    at: datetime
    person_id: UUID
    person_name: str
    subject_kind: str
    subject_id: UUID
    fields: list[str]
    request_id: str
