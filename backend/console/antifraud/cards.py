"""/console/antifraud/cards: who carries a visitor's card; one is issued, one is ended."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from backend.antifraud import visitor_cards
from backend.antifraud.visitor_cards import ISSUERS
from backend.antifraud.visitor_finding import FOUND_AT_ONCE, card_units, find_visitors, visitor_candidate
from backend.antifraud.visitor_schemas import NewVisitorCard
from backend.console import labels
from backend.console.antifraud.ways import HERE as ABOVE
from backend.console.antifraud.ways import ways
from backend.console.antifraud.wording import day_of
from backend.console.form_refusals import Tried, fitting, tried
from backend.console.pages import page
from backend.console.typed import Typed, identity, typed
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.refusals import Refusal
from backend.core.words import Term, say
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.tables import Role

HERE = f"{ABOVE}/cards"
SHOWN = 30
DID = {
    "issued": Term("Issued. His code of today stands on his own front page; nobody else sees it."),
    "ended": Term("Ended. His code is nobody's from now on."),
}
ROLES = {Role.ASSISTANT: Term("village police assistant"), Role.CADRE: Term("field cadre")}
WRONG = {"unit_id": "Choose one from the list.", "person_id": "Choose one from the list."}
FIELDS = {"unit_id": "unit", "person_id": "person"}

Words = Annotated[str, QueryParameter(max_length=40)]
Person = Annotated[UUID | None, QueryParameter(description="to whom one is issued")]
Did = Annotated[str, QueryParameter(max_length=20)]
Cursor = Annotated[str, QueryParameter(max_length=400)]


@get("/cards", include_in_schema=False)
async def show_cards(
    by: SignedIn, q: Words = "", person: Person = None, ended: Did = "", did: Did = "", after: Cursor = ""
) -> Response[str]:
    """Those in hand, or with `ended` those that ended; `q` looks for somebody to give one to."""
    told = DID.get(did)
    did_words = say(told) if told else None
    return await _page(by, q=q, person=person, ended=bool(ended), did=did_words, after=after)


@post("/cards", include_in_schema=False, status_code=200)
async def issue(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """Issued once, however often it is tapped; or the form again with what was typed."""
    by.must_have(*ISSUERS)
    form = await typed(request)
    person_id = identity(form.get("person"))
    try:
        given = {
            "id": identity(form.get("id")),
            "person_id": person_id,
            "unit_id": form.get("unit"),
            "valid_from": day_of(form.get("valid_from"), "valid_from"),
            "valid_to": day_of(form.get("valid_to"), "valid_to"),
        }
        new = fitting(NewVisitorCard, given, wrong=WRONG)
        await visitor_cards.issue_visitor_card(new=new, by=by)
    except Refusal as refusal:
        return await _page(by, person=person_id, form=form, refused=tried(refusal, names=FIELDS))
    return Redirect(f"{HERE}?did=issued", status_code=303)


@post("/cards/{card_id:uuid}/ending", include_in_schema=False, status_code=303)
async def end(by: SignedIn, card_id: FromPath[UUID]) -> Redirect:
    """At once; twice is harmless."""
    await visitor_cards.end_visitor_card(card_id=card_id, by=by)
    return Redirect(f"{HERE}?did=ended", status_code=303)


async def _page(
    by: Actor,
    *,
    q: str = "",
    person: UUID | None = None,
    ended: bool = False,
    did: str | None = None,
    after: str = "",
    form: Typed | None = None,
    refused: Tried | None = None,
) -> Response[str]:
    issues = by.has(*ISSUERS)
    found = await visitor_cards.list_visitor_cards(by=by, ended=ended, limit=SHOWN, cursor=after or None)
    visitor = await visitor_candidate(person_id=person, by=by) if person and issues else None
    candidates = await find_visitors(words=q, by=by) if issues and not visitor else []
    return page(
        "antifraud/cards.html",
        status=refused.status if refused else 200,
        by=by,
        ways=await ways(by),
        cards=found.items,
        next_page=found.next_cursor and f"{HERE}?ended={'1' if ended else ''}&after={found.next_cursor}",
        ended=ended,
        issues=issues,
        q=q,
        candidates=candidates[:FOUND_AT_ONCE],
        more=len(candidates) > FOUND_AT_ONCE,
        visitor=visitor,
        units=await card_units(visitor=visitor, by=by) if visitor else [],
        roles={role: say(name) for role, name in ROLES.items()},
        place=labels.place,
        form=form or Typed({"id": [str(uuid7())], "valid_from": [clock.today().isoformat()]}),
        refused=refused,
        did=did,
        today=clock.today(),
    )


HANDLERS = [show_cards, issue, end]
