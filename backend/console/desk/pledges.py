"""/console/desk/pledges: what was promised to everybody, what is late first; a pledge is done on a day, or dropped.

Everybody reads the same on /pledges at once.
"""

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect

from backend.console import labels, pledges_page
from backend.console.form_refusals import Tried, fitting, marked, tried
from backend.console.pages import page
from backend.console.typed import Incomplete, Typed, typed
from backend.core import clock
from backend.core.refusals import Refusal, Unknown
from backend.core.words import Term, say
from backend.hotline import pledges
from backend.hotline.pledge_rules import counts
from backend.hotline.pledge_schemas import PledgeChange, PublicPledge, PublicPledges
from backend.hotline.words import PledgeState
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.tables import Role

PLEDGES = "/console/desk/pledges"
ROWS = 30
READERS = (Role.HANDLER, Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN)
TABS: tuple[tuple[str, Term], ...] = (
    ("late", Term("Overdue")),
    ("underway", Term("Underway")),
    ("settled", Term("Done or dropped")),
    ("all", Term("All")),
)
SAID = {
    "published": Term("Published: everybody can read it now."),
    "done": Term("Written down: done. Everybody can read it."),
    "dropped": Term("Written down: dropped. Everybody reads why."),
    "underway": Term("It is underway again. Everybody reads why."),
}
STEPS = {"done": PledgeState.DONE, "dropped": PledgeState.DROPPED, "underway": PledgeState.UNDERWAY}
Short = Annotated[str, QueryParameter(max_length=20)]
Place = Annotated[str, QueryParameter(pattern="^([0-9]{12})?$", max_length=12)]
Year = Annotated[int, QueryParameter(ge=0, le=2100)]


@get("/pledges", include_in_schema=False)
async def show_pledges(
    by: SignedIn,
    which: Short = "underway",
    place: Place = "",
    year: Year = 0,
    after: FromQuery[UUID | None] = None,
    did: Short = "",
) -> Response[str]:
    """Those of one's place, what is due first on top; for a handler those of his unit."""
    by.must_have(*READERS)
    code = place or next((each.division_code for each in by.held if each.role in READERS), "")
    found = await pledges.public_pledges(division_code=code, year=year or None)
    mine = _his(found, by)
    key = which if which in dict(TABS) else "underway"
    rows = sorted(filter(SHOWN[key], mine), key=lambda each: (each.due_on, each.id))
    start = next((n + 1 for n, each in enumerate(rows) if each.id == after), 0)
    address = {"place": code, "year": str(found.year)}
    return page(
        "desk/pledges.html",
        by=by,
        found=found,
        counts=counts(mine),
        tabs=[(each, name, sum(map(SHOWN[each], mine)), _address(which=each, **address)) for each, name in TABS],
        which=key,
        rows=rows[start : start + ROWS],
        more=_address(which=key, after=str(rows[start + ROWS - 1].id), **address) if rows[start + ROWS :] else None,
        years=[(each, _address(which=key, place=code, year=str(each))) for each in found.years],
        public="/pledges?" + urlencode(address),
        publishes=by.has(*pledges.PUBLISHERS),
        told=say(SAID[did]) if did in SAID else None,
        place=labels.place,
        sign=pledges_page.sign,
        bars=pledges_page.bars,
    )


@get("/pledges/{pledge_id:uuid}", include_in_schema=False)
async def show_pledge(by: SignedIn, pledge_id: FromPath[UUID], did: Short = "") -> Response[str]:
    """One, with what may be said of it."""
    by.must_have(*READERS)
    return await _page(by, pledge_id, did=did)


@post("/pledges/{pledge_id:uuid}/{step:str}", include_in_schema=False, status_code=200)
async def change_pledge(
    by: SignedIn, request: Request[Any, Any, Any], pledge_id: FromPath[UUID], step: FromPath[str]
) -> Response[Any]:
    """Done on a day, dropped, or underway after all. The same again is the same."""
    if step not in STEPS:
        raise Unknown("There is no such page.")
    form = await typed(request)
    try:
        day = _day(form.get("done_on")) if step == "done" else None
        given = {"becomes": STEPS[step], "done_on": day, "note": form.get("note") or None}
        change = fitting(PledgeChange, given, wrong=WRONG)
        await pledges.change_pledge(pledge_id=pledge_id, change=change, by=by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _page(by, pledge_id, form=form, step=step, refused=marked(tried(refusal, names={})))
    return Redirect(f"{PLEDGES}/{pledge_id}?did={step}", status_code=303)


def _his(found: PublicPledges, by: Actor) -> list[PublicPledge]:
    """All for whoever oversees; for a handler those of his units."""
    every = [each for batch in found.batches for each in batch.pledges]
    if by.has(Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN):
        return every
    own = {held.unit_id for held in by.held if held.role is Role.HANDLER}
    return [each for each in every if each.unit.id in own]


def _day(text: str) -> date | None:
    """Raises Incomplete (400)."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Incomplete("A day looks like this: 2026-11-30.") from error


def _address(**given: str) -> str:
    return f"{PLEDGES}?{urlencode(given)}"


async def _page(
    by: Actor,
    pledge_id: UUID,
    *,
    did: str = "",
    form: Typed | None = None,
    step: str = "",
    refused: Tried | None = None,
) -> Response[str]:
    found = await pledges.look_at_pledge(pledge_id=pledge_id, by=by)
    one = found.pledge
    return page(
        "desk/pledge.html",
        status=refused.status if refused else 200,
        by=by,
        found=found,
        one=one,
        underway=one.state is PledgeState.UNDERWAY,
        today=clock.today(),
        told=say(SAID[did]) if STEPS.get(did) is one.state else None,
        form=form or Typed(),
        step=step,
        refused=refused,
        at=refused.at if refused else {},
        place=labels.place,
        sign=pledges_page.sign,
        public="/pledges?" + urlencode({"place": found.division.code, "year": one.due_on.year}),
    )


SHOWN: dict[str, Any] = {
    "late": lambda each: each.overdue and each.state is PledgeState.UNDERWAY,
    "underway": lambda each: each.state is PledgeState.UNDERWAY,
    "settled": lambda each: each.state is not PledgeState.UNDERWAY,
    "all": lambda _: True,
}
WRONG = {"note": Term("At most 400 characters; everybody reads it.")}
HANDLERS = (show_pledges, show_pledge, change_pledge)
