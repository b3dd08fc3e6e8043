"""The shapes of soil over the years, and of the public map. GeoJSON (RFC 7946): WGS-84, longitude first."""

from datetime import date
from typing import Literal
from uuid import UUID

from msgspec import Struct, field

from backend.cases.schemas import DivisionShown
from backend.laboratory.soil_trend_rules import Direction
from backend.laboratory.words import SoilCategory


class TrendPoint(Struct, frozen=True, kw_only=True):
    """One day of sampling, or one year of a village.

    mean        of `n` readings, in the trend's unit; of a village: of its farms, each counted once
    households  of a village: how many farms, at least; null for a field
    grade, ph_class   what the mean means; category: the worst that was judged, of a pollutant
    """

    mean: float
    n: int | None
    on: date | None = None
    year: int | None = None
    households: int | None = None
    grade: int | None = None
    ph_class: str | None = None
    category: SoilCategory | None = None
    word: str = ""


class SoilTrend(Struct, frozen=True, kw_only=True):
    """One measure over time, the earliest point first.

    plot        what the farmer calls the field; null: it was not told, or it is a village
    mean        of the points
    direction   null: fewer than three points; `change` from the first to the last along the slope, in the unit
    says        all of it in a sentence
    """

    plot: str | None
    analyte: str
    name: str
    unit: str
    points: list[TrendPoint]
    mean: float
    n: int | None
    direction: Direction | None
    change: float | None
    says: str


class HouseholdTrends(Struct, frozen=True, kw_only=True):
    """A household's fields, each measure with its trend. `withheld_n`: samples that this reader may not read."""

    household_id: UUID
    household_code: str
    trends: list[SoilTrend]
    withheld_n: int


class VillageTrends(Struct, frozen=True, kw_only=True):
    """A village over the years.

    least   so many farms stand behind every point at least; 1: the reader tests these samples himself
    until   tests that came later are not in it
    """

    division: DivisionShown
    least: int
    until: date
    trends: list[SoilTrend]


class VillagePoint(Struct, frozen=True):
    """Where the village stands in the list of divisions: never a field's place."""

    coordinates: tuple[float, float]
    type: Literal["Point"] = "Point"


class SoilFigure(Struct, frozen=True, kw_only=True):
    """What is told of one place.

    households_at_least   farms, in steps of k
    mean       each farm counted once, to two figures
    grade, ph_class       what this mean means; `word`: the same for people
    """

    code: str
    name: str
    households_at_least: int
    mean: float
    grade: int | None
    ph_class: str | None
    word: str


class SoilFeature(Struct, frozen=True, kw_only=True):
    """One village or township. `geometry` is null where the list of divisions has no point."""

    id: str
    geometry: VillagePoint | None
    properties: SoilFigure
    type: Literal["Feature"] = "Feature"


class PublicSoil(Struct, frozen=True, kw_only=True):
    """The soil of villages as everybody may read it.

    total      of the whole place; null: too few, or what is left of it when the villages are subtracted
    least      k: of fewer farms nothing is told
    counted_from, counted_to   days on which tests came, both included; made anew every quarter
    """

    analyte: str
    name: str
    unit: str
    division: DivisionShown
    least: int
    counted_from: date
    counted_to: date
    total: SoilFigure | None
    features: list[SoilFeature]
    note: str
    kind: Literal["FeatureCollection"] = field(default="FeatureCollection", name="type")
