"""/console/suggestions: 三三三 to tick off. Three sign, three meet on the spot, three are told; on paper too.

What a form sends is read by `suggestion_steps`; what the page shows comes from `suggestion_shown`.
"""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from backend.cases.suggestion_lists import list_suggestions
from backend.console import case_labels, labels
from backend.console.forms import Filled, filled
from backend.console.pages import page
from backend.console.refused import told
from backend.console.suggestion_shown import Tried, shown
from backend.console.suggestion_steps import STEPS, Taking
from backend.console.typed import identity
from backend.core.refusals import Refusal, Unknown
from backend.people.actors import Actor
from backend.people.guards import SignedIn

HERE = "/console/suggestions"
SHOWN = 30
Did = Annotated[str, QueryParameter(max_length=20)]


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
    return await shown(by, case_id, did=did)


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
    return await shown(by, case_id, tried=Tried(step, told(refusal), form.fields, refusal.status))


router = Router(path="/console", route_handlers=[show_suggestions, show_suggestion, take_step])
