"""Who serves which grid, on the wire."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from backend.core.shapes import NO_NUL, DivisionCode
from backend.rosters.station_words import Office


class NewGridService(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody serves a grid cell or a village in an office, between two days. `station_id`: where he is found."""

    person_id: UUID
    office: Office
    division_code: DivisionCode
    valid_from: date
    station_id: UUID | None = None
    valid_to: date | None = None
    id: UUID | None = None


class GridServiceRecord(Struct, frozen=True, kw_only=True):
    """One service: name, office and the station's public number, as a wall shows them; no number of his own."""

    id: UUID
    person_id: UUID
    person_name: str
    office: Office
    division_code: str
    division_name: str
    station_id: UUID | None
    station_name: str | None
    station_phone: str | None
    valid_from: date
    valid_to: date | None


class GridPlace(msgspec.Struct, frozen=True, array_like=True):
    """The place of one row in a list sorted by place."""

    division_code: Annotated[str, Meta(pattern=NO_NUL)]
    id: UUID
