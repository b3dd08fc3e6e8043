"""/console/bench: the technician's desk. Drop a file; what is suspect, what is held, the samples of today."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect

from backend.console import bench_labels as says
from backend.console.bench_steps import SEPARATED
from backend.console.pages import page
from backend.console.refused import told
from backend.console.typed import Incomplete, Typed, identity, typed
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.refusals import Refusal
from backend.core.words import Term, say
from backend.laboratory import (
    held_samples,
    import_records,
    instrument_queries,
    joining,
    result_lists,
    sample_lists,
    separating,
)
from backend.laboratory.result_schemas import ResultRecord
from backend.laboratory.sample_rules import likeness
from backend.laboratory.words import RetestState, SampleState, Verdict
from backend.people import stations
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.tables import Role

READS = (Role.TECHNICIAN, Role.EXPERT, Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
TESTS = (Role.TECHNICIAN, Role.EXPERT)
LATELY = timedelta(days=14)
SUSPECTS = 30
HELD = 20
TODAY = 100
FILES = 5
MACHINES = 12
DONE = {"joined": Term("Joined. Its results are there, judged anew."), "separated": SEPARATED}
Flag = Annotated[str, QueryParameter(max_length=20)]


@get("/", include_in_schema=False)
async def show_bench(by: SignedIn, did: Flag = "", held: FromQuery[UUID | None] = None) -> Response[str]:
    """The desk as it is now. `held`: what was just joined, to take it back."""
    return await _page(by, did=say(DONE[did]) if did in DONE else None, undo=held if did == "joined" else None)


@post("/held/{sample_id:uuid}", include_in_schema=False, status_code=200)
async def join_held(by: SignedIn, request: Request[Any, Any, Any], sample_id: FromPath[UUID]) -> Response[Any]:
    """The sample of a file is one that was received: its results go there."""
    form = await typed(request)
    try:
        await joining.join(held_id=sample_id, sample_id=await _meant(form, by), by=by)
    except Refusal as refusal:
        return await _page(by, problem=refusal)
    return Redirect(f"/console/bench?did=joined&held={sample_id}", status_code=303)


@post("/held/{sample_id:uuid}/separation", include_in_schema=False, status_code=200)
async def separate_held(by: SignedIn, sample_id: FromPath[UUID]) -> Response[Any]:
    """It was joined to the wrong one: it is held again."""
    try:
        await separating.separate(held_id=sample_id, by=by)
    except Refusal as refusal:
        return await _page(by, problem=refusal)
    return Redirect("/console/bench?did=separated#held", status_code=303)


async def _meant(form: Typed, by: Actor) -> UUID:
    """The sample that was tapped, or whose number was scanned. Raises Incomplete (400)."""
    code = form.get("code")
    if not code:
        return identity(form.get("sample_id"))
    wanted = sample_lists.Filters(code=code, state=SampleState.RECEIVED)
    found = (await sample_lists.list_samples(by=by, filters=wanted, limit=2)).items
    if len(found) != 1:
        raise Incomplete("There is not exactly one received sample with this number. Look for it in the list.")
    return found[0].id


async def _page(
    by: Actor, *, did: str | None = None, undo: UUID | None = None, problem: Refusal | None = None
) -> Response[str]:
    by.must_have(*READS)
    held = await held_samples.list_held(by=by, limit=HELD)
    machines = await instrument_queries.list_instruments(by=by, limit=MACHINES)
    today = sample_lists.Filters(on=clock.today(), state=SampleState.RECEIVED)
    return page(
        "bench/bench.html",
        status=problem.status if problem else 200,
        by=by,
        says=says,
        did=did,
        undo=undo,
        problem=told(problem) if problem else None,
        may_import=by.has(*TESTS),
        id=uuid7(),
        units=await _units(by),
        told=False,
        kinds=says.choices(says.KINDS),
        crops=says.crops(),
        profiles=says.profiles(),
        run_kinds=says.choices(says.RUN_KINDS),
        suspects=await suspects(by),
        likeness=likeness,
        held=held.items,
        more_held=held.next_cursor is not None,
        samples=(await sample_lists.list_samples(by=by, filters=today, limit=TODAY)).items,
        instruments=machines.items,
        imports=(await import_records.list_imports(by=by, limit=FILES)).items,
        today=clock.today(),
    )


async def _units(by: Actor) -> list[tuple[str, str]]:
    """Desks that he tests at, by name."""
    own = {held.unit_id for held in by.held if held.role in TESTS and held.unit_id}
    return [(str(each), (await stations.station(unit_id=each)).name) for each in own]


async def suspects(by: Actor) -> list[ResultRecord]:
    """Positive and suspect results of the last days that nobody looked through, or that are to be measured again."""
    since = clock.today() - LATELY
    found: list[ResultRecord] = []
    for verdict in (Verdict.POSITIVE, Verdict.SUSPECT):
        filters = result_lists.Filters(verdict=verdict, since=since)
        found += (await result_lists.list_results(by=by, filters=filters, limit=SUSPECTS)).items
    return [each for each in found if each.reviewed_by is None or _open(each)]


def _open(result: ResultRecord) -> bool:
    return any(each.state is RetestState.OPEN for each in result.retests)


HANDLERS = (show_bench, join_held, separate_held)
