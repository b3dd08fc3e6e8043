"""Two changes of one field over HTTP: what waits, what each said, and the decision."""

from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from backend.core.logs import request_id
from backend.core.paging import DEFAULT_LIMIT, CursorQuery, LimitQuery, Page, Position, page, position
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.sync import conflict_watch, conflicts, retention_rules  # noqa: F401 - jobs and rules register
from backend.sync.conflict_schemas import ConflictDecision, ConflictLine, ConflictRecord

NO_STORE = {"Cache-Control": "no-store"}


@get(
    "/",
    operation_id="listConflicts",
    summary="Fields that two people changed, for me to decide",
    description="Those of records that I may amend, and all of the territory that I supervise; the newest first.",
)
async def list_conflicts(
    by: SignedIn,
    waiting: Annotated[bool, QueryParameter(description="false: those that were decided")] = True,
    limit: LimitQuery = DEFAULT_LIMIT,
    cursor: CursorQuery = None,
) -> Page[ConflictLine]:
    """Without the values."""
    rows = await conflicts.list_conflicts(by=by, waiting=waiting, limit=limit, after=position(cursor))
    return page(rows, limit, lambda line: Position(line.opened_at, line.id))


@get(
    "/{conflict_id:uuid}",
    operation_id="getConflict",
    summary="What each of two people wrote into one field",
    description="What the phone had, what it wants, what the record says now. Of a household's contact it is a read "
    "that is logged. Once the record says what the phone wanted, there is nothing to decide any more.",
)
async def get_conflict(conflict_id: FromPath[UUID], by: SignedIn) -> Response[ConflictRecord]:
    """With the values."""
    record = await conflicts.get_conflict(conflict_id=conflict_id, by=by, request_id=request_id.get())
    return Response(record, headers=NO_STORE)


@post(
    "/{conflict_id:uuid}/decision",
    operation_id="decideConflict",
    summary="Say which of two changes stays",
    description="`record`: what the record says; `phone`: what the phone wanted, which is then amended in my name. "
    "The same decision twice is once; another one is refused.",
    status_code=200,
)
async def decide_conflict(
    conflict_id: FromPath[UUID], data: JSONBody[ConflictDecision], by: SignedIn
) -> Response[ConflictRecord]:
    """For each contested field."""
    record = await conflicts.decide_conflict(
        conflict_id=conflict_id, keep=data.keep, basis=data.basis, by=by, request_id=request_id.get()
    )
    return Response(record, headers=NO_STORE)


router = Router(
    "/api/v1/sync/conflicts",
    route_handlers=[list_conflicts, get_conflict, decide_conflict],
    dependencies=NEEDS_SIGN_IN,
    tags=["sync"],
)
