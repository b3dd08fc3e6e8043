"""/console/tasks: for those who oversee. What nobody does and what is overdue, and whom to give it to."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from backend.console import labels, task_labels
from backend.console.pages import page
from backend.console.refused import told
from backend.console.typed import Incomplete, identity, typed
from backend.core.ids import uuid7
from backend.core.refusals import Refusal
from backend.core.words import Term, say
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.tables import Role
from backend.tasks import actions, handing_over
from backend.tasks.oversight import TaskFilters, list_tasks
from backend.tasks.schemas import TaskRecord
from backend.tasks.tables import WAITING, TaskState

HERE = "/console/tasks"
SHOWN = 30
SHOWS = {
    "nobody": (Term("nobody has it"), TaskFilters(nobody=True)),
    "overdue": (Term("overdue"), TaskFilters(overdue=True)),
    "declined": (Term("declined"), TaskFilters(state=TaskState.DECLINED)),
    "open": (Term("not taken on yet"), TaskFilters(state=TaskState.OPEN)),
}
Show = Annotated[str, QueryParameter(max_length=20)]


@get("/tasks", include_in_schema=False)
async def show_tasks(
    by: SignedIn,
    show: Show = "nobody",
    after: Annotated[str, QueryParameter(max_length=400)] = "",
    did: Annotated[str, QueryParameter(max_length=20)] = "",
) -> Response[str]:
    """What nobody does unless told. Households by their code: whoever needs the name opens the household."""
    chosen = show if show in SHOWS else "nobody"
    found = await list_tasks(by=by, filters=SHOWS[chosen][1], limit=SHOWN, cursor=after or None)
    return page(
        "tasks_overview/tasks.html",
        by=by,
        chosen=chosen,
        shows=[(name, say(label)) for name, (label, _) in SHOWS.items()],
        tasks=found.items,
        says=task_labels,
        place=labels.place,
        hands=lambda task: task.state in WAITING and by.has(Role.SUPERVISOR, Role.ADMIN),
        next_page=found.next_cursor and f"{HERE}?show={chosen}&after={found.next_cursor}",
        told=say("Handed over.") if did == "handed_over" else None,
    )


@get("/tasks/{task_id:uuid}/hand-over", include_in_schema=False)
async def show_hand_over(by: SignedIn, task_id: FromPath[UUID], show: Show = "nobody") -> Response[str]:
    """To whom."""
    return await _hand_over_page(by, task_id, show=show, id=uuid7())


@post("/tasks/{task_id:uuid}/hand-over", include_in_schema=False, status_code=200)
async def hand_over(by: SignedIn, task_id: FromPath[UUID], request: Request[Any, Any, Any]) -> Response[Any]:
    """Given to somebody; back to the list."""
    form = await typed(request)
    show, id = form.get("show"), identity(form.get("id"))
    try:
        if not form.get("to"):
            raise Incomplete("Choose a colleague from the list.")
        to = identity(form.get("to"))
        await handing_over.hand_over_task(
            id=id, task_id=task_id, to_person_id=to, remark=form.get("remark") or None, by=by
        )
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _hand_over_page(by, task_id, show=show, id=id, remark=form.get("remark"), problem=refusal)
    return Redirect(f"{HERE}?show={show if show in SHOWS else ''}&did=handed_over", status_code=303)


async def _hand_over_page(
    by: Actor, task_id: UUID, *, show: str, id: UUID, remark: str = "", problem: Refusal | None = None
) -> Response[str]:
    task: TaskRecord = await actions.get_task(task_id=task_id, by=by)
    return page(
        "tasks_overview/hand_over.html",
        status=problem.status if problem else 200,
        by=by,
        task=task,
        show=show if show in SHOWS else "nobody",
        colleagues=await handing_over.colleagues(task_id=task_id, by=by),
        id=id,
        remark=remark,
        says=task_labels,
        place=labels.place,
        problem=problem and told(problem),
    )


router = Router(path="/console", route_handlers=[show_tasks, show_hand_over, hand_over])
