"""/console/experts: who answers what, when, and how much; supervisors set it, an expert his own hours and pauses."""

from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from backend.console import diagnosis_labels as says
from backend.console import expert_form, labels
from backend.console.pages import page
from backend.console.refused import told
from backend.console.typed import Typed, typed
from backend.core import clock
from backend.core.refusals import Refusal
from backend.core.words import Term, say
from backend.diagnosis import experts
from backend.diagnosis.expert_schemas import CompetenceRecord, ExpertRecord
from backend.diagnosis.reference import crops
from backend.people.actors import Actor
from backend.people.guards import SignedIn

ROWS = 100
WEEK = (Term("Mo"), Term("Tu"), Term("We"), Term("Th"), Term("Fr"), Term("Sa"), Term("Su"))
EVERY_DAY, WORKDAYS = list(range(1, 8)), list(range(1, 6))

Word = Annotated[str, QueryParameter(max_length=80)]
After = Annotated[str, QueryParameter(max_length=400)]


class Shown(Struct, frozen=True, kw_only=True):
    """An expert as a card. `fields`: what he answers, a line each; `edits`: the reader may set him."""

    record: ExpertRecord
    fields: list[str]
    days: str
    edits: bool


@get("/experts", include_in_schema=False)
async def show_experts(by: SignedIn, crop: Word = "", after: After = "", did: Word = "") -> Response[str]:
    """Those who answer today, for a crop or all."""
    found = await experts.list_experts(by=by, crop_code=crop or None, limit=ROWS, after=after or None)
    here = [_shown(each, by) for each in found.items]
    return page(
        "clinic/experts.html",
        by=by,
        experts=sorted(here, key=lambda each: each.record.id != by.person_id),
        crop=crop,
        crops=[(each.code, says.name(each)) for each in (await crops()).on(clock.today())],
        newcomers=await expert_form.newcomers(by),
        next_page="/console/experts?" + urlencode({"crop": crop, "after": found.next_cursor})
        if found.next_cursor
        else None,
        labels=says,
        place=labels.place,
        did=say("Written down.") if did else None,
    )


def _address(**fields: str) -> str:
    return "/console/experts?" + urlencode({name: value for name, value in fields.items() if value})


@get("/experts/{person_id:uuid}", include_in_schema=False)
async def show_expert(by: SignedIn, person_id: FromPath[UUID]) -> Response[str]:
    """His form; an empty one for somebody who has the role and no profile yet."""
    return await _form(by, person_id)


@post("/experts/{person_id:uuid}", include_in_schema=False, status_code=200)
async def set_expert(by: SignedIn, request: Request[Any, Any, Any], person_id: FromPath[UUID]) -> Response[Any]:
    """Write it; back to the list."""
    form = await typed(request)
    try:
        await experts.set_expert(person_id=person_id, new=expert_form.setting(form), by=by)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return await _form(by, person_id, form=form, problem=refusal)
    return Redirect("/console/experts?did=set", status_code=303)


async def _form(
    by: Actor, person_id: UUID, *, form: Typed | None = None, problem: Refusal | None = None
) -> Response[str]:
    newcomer = next((each for each in await expert_form.newcomers(by) if each.id == person_id), None)
    record = None if newcomer else await experts.get_expert(person_id=person_id, by=by)
    keeps = newcomer is not None or (record is not None and expert_form.keeps(record, by))
    return page(
        "clinic/expert.html",
        status=problem.status if problem else 200,
        by=by,
        person_id=person_id,
        name=newcomer.name if newcomer else record.name if record else "",
        record=record,
        keeps=keeps,
        form=form or expert_form.form_of(record),
        tiers=says.choices(says.TIERS),
        topics=[(each, name) for each, name in says.choices(says.TOPICS) if each != "unsure"],
        crops=[(each.code, says.name(each)) for each in (await crops()).on(clock.today())],
        units=await expert_form.units(by) if keeps else [],
        places=await expert_form.places(by) if keeps else [],
        rows=expert_form.rows_for(record),
        week=[(str(day), say(name)) for day, name in enumerate(WEEK, 1)],
        tomorrow=clock.today() + timedelta(days=1),
        problem=problem and told(problem),
    )


def _shown(record: ExpertRecord, by: Actor) -> Shown:
    return Shown(
        record=record,
        fields=[_field(each) for each in record.competences],
        days=_days(record.weekdays),
        edits=record.id == by.person_id or expert_form.keeps(record, by),
    )


def _field(one: CompetenceRecord) -> str:
    topic = says.label(says.TOPICS, one.topic) if one.topic else ""
    return " · ".join([one.crop_zh or say("every crop"), *([topic] if topic else []), labels.place(one.division.name)])


def _days(weekdays: list[int]) -> str:
    if weekdays == EVERY_DAY:
        return say("every day")
    if weekdays == WORKDAYS:
        return say("Monday to Friday")
    return " ".join(say(WEEK[day - 1]) for day in weekdays)


router = Router(path="/console", route_handlers=[show_experts, show_expert, set_expert])
