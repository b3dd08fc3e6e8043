"""Soil over the years, over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Router, get
from litestar.params import FromPath, PathParameter, QueryParameter

from backend.laboratory import trends
from backend.laboratory.soil_schemas import HouseholdTrends, VillageTrends
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

MeasureCode = Annotated[
    str | None, QueryParameter(pattern="^[a-z0-9_]+$", max_length=40, description="one measure; all unless told")
]
VillageCode = Annotated[str, PathParameter(pattern=r"^[0-9]{12}([0-9]{3})?$", description="of a village")]


@get(
    "/laboratory/trends/households/{household_id:uuid}",
    operation_id="getHouseholdTrends",
    summary="A household's fields over the years: values, grades, and whether they rise or fall",
    description="For whoever reads the findings of its samples; others learn how many are withheld. A direction is "
    "told of three points or more.",
)
async def get_household_trends(
    household_id: FromPath[UUID], by: SignedIn, analyte: MeasureCode = None
) -> HouseholdTrends:
    """For technicians and experts of the desk."""
    return await trends.household_trends(household_id=household_id, by=by, analyte=analyte)


@get(
    "/laboratory/trends/villages/{division_code:str}",
    operation_id="getVillageTrends",
    summary="A village's soil by years",
    description="For technicians and experts what their desks measured; for overseers of five farms or more, to two "
    "figures, up to the last quarter.",
)
async def get_village_trends(division_code: VillageCode, by: SignedIn, analyte: MeasureCode = None) -> VillageTrends:
    """For who works there or oversees it."""
    return await trends.village_trends(division_code=division_code, by=by, analyte=analyte)


router = Router(
    path="/api/v1",
    route_handlers=[get_household_trends, get_village_trends],
    dependencies=NEEDS_SIGN_IN,
    tags=["laboratory"],
)
