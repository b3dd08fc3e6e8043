"""Divisions, and the columns of a point that other rooms' tables carry."""

from enum import StrEnum

from piccolo.columns import (
    UUID,
    Boolean,
    Date,
    DoublePrecision,
    ForeignKey,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy


class Level(StrEnum):
    """The levels of the tree. A community groups villages beside the code tree (Qingzhou has 89 of them)."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWNSHIP = "township"
    COMMUNITY = "community"
    VILLAGE = "village"
    CELL = "cell"


class Located:
    """The columns of one point: WGS-84 to reckon with, and the original as the phone sent it. All null: no point."""

    longitude = DoublePrecision(null=True, default=None)
    latitude = DoublePrecision(null=True, default=None)
    crs = Varchar(length=8, null=True, default=None)
    original_longitude = DoublePrecision(null=True, default=None)
    original_latitude = DoublePrecision(null=True, default=None)
    accuracy_m = DoublePrecision(null=True, default=None)
    fixed_at = Timestamptz(null=True, default=None)
    provider = Varchar(length=32, null=True, default=None)
    mock = Boolean(null=True, default=None)


POINT_COLUMNS = (
    "longitude",
    "latitude",
    "crs",
    "original_longitude",
    "original_latitude",
    "accuracy_m",
    "fixed_at",
    "provider",
    "mock",
)


def point_privacy(purpose: str) -> dict[str, Personal]:
    """The register entries of a point column set. Retention: DOMAIN B.1, precise for 90 days, then a 1 km cell."""
    entry = Personal(purpose, DataClass.INTERNAL, "precise for 90 days, then the centre of a 1 km cell", 90)
    return dict.fromkeys(POINT_COLUMNS, entry)


class Division(Located, Table, tablename="territory_division"):
    """One division over one span of dates. One that merges gets `valid_to` and `merged_into`; it is never deleted."""

    id = UUID(primary_key=True, null=False)
    code = Varchar(length=15, null=False)
    prefix = Varchar(length=15, null=False)
    level = Varchar(length=12, null=False, choices=Level)
    name = Varchar(length=120, null=False)
    parent: ForeignKey = ForeignKey("self", null=True, on_delete=OnDelete.restrict)
    community: ForeignKey = ForeignKey("self", null=True, on_delete=OnDelete.restrict)
    valid_from = Date(null=False)
    valid_to = Date(null=True, default=None)
    merged_into: ForeignKey = ForeignKey("self", null=True, on_delete=OnDelete.restrict)
    source = Text(null=False)
    demo_point = Boolean(null=False, default=False)
    geocoded_address = Text(null=True, default=None)

    level_is_known = one_of("level", Level)
    ends_after_it_begins = Check(valid_to.is_null() | (valid_to >= valid_from))

    privacy = Privacy(
        impersonal=frozenset(
            {"code", "prefix", "level", "name", "source", "demo_point", "geocoded_address", *POINT_COLUMNS}
        )
    )
