"""/console/suggestions: 三三三 to tick off. Three sign, three meet on the spot, three are told; on paper too."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID, uuid5

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from backend.cases import feedback, offers, records, suggestions, units
from backend.cases.amending import amend_suggestion
from backend.cases.loop_words import FeedbackWay, ReportTo, Signatory
from backend.cases.suggestion_lists import list_suggestions
from backend.cases.suggestion_schemas import (
    NewFeedback,
    NewHearing,
    NewReport,
    NewSignature,
    NewText,
    SignatureRecord,
    SuggestionRecord,
)
from backend.console import case_labels, labels
from backend.console.forms import Filled, filled
from backend.console.pages import page
from backend.console.refused import told
from backend.console.typed import identity, moment, place, shaped
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.refusals import Refusal, Unknown
from backend.core.words import Term, say
from backend.media.actions import upload_photo
from backend.media.receiving import Door
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.territory.coordinates import Crs

HERE = "/console/suggestions"
SHOWN = 30
SIGNATORIES = {
    Signatory.COUNTY_LEADER: Term("county leader"),
    Signatory.BUREAU_HEAD: Term("head of the bureau"),
    Signatory.SUGGESTER: Term("the suggester"),
}
REPORTS = {
    ReportTo.PARTY_COMMITTEE: Term("to the party committee"),
    ReportTo.CONGRESS: Term("to the people's congress"),
    ReportTo.PUBLIC_NOTICE: Term("to everybody, by a public notice"),
}
WAYS = {
    FeedbackWay.IN_PERSON: Term("face to face"),
    FeedbackWay.POSTED_NOTICE: Term("by a posted notice (photo and place)"),
    FeedbackWay.WECHAT: Term("by WeChat (a picture of it)"),
}
MAPS = {
    Crs.GCJ02: Term("AMap, Tencent"),
    Crs.BD09: Term("Baidu"),
    Crs.WGS84: Term("GPS"),
}
NEEDS = {"signature": "signed", "text": "amended", "hearing": "heard", "report": "reported", "feedback": "fed_back"}
"""The form, and the step of a case that it takes."""
DID = {
    "signature": Term("The signature is written down."),
    "text": Term("It reads otherwise now. Signatures for the old text are void."),
    "hearing": Term("The hearing is written down."),
    "report": Term("The report is written down."),
    "feedback": Term("Written down: who asked was told."),
}
Did = Annotated[str, QueryParameter(max_length=20)]


class Taking(Struct, frozen=True):
    """Which suggestion, the id of the step, who, and what he filled in."""

    case_id: UUID
    id: UUID
    by: Actor
    form: Filled


class Tried(Struct, frozen=True):
    """A form that was refused: which, why, and what had been filled in."""

    step: str = ""
    problem: str = ""
    fields: dict[str, str] = {}
    status: int = 200


@get("/suggestions", include_in_schema=False)
async def show_suggestions(by: SignedIn, after: Annotated[str, QueryParameter(max_length=400)] = "") -> Response[str]:
    """Those among the cases one may see, each with how far it has come."""
    found = await list_suggestions(by=by, limit=SHOWN, cursor=after or None)
    return page(
        "suggestions/suggestions.html",
        by=by,
        suggestions=found.items,
        place=labels.place,
        state=case_labels.state,
        next_page=found.next_cursor and f"{HERE}?after={found.next_cursor}",
    )


@get("/suggestions/{case_id:uuid}", include_in_schema=False)
async def show_suggestion(by: SignedIn, case_id: FromPath[UUID], did: Did = "") -> Response[str]:
    """One: its text, the nine steps, and what may be written down next."""
    return await _page(by, case_id, did=did)


async def _sign(on: Taking) -> None:
    form = on.form
    signatory = form.get("signatory")
    new = shaped(
        NewSignature,
        id=on.id,
        signatory=signatory,
        text_sha256=form.get("text_sha256"),
        signed_as=form.get("signed_as") if signatory != Signatory.SUGGESTER else None,
        signed_at=moment(form.get("signed_at")),
    )
    await suggestions.sign(case_id=on.case_id, new=new, by=on.by)


async def _amend(on: Taking) -> None:
    form = on.form
    new = shaped(
        NewText,
        id=on.id,
        title=form.get("title"),
        description=form.get("description").replace("\r\n", "\n"),
        reason=form.get("reason"),
    )
    await amend_suggestion(case_id=on.case_id, new=new, by=on.by)


async def _hear(on: Taking) -> None:
    form = on.form
    new = shaped(
        NewHearing,
        id=on.id,
        held_at=moment(form.get("held_at")),
        point=place(form.get("point"), form.get("crs")),
        place_note=form.get("place_note"),
        committee=form.get("committee"),
        unit_id=form.get("unit"),
        unit_spoke_by=form.get("unit_spoke_by"),
        suggester_came=form.get("came") == "yes",
        minutes=form.get("minutes"),
    )
    await suggestions.hold_hearing(case_id=on.case_id, new=new, by=on.by)


async def _report(on: Taking) -> None:
    form = on.form
    new = shaped(
        NewReport,
        id=on.id,
        audience=form.get("audience"),
        text=form.get("text"),
        reference=form.get("reference"),
        reported_on=form.get("reported_on"),
        redact=form.get("redact") == "yes",
    )
    await suggestions.report(case_id=on.case_id, new=new, by=on.by)


async def _feed_back(on: Taking) -> None:
    form = on.form
    new = shaped(
        NewFeedback,
        id=on.id,
        way=form.get("way"),
        text=form.get("text"),
        given_at=moment(form.get("given_at")),
        photo_id=await _proof(on),
        point=place(form.get("point"), form.get("crs")),
        place_note=form.get("place_note"),
        redact=form.get("redact") == "yes",
    )
    await feedback.give_feedback(case_id=on.case_id, new=new, by=on.by)


async def _proof(on: Taking) -> UUID | None:
    """Keep the photo under an id that follows from the step's: sent twice it is the same."""
    chosen = on.form.files.get("photo")
    if not chosen:
        return None
    kept = await upload_photo(
        source=chosen[0].chunks(),
        sha256=await chosen[0].sha256(),
        file_name=chosen[0].file_name or "",
        photo_id=uuid5(on.id, "proof"),
        uploaded_by=on.by.person_id,
        door=Door.PAGE,
    )
    return kept.record.id


