"""Over HTTP: what was measured and how it was judged."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Router, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.laboratory import result_lists, results
from backend.laboratory.result_queries import Filters
from backend.laboratory.result_schemas import Rejudged, ResultRecord
from backend.laboratory.words import Verdict
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

Analyte = Annotated[str | None, QueryParameter(description="our code, or as the file called it", max_length=80)]
Since = Annotated[date | None, QueryParameter(description="first day of coming in, in Shandong")]
Until = Annotated[date | None, QueryParameter(description="last day of coming in, in Shandong")]


@get(
    "/laboratory/results",
    operation_id="listResults",
    summary="What was measured and how it was judged, the newest first",
    description="Only what one may read: what was found in a farmer's free sample is for the technicians of its desk "
    "and the experts of its studio, unless he agreed to share; to others it is not there.",
)
async def list_results(
    by: SignedIn,
    sample_id: FromQuery[UUID | None] = None,
    unit_id: FromQuery[UUID | None] = None,
    verdict: FromQuery[Verdict | None] = None,
    analyte: Analyte = None,
    import_id: FromQuery[UUID | None] = None,
    since: Since = None,
    until: Until = None,
    disagrees: FromQuery[bool | None] = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[ResultRecord]:
    """One page of what one may read."""
    filters = Filters(
        sample_id=sample_id,
        unit_id=unit_id,
        verdict=verdict,
        analyte=analyte,
        import_id=import_id,
        since=since,
        until=until,
        disagrees=disagrees,
    )
    return await result_lists.list_results(by=by, filters=filters, limit=limit, cursor=cursor)


@get(
    "/laboratory/results/{result_id:uuid}",
    operation_id="getResult",
    summary="One result, with the judgements of before and beside",
    description="An expert who owes a second look at its strip reads nothing of what came out until he has said "
    "what he sees.",
)
async def get_result(result_id: FromPath[UUID], by: SignedIn) -> ResultRecord:
    """404 also where it is withheld."""
    return await results.get_result(result_id=result_id, by=by)


@post(
    "/laboratory/results/{result_id:uuid}/review",
    operation_id="reviewResult",
    summary="Looked at, and it stands",
    description="By a technician of the desk or an expert of its studio. The first one stays; judged again it is to "
    "be looked at again.",
    status_code=200,
)
async def review_result(result_id: FromPath[UUID], by: SignedIn) -> ResultRecord:
    """Twice is harmless."""
    return await results.review(result_id=result_id, by=by)


@post(
    "/laboratory/samples/{sample_id:uuid}/rejudge",
    operation_id="rejudgeResults",
    summary="Judge a sample's results by the limits of another day, side by side",
    description="What counts stays as it was; the other judgement is kept beside it and shown with the result.",
    status_code=200,
)
async def rejudge_results(sample_id: FromPath[UUID], by: SignedIn, on: FromQuery[date | None] = None) -> list[Rejudged]:
    """`on`: whose limits, today's unless told."""
    return await results.rejudge_beside(sample_id=sample_id, on=on, by=by)


router = Router(
    path="/api/v1",
    route_handlers=[list_results, get_result, review_result, rejudge_results],
    dependencies=NEEDS_SIGN_IN,
    tags=["laboratory"],
)
