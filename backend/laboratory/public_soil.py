"""The soil of villages as everybody may read it: of five farms or more, made anew every quarter, and no field in it.

What is told of a county is settled as a whole, whichever part of it is asked for, so that answers do not add up to
something that none of them says.
"""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache

from backend.cases.schemas import DivisionShown
from backend.core import clock
from backend.core.kept import Kept
from backend.core.words import Term, say
from backend.laboratory import soil_queries as queries
from backend.laboratory.soil_figure_policies import SoilFigurePolicy, soil_figure_policy
from backend.laboratory.soil_figure_rules import COUNTY, TOWNSHIP, VILLAGE, Farms, at_least, rounded, told
from backend.laboratory.soil_measures import Measure, meaning, measures
from backend.laboratory.soil_queries import Row
from backend.laboratory.soil_refusals import NotPublic
from backend.laboratory.soil_schemas import PublicSoil, SoilFeature, SoilFigure, VillagePoint
from backend.territory import queries as territory
from backend.territory.schemas import DivisionRecord
from backend.territory.tables import Level

WITHIN = {Level.VILLAGE: VILLAGE, Level.TOWNSHIP: TOWNSHIP}
KEPT_S = 3600.0
"""A figure stands for a quarter, but for a farm that was forgotten: so it is counted anew every hour."""
NOTE = Term(
    "Means of farms that had their soil tested free of charge, not of all fields. A place with fewer than {k} farms is "
    "left out; no field is shown."
)


async def list_public_soil(
    *, division_code: str, analyte: str = "organic_matter", level: Level = Level.VILLAGE
) -> PublicSoil:
    """A measure in the villages (or townships) of a county, a township or a village.

    Raises DivisionCodeWrong, NotPublic (400), DivisionUnknown (404).
    """
    measure = _public(analyte)
    division = await _of_a_county(division_code)
    policy = soil_figure_policy(clock.today())
    ends = policy.released(clock.today())
    figures = await _figures(division.code[:COUNTY], measure, policy, ends)
    prefix = division.prefix[:VILLAGE]
    chosen = {code: farms for code, farms in figures.items() if code.startswith(prefix) and len(code) == WITHIN[level]}
    places = await queries.places([*chosen, prefix])
    whole, day = figures.get(prefix), clock.local(ends).date()
    return PublicSoil(
        analyte=measure.code,
        name=measure.name,
        unit=measure.unit,
        division=DivisionShown(division.code, division.name),
        least=policy.households,
        counted_from=clock.local(policy.begins(ends)).date(),
        counted_to=day - timedelta(days=1),
        total=_figure(measure, places[prefix], whole, policy, day) if whole and prefix in places else None,
        features=list(_features(measure, places, chosen, policy, day)),
        note=say(NOTE, k=policy.households),
    )


async def counties() -> list[DivisionShown]:
    """Where to begin: counties that have a studio."""
    return [DivisionShown(row["code"], row["name"]) for row in await queries.counties_with_studios()]


def _public(analyte: str) -> Measure:
    found = measures().get(analyte)
    if found is None or not found.fertile:
        fertile = [each.code for each in measures().values() if each.fertile]
        raise NotPublic(
            "“{analyte}” is not told in public. Choose one of: {fertile}.", analyte=analyte, fertile=fertile
        )
    return found


async def _of_a_county(code: str) -> DivisionRecord:
    division = await territory.division(code=code)
    if len(division.prefix) < COUNTY or division.level == Level.COMMUNITY:
        raise NotPublic("Choose a county, a township or a village.")
    return division


async def _figures(county: str, measure: Measure, policy: SoilFigurePolicy, ends: datetime) -> Mapping[str, Farms]:
    """What may be told of a county. Nobody signs in here: one question at a time goes to the database."""
    async with _turn(county):
        return await _county(county, measure, policy, ends).get()


@lru_cache(maxsize=512)
def _turn(county: str) -> asyncio.Lock:  # noqa: ARG001 - one for each
    return asyncio.Lock()


@lru_cache(maxsize=512)
def _county(county: str, measure: Measure, policy: SoilFigurePolicy, ends: datetime) -> Kept[Mapping[str, Farms]]:
    async def read() -> Mapping[str, Farms]:
        farms = await queries.farms_of_villages(county, measure, begins=policy.begins(ends), until=ends)
        return told(farms, least=policy.households)

    return Kept(read, kept_s=KEPT_S)


def forget() -> None:
    """Read anew at the next question."""
    _county.cache_clear()


def _features(
    measure: Measure, places: Mapping[str, Row], chosen: Mapping[str, Farms], policy: SoilFigurePolicy, day: date
) -> Iterable[SoilFeature]:
    for code in sorted(chosen):
        if place := places.get(code):
            yield SoilFeature(
                id=place["code"],
                geometry=_point(place),
                properties=_figure(measure, place, chosen[code], policy, day),
            )


def _point(place: Row) -> VillagePoint | None:
    if place["longitude"] is None:
        return None
    return VillagePoint((round(place["longitude"], 4), round(place["latitude"], 4)))


def _figure(measure: Measure, place: Row, farms: Farms, policy: SoilFigurePolicy, day: date) -> SoilFigure:
    mean = rounded(farms.mean, digits=policy.digits)
    meant = meaning(measure, mean, day=day)
    return SoilFigure(
        code=place["code"],
        name=place["name"],
        households_at_least=at_least(farms.n, least=policy.households),
        mean=float(mean),
        grade=meant.grade,
        ph_class=meant.ph_class,
        word=meant.says,
    )
