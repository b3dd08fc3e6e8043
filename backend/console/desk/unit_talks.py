"""/console/desk/unit-talks: 约谈. Talks with units about a case: what was agreed, by when, whether it was put right."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect

from backend.console.desk import unit_talk_labels
from backend.console.desk.unit_talk_form import MOST, blank, new_talk, units_of
from backend.console.form_refusals import Tried, fitting, tried
from backend.console.pages import page
from backend.console.typed import Typed, identity, typed
from backend.core import clock
from backend.core.refusals import Refusal
from backend.core.words import Term, say
from backend.hotline import unit_talks as talks
from backend.hotline.unit_talk_schemas import UnitTalkFix
from backend.people.actors import Actor
from backend.people.guards import SignedIn

HERE = "/console/desk/unit-talks"
ROWS = 30
TABS = (("open", Term("Still to put right")), ("all", Term("All talks")))
SAID = {
    "recorded": Term("Written down. The case keeps a note, and the unit was asked where something is to be put right."),
    "fixed": Term("Written down: it was put right."),
}
NAMES = {"case_id": "case", "unit_id": "unit"}
WRONG_FIX = {
    "fixed_on": Term("Give a day between the talk and today."),
    "note": Term("Say in a sentence how it was put right; up to 400 characters."),
}
Which = Annotated[str, QueryParameter(max_length=20)]
After = Annotated[str, QueryParameter(max_length=400)]


@get("/unit-talks", include_in_schema=False)
async def show_talks(by: SignedIn, which: Which = "open", after: After = "") -> Response[str]:
    """Those of one's territory, or with one's own unit, the last held first."""
    chosen = which if which in dict(TABS) else "open"
    found = await talks.list_unit_talks(by=by, unfixed=chosen == "open", limit=ROWS, cursor=after or None)
    return page(
        "desk/unit_talks.html",
        by=by,
        tabs=TABS,
        which=chosen,
        found=found,
        standing=unit_talk_labels.standing,
        holds=by.has(*talks.HOLDERS),
    )


@get("/unit-talks/new", include_in_schema=False)
async def show_form(
    by: SignedIn, case: Which = "", unit: FromQuery[UUID | None] = None, reason: After = ""
) -> Response[str]:
    """An empty form; `case` is the number of the case it was about."""
    return await _form(by, blank(case, unit, reason))


@post("/unit-talks/new", include_in_schema=False, status_code=200)
async def record(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """Written down, and shown; or the form again with what is wrong beside each field."""
    by.must_have(*talks.HOLDERS)
    form = await typed(request)
    try:
        id = identity(form.get("id"))
        await talks.record_unit_talk(id=id, new=await new_talk(form, by), by=by)
    except Refusal as refusal:
        return await _form(by, form, tried(refusal, names=NAMES))
    return Redirect(f"{HERE}/{id}?did=recorded", status_code=303)


async def _form(by: Actor, form: Typed, refused: Tried | None = None) -> Response[str]:
    by.must_have(*talks.HOLDERS)
    return page(
        "desk/unit_talk_new.html",
        status=refused.status if refused else 200,
        by=by,
        form=form,
        refused=refused,
        at=refused.at if refused else {},
        most=MOST,
        **await units_of(form, by),
    )


@get("/unit-talks/{talk_id:uuid}", include_in_schema=False)
async def show_talk(by: SignedIn, talk_id: FromPath[UUID], did: Which = "") -> Response[str]:
    """What was agreed, and for whoever may say so the way to say that it was put right."""
    return await _page(by, talk_id, Typed({"fixed_on": [clock.today().isoformat()]}), did=did)


@post("/unit-talks/{talk_id:uuid}/fix", include_in_schema=False, status_code=200)
async def fix(by: SignedIn, request: Request[Any, Any, Any], talk_id: FromPath[UUID]) -> Response[Any]:
    """改好了. A second tap is the same."""
    form = await typed(request)
    try:
        given = {"fixed_on": form.get("fixed_on"), "note": form.get("note")}
        await talks.put_right(talk_id=talk_id, fix=fitting(UnitTalkFix, given, wrong=WRONG_FIX), by=by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _page(by, talk_id, form, tried(refusal, names={}))
    return Redirect(f"{HERE}/{talk_id}?did=fixed", status_code=303)


async def _page(by: Actor, talk_id: UUID, form: Typed, refused: Tried | None = None, *, did: str = "") -> Response[str]:
    one = await talks.get_unit_talk(talk_id=talk_id, by=by)
    told = did == "recorded" or (did == "fixed" and one.fixed_on is not None)
    return page(
        "desk/unit_talk.html",
        status=refused.status if refused else 200,
        by=by,
        one=one,
        standing=unit_talk_labels.standing,
        may_fix=one.fixed_on is None and await talks.may_put_right(talk_id=talk_id, by=by),
        today=clock.today().isoformat(),
        form=form,
        refused=refused,
        at=refused.at if refused else {},
        told=say(SAID[did]) if told and did in SAID else None,
    )


HANDLERS = (show_talks, show_form, record, show_talk, fix)
