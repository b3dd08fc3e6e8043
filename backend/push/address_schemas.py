"""Addresses and groups on the wire."""

from datetime import date, datetime
from typing import Annotated, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from backend.core.shapes import DivisionCode, Name
from backend.push.provider import AddressKind, Category
from backend.push.states import GroupKind, SubjectKind

AddressValue: TypeAlias = Annotated[str, Meta(min_length=5, max_length=1000, pattern=r"^[\x21-\x7e]+$")]


class NewPushAddress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A phone says where it can be reached; said again, it is confirmed (once a month keeps it alive).

    value   the token, Firebase Installation ID, openid or phone number
    muted   categories not wanted on this phone; emergencies cannot be muted
    """

    kind: AddressKind
    value: AddressValue
    language: Annotated[str, Meta(pattern="^(zh|en)$")] = "zh"
    muted: Annotated[list[Category], Meta(max_length=3)] = []
    id: UUID | None = None


class PushAddressRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An address without its value."""

    id: UUID
    kind: AddressKind
    subject_kind: SubjectKind
    language: str
    muted: list[Category]
    registered_at: datetime
    last_confirmed_at: datetime
    dead_at: datetime | None
    dead_reason: str | None


class NewGroup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A group and who posts to it. `headcount`: as its owner reads it, on that day; nobody in it is imported."""

    name: Name
    kind: GroupKind
    division_code: DivisionCode
    owner_id: UUID
    headcount: Annotated[int, Meta(ge=0, le=100_000)]
    headcount_as_of: date
    id: UUID | None = None


class GroupRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A group as it is."""

    id: UUID
    name: str
    kind: GroupKind
    division_code: str
    owner_id: UUID
    headcount: int
    headcount_as_of: date
    closed_at: datetime | None
