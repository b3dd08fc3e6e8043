"""Published requests and what happened to them."""

from typing import Annotated

from litestar import Response, get
from litestar.params import FromPath, QueryParameter

from backend.core.peers import address_of
from backend.open311 import requests, updates
from backend.open311.both_formats import Anything, Jurisdiction, both, name_of
from backend.open311.formats import answer
from backend.open311.limits import let_read
from backend.open311.requests import Asked

Words = Annotated[str, QueryParameter(max_length=4000)]
Moment = Annotated[str, QueryParameter(description="with its zone: 2026-11-20T08:00:00+08:00", max_length=60)]
Page = Annotated[int, QueryParameter(ge=1, le=1_000_000)]
PageSize = Annotated[int | None, QueryParameter(ge=1, description="1000 at most, and unless told")]


@both(
    get,
    "/requests",
    "ListRequests",
    summary="Published requests, the newest first",
    description="The last 90 days unless told, and 90 days at most. service_request_id (several with commas) overrides "
    "everything else. No names, no numbers: what was written is covered where it tells of a person.",
)
async def list_requests(
    request: Anything,
    service_request_id: Words = "",
    service_code: Words = "",
    start_date: Moment = "",
    end_date: Moment = "",
    in_status: Annotated[str, QueryParameter(name="status", description="open, closed", max_length=60)] = "",
    jurisdiction: Jurisdiction = "",
    page: Page = 1,
    page_size: PageSize = None,
) -> Response[bytes]:
    """Requests."""
    await let_read(address_of(request))
    asked = Asked(
        service_request_id=service_request_id,
        service_code=service_code,
        start_date=start_date,
        end_date=end_date,
        status=in_status,
        jurisdiction_id=jurisdiction,
        page=page,
        page_size=page_size,
    )
    return answer(request, "service_requests", await requests.list_requests(asked))


@get("/requests/{request_file:str}", operation_id="open311GetRequest", summary="One published request")
async def get_request(
    request: Anything, request_file: FromPath[str], jurisdiction: Jurisdiction = ""
) -> Response[bytes]:
    """A list of one."""
    await requests.prefixes_of(jurisdiction)
    return answer(request, "service_requests", await requests.get_request(name_of(request_file)))


@both(
    get,
    "/servicerequestupdates",
    "ListUpdates",
    summary="What happened to published requests, the oldest first",
    description="mySociety's extension. status: OPEN, INVESTIGATING, IN_PROGRESS, ACTION_SCHEDULED, FIXED, "
    "NO_FURTHER_ACTION, DUPLICATE, CLOSED. At most 1000: go on from the last updated_datetime.",
)
async def list_updates(
    request: Anything, start_date: Moment = "", end_date: Moment = "", jurisdiction: Jurisdiction = ""
) -> Response[bytes]:
    """Updates."""
    await let_read(address_of(request))
    await requests.prefixes_of(jurisdiction)
    found = await updates.list_updates(start_date=start_date, end_date=end_date)
    return answer(request, "service_request_updates", found)
