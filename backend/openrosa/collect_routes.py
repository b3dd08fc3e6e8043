"""Setting phones up for ODK Collect, over HTTP. The page for people is /console/collect."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody

from backend.core.addresses import base_url
from backend.core.creates import Key, answered, id_for
from backend.core.paging import DEFAULT_LIMIT, CursorQuery, LimitQuery, Page, Position, page, position
from backend.openrosa import collect_keys
from backend.openrosa.collect_schemas import CollectKeyRecord, NewCollectKey
from backend.openrosa.collect_settings import qr_drawing, qr_png
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

NO_STORE = {"Cache-Control": "no-store"}


@post(
    "/collect-keys",
    operation_id="issueCollectKey",
    summary="A key with which ODK Collect on one phone sends in its holder's name",
    description="For oneself, or by a supervisor or administrator for somebody all of whose roles lie in his "
    "territory. `set_up` holds Collect's settings and the text of their QR: it is a password, told to whoever made "
    "the key and to nobody else, again only for the same id.",
    responses={200: ResponseSpec(CollectKeyRecord, generate_examples=False, description="Issued before")},
)
async def issue_collect_key(
    request: Request[Any, Any, Any], data: JSONBody[NewCollectKey], by: SignedIn, idempotency_key: Key = None
) -> Response[CollectKeyRecord]:
    """201 the first time; 200 with the same key for the same id again."""
    made = await collect_keys.issue_collect_key(
        id=id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="issueCollectKey"),
        person_id=data.person_id,
        device_label=data.device_label,
        by=by,
        base_url=base_url(request),
    )
    return answered(made, NO_STORE)


@get("/collect-keys", operation_id="listCollectKeys", summary="Phones that are set up, without their keys")
async def list_collect_keys(
    by: SignedIn,
    person_id: FromQuery[UUID | None] = None,
    counting: FromQuery[bool] = False,
    limit: LimitQuery = DEFAULT_LIMIT,
    cursor: CursorQuery = None,
) -> Page[CollectKeyRecord]:
    """One's own, and those of the territory one oversees; the newest first. `counting`: without the revoked ones."""
    rows = await collect_keys.list_collect_keys(
        by=by, person_id=person_id, counting=counting, limit=limit, after=position(cursor)
    )
    return page(rows, limit, lambda row: Position(row.made_at, row.id))


@post(
    "/collect-keys/{key_id:uuid}/revocation",
    operation_id="revokeCollectKey",
    summary="Let a phone send nothing more",
    description="At once and for good: its next request is refused. What it sent stays. Idempotent.",
    status_code=200,
)
async def revoke_collect_key(key_id: FromPath[UUID], by: SignedIn) -> CollectKeyRecord:
    """By its holder, or by whoever may make keys for him."""
    return await collect_keys.revoke_collect_key(key_id=key_id, by=by)


@get(
    "/collect-keys/{key_id:uuid}/settings.png",
    operation_id="getCollectSettings",
    summary="The QR that sets a phone up, as a picture",
    media_type="image/png",
)
async def get_collect_settings(
    request: Request[Any, Any, Any], key_id: FromPath[UUID], by: SignedIn
) -> Response[bytes]:
    """For whoever made the key, while it counts."""
    told = await collect_keys.set_up_of(key_id=key_id, by=by, base_url=base_url(request))
    return Response(qr_png(told.qr_text), media_type="image/png", headers=NO_STORE)


@get(
    "/collect-keys/{key_id:uuid}/settings.svg",
    operation_id="getCollectSettingsDrawing",
    summary="The same QR as a drawing, to print at any size",
    media_type="image/svg+xml",
)
async def get_collect_settings_drawing(
    request: Request[Any, Any, Any], key_id: FromPath[UUID], by: SignedIn
) -> Response[bytes]:
    """For whoever made the key, while it counts."""
    told = await collect_keys.set_up_of(key_id=key_id, by=by, base_url=base_url(request))
    return Response(qr_drawing(told.qr_text), media_type="image/svg+xml", headers=NO_STORE)


router = Router(
    path="/api/v1",
    route_handlers=[
        issue_collect_key,
        list_collect_keys,
        revoke_collect_key,
        get_collect_settings,
        get_collect_settings_drawing,
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["openrosa"],
)
