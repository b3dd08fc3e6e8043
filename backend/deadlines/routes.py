"""The room over HTTP: policies, previews, calendars, proposed recalculations. Clocks belong to the rooms above."""

from datetime import date
from typing import Annotated, TypeVar
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, PathParameter, QueryParameter

import backend.deadlines.expediting  # noqa: F401 - registers its schedule
from backend.core.creates import Key, answered, id_for
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.core.shapes import MomentQuery
from backend.deadlines import policies, publishing, recalculations
from backend.deadlines.limits import ClockKind
from backend.deadlines.preview import preview_deadline
from backend.deadlines.schemas import (
    CalendarRecord,
    CalendarVersionRecord,
    DeadlinePolicyRecord,
    DeadlinePreview,
    NewCalendar,
    NewRecalculation,
    RecalculationRecord,
)
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

T = TypeVar("T")

PolicyCode = Annotated[
    str | None, QueryParameter(pattern=r"^[A-Za-z0-9_.:-]+$", max_length=40, description="of listDeadlinePolicies")
]
Kind = Annotated[str, QueryParameter(pattern=r"^[a-z0-9_]+$", max_length=20, description="which clock of the policy")]
Counted = Annotated[ClockKind | None, QueryParameter(description="what is counted, where no policy is given")]
Amount = Annotated[int | None, QueryParameter(ge=1, le=120_000, description="hours, days or minutes of the clock")]
Staffed = Annotated[
    str | None,
    QueryParameter(max_length=400, description="for working_minutes, such as 08:30-11:30,13:30-17:30; lunch is free"),
]
Year = Annotated[int, PathParameter(ge=2004, le=2100)]
Version = Annotated[int | None, QueryParameter(ge=1, le=1_000_000, description="the newest unless told")]


@get(
    "/deadlines/preview",
    operation_id="previewDeadline",
    summary="By when it would be due, and why, before anybody promises it",
    description="By a `policy`, or by a `clock` with an `amount` (and staffed `hours` for working_minutes). Each step "
    "is a day, whether it counts, and why. Nothing is stored.",
)
async def preview(
    by: SignedIn,  # noqa: ARG001 - refuses strangers
    policy: PolicyCode = None,
    kind: Kind = "response",
    clock: Counted = None,
    amount: Amount = None,
    hours: Staffed = None,
    opened_at: MomentQuery = None,
    upstream_due_at: MomentQuery = None,
) -> DeadlinePreview:
    """Opened now unless told; `upstream_due_at` is a deadline from above, the earlier one counts."""
    return await preview_deadline(
        policy=policy,
        kind=kind,
        clock=clock,
        amount=amount,
        hours=hours,
        opened_at=opened_at,
        upstream_due_at=upstream_due_at,
    )


@get(
    "/deadlines/policies",
    operation_id="listDeadlinePolicies",
    summary="The limits in force, with their source",
    description="`response` limits how long until somebody reports back in substance; `handling` measures how long "
    "until the matter itself is resolved.",
)
async def list_policies(
    by: SignedIn,  # noqa: ARG001 - refuses strangers
    on: FromQuery[date | None] = None,
) -> list[DeadlinePolicyRecord]:
    """Of today, or of another day."""
    return await policies.list_policies(on=on)


@post(
    "/deadlines/calendars",
    operation_id="publishCalendar",
    summary="Publish the working calendar of a year as a new version",
    description="All holidays and make-up days (调休上班) of the State Council's notice. Clocks that run keep what "
    "they have; a job proposes which would move.",
    responses={200: ResponseSpec(CalendarRecord, generate_examples=False, description="Published before")},
)
async def publish_calendar(
    data: JSONBody[NewCalendar], by: SignedIn, idempotency_key: Key = None
) -> Response[CalendarRecord]:
    """By an administrator."""
    id = id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="publishCalendar")
    return answered(await publishing.publish_calendar(id=id, new=data, by=by))


@get(
    "/deadlines/calendars",
    operation_id="listCalendars",
    summary="Versions of the working calendar, with their source",
    description="The newest first. Each holds all of the one before, and says something else of its `years`.",
)
async def list_calendars(by: SignedIn) -> list[CalendarVersionRecord]:  # noqa: ARG001 - refuses strangers
    """Versions are few: one a notice."""
    return await publishing.list_calendars()


@get(
    "/deadlines/calendars/{year:int}",
    operation_id="getCalendar",
    summary="Holidays and make-up days of a year",
    description="Days that are not listed are as the week has them. `provisional`: there is no notice yet.",
)
async def get_calendar(year: Year, by: SignedIn, version: Version = None) -> CalendarRecord:  # noqa: ARG001 - refuses strangers
    """As the newest version has it, or an older one."""
    return await publishing.get_calendar(year=year, version=version)


@post(
    "/deadlines/recalculations",
    operation_id="proposeRecalculation",
    summary="Which clocks of a division would move under the newest calendar",
    description="Old and new deadline of each, and the days that make the difference. Nothing is changed.",
    responses={200: ResponseSpec(RecalculationRecord, generate_examples=False, description="Proposed before")},
)
async def propose_recalculation(
    data: JSONBody[NewRecalculation], by: SignedIn, idempotency_key: Key = None
) -> Response[RecalculationRecord]:
    """By a supervisor or administrator of the whole division."""
    id = id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="proposeRecalculation")
    return answered(await recalculations.propose_recalculation(id=id, division_code=data.division_code, by=by))


@get("/deadlines/recalculations", operation_id="listRecalculations", summary="Proposals, the newest first")
async def list_recalculations(
    by: SignedIn, limit: LimitQuery = 50, cursor: CursorQuery = None
) -> Page[RecalculationRecord]:
    """Those of the territory one oversees."""
    return await recalculations.list_recalculations(by=by, limit=limit, cursor=cursor)


@get("/deadlines/recalculations/{recalculation_id:uuid}", operation_id="getRecalculation", summary="One proposal")
async def get_recalculation(recalculation_id: FromPath[UUID], by: SignedIn) -> RecalculationRecord:
    """With the first hundred clocks that it would move."""
    return await recalculations.get_recalculation(recalculation_id=recalculation_id, by=by)


@post(
    "/deadlines/recalculations/{recalculation_id:uuid}/application",
    operation_id="applyRecalculation",
    summary="Apply a proposal, exactly as it was proposed",
    description="All of its clocks or none: 409 when one of them changed since, or a newer calendar came.",
    status_code=200,
)
async def apply_recalculation(recalculation_id: FromPath[UUID], by: SignedIn) -> RecalculationRecord:
    """By a supervisor or administrator of the whole division. Who and when stay in each clock's history."""
    return await recalculations.apply_recalculation(recalculation_id=recalculation_id, by=by)


router = Router(
    path="/api/v1",
    route_handlers=[
        preview,
        list_policies,
        publish_calendar,
        list_calendars,
        get_calendar,
        propose_recalculation,
        list_recalculations,
        get_recalculation,
        apply_recalculation,
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["deadlines"],
)
