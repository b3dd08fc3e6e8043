"""/console/clinic/{id}/telling: the answer in large letters, to be read aloud to whoever called or came."""

from typing import Annotated, Any
from uuid import UUID, uuid5

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from backend.cases import ending
from backend.cases.records import CaseContact, read_contact
from backend.cases.rules import ReasonNeeded
from backend.console import diagnosis_labels, diagnosis_receipt
from backend.console.pages import page
from backend.console.refused import told
from backend.console.typed import Incomplete, Typed, identity, typed
from backend.core.database import transaction
from backend.core.ids import uuid7
from backend.core.logs import request_id as logged_id
from backend.core.refusals import Refusal
from backend.core.words import Term, say
from backend.diagnosis import following, records, telling
from backend.diagnosis.answer_schemas import NewTelling
from backend.diagnosis.public import PublicDiagnosis, public_diagnosis
from backend.diagnosis.refusals import RequestUnknown
from backend.diagnosis.request_schemas import DiagnosisRecord
from backend.diagnosis.words import ToldHow
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.tasks import actions as tasks
from backend.tasks.queries import states_of
from backend.tasks.schemas import TaskStanding
from backend.tasks.tables import WAITING, DeclineReason

HOW = {
    ToldHow.CALLED: Term("I rang him and read it to him"),
    ToldHow.READ_TO_HIM: Term("I read it to him, he is here"),
}
Did = Annotated[str, QueryParameter(max_length=20)]
DID = {
    "told": Term("Written down: he has heard it."),
    "again": Term("His question is with the expert."),
    "not-reached": Term("Written down: not reached. It comes again another hour."),
}


class Reading(Struct, frozen=True):
    """What is read out: the request, what the farmer is told, and the task by which this reader was asked to."""

    one: DiagnosisRecord
    said: PublicDiagnosis
    task: TaskStanding | None


class Tried(Struct, frozen=True):
    """A button that was refused: which, why, and what had been written."""

    step: str
    problem: str
    words: str
    status: int


@get("/clinic/{request_id:uuid}/telling", include_in_schema=False)
async def show_telling(by: SignedIn, request_id: FromPath[UUID], did: Did = "") -> Response[str]:
    """The answer, big. Nothing is written down by looking."""
    return _page(by, await _reading(request_id, by), did=did)


@post("/clinic/{request_id:uuid}/telling/contact", include_in_schema=False, status_code=200)
async def show_number(by: SignedIn, request_id: FromPath[UUID]) -> Response[str]:
    """The same with the number to ring: by a tap, because each such look is written down."""
    reading = await _reading(request_id, by)
    contact = await read_contact(case_id=request_id, by=by, request_id=logged_id.get())
    return _page(by, reading, contact=contact)


@post("/clinic/{request_id:uuid}/telling/{step:str}", include_in_schema=False, status_code=200)
async def take_step(
    by: SignedIn, request: Request[Any, Any, Any], request_id: FromPath[UUID], step: FromPath[str]
) -> Response[Any]:
    """He has heard it, was not reached, or asks again."""
    form = await typed(request)
    reading = await _reading(request_id, by)
    try:
        await _take(step, reading, form, by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        tried = Tried(step, told(refusal), form.get("words"), refusal.status)
        return _page(by, await _reading(request_id, by), tried=tried)
    return Redirect(f"/console/clinic/{request_id}/telling?did={step}", status_code=303)


async def _take(step: str, reading: Reading, form: Typed, by: Actor) -> None:
    if step == "not-reached":
        if reading.task is None:
            raise Incomplete("You were not asked to ring him, so there is nothing to put off.")
        await tasks.decline_task(task_id=reading.task.task_id, reason=DeclineReason.NOT_REACHED, by=by)
    elif step in ("told", "again"):
        await _he_heard(reading.one.id, form, asks=step == "again", by=by)
    else:
        raise Incomplete("There is no such page.")


@transaction
async def _he_heard(request_id: UUID, form: Typed, *, asks: bool, by: Actor) -> None:
    """And where he asks again, his question goes back to the expert with it."""
    id, words = identity(form.get("id")), form.get("words")
    if asks and not words:
        raise ReasonNeeded("Write down what he asks.")
    how = form.get("how")
    heard = NewTelling(how=ToldHow(how) if how in HOW else ToldHow.CALLED, id=id)
    await telling.tell(request_id=request_id, new=heard, by=by)
    if asks:
        await ending.reopen(case_id=request_id, id=uuid5(id, "asks again"), reason=words, by=by)
        await following.follow(request_id=request_id)


async def _reading(request_id: UUID, by: Actor) -> Reading:
    """For whoever sees the request, or was asked to ring. Raises RequestUnknown (404)."""
    said = await public_diagnosis(request_id=request_id)
    newest = said.answers[0].id if said and said.answers else None
    asked = newest is not None and await telling.was_asked(newest, by)
    one = await (records.read(request_id, by=by) if asked else records.get(request_id=request_id, by=by))
    if said is None:
        raise RequestUnknown("There is no request {id} that you may see.", id=str(request_id))
    standing = (await states_of(origin_room="diagnosis", origin_ids=[newest]))[newest] if newest else []
    mine = [each for each in standing if each.state in WAITING and each.assignee_id == by.person_id]
    return Reading(one, said, mine[0] if mine else None)


def _page(
    by: Actor, reading: Reading, *, did: str = "", contact: CaseContact | None = None, tried: Tried | None = None
) -> Response[str]:
    one = reading.one
    return page(
        "telling/telling.html",
        status=tried.status if tried else 200,
        by=by,
        asked=one,
        one=reading.said,
        may_tell=reading.task is not None or "tell" in one.may,
        is_mine=reading.task is not None,
        contact=contact,
        tried=tried,
        did=say(DID[did]) if did in DID else None,
        to=f"/console/clinic/{one.id}/telling",
        id=uuid7(),
        how=[(value.value, say(name)) for value, name in HOW.items()],
        says=diagnosis_labels,
        sure=diagnosis_receipt.sure(),
    )


router = Router(path="/console", route_handlers=[show_telling, show_number, take_step])
