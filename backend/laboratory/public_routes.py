"""What the bench tells everybody, over HTTP. Nobody signs in."""

from typing import Annotated

from litestar import Response, Router, get
from litestar.params import QueryParameter

from backend.laboratory.public_soil import list_public_soil
from backend.laboratory.soil_schemas import PublicSoil
from backend.territory.tables import Level

PlaceCode = Annotated[
    str,
    QueryParameter(
        name="division_code", pattern=r"^[0-9]{12}([0-9]{3})?$", description="a county, township or village"
    ),
]
MeasureCode = Annotated[
    str, QueryParameter(pattern="^[a-z0-9_]+$", max_length=40, description="ph or a nutrient such as organic_matter")
]
Below = Annotated[str, QueryParameter(name="level", pattern="^(village|township)$", description="of the features")]


@get(
    "/laboratory/public/soil",
    operation_id="listPublicSoil",
    summary="The soil of villages, as GeoJSON",
    description="No sign-in. Means of five farms or more, each counted once, to two figures, made anew every quarter; "
    "points are those of the list of divisions, never a field's. What is told does not add up to what is left out.",
)
async def list_soil(
    division: PlaceCode, analyte: MeasureCode = "organic_matter", level: Below = "village"
) -> Response[PublicSoil]:
    """For everybody."""
    found = await list_public_soil(division_code=division, analyte=analyte, level=Level(level))
    return Response(found, headers={"Cache-Control": "public, max-age=600", "Vary": "Accept-Language"})


router = Router(path="/api/v1", route_handlers=[list_soil], tags=["laboratory"])
