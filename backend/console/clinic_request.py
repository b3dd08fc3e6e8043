"""/console/clinic/{id}: one question about a crop. Photos large, what was said, what lies around it, and the answer."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from backend.cases.records import CaseContact, read_contact
from backend.console import case_labels, clinic_around, clinic_queue, clinic_shown, clinic_writing, clock_labels, labels
from backend.console import diagnosis_labels as says
from backend.console.clinic_form import Conditions
from backend.console.clinic_steps import READY, STEPS, Taking, Tried, field_problems, write_down
from backend.console.pages import page
from backend.console.refused import told
from backend.console.typed import Typed, typed
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.logs import request_id as logged_id
from backend.core.refusals import Refusal, Unknown
from backend.core.settings import settings
from backend.core.words import Term, say
from backend.diagnosis import experts, explaining, farmer_words, records, second_opinions, templates
from backend.diagnosis.refusals import RequestUnknown
from backend.diagnosis.request_schemas import DiagnosisRecord
from backend.people.actors import Actor
from backend.people.guards import SignedIn

Tab = Annotated[str, QueryParameter(max_length=20)]
Template = Annotated[str, QueryParameter(max_length=60)]
Flag = Annotated[str, QueryParameter(max_length=20)]

KEYS = (
    ("j k", Term("Next and previous question")),
    ("c", Term("Take it")),
    ("1 – 9", Term("Fill in from a template")),
    ("a", Term("Into the answer")),
    ("Ctrl Enter", Term("Send what you write")),
    ("q", Term("Ask the farmer")),
    ("h", Term("Pass it to a colleague")),
    ("s", Term("Ask for a second opinion")),
    ("d", Term("Do not take it")),
    ("← →", Term("Photos; when close, move about")),
    ("+ − 0", Term("Photo closer, farther, all of it")),
    ("Esc", Term("Out of a field; back to the list")),
    ("?", Term("These keys")),
)


@get("/clinic/{request_id:uuid}", include_in_schema=False)
async def show_request(
    by: SignedIn,
    request_id: FromPath[UUID],
    tab: Tab = "",
    template: Template = "",
    correct: Flag = "",
    did: Flag = "",
) -> Response[str]:
    """One question; with `template` its form is filled in from there, with `correct` from the answer given."""
    return await _page(by, request_id, tab=tab, template=template, correct=bool(correct), did=did)


@post("/clinic/{request_id:uuid}/contact", include_in_schema=False, status_code=200)
async def show_contact(by: SignedIn, request_id: FromPath[UUID]) -> Response[str]:
    """The same page with name and phone: by a tap, because each such look is written down."""
    await records.get(request_id=request_id, by=by)
    contact = await read_contact(case_id=request_id, by=by, request_id=logged_id.get())
    return await _page(by, request_id, contact=contact)


@post("/clinic/{request_id:uuid}/questions/{question_id:uuid}", include_in_schema=False, status_code=200)
async def answer_question(
    by: SignedIn, request: Request[Any, Any, Any], request_id: FromPath[UUID], question_id: FromPath[UUID]
) -> Response[Any]:
    """What the farmer said to a question, typed for him."""
    form = await typed(request)
    try:
        await write_down(question_id=question_id, request_id=request_id, form=form, by=by)
    except Refusal as refusal:
        return await _refused(by, request_id, "question-answer", refusal, form)
    return Redirect(f"/console/clinic/{request_id}?did=question-answer", status_code=303)


@post("/clinic/{request_id:uuid}/{step:str}", include_in_schema=False, status_code=200)
async def take_step(
    by: SignedIn, request: Request[Any, Any, Any], request_id: FromPath[UUID], step: FromPath[str]
) -> Response[Any]:
    """Take a step; back to the question, or to the list where it is not his any more."""
    if step not in STEPS:
        raise Unknown("There is no such page.")
    form = await typed(request)
    one = await records.get(request_id=request_id, by=by)
    conditions = Conditions(await templates.list_conditions(crop_code=one.crop.code))
    try:
        await STEPS[step].verb(Taking(request_id=request_id, by=by, form=form, conditions=conditions))
    except Refusal as refusal:
        return await _refused(by, request_id, step, refusal, form)
    return Redirect(await _after(by, request_id, step), status_code=303)


async def _after(by: Actor, request_id: UUID, step: str) -> str:
    """An answer or a question sent, an expert goes on with the next in his list; else the same question again."""
    try:
        await records.get(request_id=request_id, by=by)
    except RequestUnknown:
        return f"/console/clinic?did={step}"
    return f"/console/clinic/{request_id}?did={step}"


async def _refused(by: Actor, request_id: UUID, step: str, refusal: Refusal, form: Typed) -> Response[str]:
    """The page again with the reason at its field, and what was typed still in it."""
    if refusal.status == 404:
        raise refusal
    tried = Tried(step, told(refusal), field_problems(refusal, form), form, refusal.status)
    return await _page(by, request_id, tried=tried)


async def _page(
    by: Actor,
    request_id: UUID,
    *,
    tab: str = "",
    template: str = "",
    correct: bool = False,
    did: str = "",
    tried: Tried | None = None,
    contact: CaseContact | None = None,
) -> Response[str]:
    one = await records.get(request_id=request_id, by=by)
    seen = clinic_shown.photos(one)
    return page(
        "clinic/request.html",
        status=tried.status if tried else 200,
        by=by,
        one=one,
        to=f"/console/clinic/{one.id}",
        id=uuid7(),
        today=clock.today(),
        did=say(STEPS[did].did) if did in STEPS else None,
        tried=tried,
        contact=contact,
        labels=says,
        case_labels=case_labels,
        place=labels.place,
        clocks=[clock_labels.shown(each) for each in one.case.clocks if each.due_at],
        walk=await clinic_queue.walk(by, one, tab),
        first=seen.first,
        later=seen.later,
        voices=seen.voices,
        added=await farmer_words.said_later(request_id=one.id, by=by),
        reasons_of=clinic_shown.reasons_of,
        history=await clinic_around.past(one),
        around=await clinic_around.shown(one),
        why=list(reversed(await explaining.explain(request_id=one.id, by=by))),
        mine=bool(one.expert and one.expert.id == by.person_id),
        tiles={"url": settings().tiles_url, "attribution": settings().tiles_attribution},
        keys=[(keys, say(what)) for keys, what in KEYS],
        **await _steps(one, by),
        **await clinic_writing.form(one, by, template=template, correct=correct, tried=tried),
    )


async def _steps(one: DiagnosisRecord, by: Actor) -> dict[str, Any]:
    """What the forms beside the answer offer."""
    open_question = next((each for each in one.questions if each.answered_at is None), None)
    return {
        "ready": [(code, say(each.words)) for code, each in READY.items()],
        "declines": says.choices(says.DECLINES),
        "results": says.choices(says.RESULTS),
        "waiting_question": open_question,
        "opinions": await second_opinions.list_second_opinions(request_id=one.id, by=by),
        "colleagues": await _colleagues(one, by) if {"hand_over", "second_opinion"} & set(one.may) else [],
    }


async def _colleagues(one: DiagnosisRecord, by: Actor) -> list[tuple[UUID, str]]:
    able = [id for id in await experts.able(one.id) if id != by.person_id]
    shown = await experts.shown(able)
    return [(id, f"{shown[id].name} · {shown[id].title_zh} · {shown[id].unit.name}") for id in able if id in shown]


router = Router(
    path="/console",
    route_handlers=[clinic_queue.show_queue, show_request, show_contact, answer_question, take_step],
)
