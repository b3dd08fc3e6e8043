"""/console/alerts/{id}/update and /cancellation: a message of its own, with what it changes, for a second person."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec.structs import replace

from backend.alerts import following_on, lists, queries, visibility
from backend.alerts.schemas import AlertCancellation, AlertRecord
from backend.console.alerts import labels, looks
from backend.console.alerts.form import AlertForm, changes, form_of, read, settled
from backend.console.alerts.writing import at_fields, form_page, hidden
from backend.console.form_refusals import fitting
from backend.console.pages import page
from backend.console.typed import Typed, identity, typed
from backend.core.ids import uuid7
from backend.core.refusals import DifferentArguments, Refusal
from backend.people.actors import Actor
from backend.people.guards import SignedIn


@get("/alerts/{alert_id:uuid}/update", include_in_schema=False)
async def show_update(by: SignedIn, alert_id: FromPath[UUID]) -> Response[str]:
    """Its words as they went out, to be changed. Raises AlertUnknown (404), AlertOver (409), Forbidden (403)."""
    one = await _to_follow(alert_id, by)
    return await form_page(by, form_of(one, id=str(uuid7())), former=one)


@post("/alerts/{alert_id:uuid}/update", include_in_schema=False, status_code=200, request_max_body_size=None)
async def update(by: SignedIn, request: Request[Any, Any, Any], alert_id: FromPath[UUID]) -> Response[Any]:
    """First what it changes is shown, then it waits for a second person."""
    one, given = await lists.get_alert(alert_id=alert_id, by=by), await typed(request)
    former = form_of(one, id="")
    form, step = settled(read(given), former), given.get("step")
    if given.get("unfold") or step not in ("look", "send"):
        return await form_page(by, form, former=one)
    try:
        said = changes(form, former)
        if step == "look":
            return await _changes_page(by, one, form)
        made = await following_on.update_alert(id=identity(form.id), alert_id=alert_id, changes=said, by=by)
    except DifferentArguments as refusal:
        return await form_page(by, replace(form, id=str(uuid7())), former=one, refusal=refusal)
    except Refusal as refusal:
        return await form_page(by, form, former=one, refusal=refusal)
    return Redirect(f"/console/alerts/{made.record.id}?did=drafted", status_code=303)


async def _changes_page(by: Actor, one: AlertRecord, form: AlertForm) -> Response[str]:
    return page(
        "alerts/changes.html",
        by=by,
        says=labels,
        one=one,
        mark=labels.mark(one.status),
        fields=hidden(form),
        changes=await looks.changed(form_of(one, id=""), form),
    )


@get("/alerts/{alert_id:uuid}/cancellation", include_in_schema=False)
async def show_cancellation(by: SignedIn, alert_id: FromPath[UUID]) -> Response[str]:
    """Why it is over. Raises AlertUnknown (404), AlertOver (409), Forbidden (403)."""
    one = await _to_follow(alert_id, by)
    return _cancellation_page(by, one, Typed({"id": [str(uuid7())]}))


@post("/alerts/{alert_id:uuid}/cancellation", include_in_schema=False, status_code=200, request_max_body_size=None)
async def cancel(by: SignedIn, request: Request[Any, Any, Any], alert_id: FromPath[UUID]) -> Response[Any]:
    """The all-clear waits for a second person like a warning."""
    one, form = await lists.get_alert(alert_id=alert_id, by=by), await typed(request)
    try:
        given = {"description": form.get("description"), "instruction": form.get("instruction") or None}
        wrong = {"description": "Write why it is over."}
        made = await following_on.cancel_alert(
            id=identity(form.get("id")),
            alert_id=alert_id,
            cancellation=fitting(AlertCancellation, given, wrong=wrong),
            by=by,
        )
    except DifferentArguments as refusal:
        return _cancellation_page(by, one, Typed(form.fields | {"id": [str(uuid7())]}), refusal)
    except Refusal as refusal:
        return _cancellation_page(by, one, form, refusal)
    return Redirect(f"/console/alerts/{made.record.id}?did=drafted", status_code=303)


def _cancellation_page(by: Actor, one: AlertRecord, form: Typed, refusal: Refusal | None = None) -> Response[str]:
    return page(
        "alerts/cancellation.html",
        status=refusal.status if refusal else 200,
        by=by,
        says=labels,
        one=one,
        mark=labels.mark(one.status),
        form=form,
        problem=refusal and at_fields(refusal),
    )


async def _to_follow(alert_id: UUID, by: Actor) -> AlertRecord:
    one = await lists.get_alert(alert_id=alert_id, by=by)
    row = await queries.alert(alert_id)
    assert row is not None  # noqa: S101 - seen above
    await visibility.must_draft(row["prefixes"], by)
    following_on.must_hold(row)
    return one


HANDLERS = (show_update, update, show_cancellation, cancel)
