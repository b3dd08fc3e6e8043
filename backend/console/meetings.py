"""/console/meetings: joint meetings. Called over cases, held, concluded: who leads, who does what by when."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from backend.cases import meetings, units
from backend.cases.areas import DECIDERS
from backend.cases.filters import CaseFilters
from backend.cases.lists import list_cases
from backend.cases.loop_schemas import Conclusion, MeetingRecord, NewMeeting
from backend.cases.loop_words import ClockChange, MeetingState
from backend.cases.meeting_lists import list_meetings
from backend.console.pages import page
from backend.console.refused import told
from backend.console.typed import Incomplete, Typed, identity, moment, shaped, typed
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.refusals import Refusal
from backend.core.words import Term, say
from backend.people.actors import Actor, visible_to
from backend.people.guards import SignedIn

HERE = "/console/meetings"
SHOWN = 30
SUB_TASKS = 4
"""Rows for tasks in the form; further ones are given with the next meeting."""
STATES = {MeetingState.CALLED: Term("to be held"), MeetingState.CONCLUDED: Term("concluded")}
CLOCKS = {
    ClockChange.LEAVE: Term("the time runs on"),
    ClockChange.SUSPEND: Term("the time stands still"),
    ClockChange.RENEW: Term("the time begins anew"),
}
DID = {
    "called": Term("Called. The units' duty persons are asked to come."),
    "concluded": Term("Written down. The lead unit has the cases now; whoever has a task was told."),
}
Did = Annotated[str, QueryParameter(max_length=20)]


@get("/meetings", include_in_schema=False)
async def show_meetings(
    by: SignedIn,
    in_state: Annotated[str, QueryParameter(name="state", max_length=20)] = "",
    after: Annotated[str, QueryParameter(max_length=400)] = "",
) -> Response[str]:
    """Those one may read, the latest first."""
    state = MeetingState(in_state) if in_state in tuple(MeetingState) else None
    found = await list_meetings(by=by, state=state, limit=SHOWN, cursor=after or None)
    return page(
        "meetings/meetings.html",
        by=by,
        chosen=state or "",
        states=[(value.value, say(name)) for value, name in STATES.items()],
        state_of=lambda one: say(STATES[one.state]),
        meetings=found.items,
        calls=by.has(*DECIDERS),
        next_page=found.next_cursor and f"{HERE}?state={state or ''}&after={found.next_cursor}",
    )


@get("/meetings/new", include_in_schema=False)
async def show_form(by: SignedIn, case: Annotated[str, QueryParameter(max_length=400)] = "") -> Response[str]:
    """An empty form; `case` is the number of a case to begin with."""
    at = clock.local(clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT09:00")
    return await _form(by, Typed({"id": [str(uuid7())], "numbers": [case], "meets_at": [at]}))


@post("/meetings/new", include_in_schema=False, status_code=200)
async def call(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """Called, and shown; or the form again with what was typed."""
    form = await typed(request)
    try:
        new = await _new(form, by)
        await meetings.open_meeting(new=new, by=by)
    except Refusal as refusal:
        return await _form(by, form, refusal)
    return Redirect(f"{HERE}/{new.id}?did=called", status_code=303)


async def _new(form: Typed, by: Actor) -> NewMeeting:
    numbers = form.get("numbers").replace("，", "\n").replace(",", "\n").splitlines()
    return shaped(
        NewMeeting,
        id=identity(form.get("id")),
        title=form.get("title"),
        division_code=form.get("division"),
        meets_at=moment(form.get("meets_at")),
        place_note=form.get("place_note"),
        case_ids=[await _case_id(number.strip(), by) for number in numbers if number.strip()],
        unit_ids=[identity(each) for each in form.all("unit")],
    )


async def _case_id(number: str, by: Actor) -> UUID:
    found = (await list_cases(by=by, filters=CaseFilters(number=number), limit=1)).items
    if not found:
        raise Incomplete("There is no case {number} among those you may see.", number=number[:40])
    return found[0].id


async def _form(by: Actor, form: Typed, problem: Refusal | None = None) -> Response[str]:
    by.must_have(*DECIDERS)
    divisions = sorted({(held.division_code, held.division_name) for held in by.held if held.role in DECIDERS})
    return page(
        "meetings/new.html",
        status=problem.status if problem else 200,
        by=by,
        typed=form,
        divisions=divisions,
        units=await units.of_county(divisions[0][0]),
        problem=problem and told(problem),
    )


@get("/meetings/{meeting_id:uuid}", include_in_schema=False)
async def show_meeting(by: SignedIn, meeting_id: FromPath[UUID], did: Did = "") -> Response[str]:
    """One meeting: agenda, parties, minutes, tasks; for supervisors what was decided, to be filled in."""
    blank = {"due_at": [clock.local(clock.now() + timedelta(days=7)).strftime("%Y-%m-%dT18:00")]}
    ids = {f"task-{n}-id": [str(uuid7())] for n in range(SUB_TASKS)}
    return await _page(by, meeting_id, Typed(blank | ids), did=did)


@post("/meetings/{meeting_id:uuid}/conclusion", include_in_schema=False, status_code=200)
async def conclude(by: SignedIn, meeting_id: FromPath[UUID], request: Request[Any, Any, Any]) -> Response[Any]:
    """Concluded; or the page again with the reason, and what was typed."""
    form = await typed(request)
    meeting = await meetings.get_meeting(meeting_id=meeting_id, by=by)
    try:
        await meetings.conclude_meeting(meeting_id=meeting_id, conclusion=_conclusion(form, meeting), by=by)
    except Refusal as refusal:
        return await _page(by, meeting_id, form, problem=refusal)
    return Redirect(f"{HERE}/{meeting_id}?did=concluded", status_code=303)


def _conclusion(form: Typed, meeting: MeetingRecord) -> Conclusion:
    return shaped(
        Conclusion,
        minutes=form.get("minutes"),
        lead_unit_id=form.get("lead"),
        attended_unit_ids=form.all("attended"),
        due_at=moment(form.get("due_at")),
        decisions=[_decision(form, each.case_id) for each in meeting.agenda],
        sub_tasks=[_sub_task(form, n) for n in range(SUB_TASKS) if form.get(f"task-{n}-what")],
    )


def _decision(form: Typed, case_id: UUID) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "clocks": form.get(f"clocks-{case_id}") or ClockChange.LEAVE.value,
        "owner_unit_id": form.get(f"owner-{case_id}") or None,
        "reason": form.get(f"reason-{case_id}") or None,
    }


def _sub_task(form: Typed, n: int) -> dict[str, Any]:
    return {
        "id": identity(form.get(f"task-{n}-id")),
        "unit_id": form.get(f"task-{n}-unit"),
        "what": form.get(f"task-{n}-what"),
        "due_at": moment(form.get(f"task-{n}-due")) or moment(form.get("due_at")),
    }


async def _page(
    by: Actor, meeting_id: UUID, form: Typed, *, did: str = "", problem: Refusal | None = None
) -> Response[str]:
    one = await meetings.get_meeting(meeting_id=meeting_id, by=by)
    decides = one.state is MeetingState.CALLED and visible_to(by, roles=DECIDERS).covers(one.division_code)
    return page(
        "meetings/meeting.html",
        status=problem.status if problem else 200,
        by=by,
        one=one,
        typed=form,
        decides=decides,
        units=await units.of_county(one.division_code) if decides else [],
        clocks=[(value.value, say(name)) for value, name in CLOCKS.items()],
        clock_of=lambda each: say(CLOCKS[each.clocks]),
        state=say(STATES[one.state]),
        rows=range(SUB_TASKS),
        told=say(DID[did]) if did in DID else None,
        problem=problem and told(problem),
    )


router = Router(path="/console", route_handlers=[show_meetings, show_form, call, show_meeting, conclude])
