"""/console/cases/{id}: one case. What it is, by when and why, what can be done with it, what happened, told apart."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from backend.cases import anchors, offers, pairs, records, units
from backend.cases.dispatching import propose_unit
from backend.cases.explaining import why_due
from backend.cases.records import CaseContact
from backend.cases.refusals import CaseUnknown, NoRoute
from backend.cases.rules import STEPS
from backend.cases.schemas import CaseRecord, PhotoShown, Proposal, TimelineLine
from backend.console import case_labels, clock_labels, labels
from backend.console.case_steps import FORMS, WHY_NOT, StepForm
from backend.console.case_taking import Taking
from backend.console.desk import transfer_labels
from backend.console.forms import filled
from backend.console.pages import page
from backend.console.refused import told
from backend.core.ids import uuid7
from backend.core.logs import request_id
from backend.core.refusals import Refusal, Unknown
from backend.core.words import Term, say
from backend.hotline import firm_cases, transfers
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.territory.tables import Level

LEVELS = {
    Level.VILLAGE: Term("to the village"),
    Level.COMMUNITY: Term("to the community"),
    Level.TOWNSHIP: Term("to the township"),
    Level.COUNTY: Term("to the county"),
    Level.PREFECTURE: Term("to the prefecture"),
}
LOOPS = {"2": Term("between departments (second loop)"), "3": Term("joint meeting (third loop)")}
FINDINGS = {"changed": Term("was changed"), "missing": Term("is missing"), "erased": Term("was deleted as wished")}
PAIRED = {True: Term("They are one case."), False: Term("They stay two cases.")}

Did = Annotated[str, QueryParameter(max_length=20)]
Verify = Annotated[str, QueryParameter(max_length=1)]


class Tried(Struct, frozen=True):
    """A step that was refused: which, why, and what had been filled in."""

    step: str
    problem: str
    fields: dict[str, str]
    status: int


class Beside(Struct, frozen=True):
    """What a page shows once more than the case: its contact, or what verification found."""

    contact: CaseContact | None = None
    verdict: Any = None


@get("/cases/{case_id:uuid}", include_in_schema=False)
async def show_case(by: SignedIn, case_id: FromPath[UUID], did: Did = "", verify: Verify = "") -> Response[str]:
    """One case; with `verify` its timeline is reckoned again."""
    beside = Beside()
    if verify:
        await records.get_case(case_id=case_id, by=by)
        beside = Beside(verdict=await anchors.verify(case_id=case_id))
    return await _page(by, case_id, did=did, beside=beside)


@post("/cases/{case_id:uuid}/contact", include_in_schema=False, status_code=200)
async def show_contact(by: SignedIn, case_id: FromPath[UUID]) -> Response[str]:
    """The same page with name and phone: by a tap, because each such look is written down."""
    contact = await records.read_contact(case_id=case_id, by=by, request_id=request_id.get())
    return await _page(by, case_id, beside=Beside(contact=contact))


@post(
    "/cases/{case_id:uuid}/pairs/{pair_id:uuid}", include_in_schema=False, status_code=200, request_max_body_size=None
)
async def decide_pair(
    by: SignedIn, request: Request[Any, Any, Any], case_id: FromPath[UUID], pair_id: FromPath[UUID]
) -> Response[Any]:
    """The same, or two."""
    async with filled(request) as form:
        same = form.get("same") == "yes"
        try:
            reason = form.get("words") or say(PAIRED[same])
            await pairs.decide_pair(pair_id=pair_id, same=same, reason=reason, by=by)
        except Refusal as refusal:
            return await refused(by, case_id, "pair", refusal, form.fields)
    return Redirect(f"/console/cases/{case_id}", status_code=303)


@post("/cases/{case_id:uuid}/{step:str}", include_in_schema=False, status_code=200, request_max_body_size=None)
async def take_step(
    by: SignedIn, request: Request[Any, Any, Any], case_id: FromPath[UUID], step: FromPath[str]
) -> Response[Any]:
    """Take a step; back to the case, or to the list where it is not his any more."""
    if step not in FORMS:
        raise Unknown("There is no such page.")
    async with filled(request) as form:
        try:
            await FORMS[step].verb(Taking(case_id, form.id(), by, form))
        except Refusal as refusal:
            return await refused(by, case_id, step, refusal, form.fields)
    try:
        await records.get_case(case_id=case_id, by=by)
    except CaseUnknown:
        return Redirect("/console/cases", status_code=303)
    return Redirect(f"/console/cases/{case_id}?did={step}", status_code=303)


async def refused(by: Actor, case_id: UUID, step: str, refusal: Refusal, fields: dict[str, str]) -> Response[str]:
    """The page again with the reason beside the form, and what was typed still in it."""
    return await _page(by, case_id, tried=Tried(step, told(refusal), fields, refusal.status))


async def _page(
    by: Actor, case_id: UUID, *, did: str = "", tried: Tried | None = None, beside: Beside | None = None
) -> Response[str]:
    one = await records.get_case(case_id=case_id, by=by, timeline=True)
    lines = one.timeline or []
    may = await offers.open_to(case_id=case_id, by=by)
    forms = [(name, form) for name, form in FORMS.items() if name in may and _fits(name, one)]
    return page(
        "cases/case.html",
        status=tried.status if tried else 200,
        by=by,
        one=one,
        to=f"/console/cases/{case_id}",
        labels=case_labels,
        place=labels.place,
        lines=list(reversed(lines)),
        ours={line.id for line in lines if not line.public},
        clocks=[clock_labels.shown(each) for each in one.clocks],
        why=[(clock_labels.shown(each.clock), each.steps) for each in await why_due(case_id=case_id, by=by)],
        forms=forms,
        proposal=await _proposal(one, may, by),
        fields=await _fields(one, forms),
        handed=await transfers.transfers_of(by=by, case_id=case_id),
        hands_over=one.closed_at is None and by.has(*transfers.DESK),
        transfer_says=transfer_labels,
        pairs=await pairs.pairs_of(case_id=case_id, by=by) if one.closed_at is None else [],
        may_pair="merged" in may,
        firm=await firm_cases.enterprise_case_of(case_id=case_id, by=by),
        firm_may_go=by.has(*firm_cases.DESK) and firm_cases.has_ended(one),
        repeat=await pairs.repeat_of(case_id=case_id, by=by),
        renews="receipt_renewed" in may,
        recognised=list(case_labels.RECOGNISED.items()),
        photos=_photos(one, lines),
        did=_did(did, lines),
        tried=tried,
        id=uuid7(),
        beside=beside or Beside(),
        finding_words=FINDINGS,
    )


def _fits(name: str, one: CaseRecord) -> bool:
    """One form for coming back: a contest where it was refused, else a reopening."""
    refused = one.outcome in ("unreasonable", "explained")
    return {"contested": refused, "reopened": not (refused and "contested" in one.steps)}.get(name, True)


async def _proposal(one: CaseRecord, may: list[str], by: Actor) -> Proposal | None:
    if "dispatched" not in may:
        return None
    try:
        return await propose_unit(case_id=one.id, by=by)
    except NoRoute:
        return None


async def _fields(one: CaseRecord, forms: list[tuple[str, StepForm]]) -> dict[str, Any]:
    """What the selects of the forms offer."""
    asked = {field for _, form in forms for field in form.fields}
    return {
        "units": await units.of_county(one.division.code) if "unit" in asked else [],
        "still": case_labels.choices(case_labels.STILL),
        "why": [(code, say(name)) for code, name in WHY_NOT.items()],
        "judged": case_labels.choices(case_labels.JUDGED),
        "up": [
            *((f"loop:{n}", say(name)) for n, name in LOOPS.items() if int(n) > one.loop),
            *((f"level:{level.value}", say(name)) for level, name in LEVELS.items()),
        ],
    }


def _photos(one: CaseRecord, lines: list[TimelineLine]) -> list[tuple[str, list[PhotoShown]]]:
    """Before and after, side by side: what came with the matter, and what the unit showed."""
    after = [each for line in lines if line.kind in ("resolved", "explained") for each in case_labels.photo_ids(line)]
    shown = {
        say("Before"): [photo for photo in one.photos if photo.id not in after],
        say("After"): [photo for photo in one.photos if photo.id in after],
    }
    return [(title, photos) for title, photos in shown.items() if photos]


def _did(did: str, lines: list[TimelineLine]) -> str | None:
    """What was just done, if it was indeed: an address can be typed by anybody."""
    found = next((line for line in reversed(lines) if line.kind == did and did in STEPS), None)
    return case_labels.title(found) if found else None


HANDLERS = (show_case, show_contact, decide_pair, take_step)
