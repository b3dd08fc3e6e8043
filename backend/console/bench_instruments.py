"""/console/bench/instruments: what measures, whether it can be trusted today, and who answers for it if it cannot."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from backend.console import bench_labels as says
from backend.console.pages import page
from backend.console.refused import told
from backend.console.typed import Typed, identity, shaped, typed
from backend.core.addresses import base_url
from backend.core.clock import today
from backend.core.ids import uuid7
from backend.core.refusals import Refusal, Unknown
from backend.core.words import Term, say
from backend.laboratory import calibrating, instrument_queries, instruments, live_keys, sample_desks
from backend.laboratory.instrument_schemas import InstrumentRecord, LiveKey, NewCalibration, NewInstrument, NewOverride
from backend.people import stations
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.tables import Role

KEEPS = (Role.TECHNICIAN, Role.SUPERVISOR, Role.ADMIN)
MOST = 200
FIELDS = (
    *("serial", "maker", "model", "method", "firmware", "profile", "calibrated_on", "calibration_due_on"),
    *("certificate", "unit_id"),
)
Flag = Annotated[str, QueryParameter(max_length=20)]


class Step(Struct, frozen=True):
    """What a step does with the instrument, and what the page says afterwards."""

    verb: Callable[[UUID, Typed, Actor], Awaitable[Any]]
    did: Term


@get("/instruments", include_in_schema=False)
async def show_instruments(by: SignedIn) -> Response[str]:
    """All of his desks, with how each stands today."""
    return await _list(by, Typed({"method": ["enzyme_inhibition"]}))


@post("/instruments", include_in_schema=False, status_code=200)
async def register(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """Register one; a serial that files told of keeps its results."""
    form = await typed(request)
    try:
        new = shaped(NewInstrument, id=identity(form.get("id")), **{name: form.get(name) for name in FIELDS})
        outcome = await instruments.register(new=new, by=by)
    except Refusal as refusal:
        return await _list(by, form, refusal)
    return Redirect(f"/console/bench/instruments/{outcome.record.id}?did=registered", status_code=303)


@get("/instruments/{instrument_id:uuid}", include_in_schema=False)
async def show_instrument(by: SignedIn, instrument_id: FromPath[UUID], did: Flag = "") -> Response[str]:
    """One of them."""
    return _page(by, await instrument_queries.get(instrument_id=instrument_id, by=by), did=did)


@post("/instruments/{instrument_id:uuid}/live-key", include_in_schema=False, status_code=200)
async def make_key(by: SignedIn, request: Request[Any, Any, Any], instrument_id: FromPath[UUID]) -> Response[str]:
    """A key for its signed posts, on this one answer."""
    try:
        key = await live_keys.make_key(instrument_id=instrument_id, by=by, base_url=base_url(request))
    except Refusal as refusal:
        return _page(by, await instrument_queries.get(instrument_id=instrument_id, by=by), refusal=refusal)
    return _page(by, await instrument_queries.get(instrument_id=instrument_id, by=by), key=key)


@post("/instruments/{instrument_id:uuid}/{step:str}", include_in_schema=False, status_code=200)
async def take_step(
    by: SignedIn, request: Request[Any, Any, Any], instrument_id: FromPath[UUID], step: FromPath[str]
) -> Response[Any]:
    """Calibrated, or answered for."""
    if step not in STEPS:
        raise Unknown("There is no such page.")
    form = await typed(request)
    try:
        await STEPS[step].verb(instrument_id, form, by)
    except Refusal as refusal:
        return _page(by, await instrument_queries.get(instrument_id=instrument_id, by=by), refusal=refusal)
    return Redirect(f"/console/bench/instruments/{instrument_id}?did={step}", status_code=303)


async def _calibrate(instrument_id: UUID, form: Typed, by: Actor) -> None:
    facts = {name: form.get(name) for name in ("done_on", "due_on", "certificate")}
    new = shaped(NewCalibration, id=identity(form.get("id")), **facts)
    await calibrating.record_calibration(instrument_id=instrument_id, new=new, by=by)


async def _override(instrument_id: UUID, form: Typed, by: Actor) -> None:
    facts = {name: form.get(name) for name in ("from_on", "until_on", "reason")}
    new = shaped(NewOverride, id=identity(form.get("id")), **facts)
    await calibrating.override(instrument_id=instrument_id, new=new, by=by)


STEPS: dict[str, Step] = {
    "calibration": Step(_calibrate, Term("The calibration is written down.")),
    "override": Step(_override, Term("Written down, with your name. Its blocked results were judged anew.")),
}
DID = {"registered": Term("Registered.")} | {step: each.did for step, each in STEPS.items()}


async def _list(by: Actor, form: Typed, refusal: Refusal | None = None) -> Response[str]:
    found = await instrument_queries.list_instruments(by=by, limit=MOST)
    return page(
        "bench/instruments.html",
        status=refusal.status if refusal else 200,
        by=by,
        says=says,
        instruments=found.items,
        may_register=by.has(*KEEPS),
        id=uuid7(),
        form=form,
        tried=told(refusal) if refusal else None,
        profiles=says.profiles(),
        desks=[(str(each.id), each.name) for each in await stations.list_desks(by=by)],
        own_desk=await sample_desks.own_desk(by),
        today=today(),
    )


def _page(
    by: Actor, one: InstrumentRecord, *, did: str = "", refusal: Refusal | None = None, key: LiveKey | None = None
) -> Response[str]:
    return page(
        "bench/instrument.html",
        status=refusal.status if refusal else 200,
        by=by,
        says=says,
        one=one,
        did=say(DID[did]) if did in DID else None,
        tried=told(refusal) if refusal else None,
        key=key,
        ids=uuid7,
        today=today(),
    )


HANDLERS = (show_instruments, register, show_instrument, make_key, take_step)
