"""The room over HTTP: my day, what I do with a task, and what those who oversee a territory see."""

from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody

from backend.core.creates import Key, answered, id_for
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.tasks import actions, handing_over, my_day, oversight, retention_rules  # noqa: F401 - the rules register
from backend.tasks.parameters import Id, InState, Room
from backend.tasks.schemas import Colleague, Completion, Decline, HandOver, MyTasks, TaskRecord
from backend.territory.coordinates import Crs
from backend.territory.parameters import Division, Latitude, Longitude, System, near


@get(
    "/my/tasks",
    operation_id="listMyTasks",
    summary="What waits for me, in the order of doing it",
    description="The most urgent first, then what is overdue, then by due time, then (with longitude, latitude and "
    "crs) the nearest. Tasks for a household belong to whoever serves it today. Beside them: what ran out or was "
    "declined within 14 days, which can still be entered as done, and what I did today.",
)
async def list_my_tasks(
    by: SignedIn,
    longitude: Longitude = None,
    latitude: Latitude = None,
    crs: System = None,
    in_state: InState = None,
) -> MyTasks:
    """With `state` only those: waiting ones in order, closed ones of the last 90 days from the latest."""
    place = near(longitude, latitude, crs)
    return await my_day.my_tasks(by=by, near=place, state=in_state, crs=crs or Crs.WGS84)


@get(
    "/tasks",
    operation_id="listTasks",
    summary="The tasks of a territory, those asked last first",
    description="For supervisors, auditors and administrators. `assignee`: who has it today. `nobody`: it waits for a "
    "household that nobody serves today. `overdue`: it waits, and its due time has passed.",
)
async def list_tasks(
    by: SignedIn,
    in_state: InState = None,
    origin_room: Room = None,
    origin_id: Id = None,
    division_code: Division = None,
    assignee: Id = None,
    nobody: FromQuery[bool] = False,
    overdue: FromQuery[bool] = False,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[TaskRecord]:
    """By whoever oversees a territory."""
    filters = oversight.TaskFilters(
        state=in_state,
        origin_room=origin_room,
        origin_id=origin_id,
        division_code=division_code,
        assignee_id=assignee,
        nobody=nobody,
        overdue=overdue,
    )
    return await oversight.list_tasks(by=by, filters=filters, limit=limit, cursor=cursor)


@get("/tasks/{task_id:uuid}", operation_id="getTask", summary="A task as it is now")
async def get_task(task_id: FromPath[UUID], by: SignedIn) -> TaskRecord:
    """My own, or one of a territory that I oversee."""
    return await actions.get_task(task_id=task_id, by=by)


@get(
    "/tasks/{task_id:uuid}/colleagues",
    operation_id="listTaskColleagues",
    summary="To whom a task may be handed",
    description="Staff of one's own township, of the county above it, or of one's own unit; at most 200.",
)
async def list_colleagues(task_id: FromPath[UUID], by: SignedIn) -> list[Colleague]:
    """Those of one's own unit first, then by name."""
    return await handing_over.colleagues(task_id=task_id, by=by)


@post(
    "/tasks/{task_id:uuid}/acknowledgement",
    operation_id="acknowledgeTask",
    summary="Seen, and taken on",
    description="Another thing than done. On a task that is acknowledged or closed it changes nothing.",
    status_code=200,
)
async def acknowledge_task(task_id: FromPath[UUID], by: SignedIn) -> TaskRecord:
    """By whoever has the task."""
    return await actions.acknowledge_task(task_id=task_id, by=by)


@post(
    "/tasks/{task_id:uuid}/completion",
    operation_id="completeTask",
    summary="Done, today or on an earlier day",
    description="Also when it had run out or been declined. A second completion answers the same record, and the first "
    "`done_on` stays.",
    status_code=200,
)
async def complete_task(task_id: FromPath[UUID], data: JSONBody[Completion], by: SignedIn) -> TaskRecord:
    """By whoever has the task."""
    return await actions.complete_task(task_id=task_id, by=by, done_on=data.done_on, remark=data.remark)


@post(
    "/tasks/{task_id:uuid}/refusal",
    operation_id="declineTask",
    summary="It cannot be done, and why",
    description="The room that asked reads the reason. Said again, the first reason stays.",
    status_code=200,
)
async def decline_task(task_id: FromPath[UUID], data: JSONBody[Decline], by: SignedIn) -> TaskRecord:
    """By whoever has the task."""
    return await actions.decline_task(task_id=task_id, reason=data.reason, remark=data.remark, by=by)


@post(
    "/tasks/{task_id:uuid}/hand-over",
    operation_id="handOverTask",
    summary="Somebody else does it",
    description="The answer is the successor: the same request, from the same origin, open with the colleague.",
    responses={200: ResponseSpec(TaskRecord, generate_examples=False, description="Handed over before: as it is now")},
)
async def hand_over_task(
    task_id: FromPath[UUID], data: JSONBody[HandOver], by: SignedIn, idempotency_key: Key = None
) -> Response[TaskRecord]:
    """By whoever has the task, or a supervisor of its territory."""
    outcome = await handing_over.hand_over_task(
        id=id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="handOverTask"),
        task_id=task_id,
        to_person_id=data.to_person_id,
        remark=data.remark,
        by=by,
    )
    return answered(outcome)


router = Router(
    path="/api/v1",
    route_handlers=[
        list_my_tasks,
        list_tasks,
        get_task,
        list_colleagues,
        acknowledge_task,
        complete_task,
        decline_task,
        hand_over_task,
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["tasks"],
)
