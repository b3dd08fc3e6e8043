"""The front page as it is shown: what stands above the tasks, the tasks, and what was just done."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.response import Redirect

from backend.console import bench_today, case_figures, clinic_today, intake, labels, notices, task_labels, visitor_today
from backend.console.conflicts import conflicts_today
from backend.console.outreach import round_today
from backend.console.pages import page
from backend.console.refused import told
from backend.console.submissions import submissions_today
from backend.console.warnings import mine as warnings
from backend.core import clock
from backend.core.logs import request_id
from backend.core.refusals import Refusal
from backend.core.words import say
from backend.laboratory import samples
from backend.people.actors import Actor
from backend.people.contact_names import contact_names
from backend.people.tables import Role
from backend.tasks.my_day import my_tasks
from backend.tasks.schemas import MyTasks, TaskRecord

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
    conflicts_today.PART_OF_TODAY,
    ("today/_ways.html", _ways),
)
"""What stands above the tasks. Who is on duty goes in here when its room has something to show."""


async def day(
    by: Actor, *, did: str = "", done: UUID | None = None, everything: bool = False, problem: Refusal | None = None
) -> Response[str]:
    """Up to SHOWN tasks, or everything; `did` and `done` say what was just done with which, `problem` why not."""
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


def back(did: str, task_id: UUID) -> Redirect:
    """To the page, which says what was done."""
    return Redirect(f"/console/today?did={did}&task={task_id}", status_code=303)
