"""/console/today: the front page. What I have to do, in the order of doing it, and what I did."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery
from litestar.response import Redirect
from msgspec import Struct

from backend.console import bench_today, case_figures, clinic_today, intake, labels, notices, task_labels, visitor_today
from backend.console.outreach import round_today
from backend.console.pages import page
from backend.console.refused import told
from backend.console.submissions import submissions_today
from backend.console.warnings import mine as warnings
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.logs import request_id
from backend.core.refusals import Refusal
from backend.core.words import say
from backend.laboratory import samples
from backend.people.actors import Actor
from backend.people.contact_names import contact_names
from backend.people.guards import SignedIn
from backend.people.tables import Role
from backend.tasks import actions, handing_over
from backend.tasks.my_day import my_tasks
from backend.tasks.schemas import MyTasks, TaskRecord
from backend.tasks.tables import DeclineReason

SHOWN = 20
"""Tasks on the page at first, 3 KB each. The rest is one tap away."""

Part = tuple[str, Callable[[Actor], Awaitable[dict[str, Any]]]]
"""A template of the page, and what it finds in `part`."""


async def _ways(by: Actor) -> dict[str, Any]:
    return {
        "logs_contacts": by.has(Role.CADRE, Role.ASSISTANT),
        "reaches_out": by.has(Role.ASSISTANT),
        "takes_calls": by.has(*intake.TAKES_CALLS),
        "takes_samples": by.has(*samples.RECEIVERS) and not by.has(Role.TECHNICIAN),  # whose bench stands above
    }


PARTS: tuple[Part, ...] = (
    warnings.PART_OF_TODAY,
    notices.PART_OF_TODAY,
    round_today.PART_OF_TODAY,
    visitor_today.PART_OF_TODAY,
    clinic_today.PART_OF_TODAY,
    bench_today.PART_OF_TODAY,
    case_figures.PART_OF_TODAY,
    submissions_today.PART_OF_TODAY,
    ("today/_ways.html", _ways),
)
"""What stands above the tasks. Who is on duty goes in here when its room has something to show."""


class DoneForm(Struct, kw_only=True):
    """`day` is the button that was tapped: today, yesterday, or other with a `date`."""

    day: str
    date: str = ""
    remark: str = ""


class DeclineForm(Struct, kw_only=True):
    """Why it cannot be done."""

    reason: str = ""
    remark: str = ""


class HandOverForm(Struct, kw_only=True):
    """Who does it instead. `id` was made with the page, so that a second tap is the same hand-over."""

    id: UUID
    to: str = ""
    remark: str = ""


class _DayMissing(Refusal):
    status, code, title = 400, "console/day-missing", "Say on which day it was done"


class _ReasonMissing(Refusal):
    status, code, title = 400, "console/reason-missing", "Say why it cannot be done"


class _ColleagueMissing(Refusal):
    status, code, title = 400, "console/colleague-missing", "Say who does it instead"


@get(["/", "/today"], include_in_schema=False)
async def show_today(
    by: SignedIn, did: FromQuery[str] = "", task: FromQuery[UUID | None] = None, everything: FromQuery[bool] = False
) -> Response[str]:
    """My day; `did` and `task` say what was just done with which task."""
    return await _day(by, did=did, done=task, everything=everything)


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
    return _back("handed_over", task_id)


def _day_of(form: DoneForm) -> date:
    today = clock.today()
    if form.day in ("today", "yesterday"):
        return today if form.day == "today" else today - timedelta(days=1)
    try:
        return date.fromisoformat(form.date)
    except ValueError as error:
        raise _DayMissing("Choose the day first, then tap the button beside it.") from error


def _colleague_of(form: HandOverForm) -> UUID:
    try:
        return UUID(form.to)
    except ValueError as error:
        raise _ColleagueMissing("Choose a colleague from the list.") from error


async def _after(by: Actor, did: str, task_id: UUID, verb: Awaitable[Any]) -> Response[Any]:
    """Back to the page with what was done, or the page with the reason why not."""
    try:
        await verb
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _day(by, problem=refusal)
    return _back(did, task_id)


def _back(did: str, task_id: UUID) -> Redirect:
    return Redirect(f"/console/today?did={did}&task={task_id}", status_code=303)


async def _day(
    by: Actor, *, did: str = "", done: UUID | None = None, everything: bool = False, problem: Refusal | None = None
) -> Response[str]:
    mine = await my_tasks(by=by)
    shown = mine.tasks if everything else mine.tasks[:SHOWN]
    parts = [(template, await filled(by)) for template, filled in PARTS]
    return page(
        "today/today.html",
        status=problem.status if problem else 200,
        by=by,
        parts=parts,
        mine=mine,
        shown=shown,
        names=await _names(by, [*shown, *mine.not_done]),
        says=task_labels,
        place=labels.place,
        reasons=task_labels.reasons(),
        today=clock.today(),
        told=_told(mine, did, done),
        problem=problem and told(problem),
    )


_DID = {
    "acknowledged": "Taken on: {title}",
    "done": "Done and written down: {title}",
    "declined": "Written down that it cannot be done: {title}",
    "handed_over": "Handed over.",
}


def _told(mine: MyTasks, did: str, done: UUID | None) -> str | None:
    """What was just done, if it was indeed: an address can be typed by anybody."""
    if did == "handed_over":
        return say(_DID[did])
    found = next((task for task in [*mine.tasks, *mine.not_done, *mine.done_today] if task.id == done), None)
    return say(_DID[did], title=task_labels.title(found)) if found and found.state == did else None


async def _names(by: Actor, tasks: list[TaskRecord]) -> dict[UUID, str]:
    """Of the households on the page only: each name shown is a line in the access log."""
    houses = {task.household_id for task in tasks if task.household_id}
    return await contact_names(household_ids=list(houses), by=by, request_id=request_id.get())


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


router = Router(path="/console", route_handlers=[show_today, acknowledge, complete, decline, show_hand_over, hand_over])
