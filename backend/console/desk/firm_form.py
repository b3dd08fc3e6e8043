"""/console/desk/firms/new: a firm is not satisfied; from the screen of its case, or by a number typed in."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect

from backend.cases import numbers, records, units
from backend.cases.filters import CaseFilters
from backend.cases.lists import list_cases
from backend.cases.schemas import CaseRecord
from backend.console import case_labels, labels
from backend.console.desk.firms import FIRMS
from backend.console.desk.pledge_form import marked
from backend.console.desk.pledge_rows import unit_of
from backend.console.form_refusals import Tried, at_field, fitting, tried
from backend.console.pages import page
from backend.console.typed import Typed, identity, typed
from backend.core.ids import uuid7
from backend.core.refusals import Invalid, Refusal
from backend.core.words import Term, say
from backend.hotline import firm_cases, firm_opening
from backend.hotline.firm_refusals import LeadersDeskNeeded
from backend.hotline.firm_schemas import NewEnterpriseCase
from backend.people.actors import Actor
from backend.people.guards import SignedIn

UNITS_SHOWN = 60
NO_CASE = Term("There is no case with this number here. Look at it again.")
WRONG = {
    "firm": Term("The firm's registered name: two to 120 characters."),
    "reason": Term("Write what the firm is not satisfied with: one to 1000 characters."),
}


@get("/firms/new", include_in_schema=False)
async def show_new(by: SignedIn, case: FromQuery[UUID | None] = None) -> Response[str]:
    """An empty form; `case`: from whose screen one comes."""
    by.must_have(*firm_cases.DESK)
    found = await records.get_case(case_id=case, by=by) if case else None
    fields = {"id": str(uuid7()), "number": found.number_said if found else ""}
    return await _form(by, Typed({name: [value] for name, value in fields.items()}), case=found)


@post("/firms/new", include_in_schema=False, status_code=200)
async def open_new(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """To the leader's desk at once. A second tap is the same matter."""
    by.must_have(*firm_cases.DESK)
    form, case = await typed(request), None
    try:
        case = await _case(form, by)
        new = fitting(NewEnterpriseCase, await _given(form, case), wrong=WRONG)
        made = await firm_opening.open_enterprise_case(id=identity(form.get("id")), new=new, by=by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _form(by, form, case=case, refused=_tried(refusal))
    return Redirect(f"{FIRMS}/{made.record.id}?did=opened", status_code=303)


async def _case(form: Typed, by: Actor) -> CaseRecord:
    """Raises Invalid (400)."""
    number = numbers.plain(form.get("number"))
    found = (await list_cases(by=by, filters=CaseFilters(number=number), limit=1)).items if number else []
    if not found:
        raise Invalid("Please look at the marked fields.", errors=[at_field("number", say(NO_CASE))])
    return await records.get_case(case_id=found[0].id, by=by)


async def _given(form: Typed, case: CaseRecord) -> dict[str, Any]:
    """Raises Invalid (400)."""
    given: dict[str, Any] = {"case_id": case.id, "firm": form.get("firm"), "reason": form.get("reason")}
    if form.get("desk"):
        unit, wrong = unit_of(form.get("desk"), await units.of_county(case.division.code))
        if unit is None:
            raise Invalid("Please look at the marked fields.", errors=[at_field("desk", wrong)])
        given["desk_unit_id"] = unit.id
    return given


def _tried(refusal: Refusal) -> Tried:
    """Beside the field that it is about."""
    found = tried(refusal, names={"desk_unit_id": "desk"})
    if isinstance(refusal, LeadersDeskNeeded):
        at = {"desk": say("Nobody can tell whose desk it is: write the unit's name.")}
        return marked(Tried(found.problem, at, found.status))
    return marked(found)


async def _form(by: Actor, form: Typed, *, case: CaseRecord | None, refused: Tried | None = None) -> Response[str]:
    code = case.division.code if case else by.held[0].division_code
    known = await firm_cases.enterprise_case_of(case_id=case.id, by=by) if case else None
    return page(
        "desk/firm_new.html",
        status=refused.status if refused else 200,
        by=by,
        form=form,
        case=case,
        known=known,
        refused=refused,
        at=refused.at if refused else {},
        units=[each.name for each in (await units.of_county(code))[:UNITS_SHOWN]],
        cases=case_labels,
        place=labels.place,
    )


HANDLERS = (show_new, open_new)
