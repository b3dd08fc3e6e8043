"""/console/today: the front page. What I have to do, in the order of doing it, and what I did."""

from collections.abc import Awaitable
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery
from msgspec import Struct

from backend.console.today_hand_over import hand_over, show_hand_over
from backend.console.today_shown import back, day
from backend.core import clock
from backend.core.refusals import Refusal
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.tasks import actions
from backend.tasks.tables import DeclineReason


class DoneForm(Struct, kw_only=True):
    """`day` is the button that was tapped: today, yesterday, or other with a `date`."""

    day: str
    date: str = ""
    remark: str = ""


class DeclineForm(Struct, kw_only=True):
    """Why it cannot be done."""

    reason: str = ""
    remark: str = ""


class _DayMissing(Refusal):
    status, code, title = 400, "console/day-missing", "Say on which day it was done"


class _ReasonMissing(Refusal):
    status, code, title = 400, "console/reason-missing", "Say why it cannot be done"


@get(["/", "/today"], include_in_schema=False)
async def show_today(
    by: SignedIn, did: FromQuery[str] = "", task: FromQuery[UUID | None] = None, everything: FromQuery[bool] = False
) -> Response[str]:
    """My day; `did` and `task` say what was just done with which task."""
    return await day(by, did=did, done=task, everything=everything)


@post("/today/{task_id:uuid}/acknowledgement", include_in_schema=False, status_code=200)
async def acknowledge(by: SignedIn, task_id: FromPath[UUID]) -> Response[Any]:
    """收到."""
    return await _after(by, "acknowledged", task_id, actions.acknowledge_task(task_id=task_id, by=by))


@post("/today/{task_id:uuid}/completion", include_in_schema=False, status_code=200)
async def complete(
    by: SignedIn, task_id: FromPath[UUID], data: Annotated[DoneForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[Any]:
    """办好了, today or on another day."""

    async def verb() -> None:
        await actions.complete_task(task_id=task_id, by=by, done_on=_day_of(data), remark=data.remark)

    return await _after(by, "done", task_id, verb())


@post("/today/{task_id:uuid}/refusal", include_in_schema=False, status_code=200)
async def decline(
    by: SignedIn,
    task_id: FromPath[UUID],
    data: Annotated[DeclineForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """办不了, and why."""

    async def verb() -> None:
        if data.reason not in tuple(DeclineReason):
            raise _ReasonMissing("Tap one of the reasons, then confirm.")
        reason = DeclineReason(data.reason)
        await actions.decline_task(task_id=task_id, reason=reason, remark=data.remark, by=by)

    return await _after(by, "declined", task_id, verb())


def _day_of(form: DoneForm) -> date:
    today = clock.today()
    if form.day in ("today", "yesterday"):
        return today if form.day == "today" else today - timedelta(days=1)
    try:
        return date.fromisoformat(form.date)
    except ValueError as error:
        raise _DayMissing("Choose the day first, then tap the button beside it.") from error


async def _after(by: Actor, did: str, task_id: UUID, verb: Awaitable[Any]) -> Response[Any]:
    """Back to the page with what was done, or the page with the reason why not."""
    try:
        await verb
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await day(by, problem=refusal)
    return back(did, task_id)


router = Router(path="/console", route_handlers=[show_today, acknowledge, complete, decline, show_hand_over, hand_over])
