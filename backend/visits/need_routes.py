"""Needs over HTTP: listed, counted, taken a step on, contested."""

from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody

from backend.core.creates import Key, answered
from backend.core.paging import Page
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.territory.parameters import Division
from backend.visits import needs
from backend.visits.need_schemas import NeedContest, NeedFilters, NeedHistory, NeedMove, NeedRecord, NeedTotals
from backend.visits.parameters import At, Cursor, Limit, Word, id_of, with_zone
from backend.visits.tables import NeedState

AGAIN = {200: ResponseSpec(NeedRecord, generate_examples=False, description="Taken before: the need as it is now")}


@get(
    "/needs",
    operation_id="listNeeds",
    summary="Needs, the newest first",
    description="`mine`: of the households one serves today, or recorded by oneself. Otherwise all that one may see.",
)
async def list_needs(
    by: SignedIn,
    mine: FromQuery[bool] = False,
    need_state: FromQuery[NeedState | None] = None,
    division_code: Division = None,
    household_id: FromQuery[UUID | None] = None,
    campaign_code: Word = None,
    received_from: At = None,
    received_to: At = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[NeedRecord]:
    """One page; `next_cursor` is null on the last."""
    filters = NeedFilters(
        mine=mine,
        state=need_state,
        division_code=division_code,
        household_id=household_id,
        campaign_code=campaign_code,
        received_from=with_zone("received_from", received_from),
        received_to=with_zone("received_to", received_to),
    )
    return await needs.list_needs(by=by, filters=filters, limit=limit, cursor=cursor)


@get(
    "/needs/totals",
    operation_id="getNeedTotals",
    summary="How many needs were received, passed on, solved, found unreasonable",
    description="received = not_passed_on + passed_on; passed_on = open + solved + unreasonable + explained, always. "
    "passed_on counts as the source does: all that ever left `received`, whatever became of them.",
)
async def get_need_totals(
    by: SignedIn,
    mine: FromQuery[bool] = False,
    division_code: Division = None,
    campaign_code: Word = None,
    received_from: At = None,
    received_to: At = None,
) -> NeedTotals:
    """The totals over what one may see."""
    filters = NeedFilters(
        mine=mine,
        division_code=division_code,
        campaign_code=campaign_code,
        received_from=with_zone("received_from", received_from),
        received_to=with_zone("received_to", received_to),
    )
    return await needs.need_totals(by=by, filters=filters)


@get("/needs/{need_id:uuid}", operation_id="getNeed", summary="A need and every step it took")
async def get_need(need_id: FromPath[UUID], by: SignedIn) -> NeedHistory:
    """One need."""
    return await needs.get_need(need_id=need_id, by=by)


@get(
    "/my/needs",
    operation_id="listMyNeeds",
    summary="What became of the needs I handed up, the latest news first",
)
async def list_my_needs(by: SignedIn, limit: Limit = 50, cursor: Cursor = None) -> Page[NeedRecord]:
    """The needs that one recorded."""
    return await needs.my_needs(by=by, limit=limit, cursor=cursor)


@post(
    "/needs/{need_id:uuid}/steps",
    operation_id="moveNeed",
    summary="Take a need one step on",
    description="received → passed_on → solved | unreasonable; a solved one may be taken back to passed_on. "
    "`unreasonable` and taking back need a remark. `unit_id` names who gets it. "
    "201 for a new step, 200 when it was taken before.",
    responses=AGAIN,
)
async def move_need(
    need_id: FromPath[UUID], data: JSONBody[NeedMove], by: SignedIn, idempotency_key: Key = None
) -> Response[NeedRecord]:
    """By the cadre of today, the desk of the place, or the unit that has it."""
    step_id = id_of(data.id, idempotency_key, operation="moveNeed", by=by)
    return answered(
        await needs.move_need(
            id=step_id, need_id=need_id, to_state=data.to_state, remark=data.remark, unit_id=data.unit_id, by=by
        )
    )


@post(
    "/needs/{need_id:uuid}/contests",
    operation_id="contestNeed",
    summary="Record a citizen's objection to `unreasonable`",
    description="The need is received once more and keeps its trace. 201 the first time, 200 when it is there already.",
    responses=AGAIN,
)
async def contest_need(
    need_id: FromPath[UUID], data: JSONBody[NeedContest], by: SignedIn, idempotency_key: Key = None
) -> Response[NeedRecord]:
    """By the cadre of today or the desk of the place, on the citizen's behalf."""
    step_id = id_of(data.id, idempotency_key, operation="contestNeed", by=by)
    return answered(await needs.contest_need(id=step_id, need_id=need_id, remark=data.remark, by=by))


router = Router(
    "/api/v1",
    route_handlers=[list_needs, get_need_totals, get_need, list_my_needs, move_need, contest_need],
    dependencies=NEEDS_SIGN_IN,
    tags=["visits"],
)
