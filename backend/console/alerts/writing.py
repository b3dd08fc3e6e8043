"""/console/alerts/new: a draft, looked at before it is stored, and then waiting for a second person."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect
from msgspec.structs import asdict, replace

from backend.alerts import drafting, looking, visibility
from backend.alerts.words import AlertStatus
from backend.antifraud.library_lists import list_fraud_types
from backend.console.alerts import labels, looks, places, presets
from backend.console.alerts.form import MANY, MOST_EVENT_CHARACTERS, AlertForm, new_alert, quick_ends, read
from backend.console.form_refusals import Tried, tried
from backend.console.pages import page
from backend.console.typed import typed
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.refusals import DifferentArguments, Refusal, Unknown
from backend.diagnosis.reference import crops
from backend.people.actors import Actor
from backend.people.guards import SignedIn

FORM = "alerts/form.html"
Word = Annotated[str, QueryParameter(max_length=60)]
HIDDEN = ("step", "unfold", "search")


@get("/alerts/new", include_in_schema=False)
async def show_new(by: SignedIn, preset: Word = "", item: Word = "") -> Response[str]:
    """`preset`: a usual kind; `item`: the library's words. Raises Forbidden (403)."""
    await visibility.must_draft([], by)
    form = await presets.from_item(item) if item else presets.begun(preset)
    return await form_page(by, form, preset=preset if not item else "fraud", begins=True)


@post("/alerts/new", include_in_schema=False, status_code=200, request_max_body_size=None)
async def write(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """Whatever button was tapped; what cannot be stored is said at its fields, with all that was written."""
    await visibility.must_draft([], by)
    given = await typed(request)
    form, step = read(given), given.get("step")
    if given.get("unfold") or step not in ("look", "send"):
        return await form_page(by, form)
    try:
        new = new_alert(form)
        if step == "look":
            return await _look_page(by, form, await looking.look_at_new(new=new, by=by))
        made = await drafting.raise_alert(id=UUID(form.id), new=new, by=by)
    except DifferentArguments as refusal:
        return await form_page(by, replace(form, id=str(uuid7())), refusal=refusal)
    except Refusal as refusal:
        return await form_page(by, form, refusal=refusal)
    return Redirect(f"/console/alerts/{made.record.id}?did=drafted", status_code=303)


async def form_page(
    by: Actor,
    form: AlertForm,
    *,
    refusal: Refusal | None = None,
    former: Any = None,
    preset: str | None = None,
    begins: bool = False,
) -> Response[str]:
    """The form of a new warning, or with `former` of an update of that one."""
    problem = refusal and at_fields(refusal)
    return page(
        FORM,
        status=refusal.status if refusal else 200,
        by=by,
        says=labels,
        form=presets.with_shown_end(form),
        former=former,
        problem=problem,
        picker=await places.picker(by, chosen=form.places, opened=form.open, search=form.search),
        ends=[(value, clock.local(moment_of(value)), span) for value, span in quick_ends()],
        fraud_types=list_fraud_types(),
        crops=(await crops()).on(clock.today()),
        begins=begins,
        preset=preset,
        presets=presets.NAMES,
        items=await presets.items() if begins else [],
        most_event=MOST_EVENT_CHARACTERS,
    )


def moment_of(wall: str) -> Any:
    """A moment of the clock on the wall."""
    return clock.datetime.fromisoformat(wall).replace(tzinfo=clock.SHANGHAI)


def at_fields(refusal: Refusal) -> Tried:
    """A refusal at the form's fields: /areas/0/polygon is said at the places."""
    found = tried(refusal, names={})
    at = {_FIELDS.get(name.split("/")[0], name.split("/")[0]): words for name, words in found.at.items()}
    if not at and (field := _WHOLE.get(refusal.code)):
        at = {field: found.problem}
    elif not at and isinstance(refusal, Unknown):
        at = {"places": found.problem}
    return Tried(found.problem, at, found.status)


_FIELDS = {"areas": "places", "expires_at": "expires", "roles": "audience", "interests": "audience"}
_WHOLE = {
    "push/nobody-asked": "audience",
    "push/not-public": "audience",
    "alerts/outside-territory": "places",
    "push/payload-too-large": "instruction",
}


async def _look_page(by: Actor, form: AlertForm, look: looking.AlertLook) -> Response[str]:
    return page(
        "alerts/look.html",
        by=by,
        says=labels,
        form=form,
        fields=hidden(form),
        look=look,
        sms=looks.text_message(look),
        mark=labels.mark(form.status) if form.status in tuple(AlertStatus) else None,
        places=await places.named(form.places),
    )


def hidden(form: AlertForm) -> list[tuple[str, str]]:
    """Everything that was typed, for a page that only shows it."""
    given = asdict(form)
    one = [(name, value) for name, value in given.items() if name not in (*MANY, *HIDDEN)]
    return one + [(name, value) for name in MANY for value in given[name]]


HANDLERS = (show_new, write)
