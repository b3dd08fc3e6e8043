"""Cases over HTTP: opened, listed, read, explained, counted. Steps are next door (`step_routes`), receipts too."""

from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec.structs import replace

from backend.cases import (
    anchors,
    dispatching,
    explaining,
    figures,
    lists,
    opening,
    records,
    retention_rules,  # noqa: F401 - the rules register
    routing,
    uploads,  # noqa: F401 - the scheme registers
)
from backend.cases.anchors import CheckedTimeline
from backend.cases.figures import CaseFigures
from backend.cases.filters import CaseFilters, Sort
from backend.cases.lists import CaseSummary
from backend.cases.parameters import Number, Title, Word, id_of
from backend.cases.records import CaseContact
from backend.cases.reference import categories
from backend.cases.routing_queries import RouteRecord
from backend.cases.schemas import CaseRecord, CategoryRecord, NewCase, NewRoute, OpenedCase, Proposal
from backend.cases.words import CaseKind, CaseOutcome, CaseState, Channel, Stage
from backend.core.clock import today
from backend.core.creates import Key, answered
from backend.core.logs import request_id
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.core.refusals import FieldError, Invalid
from backend.core.shapes import MomentQuery
from backend.deadlines.rules import Light
from backend.deadlines.schemas import DueExplained
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.territory.parameters import Division

WithTimeline = Annotated[bool, QueryParameter(description="whether all lines come with it")]


@post(
    "/cases",
    operation_id="openCase",
    summary="Open a case, whatever the door",
    description="The secret of its receipt is told once; a repeat answers the case as it is now, without it. "
    "`proposal` is the unit that would act on it in the end, and why; a route that is automatic dispatches at once.",
    responses={200: ResponseSpec(OpenedCase, generate_examples=False, description="Opened before: as it is now")},
)
async def open_case(data: JSONBody[NewCase], by: SignedIn, idempotency_key: Key = None) -> Response[OpenedCase]:
    """By staff, where they hold a role or serve the household."""
    if data.kind is CaseKind.DIAGNOSIS:
        wrong = FieldError(pointer="/kind", detail="Ask what a crop has with requestDiagnosis.", code="elsewhere")
        raise Invalid("A diagnosis is asked for in its own room.", errors=[wrong])
    new = replace(data, id=id_of(data.id, idempotency_key, operation="openCase", by=by))
    outcome = await opening.open_case(new=new, by=by, door="api")
    return answered(outcome)


