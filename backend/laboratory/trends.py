"""Soil over the years: a household's fields for whoever reads its findings, a village for those who work there.

Whoever tests a village's samples reads its years as they are. To overseers, who may not read a farmer's free test, a
year is told of five farms or more, to two figures, and up to the last quarter: as on the public map.
"""

from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from msgspec import Struct

from backend.cases.schemas import DivisionShown
from backend.core import clock
from backend.laboratory import soil_queries as queries
from backend.laboratory.soil_figure_policies import SoilFigurePolicy, soil_figure_policy
from backend.laboratory.soil_figure_rules import VILLAGE
from backend.laboratory.soil_measures import Measure, measures
from backend.laboratory.soil_refusals import NoSoilTests, NotFollowed, NoVillage
from backend.laboratory.soil_schemas import HouseholdTrends, VillageTrends
from backend.laboratory.soil_trend_records import in_order, of_field, of_years
from backend.laboratory.visibility import LabReader, reader
from backend.people.actors import OVERSEERS, Actor
from backend.people.household_queries import household_row
from backend.people.tables import Role
from backend.territory import queries as territory


class Terms(Struct, frozen=True, kw_only=True):
    """As whom somebody reads a village. `units`: whose samples; None: of every desk. `coarse`: as on the public map."""

    units: tuple[UUID, ...] | None
    least: int
    until: datetime
    coarse: bool


async def household_trends(*, household_id: UUID, by: Actor, analyte: str | None = None) -> HouseholdTrends:
    """Every measure of every field of a household, as far as `by` reads it.

    A sample knows its field for 36 months; what is older stands under the household, without a field.

    Raises NoSoilTests (404) where he sees no soil sample of it, NotFollowed (400) for what is not measured in soil.
    """
    chosen, seeing = _measures(analyte), await reader(by)
    seen, read = await queries.samples_of_household(household_id, seeing)
    household = await household_row(household_id=household_id)
    if household is None or seen == 0:
        raise NoSoilTests("There is no soil test of household {id} that you may see.", id=str(household_id))
    rows = await queries.of_household(household_id, seeing, chosen)
    policy = soil_figure_policy(clock.today())
    fields = groupby(rows, key=lambda row: (row["plot"], row["code"]))
    trends = [of_field(plot, measures()[code], list(those), policy) for (plot, code), those in fields]
    return HouseholdTrends(
        household_id=household_id,
        household_code=household["code"],
        trends=in_order(trends),
        withheld_n=seen - read,
    )


async def village_trends(*, division_code: str, by: Actor, analyte: str | None = None) -> VillageTrends:
    """Every measure of a village by years.

    Raises Forbidden (403), DivisionUnknown (404), NoVillage, NotFollowed, DivisionCodeWrong (400).
    """
    by.must_have(Role.TECHNICIAN, Role.EXPERT, *OVERSEERS)
    chosen, division = _measures(analyte), await territory.division(code=division_code)
    if len(division.prefix) < VILLAGE:
        raise NoVillage("{name} is no village: years are compared of a village.", name=division.name)
    policy = soil_figure_policy(clock.today())
    terms = _terms(await reader(by), division.code, policy)
    village = division.prefix[:VILLAGE]
    told = [each for each in chosen if each.fertile] if terms.coarse else chosen
    rows = await queries.of_village(village, measures=told, units=terms.units, until=terms.until)
    counted = [row for row in rows if row["farms"] >= terms.least]
    trends = [
        of_years(measures()[code], list(those), coarse=terms.coarse, least=terms.least, policy=policy)
        for code, those in groupby(counted, key=lambda row: row["code"])
    ]
    return VillageTrends(
        division=DivisionShown(division.code, division.name),
        least=terms.least,
        until=(clock.local(terms.until) - timedelta(microseconds=1)).date(),
        trends=in_order(trends),
    )


async def villages(*, by: Actor) -> list[DivisionShown]:
    """Villages whose years `by` may ask for, where any soil was tested. Raises Forbidden (403)."""
    by.must_have(Role.TECHNICIAN, Role.EXPERT, *OVERSEERS)
    seeing = await reader(by)
    oversees = () if seeing.tests else seeing.oversees
    rows = await queries.villages(units=seeing.tests, oversees=oversees)
    return [DivisionShown(row["code"], row["name"]) for row in rows]


def _terms(seeing: LabReader, code: str, policy: SoilFigurePolicy) -> Terms:
    if not seeing.tests and seeing.oversees and code.startswith(seeing.oversees):
        ends = policy.released(clock.today())
        return Terms(units=None, least=policy.households, until=ends, coarse=True)
    return Terms(units=seeing.tests, least=1, until=clock.now(), coarse=False)


def _measures(analyte: str | None) -> list[Measure]:
    if analyte is None:
        return list(measures().values())
    if analyte not in measures():
        raise NotFollowed(
            "“{analyte}” is not followed in soil. Choose one of: {known}.", analyte=analyte, known=list(measures())
        )
    return [measures()[analyte]]
