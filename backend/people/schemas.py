"""What goes over the wire about people."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from backend.core.shapes import Code, Line, Moment, Name, Phone
from backend.people.household_tables import ConsentChannel, ConsentMethod
from backend.people.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD
from backend.people.tables import Role, UnitKind
from backend.territory.points import Point, PointRecord

Password = Annotated[str, Meta(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD)]
AnyPassword = Annotated[str, Meta(min_length=1, max_length=LONGEST_PASSWORD)]
Token = Annotated[str, Meta(min_length=20, max_length=2000, pattern=r"^[A-Za-z0-9_.-]+$")]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the text that was read, 64 hex digits")]
HouseholdCode = Annotated[str, Meta(min_length=1, max_length=24, pattern=r"^[A-Za-z0-9_.:-]+$")]
ServiceNeeds = Annotated[list[Code], Meta(max_length=20)]


class NewSession(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sign-in. `device_id` is the one an earlier sign-in gave; without it this is a new device."""

    phone: Phone
    password: AnyPassword
    device_label: Line = ""
    device_id: UUID | None = None


class Tokens(Struct, frozen=True, kw_only=True):
    """What a sign-in gives. The access token goes into `Authorization: Bearer`; the other makes the next pair."""

    access_token: str
    access_expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime
    device_id: UUID
    token_type: str = "Bearer"  # noqa: S105 - a scheme's name


class Refreshment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The refresh token of the pair that has run out."""

    refresh_token: Token


class PersonRecord(Struct, frozen=True, kw_only=True):
    """An account. The phone number is not shown."""

    id: UUID
    name: str
    language: str
    created_at: datetime
    closed_at: datetime | None


class HeldRole(Struct, frozen=True, kw_only=True):
    """A role held today."""

    role: Role
    division_code: str
    division_name: str
    unit_id: UUID | None


class Me(Struct, frozen=True, kw_only=True):
    """The signed-in person."""

    person_id: UUID
    name: str
    language: str
    roles: list[HeldRole]
    device_id: UUID | None


class UnitRecord(Struct, frozen=True, kw_only=True):
    """A department, studio or station."""

    id: UUID
    name: str
    kind: UnitKind
    division_code: str
    parent_id: UUID | None
    public_phone: str | None
    created_at: datetime
    closed_at: datetime | None


class RoleRecord(Struct, frozen=True, kw_only=True):
    """One role of one person in one division; `valid_to` is its last day."""

    id: UUID
    person_id: UUID
    role: Role
    division_code: str
    unit_id: UUID | None
    valid_from: date
    valid_to: date | None


class OneTimeLinkRecord(Struct, frozen=True, kw_only=True):
    """A first sign-in for somebody. The token is shown this once; `url` is the page to send."""

    person_id: UUID
    token: str
    url: str
    expires_at: datetime


class OneTimeLinkShown(Struct, frozen=True, kw_only=True):
    """Whose first sign-in it is. Looking does not use it up."""

    name: str
    expires_at: datetime


class FirstSignIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Setting one's password with a one-time link."""

    token: Token
    password: Password


class DeviceRecord(Struct, frozen=True, kw_only=True):
    """A phone or browser somebody signed in from."""

    id: UUID
    label: str
    first_seen_at: datetime
    last_seen_at: datetime
    revoked_at: datetime | None
    this_device: bool


class NewAccessKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key for a program that cannot sign in, such as ODK Collect."""

    id: UUID | None = None
    purpose: Code = "odk-collect"


class AccessKeyRecord(Struct, frozen=True, kw_only=True):
    """An access key. `key` is given to its maker only, and is null once the key is revoked."""

    id: UUID
    purpose: str
    made_at: datetime
    revoked_at: datetime | None
    key: str | None = None


class KeyHolder(Struct, frozen=True, kw_only=True):
    """A person, as a list of keys names him."""

    id: UUID
    name: str


class KeyHolding(KeyHolder, frozen=True, kw_only=True):
    """The same with where he works, and how many of his keys count."""

    place: str
    keys_n: int


class PhoneKeyRecord(Struct, frozen=True, kw_only=True):
    """A key by the phone that it is in. `made_by` is null where its holder made it himself; `key` is told to its maker
    alone, while it counts."""

    id: UUID
    holder: KeyHolder
    label: str
    made_at: datetime
    made_by: KeyHolder | None
    revoked_at: datetime | None
    key: str | None = None


class StationRecord(Struct, frozen=True, kw_only=True):
    """A station or a studio, where citizens come. `codes_n`: how many codes of it count; `parent`: whose it is."""

    id: UUID
    name: str
    kind: UnitKind
    division_code: str
    division_name: str
    public_phone: str | None
    parent_id: UUID | None
    parent_name: str | None
    parent_phone: str | None
    codes_n: int


class NewStationCode(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code to make. `id`: made by whoever asks, so that the same again is the same code."""

    id: UUID | None = None


class StationCodeRecord(Struct, frozen=True, kw_only=True):
    """A code on the poster of a station. `code` is null once it is revoked."""

    id: UUID
    unit_id: UUID
    made_at: datetime
    revoked_at: datetime | None
    code: str | None


class StationOpener(Struct, frozen=True, kw_only=True):
    """The station that a code stands for."""

    code_id: UUID
    unit_id: UUID
    name: str
    division_code: str


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
