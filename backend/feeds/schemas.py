"""GeoJSON (RFC 7946) and the pages of OGC API - Features, member by member as the standards spell them."""

from datetime import date, datetime
from typing import Generic, Literal, TypeVar
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType, field

from backend.territory.tables import Level
from backend.visits.tables import Channel, FlagKind

P = TypeVar("P")

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


class Link(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where to go next, and what is there."""

    href: str
    rel: str
    type: str
    title: str | UnsetType = UNSET


class LandingPage(Struct, frozen=True, kw_only=True):
    """The way in."""

    title: str
    description: str
    links: list[Link]


class Conformance(Struct, frozen=True, kw_only=True):
    """Which classes of which standard are kept."""

    conforms_to: list[str] = field(name="conformsTo")


class CollectionRecord(Struct, frozen=True, kw_only=True):
    """One collection. No extent is told: reckoning it for one person's scope would read all his visits."""

    id: str
    title: str
    description: str
    links: list[Link]
    item_type: str = field(default="feature", name="itemType")
    crs: tuple[str, ...] = (CRS84,)


class Collections(Struct, frozen=True, kw_only=True):
    """All of them."""

    links: list[Link]
    collections: list[CollectionRecord]


class PointGeometry(Struct, frozen=True, kw_only=True):
    """Degrees in WGS-84, longitude first."""

    type: Literal["Point"] = "Point"
    coordinates: tuple[float, float]


class VisitProperties(Struct, frozen=True, kw_only=True):
    """What a map may show of a visit. `coarse`: the point is the centre of a 1 km cell. `flags` are kinds."""

    id: UUID
    channel: Channel
    occurred_at: datetime
    received_at: datetime
    entered_late: bool
    division_code: str
    division_name: str
    topics: list[str]
    flags: list[FlagKind]
    campaign: str | None
    coarse: bool


class DivisionProperties(Struct, frozen=True, kw_only=True):
    """A division of today. `demo_point`: the point is made up."""

    code: str
    name: str
    level: Level
    parent_code: str | None
    valid_from: date
    demo_point: bool


class Feature(Struct, Generic[P], frozen=True, kw_only=True):
    """One feature. `links` are there when it was asked for alone."""

    type: Literal["Feature"] = "Feature"
    id: UUID
    geometry: PointGeometry | None
    properties: P
    links: list[Link] | UnsetType = UNSET


class FeatureCollection(Struct, Generic[P], frozen=True, kw_only=True):
    """One page of features; a link `next` leads on."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    time_stamp: datetime = field(name="timeStamp")
    number_returned: int = field(name="numberReturned")
    features: list[Feature[P]]
    links: list[Link]
