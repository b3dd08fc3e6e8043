"""Over HTTP: what was measured in one go, and whether it counts."""

from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromQuery, JSONBody
from msgspec.structs import replace

from backend.cases.parameters import id_of
from backend.core.creates import Key, answered
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.core.shapes import MomentQuery
from backend.laboratory import run_queries, runs
from backend.laboratory.instrument_schemas import NewRun, RunRecord
from backend.people.guards import NEEDS_SIGN_IN, SignedIn


@post(
    "/laboratory/runs",
    operation_id="recordRun",
    summary="What was measured in one go, with its blank, control and replicates",
    description="Whether it counts is decided at once (`valid`, `invalid_reasons`). With `import_id` the results of "
    "that file belong to it from now on and are judged again: nothing that an invalid run measured counts.",
    responses={200: ResponseSpec(RunRecord, generate_examples=False, description="Recorded before: as it is now")},
)
async def record_run(data: JSONBody[NewRun], by: SignedIn, idempotency_key: Key = None) -> Response[RunRecord]:
    """By a technician of the desk where the instrument stands."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="recordRun", by=by))
    return answered(await runs.record_run(new=new, by=by))


@get("/laboratory/runs", operation_id="listRuns", summary="Runs, the newest first")
async def list_runs(
    by: SignedIn,
    instrument_id: FromQuery[UUID | None] = None,
    unit_id: FromQuery[UUID | None] = None,
    valid: FromQuery[bool | None] = None,
    since: MomentQuery = None,
    until: MomentQuery = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[RunRecord]:
    """Of one's desk and the stations below it; of one's territory for whoever oversees it."""
    return await run_queries.list_runs(
        by=by,
        instrument_id=instrument_id,
        unit_id=unit_id,
        valid=valid,
        since=since,
        until=until,
        limit=limit,
        cursor=cursor,
    )


router = Router(path="/api/v1", route_handlers=[record_run, list_runs], dependencies=NEEDS_SIGN_IN, tags=["laboratory"])
