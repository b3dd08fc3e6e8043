"""Results for farm software and spreadsheets, over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get
from litestar.params import FromQuery, QueryParameter

from backend.core.clock import today
from backend.core.shapes import MomentQuery
from backend.laboratory import exporting
from backend.laboratory.export_queries import Wanted
from backend.laboratory.modus import TYPE
from backend.laboratory.modus_schemas import ModusDocument
from backend.laboratory.words import SampleKind
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

JSON, CSV = "application/json", "text/csv"
PRIVATE = {"Cache-Control": "no-store", "Vary": "Accept"}
ForPartner = Annotated[
    bool,
    QueryParameter(description="leave out farmers' free samples without consent to share, and households' numbers"),
]


@get(
    "/laboratory/modus",
    operation_id="exportModus",
    summary="Results in the shape of Modus slim, or as CSV",
    description="Of one sample, or of those received from `since` up to `until`; only what one may read. JSON is the "
    "shape `modus/slim/v1` of OADA's formats, of one `kind` (soil unless told): the analyte always, `modusTestID` "
    "only where AgGateway's Modus 2 means the same method, with how far Modus stands by it (OFFICIAL, PROVISIONAL) "
    "under `lianxin`. `Accept: text/csv` gives a table (UTF-8 with BOM). At most 20,000 results.",
)
async def export_modus(
    by: SignedIn,
    request: Request[Any, Any, Any],
    sample_id: FromQuery[UUID | None] = None,
    since: MomentQuery = None,
    until: MomentQuery = None,
    kind: FromQuery[SampleKind | None] = None,
    for_partner: ForPartner = False,
) -> Response[ModusDocument]:
    """Nothing that is withheld from the reader is in it, and nothing says that it was left out."""
    wanted = Wanted(sample_id=sample_id, since=since, until=until, kind=kind, for_partner=for_partner)
    if request.accept.best_match([JSON, TYPE, CSV], default=JSON) == CSV:
        return _table(await exporting.as_csv(wanted=wanted, by=by))
    return Response(await exporting.as_modus(wanted=wanted, by=by), media_type=JSON, headers=PRIVATE)


def _table(content: bytes) -> Response[Any]:
    named = {"Content-Disposition": f'attachment; filename="results-{today():%Y%m%d}.csv"'}
    return Response(content, media_type=CSV, headers=PRIVATE | named)


router = Router(path="/api/v1", route_handlers=[export_modus], dependencies=NEEDS_SIGN_IN, tags=["laboratory"])
