"""Open311 GeoReport v2 under /open311/v2, each address in .json and .xml.

Reading needs no key: only what is published is there (see `publishing`). Every filing and update needs one.
Addresses, fields and errors are the standard's; `extended_status` and `servicerequestupdates` are mySociety's.
"""

from litestar import Router, get
from litestar.params import FromPath

from backend.core.refusals import Unknown
from backend.open311 import retention_rules  # noqa: F401 - the rules register
from backend.open311.errors import OPEN311_HANDLERS
from backend.open311.filing_routes import file_request, get_token, post_update
from backend.open311.reading_routes import get_request, list_requests, list_updates
from backend.open311.service_routes import discovery, get_service, list_services


@get("/{other:path}", include_in_schema=False)
async def nothing_here(other: FromPath[str]) -> None:  # noqa: ARG001 - any other address
    """GeoReport's own 404."""
    raise Unknown("There is nothing at this address.")


router = Router(
    path="/open311/v2",
    route_handlers=[
        *discovery,
        *list_services,
        get_service,
        *file_request,
        get_token,
        *list_requests,
        get_request,
        *list_updates,
        *post_update,
        nothing_here,
    ],
    exception_handlers=OPEN311_HANDLERS,
    tags=["open311"],
)
