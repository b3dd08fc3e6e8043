"""Over HTTP: what is to be measured again, and what it came to."""

from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec.structs import replace

from backend.cases.parameters import id_of
from backend.core.creates import Key, answered
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.laboratory import retest_lists, retest_withdrawing, retests
from backend.laboratory.result_schemas import NewRetest, RetestAnswer, RetestRecord, RetestWithdrawal
from backend.laboratory.words import RetestKind, RetestState
from backend.people.guards import NEEDS_SIGN_IN, SignedIn


@post(
    "/laboratory/results/{result_id:uuid}/retests",
    operation_id="requestRetest",
    summary="Ask that something is measured again",
    description="Repeats of a finding open by themselves; this is for more of them, for a confirmation, and for an "
    "objection. An objection is only to a supervision sampling (409: a free test has none), within 4 hours of "
    "receiving a rapid result, 5 working days of another's (409 with when it ended), by no rapid method (409); its "
    "report is due in 7 working days, and `why_due` counts them.",
    responses={200: ResponseSpec(RetestRecord, generate_examples=False, description="Asked before")},
)
async def request_retest(
    result_id: FromPath[UUID], data: JSONBody[NewRetest], by: SignedIn, idempotency_key: Key = None
) -> Response[RetestRecord]:
    """By those who test it; about a supervision sampling also by who leads the place."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="requestRetest", by=by))
    return answered(await retests.request_retest(result_id=result_id, new=new, by=by))


@get(
    "/laboratory/retests",
    operation_id="listRetests",
    summary="What is to be measured again: what has a clock first, then what was asked for longest ago",
)
async def list_retests(
    by: SignedIn,
    in_state: Annotated[RetestState | None, QueryParameter(name="state")] = None,
    kind: FromQuery[RetestKind | None] = None,
    unit_id: FromQuery[UUID | None] = None,
    sample_id: FromQuery[UUID | None] = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[RetestRecord]:
    """Of results that one may read."""
    return await retest_lists.list_retests(
        by=by, state=in_state, kind=kind, unit_id=unit_id, sample_id=sample_id, limit=limit, cursor=cursor
    )


@post(
    "/laboratory/retests/{retest_id:uuid}/answer",
    operation_id="answerRetest",
    summary="What measuring again found",
    description="A result of the same sample and analyte; to an enzyme test's finding any single pesticide that a "
    "laboratory looked for. Repeats by the same method are answered by themselves when their file comes in.",
    status_code=200,
)
async def answer_retest(retest_id: FromPath[UUID], data: JSONBody[RetestAnswer], by: SignedIn) -> RetestRecord:
    """The same answer twice is harmless."""
    return await retests.answer_retest(retest_id=retest_id, result_id=data.result_id, by=by)


@post(
    "/laboratory/retests/{retest_id:uuid}/withdrawal",
    operation_id="withdrawRetest",
    summary="It need not be measured again",
    description="With a reason, by whoever may answer it; its task and its clock end. An objection only with "
    "`taken_back`: whoever objected took it back. Twice is the same; what was answered stays (409).",
    status_code=200,
)
async def withdraw_retest(retest_id: FromPath[UUID], data: JSONBody[RetestWithdrawal], by: SignedIn) -> RetestRecord:
    """The retest as it is now."""
    return await retest_withdrawing.withdraw_retest(retest_id=retest_id, why=data, by=by)


router = Router(
    path="/api/v1",
    route_handlers=[request_retest, list_retests, answer_retest, withdraw_retest],
    dependencies=NEEDS_SIGN_IN,
    tags=["laboratory"],
)
