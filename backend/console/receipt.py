"""/r/{number}: what became of it, for whoever holds a receipt. No sign-in, no script needed, under 60 KB with all.

GET  /r/{number}          the form for the secret, for every number alike; with a ticket: the case
POST /r/{number}          the secret, for a ticket of half an hour in a cookie
POST /r/{number}/{step}   what the citizen may do; `id` was made with the page, so a second tap is the same step

A request for advice on a crop has a page of its own behind the same door: `diagnosis_receipt`.
"""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from backend.cases import clocks, numbers, receipts
from backend.cases.policies import case_policy
from backend.cases.public import PublicCase, public_case
from backend.cases.refusals import TicketExpired
from backend.cases.words import CaseKind, CaseState, Satisfaction
from backend.console import (
    case_labels,
    clock_labels,
    diagnosis_receipt,
    diagnosis_receipt_steps,
    labels,
    receipt_steps,
    refused,
)
from backend.console.forms import Filled, filled
from backend.console.pages import page
from backend.console.receipt_steps import Holder
from backend.console.refused import told
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.peers import address_of
from backend.core.refusals import Refusal, Unknown
from backend.core.settings import settings
from backend.core.words import say
from backend.deadlines.explaining import why_due_of
from backend.diagnosis.public import PublicDiagnosis, public_diagnosis
from backend.media.signed_addresses import signed_address
from backend.people.guards import must_be_same_origin

COOKIE = "lianxin_receipt"
LARGE = 1600
Big = Annotated[str, QueryParameter(max_length=1)]
Did = Annotated[str, QueryParameter(max_length=20)]


class Open(Struct, frozen=True):
    """A receipt that a ticket opened. `asked`: where it is a request for advice on a crop."""

    case_id: UUID
    case: PublicCase
    asked: PublicDiagnosis | None

    @property
    def steps(self) -> Any:
        """What its holder may do, and what the page says afterwards."""
        return receipt_steps if self.asked is None else diagnosis_receipt_steps


class Tried(Struct, frozen=True):
    """A step that was refused: which, why, and what had been typed."""

    step: str
    problem: str
    fields: dict[str, str]
    status: int

    @property
    def words(self) -> str:
        """What he wrote."""
        return self.fields.get("words", "")


@get("/{number:str}", include_in_schema=False)
async def show_receipt(
    request: Request[Any, Any, Any], number: FromPath[str], big: Big = "", did: Did = ""
) -> Response[str]:
    """200 for every number. Looking changes nothing: WeChat looks at every link before people do."""
    found = await _opened(request, number)
    return await _case_page(found, big, did=did) if found else _form(number, big)


@post("/{number:str}", include_in_schema=False, status_code=200, request_max_body_size=None)
async def open_receipt(request: Request[Any, Any, Any], number: FromPath[str], big: Big = "") -> Response[Any]:
    """The secret. Whatever does not fit is one answer."""
    async with filled(request) as form:
        secret = form.get("secret")
    try:
        case_id = await receipts.opened_by(number=number, secret=secret, address=address_of(request))
    except Refusal as refusal:
        return _form(number, big, status=refusal.status, problem=told(refusal))
    plain = numbers.plain(number)
    return Redirect(_address(plain, big), status_code=303, cookies=[cookie(plain, receipts.ticket_for(case_id))])


@post("/{number:str}/{step:str}", include_in_schema=False, status_code=200, request_max_body_size=None)
async def take_step(
    request: Request[Any, Any, Any], number: FromPath[str], step: FromPath[str], big: Big = ""
) -> Response[Any]:
    """One of the citizen's steps, then the page with what was done; or the page with why not."""
    must_be_same_origin(request)
    if step not in diagnosis_receipt_steps.STEPS:
        raise Unknown("There is no such page.")
    found = await _opened(request, number)
    async with filled(request) as form:
        if found is None:
            expired = say("Half an hour is over. Enter the secret once more.")
            return _form(number, big, status=403, problem=expired, kept=form.get("words"))
        return await _take(found, step, form, big)


async def _take(found: Open, step: str, form: Filled, big: str) -> Response[Any]:
    verb = found.steps.STEPS.get(step)
    if verb is None:
        raise Unknown("There is no such page.")
    try:
        await verb(Holder(found.case_id, form.id()), form)
    except Refusal as refusal:
        tried = Tried(step, told(refusal), form.fields, refusal.status)
        return await _case_page(await _read(found.case_id), big, tried=tried)
    return Redirect(_address(found.case.number, big, did=step), status_code=303)


