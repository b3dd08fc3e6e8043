"""/console/desk/texts: what came by text message, what nobody could route first; read by a tap, made a case, answered.

Each look is written down. The number is shown to whoever has the message in hand, and to nobody once another took it.
"""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from backend.cases.found import title_of
from backend.cases.reference import categories
from backend.console.case_opening import NoCategory, NoPlace, category_name, category_of, place_of, places_of
from backend.console.desk import text_labels
from backend.console.form_refusals import Tried, fitting, tried
from backend.console.pages import page
from backend.console.refused import told
from backend.console.typed import Typed, typed
from backend.core.clock import local, today
from backend.core.logs import request_id
from backend.core.refusals import Refusal, Unknown
from backend.core.words import Term, say
from backend.hotline import text_taking
from backend.hotline.text_rules import read
from backend.hotline.text_schemas import TextCase, TextDetail, TextRecord, TextTaking
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.push.refusals import LinkRefused

ROWS = 30
TEXTS = "/console/desk/texts"
TABS: tuple[tuple[str, Term, bool | None], ...] = (
    ("waiting", Term("To be read"), True),
    ("done", Term("Seen to"), False),
    ("all", Term("All"), None),
)
SAID = {
    "case": Term("A case was made of it; its receipt number goes to the sender by text message."),
    "answer": Term("Your answer is on its way."),
    "aside": Term("Laid aside: nothing follows."),
}
WRONG = {
    "title": Term("Say in a few words what it is about: one to 120 characters."),
    "answer": Term("Write what he is told: one to 300 characters."),
}
Which = Annotated[str, QueryParameter(max_length=20)]
Did = Annotated[str, QueryParameter(max_length=20)]
After = Annotated[str, QueryParameter(max_length=400)]


@get("/texts", include_in_schema=False)
async def show_texts(by: SignedIn, which: Which = "waiting", after: After = "") -> Response[str]:
    """The list, without words and senders."""
    key, _, waiting = next((tab for tab in TABS if tab[0] == which), TABS[0])
    found = await text_taking.list_texts(by=by, waiting=waiting, limit=ROWS, cursor=after or None)
    return page(
        "desk/texts.html",
        by=by,
        tabs=TABS,
        which=key,
        found=found,
        rows=sorted(found.items, key=lambda each: not each.emergency) if waiting else found.items,
        says=text_labels,
    )


@get("/texts/{text_id:uuid}", include_in_schema=False)
async def show_text(by: SignedIn, text_id: FromPath[UUID], did: Did = "") -> Response[str]:
    """What stands on the envelope; words and number stay closed."""
    one = await text_taking.look_at_text(text_id=text_id, by=by)
    return await _page(by, TextDetail(text=one, sender=None, body=None), did="" if text_labels.waits(one) else did)


@post("/texts/{text_id:uuid}/reading", include_in_schema=False, status_code=200)
async def open_text(by: SignedIn, text_id: FromPath[UUID]) -> Response[str]:
    """The same with its words; the access log says who read them."""
    return await _page(by, await _read(text_id, by), opened=True)


@post("/texts/{text_id:uuid}/number", include_in_schema=False, status_code=200)
async def open_number(by: SignedIn, text_id: FromPath[UUID]) -> Response[str]:
    """With words and number, for whoever has it in hand."""
    one = await text_taking.look_at_text(text_id=text_id, by=by)
    found = await text_taking.get_text(
        text_id=text_id, by=by, request_id=request_id.get(), with_sender=_in_hand(one, by)
    )
    return await _page(by, found, opened=True)


@post("/texts/{text_id:uuid}/{step:str}", include_in_schema=False, status_code=200)
async def take_text(
    by: SignedIn, request: Request[Any, Any, Any], text_id: FromPath[UUID], step: FromPath[str]
) -> Response[Any]:
    """A case, an answer, or nothing. A second tap is the same."""
    if step not in SAID:
        raise Unknown("There is no such page.")
    form = await typed(request)
    try:
        await text_taking.take_text(text_id=text_id, taking=await _taking(step, form, by), by=by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _page(by, await _read(text_id, by), opened=True, form=form, step=step, refused=_tried(refusal))
    return Redirect(f"{TEXTS}/{text_id}?did={step}", status_code=303)


async def _taking(step: str, form: Typed, by: Actor) -> TextTaking:
    """Raises Invalid, NoCategory, NoPlace (400)."""
    if step == "answer":
        return fitting(TextTaking, {"answer": form.get("answer")}, wrong=WRONG)
    if step == "aside":
        return TextTaking()
    category, place = await category_of(form.get("category")), await place_of(form.get("place"), by)
    given = {"title": form.get("title"), "category_code": category.code, "division_code": place}
    return TextTaking(case=fitting(TextCase, given, wrong=WRONG))


def _tried(refusal: Refusal) -> Tried:
    """Beside the field that it is about."""
    field = {NoCategory: "category", NoPlace: "place", LinkRefused: "answer"}.get(type(refusal))
    if field:
        return Tried(say("Please look at the marked fields."), {field: told(refusal)}, refusal.status)
    return tried(refusal, names={"division_code": "place", "category_code": "category"})


async def _read(text_id: UUID, by: Actor) -> TextDetail:
    return await text_taking.get_text(text_id=text_id, by=by, request_id=request_id.get(), with_sender=False)


def _in_hand(one: TextRecord, by: Actor) -> bool:
    """Nobody took it yet, or he did."""
    return one.taken_by.id == by.person_id if one.taken_by else text_labels.waits(one)


async def _page(
    by: Actor,
    found: TextDetail,
    *,
    opened: bool = False,
    did: str = "",
    form: Typed | None = None,
    step: str = "",
    refused: Tried | None = None,
) -> Response[str]:
    one = found.text
    takes = opened and text_labels.waits(one) and found.body is not None
    return page(
        "desk/text.html",
        status=refused.status if refused else 200,
        by=by,
        found=found,
        one=one,
        opened=opened,
        takes=takes,
        in_hand=_in_hand(one, by),
        answers=await text_taking.answers_to(text_id=one.id, by=by),
        told=say(SAID[did]) if did in SAID else None,
        form=form or await _proposed(found),
        step=step,
        refused=refused,
        says=text_labels,
        categories=[category_name(each) for each in (await categories()).on(today())] if takes else [],
        places=await places_of(by) if takes else [],
    )


async def _proposed(found: TextDetail) -> Typed:
    """What a case of it would be called, and be about."""
    if found.body is None:
        return Typed()
    written = read(found.body, on=local(found.text.received_at).date())
    code = written.code.category_code if written.code else None
    name = next((category_name(each) for each in (await categories()).on(today()) if each.code == code), "")
    return Typed({"title": [title_of(written.words) if written.words else ""], "category": [name]})


HANDLERS = (show_texts, show_text, open_text, open_number, take_text)
