"""What goes over the wire about the library."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.antifraud.words import Basis, ItemKind

WordsSha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$", description="`sha256` of the item as it was read")]


class FraudTypeRecord(Struct, frozen=True, kw_only=True):
    """One way of cheating people. `months`: when it is its time of year; `national`: one of the police's ten."""

    code: str
    name_zh: str
    name_en: str
    national: bool
    months: list[int]
    audience: list[str]


class LibraryWrongRecord(Struct, frozen=True, kw_only=True):
    """One thing that keeps an item from being sent."""

    code: str
    pointer: str
    detail: str


class LibrarySource(Struct, frozen=True, kw_only=True):
    """A public document behind an item. `sure`: 2+ found in two or more places, 1 in one, K what specialists know."""

    title: str
    publisher: str
    published_on: str
    sure: str
    address: str | None


class LibraryItemRecord(Struct, frozen=True, kw_only=True):
    """A case story or a bulletin.

    text        with what it was written after, as a reader gets it
    sha256      of the words that are sent: what an approval holds on to
    sendable    nothing is wrong with it and the police have approved these very words
    wrongs      what keeps it from being sent
    approved_by the unit or the county whose officer approved it; no person. With the wrong `changed_since_approval`
                who approved the words that stood there before
    """

    name: str
    title: str
    fraud_type: str
    kind: ItemKind
    basis: Basis
    text: str
    stop_sentence: str
    say_on_phone: str
    if_money_gone: str
    sms: str
    read_aloud: str | None
    months: list[int]
    in_season: bool
    audience: list[str]
    valid_from: date
    valid_to: date
    sources: list[LibrarySource]
    sha256: str
    sendable: bool
    wrongs: list[LibraryWrongRecord]
    approved_by: str | None
    approved_at: datetime | None


class NewLibraryApproval(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That these very words may be sent."""

    id: UUID | None = None
    sha256: WordsSha256
