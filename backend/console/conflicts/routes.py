"""/console/conflicts: what two people changed, side by side, and which of it stays.

One contested field is one tap. Several are a form with one button, so that a record is never decided by half. A task
leads to what waits of its own record (`record`), and the rest is one tap from there.
"""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from backend.console.conflicts import shown
from backend.console.form_refusals import Tried, tried
from backend.console.pages import page
from backend.console.typed import Typed, typed
from backend.core.logs import request_id
from backend.core.refusals import Refusal
from backend.core.words import say
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.sync import conflicts
from backend.sync.conflict_schemas import ConflictRecord
from backend.sync.refusals import ConflictUnknown
from backend.sync.words import Keep

HERE = "/console/conflicts"
SHOWN = 10
"""On the page at once; as these are decided, the next come."""
LATELY = 5
CHOICE = "keep-"
"""Before a field's name in the form."""

Decided = Annotated[UUID | None, QueryParameter(description="what was just decided")]
OfRecord = Annotated[UUID | None, QueryParameter(description="only what waits of this visit or household card")]


@get("/", include_in_schema=False)
async def show_conflicts(by: SignedIn, decided: Decided = None, record: OfRecord = None) -> Response[str]:
    """What waits, of one record or of all, and what was just decided."""
    return await _page(by, decided=decided, record_id=record)


@post("/{conflict_id:uuid}", include_in_schema=False, status_code=200)
async def decide(by: SignedIn, request: Request[Any, Any, Any], conflict_id: FromPath[UUID]) -> Response[Any]:
    """保留现有, or 采用手机上的. A second tap says the same again."""
    form = await typed(request)
    keep = {
        name.removeprefix(CHOICE): Keep(form.get(name))
        for name in form.fields
        if name.startswith(CHOICE) and form.get(name) in tuple(Keep)
    }
    try:
        await conflicts.decide_conflict(
            conflict_id=conflict_id, keep=keep, basis=form.get("basis") or None, by=by, request_id=request_id.get()
        )
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        record_id = _record(form)
        return await _page(by, record_id=record_id, tapped=conflict_id, form=form, refused=tried(refusal, names={}))
    return Redirect(f"{HERE}?decided={conflict_id}", status_code=303)


def _record(form: Typed) -> UUID | None:
    """The record to which the page was narrowed that the form was sent from."""
    try:
        return UUID(form.get("record"))
    except ValueError:
        return None


async def _page(
    by: Actor,
    *,
    decided: UUID | None = None,
    record_id: UUID | None = None,
    tapped: UUID | None = None,
    form: Typed | None = None,
    refused: Tried | None = None,
) -> Response[str]:
    records, more = await _waiting(by, record_id)
    lately = await conflicts.list_conflicts(by=by, waiting=False, limit=LATELY, record_id=record_id)
    return page(
        "conflicts/conflicts.html",
        status=refused.status if refused else 200,
        by=by,
        waiting=await shown.waiting(records, by=by),
        more=more,
        record_id=record_id,
        told=await _just_decided(decided, by) if decided else None,
        lately=[each for line in lately[:LATELY] if (each := shown.decided(line)) and line.id != decided],
        choices=[(keep.value, say(word)) for keep, word in shown.CHOICES.items()],
        tapped=tapped,
        tapped_waits=any(record.id == tapped for record in records),
        form=form or Typed(),
        refused=refused,
    )


async def _waiting(by: Actor, record_id: UUID | None) -> tuple[list[ConflictRecord], bool]:
    """The first with their values; those that are over by now are not among them."""
    lines = await conflicts.list_conflicts(by=by, waiting=True, limit=SHOWN, record_id=record_id)
    records = [
        await conflicts.get_conflict(conflict_id=line.id, by=by, request_id=request_id.get()) for line in lines[:SHOWN]
    ]
    return [record for record in records if record.decided_at is None], len(lines) > SHOWN


async def _just_decided(conflict_id: UUID, by: Actor) -> shown.DecidedShown | None:
    """Nothing, where somebody typed an address."""
    try:
        record = await conflicts.get_conflict(conflict_id=conflict_id, by=by, request_id=request_id.get())
    except ConflictUnknown:
        return None
    return await shown.just_decided(record, by=by)


router = Router(path=HERE, route_handlers=[show_conflicts, decide])
