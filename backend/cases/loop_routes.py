"""Going up, joint meetings and briefings over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec.structs import asdict, replace

from backend.cases import (
    briefing_lists,
    briefings,
    loop_retention_rules,  # noqa: F401 - the rules register
    loops,
    meeting_lists,
    meetings,
)
from backend.cases.briefing_lists import BriefingSummary
from backend.cases.loop_schemas import (
    BriefingRecord,
    Conclusion,
    MeetingRecord,
    NewBriefing,
    NewEndorsement,
    NewEscalation,
    NewExecution,
    NewMeeting,
    NewOwner,
)
from backend.cases.loop_words import BriefingState, MeetingState
from backend.cases.meeting_lists import MeetingSummary
from backend.cases.parameters import id_of
from backend.cases.schemas import CaseRecord
from backend.core.creates import Key, answered
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.people.guards import NEEDS_SIGN_IN, SignedIn


@post(
    "/cases/{case_id:uuid}/escalation",
    operation_id="escalateCase",
    summary="One loop or one level up, with a reason",
    description="Say where it shall be (`to_loop` or `to_level`), so that two who press at once take it up once. "
    "Only an emergency skips. Number and owner unit stay.",
    status_code=200,
)
async def escalate(
    case_id: FromPath[UUID], data: JSONBody[NewEscalation], by: SignedIn, idempotency_key: Key = None
) -> CaseRecord:
    """By the unit that has it, the desk of the place, or whoever opened it."""
    id = id_of(data.id, idempotency_key, operation="escalateCase", by=by)
    return await loops.escalate(case_id=case_id, **(asdict(data) | {"id": id}), by=by)


@post(
    "/cases/{case_id:uuid}/owner",
    operation_id="moveCaseOwner",
    summary="Another unit answers for it from now on",
    status_code=200,
)
async def move_owner(
    case_id: FromPath[UUID], data: JSONBody[NewOwner], by: SignedIn, idempotency_key: Key = None
) -> CaseRecord:
    """By a supervisor of the place."""
    id = id_of(data.id, idempotency_key, operation="moveCaseOwner", by=by)
    return await meetings.move_owner(case_id=case_id, id=id, unit_id=data.unit_id, reason=data.reason, by=by)


@post(
    "/case-meetings",
    operation_id="openMeeting",
    summary="Call a joint meeting over cases",
    description="Its cases go from loop 2 into loop 3; the units' duty persons are asked to come.",
    responses={200: ResponseSpec(MeetingRecord, generate_examples=False, description="Called before: as it is now")},
)
async def open_meeting(
    data: JSONBody[NewMeeting], by: SignedIn, idempotency_key: Key = None
) -> Response[MeetingRecord]:
    """By a supervisor of the whole division."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="openMeeting", by=by))
    outcome = await meetings.open_meeting(new=new, by=by)
    return answered(outcome)


@get(
    "/case-meetings",
    operation_id="listMeetings",
    summary="Joint meetings, the latest called first",
    description="Of the territory one oversees, and those that one's unit was asked to.",
)
async def list_meetings(
    by: SignedIn,
    in_state: Annotated[MeetingState | None, QueryParameter(name="state")] = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[MeetingSummary]:
    """Without minutes and agenda: these are in the meeting."""
    return await meeting_lists.list_meetings(by=by, state=in_state, limit=limit, cursor=cursor)


@get("/case-meetings/{meeting_id:uuid}", operation_id="getMeeting", summary="A joint meeting, its agenda and minutes")
async def get_meeting(meeting_id: FromPath[UUID], by: SignedIn) -> MeetingRecord:
    """Of one's territory, or one that one's unit was asked to."""
    return await meetings.get_meeting(meeting_id=meeting_id, by=by)


@post(
    "/case-meetings/{meeting_id:uuid}/conclusion",
    operation_id="concludeMeeting",
    summary="Minutes, lead unit, what was decided of each case, who does what by when",
    description="The lead unit acts on every open case of the agenda from now on. Each unit's duty person gets its "
    "sub-tasks. The same again changes nothing.",
    status_code=200,
)
async def conclude_meeting(meeting_id: FromPath[UUID], data: JSONBody[Conclusion], by: SignedIn) -> MeetingRecord:
    """By a supervisor of the whole division."""
    return await meetings.conclude_meeting(meeting_id=meeting_id, conclusion=data, by=by)


@post(
    "/case-briefings",
    operation_id="draftBriefing",
    summary="Draft a briefing on cases",
    responses={200: ResponseSpec(BriefingRecord, generate_examples=False, description="Drafted before")},
)
async def draft_briefing(
    data: JSONBody[NewBriefing], by: SignedIn, idempotency_key: Key = None
) -> Response[BriefingRecord]:
    """By the desk of the whole division."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="draftBriefing", by=by))
    outcome = await briefings.draft_briefing(new=new, by=by)
    return answered(outcome)


@get(
    "/case-briefings",
    operation_id="listBriefings",
    summary="Briefings, the latest drafted first",
    description="Of the territory one oversees, and one's own.",
)
async def list_briefings(
    by: SignedIn,
    in_state: Annotated[BriefingState | None, QueryParameter(name="state")] = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[BriefingSummary]:
    """Without their words: these are in the briefing."""
    return await briefing_lists.list_briefings(by=by, state=in_state, limit=limit, cursor=cursor)


@get("/case-briefings/{briefing_id:uuid}", operation_id="getBriefing", summary="A briefing and how far it has come")
async def get_briefing(briefing_id: FromPath[UUID], by: SignedIn) -> BriefingRecord:
    """Of one's territory, or one's own."""
    return await briefings.get_briefing(briefing_id=briefing_id, by=by)


@post(
    "/case-briefings/{briefing_id:uuid}/submission",
    operation_id="submitBriefing",
    summary="Hand a draft up",
    status_code=200,
)
async def submit_briefing(briefing_id: FromPath[UUID], by: SignedIn) -> BriefingRecord:
    """By the desk of the whole division."""
    return await briefings.submit_briefing(briefing_id=briefing_id, by=by)


@post(
    "/case-briefings/{briefing_id:uuid}/endorsement",
    operation_id="endorseBriefing",
    summary="Write down what a leader wrote on it",
    status_code=200,
)
async def endorse_briefing(briefing_id: FromPath[UUID], data: JSONBody[NewEndorsement], by: SignedIn) -> BriefingRecord:
    """By a supervisor of the whole division."""
    return await briefings.endorse_briefing(briefing_id=briefing_id, new=data, by=by)


@post(
    "/case-briefings/{briefing_id:uuid}/execution",
    operation_id="executeBriefing",
    summary="Write down what was done about it",
    status_code=200,
)
async def execute_briefing(briefing_id: FromPath[UUID], data: JSONBody[NewExecution], by: SignedIn) -> BriefingRecord:
    """By a supervisor of the whole division."""
    return await briefings.execute_briefing(briefing_id=briefing_id, new=data, by=by)


router = Router(
    path="/api/v1",
    route_handlers=[
        escalate,
        move_owner,
        open_meeting,
        list_meetings,
        get_meeting,
        conclude_meeting,
        draft_briefing,
        list_briefings,
        get_briefing,
        submit_briefing,
        endorse_briefing,
        execute_briefing,
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["cases"],
)
