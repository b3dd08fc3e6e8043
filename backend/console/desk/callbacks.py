"""/console/desk/callbacks: whom one has to ring. His number opens by a tap, because each such look is written down."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect

from backend.console import labels as places
from backend.console.case_opening import case_form, places_of
from backend.console.desk import labels
from backend.console.desk.due import due, urgency
from backend.console.desk.results import STEPS
from backend.console.desk.script import script
from backend.console.desk.typed_once import filled_in
from backend.console.form_refusals import Tried, tried
from backend.console.intake import question_form
from backend.console.pages import page
from backend.console.typed import Typed, typed
from backend.core.ids import uuid7
from backend.core.logs import request_id
from backend.core.refusals import Refusal, Unknown
from backend.core.words import Term
from backend.hotline import callbacks
from backend.hotline.callback_refusals import CallbackUnknown
from backend.hotline.callback_schemas import CallbackDetail, CallbackRecord
from backend.hotline.emergency_words import found_in
from backend.hotline.words import CallbackReason
from backend.people.actors import Actor
from backend.people.guards import SignedIn

ROWS = 50
TABS: tuple[tuple[str, Term, dict[str, bool]], ...] = (
    ("mine", Term("Mine to ring"), {"mine": True}),
    ("all", Term("Everybody's"), {}),
    ("supervised", Term("Supervised ones"), {"supervised": True}),
    ("closed", Term("Rung and over"), {"closed": True}),
)
Which = Annotated[str, QueryParameter(max_length=20)]
After = Annotated[str, QueryParameter(max_length=400)]


@get("/callbacks", include_in_schema=False)
async def show_callbacks(
    by: SignedIn, which: Which = "mine", after: After = "", rung: FromQuery[UUID | None] = None
) -> Response[str]:
    """The list; `rung` says who was just rung, if he was indeed."""
    chosen = next((tab for tab in TABS if tab[0] == which), TABS[0])
    found = await callbacks.list_callbacks(by=by, limit=ROWS, cursor=after or None, **chosen[2])
    return page(
        "desk/callbacks.html",
        by=by,
        tabs=TABS,
        which=chosen[0],
        found=found,
        rows=found.items if chosen[0] == "closed" else sorted(found.items, key=urgency),
        rung=await rung_now(rung, by),
        others=chosen[0] == "mine" and not found.items and await _anybody(by),
        **words(),
    )


@get("/callbacks/{callback_id:uuid}", include_in_schema=False)
async def show_callback(by: SignedIn, callback_id: FromPath[UUID]) -> Response[str]:
    """What to ask, and what to tap afterwards; the number stays closed."""
    found = await callbacks.look_at_callback(callback_id=callback_id, by=by)
    return _page(by, found, villages=await _villages(found, by))


@post("/callbacks/{callback_id:uuid}/number", include_in_schema=False, status_code=200)
async def open_number(by: SignedIn, callback_id: FromPath[UUID]) -> Response[str]:
    """The same with the number; the access log says who looked."""
    found = await callbacks.get_callback(callback_id=callback_id, by=by, request_id=request_id.get())
    return _page(by, found, villages=await _villages(found, by))


@post("/callbacks/{callback_id:uuid}/case", include_in_schema=False, status_code=200)
async def become_case(by: SignedIn, request: Request[Any, Any, Any], callback_id: FromPath[UUID]) -> Response[str]:
    """The form for a case, with whom one rang and what he said in it; once it is opened, the try is written down."""
    return await _become(callback_id, await typed(request), by, case_form)


@post("/callbacks/{callback_id:uuid}/question", include_in_schema=False, status_code=200)
async def become_question(by: SignedIn, request: Request[Any, Any, Any], callback_id: FromPath[UUID]) -> Response[str]:
    """The same, for a sick crop."""
    return await _become(callback_id, await typed(request), by, question_form)


@post("/callbacks/{callback_id:uuid}/{step:str}", include_in_schema=False, status_code=200)
async def take_step(
    by: SignedIn, request: Request[Any, Any, Any], callback_id: FromPath[UUID], step: FromPath[str]
) -> Response[Any]:
    """满意, 不满意, 说上话了, 没打通."""
    if step not in STEPS:
        raise Unknown("There is no such page.")
    form = await typed(request)
    try:
        await STEPS[step](callback_id, form, by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        found = await callbacks.look_at_callback(callback_id=callback_id, by=by)
        villages = await _villages(found, by)
        return _page(by, found, villages=villages, refused=tried(refusal, names={}), form=form)
    return Redirect(f"/console/desk/callbacks?rung={callback_id}", status_code=303)


async def rung_now(callback_id: UUID | None, by: Actor) -> CallbackRecord | None:
    """Whom an address says to have been rung, once he was: an address can be typed by anybody."""
    if callback_id is None:
        return None
    try:
        one = (await callbacks.look_at_callback(callback_id=callback_id, by=by)).callback
    except CallbackUnknown:
        return None
    return one if one.tries or one.closed_at else None


def words() -> dict[str, Any]:
    """What a row of callbacks is told with."""
    return {"says": labels, "due": due, "place": places.place}


async def _become(
    callback_id: UUID, form: Typed, by: Actor, opens: Callable[..., Awaitable[Response[str]]]
) -> Response[str]:
    found = await callbacks.get_callback(callback_id=callback_id, by=by, request_id=request_id.get())
    if not found.may_ring:
        return _page(by, found)
    words = form.get("words")
    fields = await filled_in(words, form.get("place"), village=None, caller=found.phone, by=by)
    fields |= {"contact_name": found.contact_name or "", "callback": str(callback_id)}
    return await opens(by, fields, say_first=found_in(words))


async def _anybody(by: Actor) -> bool:
    return bool((await callbacks.list_callbacks(by=by, limit=1)).items)


async def _villages(found: CallbackDetail, by: Actor) -> list[tuple[str, str]]:
    """To choose from, where somebody may ask for something new."""
    return await places_of(by) if found.may_ring and found.callback.reason != CallbackReason.RESOLUTION else []


def _page(
    by: Actor,
    found: CallbackDetail,
    *,
    villages: Sequence[tuple[str, str]] = (),
    refused: Tried | None = None,
    form: Typed | None = None,
) -> Response[str]:
    return page(
        "desk/callback.html",
        status=refused.status if refused else 200,
        by=by,
        found=found,
        one=found.callback,
        script=script(found.callback, name=by.name),
        villages=villages,
        refused=refused,
        form=form or Typed(),
        id=uuid7(),
        **words(),
    )


HANDLERS = (show_callbacks, show_callback, open_number, become_case, become_question, take_step)
