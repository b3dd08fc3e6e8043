"""Sync over HTTP: what changed comes down by a cursor, what was done offline goes up (`push_routes`)."""

from typing import Annotated

from litestar import Response, Router, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter

from backend.core.logs import request_id
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.sync import forgetting, pulling, retention_rules, waiting  # noqa: F401 - jobs and rules register
from backend.sync.command_routes import list_sync_commands
from backend.sync.push_routes import sync_push
from backend.sync.schemas import SyncPage

MOST_ROWS = 500
_CURSOR = "`cursor` of the last answer that was kept; none for everything. Where it is refused with 400, leave it out"


@get(
    "/changes",
    operation_id="syncPull",
    summary="What changed for me since a cursor",
    description="Everything a phone carries: warnings, tasks, households, shifts, cases, kits, reference lists, "
    "pesticide bans, visits, conflicts; without a cursor, all of it. Keep `changes` and `cursor` in one transaction, "
    "and ask again while `more`. 204 and no body while nothing changed: the cursor stays good. Each person on a phone "
    "has a cursor of his own.",
    responses={204: ResponseSpec(None, generate_examples=False, description="Nothing changed: keep the cursor")},
)
async def sync_pull(
    by: SignedIn,
    cursor: Annotated[str | None, QueryParameter(description=_CURSOR, max_length=64)] = None,
    limit: Annotated[int | None, QueryParameter(description="records at most", ge=1, le=MOST_ROWS)] = None,
) -> Response[SyncPage]:
    """Compressed as Accept-Encoding says."""
    page = await pulling.sync_pull(by=by, request_id=request_id.get(), cursor=cursor, limit=limit)
    if page is None:
        return Response(None, status_code=204)  # type: ignore[arg-type]
    return Response(page, headers={"Cache-Control": "no-store"})


router = Router(
    "/api/v1/sync", route_handlers=[sync_pull, sync_push, list_sync_commands], dependencies=NEEDS_SIGN_IN, tags=["sync"]
)
