"""Stations and the codes on their sheets, as they travel."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from backend.people.tables import UnitKind


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
