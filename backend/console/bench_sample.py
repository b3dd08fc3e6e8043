"""/console/bench/samples/{id}: one bag. What was found and why, what is measured again, its way and report."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from backend.console import bench_advice, bench_consent, labels
from backend.console import bench_labels as says
from backend.console.bench_slip import farmers_page
from backend.console.bench_steps import STEPS, day_of
from backend.console.bench_taking import Taking
from backend.console.pages import page
from backend.console.refused import told
from backend.console.typed import Typed, typed
from backend.core.clock import today
from backend.core.ids import uuid7
from backend.core.refusals import Refusal, Unknown
from backend.core.words import say
from backend.laboratory import advice, held_samples, reports, result_lists, results, sample_records
from backend.laboratory.report_schemas import LabReportRecord
from backend.laboratory.result_schemas import Rejudged, ResultRecord, RetestRecord
from backend.laboratory.sample_schemas import SampleItem, SampleRecord
from backend.laboratory.words import Method, RetestKind, SampleKind, SampleState
from backend.people import stations
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.tables import Role

MOST = 200
Flag = Annotated[str, QueryParameter(max_length=20)]


class Tried(Struct, frozen=True):
    """A step that was refused: which, why, and what had been filled in."""

    step: str
    problem: str
    form: Typed
    status: int


class Asked(Struct, frozen=True):
    """Judgements by the limits of another day, by result."""

    on: date
    beside: dict[UUID, Rejudged]


@get("/samples/{sample_id:uuid}", include_in_schema=False)
async def show_sample(
    by: SignedIn, request: Request[Any, Any, Any], sample_id: FromPath[UUID], did: Flag = ""
) -> Response[str]:
    """One sample."""
    return await _page(request, by, sample_id, did=did)


@post("/samples/{sample_id:uuid}/{step:str}", include_in_schema=False, status_code=200)
async def take_step(
    by: SignedIn, request: Request[Any, Any, Any], sample_id: FromPath[UUID], step: FromPath[str]
) -> Response[Any]:
    """Take a step; back to the sample, or the page again with the reason why not."""
    if step not in STEPS:
        raise Unknown("There is no such page.")
    form = await typed(request)
    try:
        if step == "rejudge":
            return await _page(request, by, sample_id, asked=await _rejudge(sample_id, form, by), did=step)
        made = await STEPS[step].verb(Taking(sample_id=sample_id, by=by, form=form))
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return await _page(request, by, sample_id, tried=Tried(step, told(refusal), form, refusal.status))
    if isinstance(made, LabReportRecord) and form.get("then") == "pdf":
        return Redirect(f"/api/v1/laboratory/reports/{made.number}/pdf", status_code=303)
    part = STEPS[step].part
    return Redirect(f"/console/bench/samples/{sample_id}?did={step}{'#' + part if part else ''}", status_code=303)


async def _rejudge(sample_id: UUID, form: Typed, by: Actor) -> Asked:
    day = day_of(form)
    found = await results.rejudge_beside(sample_id=sample_id, on=day, by=by)
    return Asked(day, {each.result_id: each for each in found})


async def _page(
    request: Request[Any, Any, Any],
    by: Actor,
    sample_id: UUID,
    *,
    did: str = "",
    tried: Tried | None = None,
    asked: Asked | None = None,
) -> Response[str]:
    one = await sample_records.get(sample_id=sample_id, by=by)
    found = [] if one.withheld else await _results(one, by)
    return page(
        "bench/sample.html",
        status=tried.status if tried else 200,
        by=by,
        says=says,
        place=labels.place,
        one=one,
        farmers_page=farmers_page(request, one.slip_url),
        results=found,
        answers_of=lambda result, retest: _answers_of(found, result, retest),
        one_may=one.may,
        may_result=by.has(Role.TECHNICIAN, Role.EXPERT) and not one.withheld,
        supervised=one.run_kind == "supervision",
        beside=asked.beside if asked else {},
        asked_on=asked.on if asked else None,
        candidates=await _candidates(one, by),
        report=await _report(one, by),
        advice=await _advice(one, by),
        **bench_advice.choices(),
        desks=[(str(each.id), each.name) for each in await stations.list_desks(by=by)],
        texts=bench_consent.texts(),
        typed=tried.form if tried else Typed(),
        tried=tried,
        did=_did(did),
        ids=uuid7,
        today=today(),
    )


def _did(step: str) -> str | None:
    if step == "second-look":
        return say("The expert is asked. He does not see your reading before he says his own.")
    return say(STEPS[step].did) if step in STEPS else None


async def _results(one: SampleRecord, by: Actor) -> list[ResultRecord]:
    """With what was judged before and beside, where there is such."""
    listed = await result_lists.list_results(by=by, filters=result_lists.Filters(sample_id=one.id), limit=MOST)
    return [await results.get_result(result_id=each.id, by=by) for each in listed.items]


def _answers_of(found: list[ResultRecord], of: ResultRecord, retest: RetestRecord) -> list[tuple[str, str]]:
    """Later results that may answer what is to be measured again: a repeat by the same test, else a laboratory's,
    which names the single substance where an enzyme test named a group.
    """
    later = [each for each in found if each.id != of.id and (each.received_at, each.line) >= (of.received_at, of.line)]
    return [
        (str(each.id), f"{each.analyte_name or ''} {says.found(each)} {says.label(says.METHODS, each.method)}".strip())
        for each in later
        if _may_answer(each, of, retest)
    ]


def _may_answer(one: ResultRecord, of: ResultRecord, retest: RetestRecord) -> bool:
    if retest.kind is RetestKind.REPEAT:
        return (one.analyte, one.method) == (of.analyte, of.method)
    return one.method is Method.CHROMATOGRAPHY


async def _candidates(one: SampleRecord, by: Actor) -> list[SampleItem]:
    if one.state != SampleState.HELD or "join" not in one.may:
        return []
    held = (await held_samples.list_held(by=by, limit=MOST)).items
    return next((each.candidates for each in held if each.sample.id == one.id), [])


async def _report(one: SampleRecord, by: Actor) -> LabReportRecord | None:
    return await reports.get(number=one.report, by=by) if one.report and not one.withheld else None


async def _advice(one: SampleRecord, by: Actor) -> list[Any]:
    if one.kind != SampleKind.SOIL or one.withheld:
        return []
    return await advice.list_advice(sample_id=one.id, by=by)


HANDLERS = (show_sample, take_step)
