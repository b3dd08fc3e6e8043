"""/console/desk/supervised: what a supervisor follows. Why, which case, its fresh clock, who has it, what was done."""

from datetime import datetime
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from backend.console import case_labels, clock_labels
from backend.console import labels as places
from backend.console.clock_labels import ClockShown
from backend.console.desk import labels
from backend.console.form_refusals import Tried, fitting, tried
from backend.console.pages import page
from backend.console.typed import Typed, identity, typed
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.refusals import Refusal
from backend.core.words import Term, say
from backend.hotline import supervising
from backend.hotline.callback_schemas import CallbackRecord
from backend.hotline.supervising_schemas import NewFollowUp, SupervisedCallback
from backend.hotline.words import CallbackState
from backend.people.actors import OVERSEERS, Actor
from backend.people.guards import SignedIn

HERE = "/console/desk/supervised"
ROWS = 30
TABS = (("waiting", Term("Waits for a supervisor")), ("all", Term("All under supervision")))
WRONG = {"note": Term("Say in a sentence what you did; up to 500 characters.")}
MOST = 500
Which = Annotated[str, QueryParameter(max_length=20)]
After = Annotated[str, QueryParameter(max_length=400)]


class Standing(NamedTuple):
    """A sign, a tone and a word."""

    sign: str
    tone: str
    word: str


@get("/supervised", include_in_schema=False)
async def show_supervised(by: SignedIn, which: Which = "waiting", after: After = "") -> Response[str]:
    """Of a territory that one oversees: what waits, the longest first."""
    by.must_have(*OVERSEERS)
    chosen = which if which in dict(TABS) else "waiting"
    found = await supervising.list_supervised(by=by, waiting=chosen == "waiting", limit=ROWS, cursor=after or None)
    return page("desk/supervised.html", by=by, tabs=TABS, which=chosen, found=found, **_words())


@get("/supervised/{callback_id:uuid}", include_in_schema=False)
async def show_one(by: SignedIn, callback_id: FromPath[UUID], did: Which = "") -> Response[str]:
    """One, with what was done; for a supervisor of the place the way to say what he did."""
    return await _page(by, callback_id, Typed({"id": [str(uuid7())]}), did=did)


@post("/supervised/{callback_id:uuid}/follow-up", include_in_schema=False, status_code=200)
async def follow_up(by: SignedIn, request: Request[Any, Any, Any], callback_id: FromPath[UUID]) -> Response[Any]:
    """督办跟进了. A second tap is the same."""
    form = await typed(request)
    try:
        new = fitting(NewFollowUp, {"note": form.get("note")}, wrong=WRONG)
        id = identity(form.get("id"))
        await supervising.follow_up_callback(callback_id=callback_id, id=id, new=new, by=by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _page(by, callback_id, form, tried(refusal, names={}))
    return Redirect(f"{HERE}/{callback_id}?did=followed", status_code=303)


async def _page(
    by: Actor, callback_id: UUID, form: Typed, refused: Tried | None = None, *, did: str = ""
) -> Response[str]:
    by.must_have(*OVERSEERS)
    one = await supervising.get_supervised(callback_id=callback_id, by=by)
    may = one.callback.supervised is not None and supervising.may_follow_up(one.callback.division_code, by)
    return page(
        "desk/supervised_one.html",
        status=refused.status if refused else 200,
        by=by,
        one=one,
        may_follow_up=may,
        most=MOST,
        form=form,
        refused=refused,
        at=refused.at if refused else {},
        told=say("Written down what you did; the case keeps it.") if did == "followed" and one.follow_ups else None,
        **_words(),
    )


def standing(one: SupervisedCallback) -> Standing:
    """Whether it waits for a supervisor, and why now."""
    rung = one.callback
    if not one.waits:
        return Standing("✓", "good", say("Followed up") if one.follow_ups else labels.ending(rung))
    if rung.satisfaction == "dissatisfied":
        return Standing("■", "bad", say("Not satisfied, open again: see to it"))
    if rung.state == CallbackState.UNREACHABLE:
        return Standing("▲", "warn", say("Nobody could be reached: see how it stands"))
    return Standing("▲", "warn", say("Said to be settled, he is rung soon: see to it"))


def fresh_clock(one: SupervisedCallback) -> ClockShown | None:
    """The nearest deadline that runs, else the last that was opened."""
    running = [each for each in one.clocks if each.stopped_at is None and each.due_at is not None]
    nearest = min(running, key=lambda each: each.due_at or clock.now(), default=None)
    last = max(one.clocks, key=lambda each: each.opened_at, default=None)
    shown = nearest or last
    return clock_labels.shown(shown) if shown else None


def since(rung: CallbackRecord) -> datetime:
    """From when on it waits."""
    return rung.closed_at or rung.opened_at


def _words() -> dict[str, Any]:
    return {
        "says": labels,
        "cases": case_labels,
        "standing": standing,
        "fresh_clock": fresh_clock,
        "since": since,
        "place": places.place,
    }


HANDLERS = (show_supervised, show_one, follow_up)
