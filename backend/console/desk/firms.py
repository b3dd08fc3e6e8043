"""/console/desk/firms: the leader's desk (企业直通车). A firm that was not satisfied, its own clock, a word, an end."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from backend.cases.rules import OPEN
from backend.console import case_labels
from backend.console.desk import firm_labels
from backend.console.form_refusals import Tried, fitting, tried
from backend.console.pages import page
from backend.console.typed import Typed, typed
from backend.core.refusals import Refusal, Unknown
from backend.core.words import Term, say
from backend.hotline import firm_cases, firm_deciding
from backend.hotline.firm_schemas import EnterpriseCaseRecord, EnterpriseClosure, EnterpriseEndorsement
from backend.hotline.words import FirmCaseState
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.tables import Role

FIRMS = "/console/desk/firms"
ROWS = 30
SEES = (Role.HANDLER, *firm_cases.READERS)
TABS: tuple[tuple[str, Term, FirmCaseState | None], ...] = (
    ("open", Term("Wait for a word"), FirmCaseState.OPEN),
    ("endorsed", Term("Endorsed"), FirmCaseState.ENDORSED),
    ("closed", Term("Settled"), FirmCaseState.CLOSED),
    ("all", Term("All"), None),
)
SAID = {
    "opened": Term("It is on the leader's desk: whoever is on duty there was told."),
    "endorsement": Term("Endorsed: the unit that has the case was asked to act."),
    "closure": Term("Settled and closed."),
}
WRONG = {
    "words": Term("Write what is to be done, and by whom: one to 1000 characters."),
    "result": Term("Write what came of it and how the firm was told: one to 1000 characters."),
}
Short = Annotated[str, QueryParameter(max_length=20)]
After = Annotated[str, QueryParameter(max_length=400)]


@get("/firms", include_in_schema=False)
async def show_firms(by: SignedIn, which: Short = "open", after: After = "") -> Response[str]:
    """The newest first; what is over its limit stands out by word and edge."""
    by.must_have(*SEES)
    key, _, state = next((tab for tab in TABS if tab[0] == which), TABS[0])
    found = await firm_cases.list_enterprise_cases(by=by, state=state, limit=ROWS, cursor=after or None)
    return page(
        "desk/firms.html",
        by=by,
        tabs=TABS,
        which=key,
        found=found,
        opens=by.has(*firm_cases.DESK),
        says=firm_labels,
    )


@get("/firms/{firm_case_id:uuid}", include_in_schema=False)
async def show_firm(by: SignedIn, firm_case_id: FromPath[UUID], did: Short = "") -> Response[str]:
    """One matter: what the firm says, its clocks, what a leader said."""
    return await _page(by, firm_case_id, did=did)


@post("/firms/{firm_case_id:uuid}/{step:str}", include_in_schema=False, status_code=200)
async def take_step(
    by: SignedIn, request: Request[Any, Any, Any], firm_case_id: FromPath[UUID], step: FromPath[str]
) -> Response[Any]:
    """批示, or the end. A second tap with the same words is the same."""
    if step not in ("endorsement", "closure"):
        raise Unknown("There is no such page.")
    form = await typed(request)
    try:
        if step == "endorsement":
            words = fitting(EnterpriseEndorsement, {"words": form.get("words")}, wrong=WRONG)
            await firm_deciding.endorse_enterprise_case(firm_case_id=firm_case_id, told=words, by=by)
        else:
            result = fitting(EnterpriseClosure, {"result": form.get("result")}, wrong=WRONG)
            await firm_deciding.close_enterprise_case(firm_case_id=firm_case_id, told=result, by=by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _page(by, firm_case_id, form=form, refused=tried(refusal, names={}))
    return Redirect(f"{FIRMS}/{firm_case_id}?did={step}", status_code=303)


async def _page(
    by: Actor, firm_case_id: UUID, *, did: str = "", form: Typed | None = None, refused: Tried | None = None
) -> Response[str]:
    one = await firm_cases.get_enterprise_case(firm_case_id=firm_case_id, by=by)
    return page(
        "desk/firm.html",
        status=refused.status if refused else 200,
        by=by,
        one=one,
        heard=await firm_cases.heard(firm_case_id=firm_case_id, by=by),
        step=_step(one) if firm_cases.decides(one, by=by) else "",
        case_goes_on=one.case_state in OPEN,
        told=say(SAID[did]) if did in SAID else None,
        form=form or Typed(),
        refused=refused,
        at=refused.at if refused else {},
        says=firm_labels,
        cases=case_labels,
    )


def _step(one: EnterpriseCaseRecord) -> str:
    """What comes next at the desk."""
    if one.state is FirmCaseState.OPEN:
        return "endorsement"
    return "closure" if one.state is FirmCaseState.ENDORSED else ""


HANDLERS = (show_firms, show_firm, take_step)