@post("/{number:str}/leaving", include_in_schema=False, status_code=303)
async def leave(request: Request[Any, Any, Any], number: FromPath[str], big: Big = "") -> Redirect:
    """The ticket goes: the phone may be somebody else's."""
    must_be_same_origin(request)
    plain = numbers.plain(number)
    return Redirect(_address(plain, big), status_code=303, cookies=[cookie(plain, "", max_age_s=0)])


async def _opened(request: Request[Any, Any, Any], number: str) -> Open | None:
    """The case whose ticket came along, if it is the one of this number."""
    try:
        found = await _read(receipts.case_of_ticket(request.cookies.get(COOKIE, "")))
    except (TicketExpired, Unknown):
        return None
    return found if found.case.number == numbers.plain(number) else None


async def _read(case_id: UUID) -> Open:
    case = await public_case(case_id=case_id)
    is_asked = case.kind is CaseKind.DIAGNOSIS
    return Open(case_id, case, await public_diagnosis(request_id=case_id) if is_asked else None)


def _form(
    number: str, big: str, *, status: int = 200, problem: str | None = None, kept: str | None = None
) -> Response[str]:
    plain = numbers.plain(number)[:20]
    return page(
        "receipt/secret.html",
        status=status,
        number=plain,
        number_said=numbers.grouped(plain),
        big=big,
        problem=problem,
        kept=kept,
    )


async def _case_page(found: Open, big: str, *, did: str = "", tried: Tried | None = None) -> Response[str]:
    case = found.case
    why = await why_due_of(subject_room=clocks.ROOM, subject_id=found.case_id)
    own: dict[str, Any] = {}
    if found.asked is not None:
        own = diagnosis_receipt.shown(found.asked, case) | {"ticket": receipts.ticket_for(found.case_id)}
    facts = {"may": receipt_steps.open_to(case), "stages": _stages(case)} | own
    return page(
        "receipt/diagnosis.html" if own else "receipt/receipt.html",
        status=tried.status if tried else 200,
        case=case,
        number=case.number,
        to=f"/r/{case.number}",
        q="?big=1" if big else "",
        big=big,
        did=_did(did, found),
        tried=tried,
        id=uuid7(),
        labels=case_labels,
        place=labels.place,
        clocks=[clock_labels.shown(each) for each in case.clocks],
        why=[(clock_labels.shown(each.clock), each.steps) for each in why if each.steps],
        dissatisfied=case.state is CaseState.EVALUATED and case.satisfaction is Satisfaction.DISSATISFIED,
        photo=_photo,
        **facts,
    )


def _stages(case: PublicCase) -> list[tuple[str, str]]:
    """The five stages, each done, now or to come."""
    at = list(case_labels.STAGES).index(case.stage)
    ended = case.state in (CaseState.EVALUATED, CaseState.MERGED, CaseState.WITHDRAWN)
    looks = ["done" if n < at or (ended and n == at) else "now" if n == at else "to-come" for n in range(5)]
    return [(case_labels.stage(stage), look) for stage, look in zip(case_labels.STAGES, looks, strict=True)]


def _did(did: str, found: Open) -> str | None:
    """What was just done, if it was indeed: an address can be typed by anybody."""
    kinds, said = found.steps.DID.get(did, ("", ""))
    return say(said) if any(line.kind in kinds.split() for line in found.case.timeline) else None


def _photo(photo_id: UUID) -> str:
    return signed_address(photo_id=photo_id, longest=LARGE, valid_for=_ticket_lasts())


def _address(number: str, big: str, did: str = "") -> str:
    given = [f"{name}={value}" for name, value in (("did", did), ("big", "1" if big else "")) if value]
    return f"/r/{number}" + (f"?{'&'.join(given)}" if given else "")


def _ticket_lasts() -> Any:
    return case_policy(clock.today()).ticket_valid_for


def cookie(number: str, ticket: str, max_age_s: int | None = None) -> Cookie:
    """The ticket, for the pages of this receipt alone."""
    lasts = int(_ticket_lasts().total_seconds()) if max_age_s is None else max_age_s
    return Cookie(
        COOKIE,
        value=ticket,
        max_age=lasts,
        path=f"/r/{number}",
        httponly=True,
        samesite="lax",
        secure=settings().public_url.startswith("https://"),
    )


router = Router(
    path="/r",
    route_handlers=[show_receipt, open_receipt, leave, take_step],
    exception_handlers=refused.HANDLERS,  # type: ignore[arg-type]
)
