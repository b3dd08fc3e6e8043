"""Kits over HTTP: what a phone carries, and what an administrator publishes."""

from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Request, Response, Router, get, post, put
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from backend.core.multipart import Part, parts_of
from backend.kits import bundles, lists, sending, states
from backend.kits.refusals import ZipBroken
from backend.kits.schemas import FormStateChange, KitFormRecord, KitRecord, Published
from backend.kits.words import PublishOutcome
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.people.tables import Role

ZIP = "application/zip"
ZIP_PART = "kit"
MOST_ZIP_BYTES, MOST_PARTS = 10_000_000, 5


@get(
    "/kits",
    operation_id="listKits",
    summary="The kits that one carries today",
    description="By roles, place and season, each in its newest version, with its forms and the SHA-256 of each file. "
    "`every_version` is for administrators: all that was ever published.",
)
async def list_kits(by: SignedIn, every_version: FromQuery[bool] = False) -> list[KitRecord]:
    """None is no error."""
    return await (lists.every_kit(by=by) if every_version else lists.kits_for(by))


@get(
    "/kits/{kit_id:str}/bundle",
    operation_id="getKitBundle",
    summary="The files of a kit, as a ZIP",
    description="Forms as XForms, cards, checklists, letters and media; `manifest.json` lists every file with its "
    "SHA-256. With `since`, only what changed since that version; `gone` in the manifest names what is no more. Send "
    "the ETag as If-None-Match: 304 while nothing changed.",
    media_type=ZIP,
    responses={304: ResponseSpec(None, generate_examples=False, description="Nothing changed")},
)
async def get_kit_bundle(
    request: Request[Any, Any, Any],
    kit_id: FromPath[str],
    by: SignedIn,
    since: Annotated[str | None, QueryParameter(description="the version that the phone has", max_length=20)] = None,
) -> Response[bytes]:
    """The same version always has the same ETag."""
    bundle = await bundles.bundle_for(kit_id=kit_id, since=since, by=by)
    headers = {"ETag": f'"{bundle.mark}"', "Cache-Control": "private, no-cache", "Vary": "Authorization"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers, media_type=ZIP)
    named = {"Content-Disposition": f'attachment; filename="{bundle.now.kit_id}-{bundle.now.version}.zip"'}
    return Response(await bundles.bundle_bytes(bundle), headers=headers | named, media_type=ZIP)


_FORM = Schema(
    type=OpenAPIType.OBJECT,
    required=[ZIP_PART],
    properties={
        ZIP_PART: Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY, description="a ZIP of the kit's folder")
    },
)


@dataclass
class _Kit(Operation):
    """The form of a kit for the API guide: the body is read as a stream, so Litestar cannot see it."""

    def __post_init__(self) -> None:
        content = {"multipart/form-data": OpenAPIMediaType(schema=_FORM)}
        self.request_body = RequestBody(content=content, required=True)


@post(
    "/kits",
    operation_class=_Kit,
    operation_id="publishKit",
    summary="Publish a version of a kit (multipart/form-data)",
    description="By an administrator. A ZIP of the kit's folder with kit.toml. All of it or nothing: every mistake is "
    "told with file and line. With `dry_run` it is only looked over. The same content again is 200; other content "
    "under the same version 409. Earlier versions' forms are still taken from phones.",
    request_max_body_size=None,
    responses={200: ResponseSpec(Published, generate_examples=False, description="There already, or a dry run")},
)
async def publish_kit(
    request: Request[Any, Any, Any], by: SignedIn, dry_run: FromQuery[bool] = False
) -> Response[Published]:
    """Nothing of it is read for somebody who may not."""
    by.must_have(Role.ADMIN)
    async with parts_of(request, max_bytes=MOST_ZIP_BYTES, max_parts=MOST_PARTS) as parts:
        published = await sending.publish_kit(content=_zip(parts), by=by, dry_run=dry_run)
    return Response(published, status_code=201 if published.outcome is PublishOutcome.STORED else 200)


def _zip(parts: list[Part]) -> bytes:
    found = [part for part in parts if part.name == ZIP_PART]
    if len(found) != 1:
        raise ZipBroken("Send the kit as exactly one part named {part}.", part=ZIP_PART)
    return found[0].content()


@put(
    "/forms/{form_id:str}/versions/{version:str}/state",
    operation_id="setFormState",
    summary="Open a form, let it close, or close it",
    description="open: phones are offered it; closing: what they still hold is taken; closed: neither. By an "
    "administrator. Idempotent.",
)
async def set_form_state(
    form_id: FromPath[str], version: FromPath[str], data: JSONBody[FormStateChange], by: SignedIn
) -> KitFormRecord:
    """At once, on every phone that asks."""
    return await states.set_form_state(form_id=form_id, version=version, state=data.state, by=by)


@post(
    "/kits/{kit_id:str}/versions/{version:str}/withdrawal",
    operation_id="withdrawKit",
    summary="Take a version of a kit back",
    description="Phones get the newest of the others, or none; what they still send of its forms is taken. By an "
    "administrator. Idempotent.",
    status_code=200,
)
async def withdraw_kit(kit_id: FromPath[str], version: FromPath[str], by: SignedIn) -> KitRecord:
    """The version stays in the list, marked."""
    return await states.withdraw_kit(kit_id=kit_id, version=version, by=by)


router = Router(
    path="/api/v1",
    route_handlers=[list_kits, get_kit_bundle, publish_kit, set_form_state, withdraw_kit],
    dependencies=NEEDS_SIGN_IN,
    tags=["kits"],
)
