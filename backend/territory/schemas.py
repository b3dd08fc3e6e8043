"""Divisions on the wire."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.territory.points import PointRecord
from backend.territory.tables import Level


class DivisionRecord(Struct, frozen=True, kw_only=True):
    """One division over one span of dates; `valid_to` is its last day, null while it lasts.

    `demo_point` says that the point is made up. `merged_into_code` names the successor of a division that ended.
    """

    id: UUID
    code: str
    prefix: str
    level: Level
    name: str
    parent_id: UUID | None
    parent_code: str | None
    community_id: UUID | None
    community_code: str | None
    valid_from: date
    valid_to: date | None
    merged_into_id: UUID | None
    merged_into_code: str | None
    source: str
    point: PointRecord | None
    demo_point: bool
    geocoded_address: str | None


class DivisionPlace(Struct, frozen=True, array_like=True):
    """The place of a division in a list sorted by code, for a cursor."""

    prefix: Annotated[str, Meta(pattern=r"^[0-9]{2,15}$")]


class NearDivision(Struct, frozen=True, kw_only=True):
    """A division and how far its point is, in metres along the ellipsoid."""

    division: DivisionRecord
    distance_m: float


class DivisionsLoaded(Struct, frozen=True, kw_only=True):
    """What a load did. `different` are codes that exist with another name: dated verbs change those, not a load."""

    opened: int
    unchanged: int
    different: tuple[str, ...]
