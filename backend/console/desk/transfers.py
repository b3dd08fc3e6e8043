"""/console/desk/transfers: who was handed to another line, who has him now, and our reference to be read out."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect

from backend.console import labels as places
from backend.console.desk import transfer_labels
from backend.console.desk.handing_over import hand_over
from backend.console.desk.handing_over import refused as refused_form
from backend.console.form_refusals import Tried, fitting, tried
from backend.console.pages import page
from backend.console.typed import Typed, identity, typed
from backend.core.ids import uuid7
from backend.core.refusals import Refusal, Unknown
from backend.core.words import Term, say
from backend.hotline import transfers
from backend.hotline.transfer_schemas import TransferAcceptance, TransferRecord, TransferReturn
from backend.people.actors import Actor
from backend.people.guards import SignedIn

ROWS = 30
TABS: tuple[tuple[str, Term, bool | None], ...] = (
    ("out", Term("With another line"), True),
    ("back", Term("Came back or settled"), False),
    ("all", Term("All of them"), None),
)
WRONG = {
    "because": Term("Write why he came back: one to 400 characters."),
    "their_reference": Term("Their reference has up to 60 characters."),
    "their_desk": Term("Which of their desks: up to 60 characters."),
}
SAID = {
    "handed": Term("Written down. Read our reference to them, and stay on the line until they have him."),
    "acceptance": Term("Written down: they have him now."),
    "return": Term("Written down: he is ours again, and whoever is on duty has been told."),
    "closure": Term("Written down: it is settled."),
}
Short = Annotated[str, QueryParameter(max_length=20)]
After = Annotated[str, QueryParameter(max_length=400)]
Reference = Annotated[str, QueryParameter(max_length=40)]


@get("/transfers", include_in_schema=False)
async def show_transfers(
    by: SignedIn, which: Short = "out", after: After = "", reference: Reference = ""
) -> Response[str]:
    """The list, the newest first; `reference`: the one that somebody names on the telephone."""
    key, _, out = next((tab for tab in TABS if tab[0] == ("all" if reference else which)), TABS[0])
    found = await transfers.list_transfers(
        by=by, out=out, reference=reference or None, limit=ROWS, cursor=after or None
    )
    return page(
        "desk/transfers.html",
        by=by,
        tabs=TABS,
        which=key,
        found=found,
        reference=reference,
        acts=by.has(*transfers.DESK),
        says=transfer_labels,
    )


@get("/transfers/new", include_in_schema=False)
async def show_new(
    by: SignedIn, call: FromQuery[UUID | None] = None, case: FromQuery[UUID | None] = None
) -> Response[str]:
    """The form, for a call, for a case, or for a case by its number."""
    by.must_have(*transfers.DESK)
    return _new(by, Typed({"transfer": [str(uuid7())], "call": [str(call or "")], "case": [str(case or "")]}))


@post("/transfers", include_in_schema=False, status_code=200)
async def make(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """Handed over; our reference is on the page that follows."""
    by.must_have(*transfers.DESK)
    form = await typed(request)
    try:
        call_id = identity(form.get("call")) if form.get("call") else None
        id = await hand_over(form, by, call_id=call_id)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        wrong, again = refused_form(refusal, form)
        return _new(by, again, wrong)
    return Redirect(f"/console/desk/transfers/{id}?did=handed", status_code=303)


@get("/transfers/{transfer_id:uuid}", include_in_schema=False)
async def show_transfer(by: SignedIn, transfer_id: FromPath[UUID], did: Short = "") -> Response[str]:
    """One of them, and what may follow."""
    return _page(by, await transfers.get_transfer(transfer_id=transfer_id, by=by), did=did)


@post("/transfers/{transfer_id:uuid}/{step:str}", include_in_schema=False, status_code=200)
async def take_step(
    by: SignedIn, request: Request[Any, Any, Any], transfer_id: FromPath[UUID], step: FromPath[str]
) -> Response[Any]:
    """They have him; he came back; it is settled."""
    if step not in STEPS:
        raise Unknown("There is no such page.")
    form = await typed(request)
    try:
        await STEPS[step](transfer_id, form, by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        found = await transfers.get_transfer(transfer_id=transfer_id, by=by)
        return _page(by, found, form=form, refused=tried(refusal, names={}), step=step)
    return Redirect(f"/console/desk/transfers/{transfer_id}?did={step}", status_code=303)


async def _accept(transfer_id: UUID, form: Typed, by: Actor) -> None:
    told = fitting(TransferAcceptance, _given(form, "their_reference", "their_desk"), wrong=WRONG)
    await transfers.accept_transfer(transfer_id=transfer_id, told=told, by=by)


async def _return(transfer_id: UUID, form: Typed, by: Actor) -> None:
    given = {"because": form.get("because")} | _given(form, "their_reference")
    await transfers.return_transfer(transfer_id=transfer_id, told=fitting(TransferReturn, given, wrong=WRONG), by=by)


async def _close(transfer_id: UUID, _: Typed, by: Actor) -> None:
    await transfers.close_transfer(transfer_id=transfer_id, by=by)


def _given(form: Typed, *names: str) -> dict[str, str | None]:
    return {name: form.get(name) or None for name in names}


def _new(by: Actor, form: Typed, refused: Tried | None = None) -> Response[str]:
    return page(
        "desk/transfer_new.html",
        status=refused.status if refused else 200,
        by=by,
        form=form,
        refused=refused,
        says=transfer_labels,
    )


def _page(
    by: Actor,
    one: TransferRecord,
    *,
    did: str = "",
    form: Typed | None = None,
    refused: Tried | None = None,
    step: str = "",
) -> Response[str]:
    return page(
        "desk/transfer.html",
        status=refused.status if refused else 200,
        by=by,
        one=one,
        acts=by.has(*transfers.DESK),
        says=transfer_labels,
        place=places.place,
        told=say(SAID[did]) if did in SAID else None,
        form=form or Typed(),
        refused=refused,
        step=step,
    )


STEPS: dict[str, Callable[[UUID, Typed, Actor], Awaitable[None]]] = {
    "acceptance": _accept,
    "return": _return,
    "closure": _close,
}
"""By the last part of a form's address."""
HANDLERS = (show_transfers, show_new, make, show_transfer, take_step)