STEPS: dict[str, Callable[[Taking], Awaitable[None]]] = {
    "signature": _sign,
    "text": _amend,
    "hearing": _hear,
    "report": _report,
    "feedback": _feed_back,
}


@post("/suggestions/{case_id:uuid}/{step:str}", include_in_schema=False, status_code=200, request_max_body_size=None)
async def take_step(
    by: SignedIn, request: Request[Any, Any, Any], case_id: FromPath[UUID], step: FromPath[str]
) -> Response[Any]:
    """Write a step down; or the page again with the reason beside its form, and what was typed."""
    if step not in STEPS:
        raise Unknown("There is no such page.")
    async with filled(request) as form:
        try:
            await STEPS[step](Taking(case_id, identity(form.get("id")), by, form))
        except Refusal as refusal:
            return await _refused(by, case_id, step, refusal, form)
    return Redirect(f"{HERE}/{case_id}?did={step}", status_code=303)


async def _refused(by: Actor, case_id: UUID, step: str, refusal: Refusal, form: Filled) -> Response[str]:
    if refusal.status in (403, 404):
        raise refusal
    return await _page(by, case_id, tried=Tried(step, told(refusal), form.fields, refusal.status))


async def _page(by: Actor, case_id: UUID, *, did: str = "", tried: Tried | None = None) -> Response[str]:
    one = await suggestions.get_suggestion(case_id=case_id, by=by)
    case = await records.get_case(case_id=case_id, by=by)
    may = await offers.open_to(case_id=case_id, by=by)
    forms = [form for form, step in NEEDS.items() if step in may and _fits(form, one)]
    return page(
        "suggestions/suggestion.html",
        status=tried.status if tried else 200,
        by=by,
        one=one,
        case=case,
        place=labels.place,
        stage=case_labels.state(case.state),
        signatures=[(value.value, say(name), _standing(one, value)) for value, name in SIGNATORIES.items()],
        open_signatures=[(value.value, say(name)) for value, name in SIGNATORIES.items() if not _standing(one, value)],
        open_reports=[(value.value, say(name)) for value, name in REPORTS.items() if not _report_to(one, value)],
        void=[(say(SIGNATORIES[each.signatory]), each) for each in one.signatures if not each.stands],
        reports=[(value.value, say(name), _report_to(one, value)) for value, name in REPORTS.items()],
        ways=[(value.value, say(name)) for value, name in WAYS.items()],
        way_of=lambda each: say(WAYS[each.way]),
        maps=[(value.value, say(name)) for value, name in MAPS.items()],
        forms=forms,
        units=await units.of_county(case.division.code) if "hearing" in forms else [],
        at=clock.local(clock.now()).strftime("%Y-%m-%dT%H:%M"),
        today=clock.today(),
        id=uuid7(),
        tried=tried or Tried(),
        told=say(DID[did]) if did in DID else None,
    )


def _standing(one: SuggestionRecord, signatory: Signatory) -> SignatureRecord | None:
    return next((each for each in one.signatures if each.stands and each.signatory is signatory), None)


def _report_to(one: SuggestionRecord, audience: ReportTo) -> Any:
    return next((each for each in one.reports if each.audience is audience), None)


def _fits(form: str, one: SuggestionRecord) -> bool:
    """Whether the form is the next thing: one after the other, as the nine come."""
    lacks = [each.partition(".")[0] for each in one.missing]
    return {
        "signature": "signature" in lacks,
        "text": one.hearing is None,
        "hearing": "hearing" in lacks and "signature" not in lacks,
        "report": "report" in lacks and "hearing" not in lacks,
        "feedback": True,
    }[form]


router = Router(path="/console", route_handlers=[show_suggestions, show_suggestion, take_step])
