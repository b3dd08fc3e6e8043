"""The second person approves or refuses; the writer takes his draft back."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, post
from litestar.params import FromPath
from litestar.response import Redirect

from backend.alerts import deciding, drafting, looking
from backend.alerts.schemas import AlertDecision, AlertRefusal
from backend.console.alerts.one import one_page
from backend.console.form_refusals import fitting
from backend.console.refused import told
from backend.console.typed import Incomplete, Typed, typed
from backend.core.refusals import Refusal
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.push.provider import Category


@post("/alerts/{alert_id:uuid}/approval", include_in_schema=False, status_code=200)
async def approve(by: SignedIn, request: Request[Any, Any, Any], alert_id: FromPath[UUID]) -> Response[Any]:
    """批准发布; what rings at night is ticked once more."""
    return await _decided(by, alert_id, "approval", await typed(request))


@post("/alerts/{alert_id:uuid}/refusal", include_in_schema=False, status_code=200)
async def refuse(by: SignedIn, request: Request[Any, Any, Any], alert_id: FromPath[UUID]) -> Response[Any]:
    """不同意, with the reason."""
    return await _decided(by, alert_id, "refusal", await typed(request))


@post("/alerts/{alert_id:uuid}/drop", include_in_schema=False, status_code=200)
async def drop(by: SignedIn, request: Request[Any, Any, Any], alert_id: FromPath[UUID]) -> Response[Any]:
    """撤回自己写的."""
    return await _decided(by, alert_id, "drop", await typed(request))


async def _decided(by: Actor, alert_id: UUID, step: str, form: Typed) -> Response[Any]:
    try:
        await _STEPS[step](by, alert_id, form)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        note = form.get("note")
        return await one_page(by, alert_id, problem=told(refusal), note=note, status=refusal.status)
    return Redirect(f"/console/alerts/{alert_id}?did={step}", status_code=303)


async def _approve(by: Actor, alert_id: UUID, form: Typed) -> None:
    wrong = {"note": "At most 200 characters."}
    decision = fitting(AlertDecision, {"note": form.get("note") or None}, wrong=wrong)
    if not form.get("sure") and await _rings(by, alert_id):
        raise Incomplete("It rings on every phone, at night too. Tick that somebody is in danger, then approve it.")
    await deciding.approve_alert(alert_id=alert_id, note=decision.note, by=by)


async def _rings(by: Actor, alert_id: UUID) -> bool:
    """Of one that waits; who may not look at it is refused by the verb."""
    if not await looking.may_approve(alert_id=alert_id, by=by):
        return False
    return (await looking.look_at_draft(alert_id=alert_id, by=by)).category is Category.EMERGENCY


async def _refuse(by: Actor, alert_id: UUID, form: Typed) -> None:
    wrong = {"note": "Write why not, in at most 200 characters: its writer reads it."}
    refusal = fitting(AlertRefusal, {"note": form.get("note")}, wrong=wrong)
    await deciding.refuse_alert(alert_id=alert_id, note=refusal.note, by=by)


async def _drop(by: Actor, alert_id: UUID, _: Typed) -> None:
    await drafting.drop_alert(alert_id=alert_id, by=by)


_STEPS = {"approval": _approve, "refusal": _refuse, "drop": _drop}
HANDLERS = (approve, refuse, drop)
