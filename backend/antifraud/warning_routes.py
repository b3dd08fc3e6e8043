"""Warnings over HTTP: typed at the desk, taken, tried, handed on, ended."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter

from backend.antifraud import (
    acting,
    escalating,  # noqa: F401 - its jobs register
    purging,
    reading,
    receiving,
    shift_ends,  # noqa: F401 - its schedule registers
    warning_retention_rules,  # noqa: F401 - the rules register
)
from backend.antifraud.warning_schemas import (
    AttemptRecord,
    FraudWarningDetail,
    FraudWarningRecord,
    KeyPurgeRecord,
    NewAttempt,
    TypedWarning,
    WarningClosure,
    WarningHandOver,
    WarningReceipt,
    WarningTaker,
)
from backend.core import creates
from backend.core.creates import Key, answered
from backend.core.logs import request_id
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

NO_STORE = {"Cache-Control": "no-store"}


@post(
    "/antifraud/warnings",
    operation_id="enterWarning",
    summary="Type in a warning that was told by telephone",
    description="By operators, handlers, supervisors and administrators, for a place of their territory. Whoever it "
    "concerns is sealed under the day's key and goes with it after thirty days.",
    responses={200: ResponseSpec(WarningReceipt, generate_examples=False, description="Entered before: as it is now")},
)
async def enter_warning(
    data: JSONBody[TypedWarning], by: SignedIn, idempotency_key: Key = None
) -> Response[WarningReceipt]:
    """It rings whoever has to go."""
    id = creates.id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="enterWarning")
    return answered(await receiving.enter_warning(id=id, new=data, by=by), NO_STORE)


@get("/antifraud/warnings/mine", operation_id="listMyWarnings", summary="The warnings one has now, by what is due")
async def list_my_warnings(by: SignedIn) -> list[FraudWarningRecord]:
    """Whom each is about, getWarning tells."""
    return await reading.list_my_warnings(by=by)


@get("/antifraud/warnings", operation_id="listWarnings", summary="The warnings of a territory, without names")
async def list_warnings(by: SignedIn, limit: LimitQuery = 50, cursor: CursorQuery = None) -> Page[FraudWarningRecord]:
    """For supervisors, auditors and administrators; the newest first."""
    return await reading.list_warnings(by=by, limit=limit, cursor=cursor)


@get(
    "/antifraud/warnings/{warning_id:uuid}",
    operation_id="getWarning",
    summary="A warning, what was tried, whose it was",
    description="`person` for whoever has it, had it at its end or typed it in, until the day's key is destroyed; "
    "every such read goes into the access log.",
)
async def get_warning(warning_id: FromPath[UUID], by: SignedIn) -> Response[FraudWarningDetail]:
    """One warning."""
    found = await reading.get_warning(warning_id=warning_id, by=by, request_id=request_id.get())
    return Response(found, headers=NO_STORE)


@post(
    "/antifraud/warnings/{warning_id:uuid}/acknowledgement",
    operation_id="acknowledgeWarning",
    summary="Take a warning: it rings nobody else",
    status_code=200,
)
async def acknowledge_warning(warning_id: FromPath[UUID], by: SignedIn) -> FraudWarningRecord:
    """By whoever has it."""
    return await acting.acknowledge_warning(warning_id=warning_id, by=by)


@post(
    "/antifraud/warnings/{warning_id:uuid}/attempts",
    operation_id="recordAttempt",
    summary="Say that one called, wrote or went, and whether anybody was reached",
    description="Late is welcome: `at` says when it was. A note is sealed like the person it is about.",
    responses={200: ResponseSpec(AttemptRecord, generate_examples=False, description="Recorded before")},
)
async def record_attempt(
    warning_id: FromPath[UUID], data: JSONBody[NewAttempt], by: SignedIn, idempotency_key: Key = None
) -> Response[AttemptRecord]:
    """By whoever has it."""
    id = creates.id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="recordAttempt")
    return answered(await acting.record_attempt(warning_id=warning_id, id=id, new=data, by=by), NO_STORE)


@post(
    "/antifraud/warnings/{warning_id:uuid}/closure",
    operation_id="closeWarning",
    summary="Say how a warning ended",
    status_code=200,
)
async def close_warning(warning_id: FromPath[UUID], data: JSONBody[WarningClosure], by: SignedIn) -> FraudWarningRecord:
    """By whoever has it, or a supervisor of the place."""
    return await acting.close_warning(warning_id=warning_id, outcome=data.outcome, by=by)


@post(
    "/antifraud/warnings/{warning_id:uuid}/hand-over",
    operation_id="handOverWarning",
    summary="Give a warning on, at the end of a shift or because somebody is nearer",
    description="To whom one names, if that one may take it now, else to the next in order; he has to take it anew.",
    status_code=200,
)
async def hand_over_warning(
    warning_id: FromPath[UUID], data: JSONBody[WarningHandOver], by: SignedIn
) -> FraudWarningRecord:
    """By whoever has it."""
    return await acting.hand_over_warning(warning_id=warning_id, said=data, by=by)


@get(
    "/antifraud/warnings/{warning_id:uuid}/takers",
    operation_id="listWarningTakers",
    summary="To whom one may hand a warning now",
    description="In the order in which they would be rung: who is on duty first.",
)
async def list_warning_takers(warning_id: FromPath[UUID], by: SignedIn) -> list[WarningTaker]:
    """For whoever has it."""
    return await acting.list_warning_takers(warning_id=warning_id, by=by)


@get(
    "/antifraud/purges",
    operation_id="listPurges",
    summary="Which days' keys were destroyed, and how much went dark with each",
)
async def list_purges(
    by: SignedIn,
    limit: LimitQuery = 50,
    before: Annotated[date | None, QueryParameter(description="days before this one")] = None,
) -> list[KeyPurgeRecord]:
    """For supervisors, auditors and administrators."""
    return await purging.list_purges(by=by, limit=limit, before=before)


router = Router(
    path="/api/v1",
    route_handlers=[
        *(enter_warning, list_my_warnings, list_warnings, get_warning),
        *(acknowledge_warning, record_attempt, close_warning, hand_over_warning, list_warning_takers, list_purges),
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["antifraud"],
)
