"""/console/bench/runs/new: how blank, control and replicates came out; the file's results are judged with it."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import QueryParameter

from backend.console import bench_labels as says
from backend.console.pages import page
from backend.console.refused import told
from backend.console.typed import Typed, figure, identity, moment, shaped, typed
from backend.core.ids import uuid7
from backend.core.refusals import Refusal
from backend.core.words import say
from backend.laboratory import import_records, instrument_queries, runs
from backend.laboratory.instrument_schemas import NewRun, RunRecord
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.tables import Role

PLAIN = ("instrument_id", "import_id", "method", "reagent_lot", "note")
FIGURES = (
    *("blank_delta", "control_percent", "control_low", "control_high", "replicate_spread_percent"),
    *("temperature_c", "replicates_n"),
)
MOST = 200
LATE = 20
Id = Annotated[UUID | None, QueryParameter()]


@get("/runs/new", include_in_schema=False)
async def show_run(by: SignedIn, instrument_id: Id = None, import_id: Id = None) -> Response[str]:
    """An empty form, for an instrument or for the file that just came in."""
    by.must_have(Role.TECHNICIAN)
    given = {"instrument_id": instrument_id, "import_id": import_id, "method": "enzyme_inhibition", "replicates_n": 1}
    return await _form(by, _fresh({name: [str(value)] for name, value in given.items() if value}))


@post("/runs/new", include_in_schema=False, status_code=200)
async def record_run(by: SignedIn, request: Request[Any, Any, Any]) -> Response[str]:
    """Record it, and say at once whether it counts. A second tap records nothing more."""
    by.must_have(Role.TECHNICIAN)
    form = await typed(request)
    try:
        outcome = await runs.record_run(new=_new(form), by=by)
    except Refusal as refusal:
        return await _form(by, form, refusal=refusal)
    kept = {name: form.all(name) for name in ("instrument_id", "method", "control_low", "control_high", "reagent_lot")}
    return await _form(by, _fresh(kept | {"replicates_n": ["1"]}), run=outcome.record)


def _new(form: Typed) -> NewRun:
    figures: dict[str, Any] = {name: figure(form.get(name)) for name in FIGURES}
    replicates = figures["replicates_n"]
    if replicates is not None and replicates.is_integer():
        figures["replicates_n"] = int(replicates)
    return shaped(
        NewRun,
        id=identity(form.get("id")),
        started_at=moment(form.get("started_at")),
        void=form.get("void") == "yes",
        **{name: form.get(name) for name in PLAIN},
        **figures,
    )


def _fresh(given: dict[str, list[str]]) -> Typed:
    return Typed(given | {"id": [str(uuid7())]})


async def _form(
    by: Actor, form: Typed, *, refusal: Refusal | None = None, run: RunRecord | None = None
) -> Response[str]:
    known = await instrument_queries.list_instruments(by=by, limit=MOST)
    files = await import_records.list_imports(by=by, limit=LATE)
    return page(
        "bench/new_run.html",
        status=refusal.status if refusal else 200,
        by=by,
        says=says,
        form=form,
        tried=told(refusal) if refusal else None,
        run=run,
        verdict=_verdict(run) if run else None,
        instruments=[(str(each.id), " · ".join(filter(None, (each.model, each.serial)))) for each in known.items],
        imports=[(str(each.id), f"{each.file_name} · {each.instrument_serial or ''}") for each in files.items],
    )


def _verdict(run: RunRecord) -> says.Sign:
    if run.valid:
        return says.Sign("valid", "○", "good", say("The run counts"))
    return says.Sign("invalid", "╳", "void", say("The run does not count: repeat it"))


HANDLERS = (show_run, record_run)
