"""Signing in and out, oneself, first sign-ins, devices and access keys; households in `household_routes`."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, delete, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody

from backend.core import clock
from backend.core.addresses import base_url
from backend.core.creates import Key, answered, id_for
from backend.people import actions, devices, keys, one_time_links, retention_rules, sessions  # noqa: F401 - the rules register
from backend.people.guards import NEEDS_SIGN_IN, SignedIn, no_session_cookie
from backend.people.household_routes import household_router
from backend.people.key_schemas import AccessKeyRecord, NewAccessKey
from backend.people.policies import sign_in_policy
from backend.people.schemas import (
    DeviceRecord,
    FirstSignIn,
    HeldRole,
    Me,
    NewSession,
    OneTimeLinkRecord,
    OneTimeLinkShown,
    PersonRecord,
    Refreshment,
    Tokens,
)
from backend.people.station_routes import station_router

OPEN: list[dict[str, list[str]]] = [{}]

NO_STORE = {"Cache-Control": "no-store"}


@post("/sessions", operation_id="signIn", summary="Sign in with phone number and password", security=OPEN)
async def sign_in(data: JSONBody[NewSession]) -> Response[Tokens]:
    """A pair of tokens. After too many wrong passwords 429 with Retry-After; no answer tells which phones exist."""
    tokens = await sessions.sign_in(
        phone=data.phone, password=data.password, device_label=data.device_label, device_id=data.device_id
    )
    return Response(tokens, status_code=201, headers=NO_STORE)


@post("/sessions/refreshment", operation_id="refreshToken", summary="The next pair of tokens", security=OPEN)
async def refresh_token(data: JSONBody[Refreshment]) -> Response[Tokens]:
    """A refresh token works once; if the answer was lost, send it again within 30 s for the same pair's refresh token.

    Shown again later, it was stolen: that device is signed out.
    """
    return Response(await sessions.refresh(refresh_token=data.refresh_token), status_code=201, headers=NO_STORE)


@delete("/sessions", operation_id="signOutEverywhere", summary="Sign out on every device", status_code=204)
async def sign_out_everywhere(by: SignedIn) -> Response[None]:
    """Every token and access key of this person is void from the next request on."""
    await sessions.sign_out_everywhere(by=by)
    return Response(None, status_code=204, cookies=[no_session_cookie()])


@get("/me", operation_id="whoAmI", summary="The signed-in person and today's roles")
async def who_am_i(by: SignedIn) -> Me:
    """Name, language and roles, with the division of each."""
    roles = [
        HeldRole(role=h.role, division_code=h.division_code, division_name=h.division_name, unit_id=h.unit_id)
        for h in by.held
    ]
    return Me(person_id=by.person_id, name=by.name, language=by.language, roles=roles, device_id=by.device_id)


@get("/me/devices", operation_id="listDevices", summary="Where one is signed in")
async def list_devices(by: SignedIn) -> list[DeviceRecord]:
    """One's own phones and browsers, the last seen first."""
    return await devices.list_devices(by=by)


@delete("/me/devices/{device_id:uuid}", operation_id="revokeDevice", summary="Sign one device out", status_code=204)
async def revoke_device(device_id: FromPath[UUID], by: SignedIn) -> None:
    """Its tokens are void from the next request on."""
    await devices.revoke_device(device_id=device_id, by=by)


@get("/me/access-keys", operation_id="listAccessKeys", summary="One's own access keys")
async def list_access_keys(by: SignedIn) -> list[AccessKeyRecord]:
    """The newest first, without the keys themselves."""
    return await keys.list_access_keys(by=by)


@post(
    "/me/access-keys",
    operation_id="makeAccessKey",
    summary="A key for ODK Collect or a feed reader",
    responses={200: ResponseSpec(AccessKeyRecord, generate_examples=False, description="Made before: the same key")},
)
async def make_access_key(
    data: JSONBody[NewAccessKey], by: SignedIn, idempotency_key: Key = None
) -> Response[AccessKeyRecord]:
    """201 the first time; 200 with the same key for the same id again."""
    key_id = id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="makeAccessKey")
    outcome = await keys.open_access_key(id=key_id, purpose=data.purpose, by=by)
    return answered(outcome, NO_STORE)


@delete("/me/access-keys/{key_id:uuid}", operation_id="revokeAccessKey", summary="Kill a key", status_code=204)
async def revoke_access_key(key_id: FromPath[UUID], by: SignedIn) -> None:
    """It is dead from the next request on."""
    await keys.revoke_access_key(key_id=key_id, by=by)


@post(
    "/persons/{person_id:uuid}/one-time-links",
    operation_id="makeOneTimeLink",
    summary="A first sign-in, or a new password, for somebody",
)
async def make_one_time_link(
    request: Request[Any, Any, Any], person_id: FromPath[UUID], by: SignedIn
) -> Response[OneTimeLinkRecord]:
    """For administrators of all the person's territories. Earlier links end; sent twice, the second link counts."""
    token = await one_time_links.make_one_time_link(person_id=person_id, by=by)
    span: timedelta = sign_in_policy(clock.today()).link_valid_for
    link = OneTimeLinkRecord(
        person_id=person_id,
        token=token,
        url=f"{base_url(request)}/console/first-sign-in/{token}",
        expires_at=clock.now() + span,
    )
    return Response(link, status_code=201, headers=NO_STORE)


@get("/first-sign-ins/{token:str}", operation_id="showOneTimeLink", summary="Whose first sign-in it is", security=OPEN)
async def show_one_time_link(token: FromPath[str]) -> OneTimeLinkShown:
    """Looking does not use the link up."""
    return await one_time_links.show_one_time_link(token=token)


@post("/first-sign-ins", operation_id="useOneTimeLink", summary="Set one's password with a link", security=OPEN)
async def use_one_time_link(data: JSONBody[FirstSignIn]) -> Response[PersonRecord]:
    """The password is set, older sign-ins are void. Then sign in with it."""
    return Response(await one_time_links.use_one_time_link(token=data.token, password=data.password), status_code=201)


router = Router(
    path="/api/v1",
    tags=["people"],
    dependencies=NEEDS_SIGN_IN,
    route_handlers=[
        sign_in,
        refresh_token,
        sign_out_everywhere,
        who_am_i,
        list_devices,
        revoke_device,
        list_access_keys,
        make_access_key,
        revoke_access_key,
        make_one_time_link,
        show_one_time_link,
        use_one_time_link,
        household_router,
        station_router,
    ],
)
