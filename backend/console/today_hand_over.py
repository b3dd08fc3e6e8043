"""A task of today handed over: to which colleague, and done."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from msgspec import Struct

from backend.console import labels, task_labels
from backend.console.pages import page
from backend.console.refused import told
from backend.console.today_shown import back
from backend.core.ids import uuid7
from backend.core.refusals import Refusal
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.tasks import actions, handing_over


class HandOverForm(Struct, kw_only=True):
    """Who does it instead. `id` was made with the page, so that a second tap is the same hand-over."""

    id: UUID
    to: str = ""
    remark: str = ""


class _ColleagueMissing(Refusal):
    status, code, title = 400, "console/colleague-missing", "Say who does it instead"


@get("/today/{task_id:uuid}/hand-over", include_in_schema=False)
async def show_hand_over(by: SignedIn, task_id: FromPath[UUID]) -> Response[str]:
    """To whom."""
    return await _hand_over_page(by, task_id)


@post("/today/{task_id:uuid}/hand-over", include_in_schema=False, status_code=200)
async def hand_over(
    by: SignedIn,
    task_id: FromPath[UUID],
    data: Annotated[HandOverForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """交给别人."""
    try:
        to_person_id = _colleague_of(data)
        await handing_over.hand_over_task(
            id=data.id, task_id=task_id, to_person_id=to_person_id, remark=data.remark, by=by
        )
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _hand_over_page(by, task_id, problem=refusal)
    return back("handed_over", task_id)


def _colleague_of(form: HandOverForm) -> UUID:
    try:
        return UUID(form.to)
    except ValueError as error:
        raise _ColleagueMissing("Choose a colleague from the list.") from error


async def _hand_over_page(by: Actor, task_id: UUID, problem: Refusal | None = None) -> Response[str]:
    return page(
        "today/hand_over.html",
        status=problem.status if problem else 200,
        by=by,
        task=await actions.get_task(task_id=task_id, by=by),
        colleagues=await handing_over.colleagues(task_id=task_id, by=by),
        id=uuid7(),
        says=task_labels,
        place=labels.place,
        problem=problem and told(problem),
    )
