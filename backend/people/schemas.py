"""What goes over the wire about people."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from backend.core.shapes import Line, Phone
from backend.people.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD
from backend.people.tables import Role, UnitKind

Password = Annotated[str, Meta(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD)]
AnyPassword = Annotated[str, Meta(min_length=1, max_length=LONGEST_PASSWORD)]
Token = Annotated[str, Meta(min_length=20, max_length=2000, pattern=r"^[A-Za-z0-9_.-]+$")]


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


def person_record(row: Mapping[str, Any]) -> PersonRecord:
    """An account's row as it is told."""
    return PersonRecord(
        id=row["id"],
        name=row["name"],
        language=row["language"],
        created_at=row["created_at"],
        closed_at=row["closed_at"],
    )


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
