"""The room over HTTP: writing, approving, updating, cancelling, reading, and who saw it."""

from typing import Annotated
from uuid import UUID

from litestar import Response, Router, delete, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter

from backend.alerts import deciding, drafting, following_on, lists, reach
from backend.alerts.reach_schemas import AlertReach
from backend.alerts.schemas import (
    AlertCancellation,
    AlertChanges,
    AlertDecision,
    AlertRecord,
    AlertRefusal,
    NewAlert,
)
from backend.alerts.words import AlertState
from backend.core.creates import Key, answered, id_for
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

KNOWN = {200: ResponseSpec(AlertRecord, generate_examples=False, description="Written before: as it is now")}
StateQuery = Annotated[AlertState | None, QueryParameter(name="state", description="only those that stand so")]
InForceQuery = Annotated[
    bool | None, QueryParameter(description="true: published, not over, not ended by a later message; false: others")
]
Place = Annotated[
    str | None,
    QueryParameter(pattern=r"^[0-9]{12}([0-9]{3})?$", description="only there; below a township by village"),
]


@post(
    "/alerts",
    operation_id="raiseAlert",
    summary="Write a public warning (CAP 1.2)",
    description="A draft: a second person, supervisor or administrator of all its divisions, approves it before it "
    "goes out. By a supervisor, operator, administrator or police unit's handler. Every mistake is told at once.",
    responses=KNOWN,
)
async def raise_alert(data: JSONBody[NewAlert], by: SignedIn, idempotency_key: Key = None) -> Response[AlertRecord]:
    """A draft."""
    id = id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="raiseAlert")
    return answered(await drafting.raise_alert(id=id, new=data, by=by))


@get("/alerts", operation_id="listAlerts", summary="Warnings of one's territory, the newest first")
async def list_alerts(
    by: SignedIn,
    standing: StateQuery = None,
    in_force: InForceQuery = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[AlertRecord]:
    """Drafts for desks, published ones for everybody who serves there."""
    return await lists.list_alerts(by=by, state=standing, in_force=in_force, limit=limit, cursor=cursor)


@get("/alerts/{alert_id:uuid}", operation_id="getAlert", summary="One warning")
async def get_alert(alert_id: FromPath[UUID], by: SignedIn) -> AlertRecord:
    """As it is now."""
    return await lists.get_alert(alert_id=alert_id, by=by)


@delete("/alerts/{alert_id:uuid}", operation_id="dropAlert", summary="Take one's own draft back", status_code=200)
async def drop_alert(alert_id: FromPath[UUID], by: SignedIn) -> AlertRecord:
    """It stays in the list as dropped; twice is once."""
    return await drafting.drop_alert(alert_id=alert_id, by=by)


@post(
    "/alerts/{alert_id:uuid}/approval",
    operation_id="approveAlert",
    summary="Publish somebody else's draft",
    description="It gets its identifier, is frozen as XML, appears in /feeds/cap.atom and goes out by push, all of it "
    "or nothing. An update or a cancellation ends the warning it speaks of. Twice is once.",
    status_code=200,
)
async def approve_alert(alert_id: FromPath[UUID], data: JSONBody[AlertDecision], by: SignedIn) -> AlertRecord:
    """Never one's own."""
    return await deciding.approve_alert(alert_id=alert_id, note=data.note, by=by)


@post(
    "/alerts/{alert_id:uuid}/refusal",
    operation_id="refuseAlert",
    summary="Do not let somebody else's draft out",
    description="Its writer is told why. Twice is once.",
    status_code=200,
)
async def refuse_alert(alert_id: FromPath[UUID], data: JSONBody[AlertRefusal], by: SignedIn) -> AlertRecord:
    """For good: what must be said all the same is written anew."""
    return await deciding.refuse_alert(alert_id=alert_id, note=data.note, by=by)


@post(
    "/alerts/{alert_id:uuid}/updates",
    operation_id="updateAlert",
    summary="Write a message that replaces a published warning",
    description="A draft of its own, approved by a second person like the first. What is left out stays as it was; "
    "places that are no longer named are told as well.",
    responses=KNOWN,
)
async def update_alert(
    alert_id: FromPath[UUID], data: JSONBody[AlertChanges], by: SignedIn, idempotency_key: Key = None
) -> Response[AlertRecord]:
    """The published one stays as it went out."""
    id = id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="updateAlert")
    return answered(await following_on.update_alert(id=id, alert_id=alert_id, changes=data, by=by))


@post(
    "/alerts/{alert_id:uuid}/cancellation",
    operation_id="cancelAlert",
    summary="Write the message that ends a published warning",
    description="A draft of its own, approved by a second person like the first; it goes to all who were told.",
    responses=KNOWN,
)
async def cancel_alert(
    alert_id: FromPath[UUID], data: JSONBody[AlertCancellation], by: SignedIn, idempotency_key: Key = None
) -> Response[AlertRecord]:
    """The published one stays as it went out."""
    id = id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="cancelAlert")
    return answered(await following_on.cancel_alert(id=id, alert_id=alert_id, cancellation=data, by=by))


@get(
    "/alerts/{alert_id:uuid}/reach",
    operation_id="getAlertReach",
    summary="Who saw a warning, by division, and who should knock on which door",
    description="By township; with a township's or village's `division_code` by village. Groups count by their owners' "
    "word and head-count. For supervisors, operators, auditors, administrators and a police unit's handlers of its "
    "territory; those of a part of it get that part. After 90 days only counts are left.",
)
async def get_reach(alert_id: FromPath[UUID], by: SignedIn, division_code: Place = None) -> AlertReach:
    """Counted from what push knows now, or as it was kept."""
    return await reach.get_alert_reach(alert_id=alert_id, division_code=division_code, by=by)


router = Router(
    "/api/v1",
    route_handlers=[
        *(raise_alert, list_alerts, get_alert, drop_alert, approve_alert, refuse_alert),
        *(update_alert, cancel_alert, get_reach),
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["alerts"],
)
