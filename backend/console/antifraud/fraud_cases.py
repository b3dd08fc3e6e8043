"""/console/antifraud/cases: cases as the police registered them, to be counted. No victim, no story."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from backend.antifraud import fraud_cases as verbs
from backend.antifraud.fraud_case_schemas import FraudCaseRecord, FraudCaseWithdrawal, NewFraudCase
from backend.antifraud.fraud_late import RunBreak, run_breaks
from backend.console import labels
from backend.console.antifraud.ways import HERE as ABOVE
from backend.console.antifraud.ways import registers, ways
from backend.console.antifraud.wording import day_of, fraud_type_names, money, own_divisions, yuan_of
from backend.console.form_refusals import Tried, fitting, tried
from backend.console.pages import page
from backend.console.typed import Typed, identity, typed
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.refusals import Refusal
from backend.core.words import Term, say
from backend.people.actors import OVERSEERS, Actor
from backend.people.guards import SignedIn
from backend.territory import queries as territory

HERE = f"{ABOVE}/cases"
SHOWN = 20
COUNTY_DIGITS = 6
DID = {
    "registered": Term("Registered. It counts from now on."),
    "withdrawn": Term("Withdrawn. It counts nowhere any more; the days are as if it had never been."),
}
WRONG = {
    "occurred_on": "Choose the day on which it happened.",
    "registered_on": "Choose the day on which it was registered.",
    "fraud_type": "Choose one from the list.",
    "division_code": "Choose one from the list.",
    "note": "Say in a few words why, without a name: up to 200 characters.",
}
FIELDS = {"division_code": "division"}

Did = Annotated[str, QueryParameter(max_length=20)]
Cursor = Annotated[str, QueryParameter(max_length=400)]
Chosen = Annotated[str, QueryParameter(max_length=20)]
CaseId = Annotated[str, QueryParameter(max_length=36)]


@get("/cases", include_in_schema=False)
async def show_cases(
    by: SignedIn, division: Chosen = "", did: Did = "", case: CaseId = "", after: Cursor = ""
) -> Response[str]:
    """The newest first, with what each did to the run of days; above them the form for those who register."""
    told = DID.get(did)
    return await _page(by, division=division, after=after, did=say(told) if told else None, case=case)


@post("/cases", include_in_schema=False, status_code=200)
async def register(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """Registered once, however often it is tapped; or the form again with what was typed."""
    form = await typed(request)
    try:
        made = await verbs.register_case(new=_new(form), by=by)
    except Refusal as refusal:
        return await _page(by, form=form, refused=tried(refusal, names=FIELDS))
    return Redirect(f"{HERE}?did=registered&case={made.record.id}", status_code=303)


def _new(form: Typed) -> NewFraudCase:
    given = {
        "id": identity(form.get("id")),
        "occurred_on": day_of(form.get("occurred_on"), "occurred_on") or "",
        "registered_on": day_of(form.get("registered_on"), "registered_on") or clock.today(),
        "fraud_type": form.get("fraud_type"),
        "loss_yuan": yuan_of(form.get("loss_yuan"), "loss_yuan"),
        "division_code": form.get("division"),
    }
    return fitting(NewFraudCase, given, wrong=WRONG)


@post("/cases/{case_id:uuid}/withdrawal", include_in_schema=False, status_code=200)
async def withdraw(by: SignedIn, case_id: FromPath[UUID], request: Request[Any, Any, Any]) -> Response[Any]:
    """A mistake, with its reason."""
    form = await typed(request)
    try:
        why = fitting(FraudCaseWithdrawal, {"note": form.get("note")}, wrong=WRONG)
        await verbs.withdraw_case(case_id=case_id, why=why, by=by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _page(by, case=str(case_id), wrong_note=tried(refusal, names={}), note=form.get("note"))
    return Redirect(f"{HERE}?did=withdrawn&case={case_id}", status_code=303)


async def _page(
    by: Actor,
    *,
    division: str = "",
    after: str = "",
    did: str | None = None,
    case: str = "",
    form: Typed | None = None,
    refused: Tried | None = None,
    wrong_note: Tried | None = None,
    note: str = "",
) -> Response[str]:
    found = await verbs.list_cases(by=by, division_code=division or None, limit=SHOWN, cursor=after or None)
    may_register = await registers(by)
    roles = await verbs.registrar_roles(by) if may_register else OVERSEERS
    divisions = await own_divisions(by, roles)
    broke = await _broke(by, found.items)
    wrong = refused or wrong_note
    return page(
        "antifraud/cases.html",
        status=wrong.status if wrong else 200,
        by=by,
        ways=await ways(by),
        cases=found.items,
        next_page=found.next_cursor and f"{HERE}?division={division}&after={found.next_cursor}",
        asked=division,
        divisions=divisions,
        places=await _places(found.items, dict(divisions)),
        names=fraud_type_names(),
        money=money,
        broke=broke,
        just=next((each for each in found.items if str(each.id) == case), None),
        may_register=may_register,
        form=form or Typed({"id": [str(uuid7())], "registered_on": [clock.today().isoformat()]}),
        refused=refused,
        wrong_note=wrong_note,
        note=note,
        did=did,
    )


async def _broke(by: Actor, cases: list[FraudCaseRecord]) -> dict[UUID, RunBreak]:
    """What each of these did to its county's run; nothing where the county is not wholly one's own."""
    found: dict[tuple[str, date, date], RunBreak] = {}
    for county in {each.division_code[:COUNTY_DIGITS] for each in cases}:
        try:
            told = await run_breaks(division_code=f"{county}000000", by=by)
        except Refusal:
            continue
        found |= {(county, each.occurred_on, each.registered_on): each for each in told}
    keys = {each.id: (each.division_code[:COUNTY_DIGITS], each.occurred_on, each.registered_on) for each in cases}
    counted = [each.id for each in cases if each.withdrawn_at is None]
    return {id: found[keys[id]] for id in counted if keys[id] in found}


async def _places(cases: list[FraudCaseRecord], known: dict[str, str]) -> dict[str, str]:
    names = {code: name.strip("　") for code, name in known.items()}
    for code in {each.division_code for each in cases} - names.keys():
        names[code] = labels.place((await territory.division(code=code)).name)
    return names


HANDLERS = [show_cases, register, withdraw]