@get(
    "/cases",
    operation_id="listCases",
    summary="The cases one may see",
    description="sort=newest: by the moment received. sort=due: open ones by the nearest deadline that runs; those "
    "without one are left out. `category_code` and `division_code` take in all below.",
)
async def list_cases(
    by: SignedIn,
    in_state: Annotated[CaseState | None, QueryParameter(name="state")] = None,
    stage: FromQuery[Stage | None] = None,
    open: FromQuery[bool | None] = None,
    outcome: FromQuery[CaseOutcome | None] = None,
    unit_id: FromQuery[UUID | None] = None,
    owner_unit_id: FromQuery[UUID | None] = None,
    not_dispatched: FromQuery[bool | None] = None,
    light: FromQuery[Light | None] = None,
    category_code: Word = None,
    channel: FromQuery[Channel | None] = None,
    kind: FromQuery[CaseKind | None] = None,
    division_code: Division = None,
    household_id: FromQuery[UUID | None] = None,
    number: Number = None,
    text: Title = None,
    mine: FromQuery[bool | None] = None,
    second_hop: FromQuery[bool | None] = None,
    origin_room: Word = None,
    origin_id: FromQuery[UUID | None] = None,
    received_from: MomentQuery = None,
    received_to: MomentQuery = None,
    answered_from: MomentQuery = None,
    answered_to: MomentQuery = None,
    answered_in_time: FromQuery[bool | None] = None,
    reopened_from: MomentQuery = None,
    reopened_to: MomentQuery = None,
    sort: FromQuery[Sort] = Sort.NEWEST,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[CaseSummary]:
    """One page."""
    filters = CaseFilters(
        state=in_state,
        stage=stage,
        open=open,
        outcome=outcome,
        unit_id=unit_id,
        owner_unit_id=owner_unit_id,
        not_dispatched=not_dispatched,
        light=light,
        category_code=category_code,
        channel=channel,
        kind=kind,
        division_code=division_code,
        household_id=household_id,
        number=number,
        text=text,
        mine=mine,
        second_hop=second_hop,
        origin_room=origin_room,
        origin_id=origin_id,
        received_from=received_from,
        received_to=received_to,
        answered_from=answered_from,
        answered_to=answered_to,
        answered_in_time=answered_in_time,
        reopened_from=reopened_from,
        reopened_to=reopened_to,
    )
    return await lists.list_cases(by=by, filters=filters, sort=sort, limit=limit, cursor=cursor)


@get("/cases/{case_id:uuid}", operation_id="getCase", summary="A case with its timeline")
async def get_case(case_id: FromPath[UUID], by: SignedIn, timeline: WithTimeline = True) -> CaseRecord:
    """One case."""
    return await records.get_case(case_id=case_id, by=by, timeline=timeline)


@get(
    "/cases/{case_id:uuid}/contact",
    operation_id="readCaseContact",
    summary="How to reach whoever asked",
    description="Every such read goes into the access log.",
)
async def read_contact(case_id: FromPath[UUID], by: SignedIn) -> CaseContact:
    """Name and phone."""
    return await records.read_contact(case_id=case_id, by=by, request_id=request_id.get())


@get("/cases/{case_id:uuid}/proposal", operation_id="proposeUnit", summary="Which unit would act on it, and why")
async def propose_unit(case_id: FromPath[UUID], by: SignedIn) -> Proposal:
    """By the routing table of today."""
    return await dispatching.propose_unit(case_id=case_id, by=by)


@get("/cases/{case_id:uuid}/deadlines", operation_id="whyDue", summary="Why it is due when it is, step by step")
async def why_due(case_id: FromPath[UUID], by: SignedIn) -> list[DueExplained]:
    """Of both clocks."""
    return await explaining.why_due(case_id=case_id, by=by)


@get(
    "/cases/{case_id:uuid}/timeline/verification",
    operation_id="verifyTimeline",
    summary="Whether the timeline is whole, line by line",
    description="The chain is reckoned again and held against the newest anchor outside the database. Erased lines are "
    "told as erased, and do not break it.",
)
async def verify_timeline(case_id: FromPath[UUID], by: SignedIn) -> CheckedTimeline:
    """Of a case one may see."""
    await records.get_case(case_id=case_id, by=by)
    return await anchors.verify(case_id=case_id)


@get("/case-categories", operation_id="listCaseCategories", summary="What cases may be about today")
async def list_categories(by: SignedIn) -> list[CategoryRecord]:  # noqa: ARG001 - refuses strangers
    """The tree, in the order of the codes."""
    return (await categories()).on(today())


@get(
    "/case-figures",
    operation_id="caseFigures",
    summary="Received, answered in time, overdue by unit, reopened",
    description="Of a division, or of all one sees; the last seven days unless told. Each number comes with what "
    "listCases takes to show what it counts.",
)
async def case_figures(
    by: SignedIn,
    division_code: Division = None,
    counted_from: MomentQuery = None,
    counted_to: MomentQuery = None,
) -> CaseFigures:
    """The first figures."""
    return await figures.case_figures(
        by=by, division_code=division_code, counted_from=counted_from, counted_to=counted_to
    )


@post(
    "/case-routes",
    operation_id="addCaseRoute",
    summary="Say who acts in the end on a category in a division",
    responses={200: ResponseSpec(RouteRecord, generate_examples=False, description="There already")},
)
async def add_route(data: JSONBody[NewRoute], by: SignedIn, idempotency_key: Key = None) -> Response[RouteRecord]:
    """By supervisors and admins of the division."""
    id = id_of(data.id, idempotency_key, operation="addCaseRoute", by=by)
    outcome = await routing.add_route(id=id, new=data, by=by)
    return answered(outcome)


@get("/case-routes", operation_id="listCaseRoutes", summary="The routing table of one's territory")
async def list_routes(by: SignedIn, category_code: Word = None) -> list[RouteRecord]:
    """Rows that have not ended."""
    return await routing.list_routes(by=by, category_code=category_code)


router = Router(
    path="/api/v1",
    route_handlers=[
        open_case,
        list_cases,
        get_case,
        read_contact,
        propose_unit,
        why_due,
        verify_timeline,
        list_categories,
        case_figures,
        add_route,
        list_routes,
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["cases"],
)
