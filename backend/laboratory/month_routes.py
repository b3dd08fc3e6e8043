"""The monthly table over HTTP, as JSON or for a spreadsheet."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get
from litestar.params import PathParameter, QueryParameter

from backend.laboratory import months
from backend.laboratory.month_schemas import LabMonth
from backend.laboratory.month_tables import as_csv
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

Month = Annotated[str, PathParameter(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="such as 2026-05")]
OfUnit = Annotated[UUID | None, QueryParameter(name="unit_id", description="one desk; all of one's own unless told")]


@get(
    "/laboratory/months/{month:str}",
    operation_id="getLabMonth",
    summary="The monthly table: what came, what was found, how long it took, what waits",
    description="For technicians and experts of their desks, and for overseers of their territory, who read of "
    "findings only numbers from five on. `Accept: text/csv` gives it for a spreadsheet (UTF-8 with BOM).",
)
async def get_lab_month(
    month: Month, by: SignedIn, request: Request[Any, Any, Any], unit: OfUnit = None
) -> Response[LabMonth]:
    """For who works there or oversees it."""
    found = await months.lab_month(month=month, unit_id=unit, by=by)
    if request.accept.best_match(["application/json", "text/csv"], default="application/json") == "text/csv":
        return csv_of(found)
    return Response(found, headers={"Vary": "Accept, Accept-Language"})


def csv_of(found: LabMonth) -> Response[Any]:
    """As a file."""
    headers = {
        "Content-Disposition": f'attachment; filename="lab-month-{found.month}.csv"',
        "Vary": "Accept, Accept-Language",
    }
    return Response(as_csv(found), media_type="text/csv", headers=headers)


router = Router(path="/api/v1", route_handlers=[get_lab_month], dependencies=NEEDS_SIGN_IN, tags=["laboratory"])
