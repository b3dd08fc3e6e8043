"""What a supervisor follows, over HTTP. Its addresses stand with those of callbacks."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter

from backend.core import creates
from backend.core.creates import Key, answered
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.hotline import supervising
from backend.hotline.supervising_schemas import NewFollowUp, SupervisedCallback
from backend.people.guards import SignedIn


@get(
    "/hotline/supervised-callbacks",
    operation_id="listSupervisedCallbacks",
    summary="What a supervisor follows, with its case as it stands now",
    description="Emergencies, what came up again, complaints about conduct, and whoever was not satisfied.",
)
async def list_supervised_callbacks(
    by: SignedIn,
    waiting: Annotated[
        bool, QueryParameter(description="what nobody did anything about yet, the longest open first")
    ] = True,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[SupervisedCallback]:
    """For supervisors, auditors and administrators."""
    return await supervising.list_supervised(by=by, waiting=waiting, limit=limit, cursor=cursor)


@post(
    "/hotline/callbacks/{callback_id:uuid}/follow-ups",
    operation_id="followUpCallback",
    summary="Say what was done about a matter under supervision",
    description="The case keeps it as a remark for staff, and nothing waits for a supervisor any more. Once somebody "
    "was rung and is dissatisfied, it waits again. By supervisors and administrators of the place.",
    responses={200: ResponseSpec(SupervisedCallback, generate_examples=False, description="Said before: as it is now")},
)
async def follow_up_callback(
    callback_id: FromPath[UUID], data: JSONBody[NewFollowUp], by: SignedIn, idempotency_key: Key = None
) -> Response[SupervisedCallback]:
    """By whoever followed it."""
    id = creates.id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="followUpCallback")
    return answered(await supervising.follow_up_callback(callback_id=callback_id, id=id, new=data, by=by))


HANDLERS = (list_supervised_callbacks, follow_up_callback)
