"""/console/warnings/{id}: one warning. Whom it is about opens by a tap, because each such look is written down."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from backend.antifraud import acting, reading
from backend.antifraud.warning_schemas import FraudWarningDetail, WarnedPerson
from backend.antifraud.warning_words import WarningState
from backend.console import labels as places
from backend.console.form_refusals import Tried, tried
from backend.console.pages import page
from backend.console.typed import Typed, typed
from backend.console.warnings import clocks, labels
from backend.console.warnings.steps import STEPS
from backend.console.warnings.telephone import script
from backend.core.ids import uuid7
from backend.core.logs import request_id
from backend.core.refusals import Invalid, Refusal, Unknown
from backend.core.words import Term, say
from backend.people.actors import OVERSEERS, Actor
from backend.people.guards import SignedIn
from backend.people.rules import normal_phone
from backend.people.tables import Role

Did = Annotated[str, QueryParameter(max_length=20)]
SAID = {name: step.did for name, step in STEPS.items()} | {
    "entered": Term("Entered. It rings whoever has to go."),
    "again": Term("It had been entered before; this is how it stands."),
}


@get("/{warning_id:uuid}", include_in_schema=False)
async def show_warning(by: SignedIn, warning_id: FromPath[UUID], did: Did = "") -> Response[str]:
    """What happened, and what to do next; nothing sealed is opened."""
    return await _page(by, await reading.detail(warning_id, by=by), did=did)


@post("/{warning_id:uuid}/person", include_in_schema=False, status_code=200)
async def open_person(by: SignedIn, warning_id: FromPath[UUID]) -> Response[str]:
    """The same with whom it is about; the access log says who looked."""
    return await _page(by, await reading.get_warning(warning_id=warning_id, by=by, request_id=request_id.get()))


@post("/{warning_id:uuid}/{step:str}", include_in_schema=False, status_code=200)
async def take_step(
    by: SignedIn, request: Request[Any, Any, Any], warning_id: FromPath[UUID], step: FromPath[str]
) -> Response[Any]:
    """收到, 记一次, 结果, 交班."""
    if step not in STEPS:
        raise Unknown("There is no such page.")
    form = await typed(request)
    try:
        await STEPS[step].verb(warning_id, form, by)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        found = await reading.detail(warning_id, by=by)
        return await _page(by, found, refused=tried(refusal, names={}), step=step, form=form)
    back = f"/{warning_id}" if STEPS[step].stays else ""
    return Redirect(f"/console/warnings{back}?did={step}", status_code=303)


async def _page(
    by: Actor,
    found: FraudWarningDetail,
    *,
    did: str = "",
    refused: Tried | None = None,
    step: str = "",
    form: Typed | None = None,
) -> Response[str]:
    one = found.warning
    has_it = one.assignee_id == by.person_id
    standing = one.state != WarningState.CLOSED and one.purged_at is None
    leads = by.has(Role.SUPERVISOR, Role.ADMIN)
    return page(
        "warnings/one.html",
        status=refused.status if refused else 200,
        by=by,
        found=found,
        one=one,
        says=labels,
        clocks=clocks,
        place=places.place,
        tel=_tel(found.person),
        script=await script(one.fraud_type),
        has_it=has_it,
        standing=standing,
        had_it=any(each.person_id == by.person_id for each in found.hands),
        may_close=standing and (has_it or leads),
        colleagues=await acting.list_warning_takers(warning_id=one.id, by=by) if has_it and standing else [],
        next_in_line=await acting.next_in_line(warning_id=one.id, by=by) if standing else None,
        oversees=by.has(*OVERSEERS),
        told=say(SAID[did]) if did in SAID else None,
        refused=refused,
        step=step,
        form=form or Typed(),
        id=uuid7(),
    )


def _tel(person: WarnedPerson | None) -> str | None:
    """His number as a telephone dials it; one that is none is only shown."""
    try:
        return normal_phone(person.phone) if person and person.phone else None
    except Invalid:
        return None


HANDLERS = (show_warning, open_person, take_step)
