"""/console/bench/strips: what stands on the kits of test strips. A strip without its kit's cut-off cannot be judged."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from backend.console import bench_labels as says
from backend.console.pages import page
from backend.console.refused import told
from backend.console.typed import Typed, figure, identity, shaped, typed
from backend.core.clock import today
from backend.core.ids import uuid7
from backend.core.refusals import Refusal
from backend.laboratory import cutoffs
from backend.laboratory.cutoff_schemas import NewCutoff
from backend.people.actors import Actor
from backend.people.guards import SignedIn

FIELDS = ("analyte", "kit", "source", "valid_from", "valid_to")


@get("/strips", include_in_schema=False)
async def show_strips(by: SignedIn) -> Response[str]:
    """All that were entered, and a form."""
    return await _page(by, Typed({"valid_from": [today().isoformat()]}))


@post("/strips", include_in_schema=False, status_code=200)
async def enter_strip(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """One kit's; a second tap enters no second one."""
    form = await typed(request)
    try:
        cutoff = figure(form.get("tc_cutoff"))
        facts = {name: form.get(name) for name in FIELDS}
        await cutoffs.set_cutoff(new=shaped(NewCutoff, id=identity(form.get("id")), tc_cutoff=cutoff, **facts), by=by)
    except Refusal as refusal:
        return await _page(by, form, refusal)
    return Redirect("/console/bench/strips", status_code=303)


async def _page(by: Actor, form: Typed, refusal: Refusal | None = None) -> Response[str]:
    return page(
        "bench/strips.html",
        status=refusal.status if refusal else 200,
        by=by,
        says=says,
        rows=await cutoffs.list_cutoffs(),
        pesticides=says.pesticides(),
        may_enter=by.has(*cutoffs.MAY_ENTER),
        id=uuid7(),
        form=form,
        tried=told(refusal) if refusal else None,
        today=today(),
    )


HANDLERS = (show_strips, enter_strip)
