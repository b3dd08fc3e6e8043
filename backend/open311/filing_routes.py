"""Filing a case and adding to it, by whoever holds a key."""

from dataclasses import dataclass

from litestar import Response, get, post
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath

from backend.core.addresses import base_url
from backend.core.creates import Key
from backend.core.peers import address_of
from backend.open311 import filing, requests, updates
from backend.open311.both_formats import Anything, Jurisdiction, both, name_of
from backend.open311.formats import answer
from backend.open311.forms import FORM, MOST_BYTES, form_of
from backend.open311.partners import partner_of_key
from backend.open311.words import Permission


@dataclass
class _Filing(Operation):
    """The form of a filing for the API guide: the body is read as a whole, so Litestar cannot see it."""

    def __post_init__(self) -> None:
        self.request_body = _form(
            required=["api_key", "service_code"],
            names="jurisdiction_id lat long address_string address_id description first_name last_name phone email "
            "device_id account_id media_url service_request_id_ext attribute[code]",
        )


@dataclass
class _Updating(Operation):
    """The form of an update."""

    def __post_init__(self) -> None:
        self.request_body = _form(
            required=["api_key", "service_request_id", "description"],
            names="jurisdiction_id update_id updated_datetime status title first_name last_name email media_url",
        )


def _form(*, required: list[str], names: str) -> RequestBody:
    text = Schema(type=OpenAPIType.STRING)
    schema = Schema(
        type=OpenAPIType.OBJECT, required=required, properties=dict.fromkeys([*required, *names.split()], text)
    )
    return RequestBody(content={FORM: OpenAPIMediaType(schema=schema)}, required=True)


@both(
    post,
    "/requests",
    "FileRequest",
    operation_class=_Filing,
    summary="File a case (a form; api_key)",
    description="201 the first time; 200 and the same number when it came before: with the same Idempotency-Key or the "
    "same number of your own (service_request_id_ext, attribute[external_id], attribute[fixmystreet_id]), or the same "
    "content within half an hour. e-mail, device_id and account_id are not kept; media_url is shown to staff as a "
    "link. service_notice holds the receipt's secret, once: pass it on to whoever asked.",
    request_max_body_size=MOST_BYTES,
)
async def file_request(request: Anything, idempotency_key: Key = None) -> Response[bytes]:
    """A case, or the one that was filed before."""
    form = await form_of(request)
    partner = await partner_of_key(form["api_key"], address=address_of(request), to=Permission.FILE)
    await requests.prefixes_of(form["jurisdiction_id"])
    filed = await filing.file_request(form=form, partner=partner, idempotency_key=idempotency_key)
    told = {
        "service_request_id": filed.number,
        "service_notice": filing.notice(filed, base_url(request)),
        "account_id": None,
    }
    status = 201 if filed.created else 200
    headers = {"Cache-Control": "no-store", "Open311-Token": str(filed.token)}
    return answer(request, "service_requests", [told], status=status, headers=headers)


@get("/tokens/{token_file:str}", operation_id="open311GetToken", summary="The number of a token")
async def get_token(request: Anything, token_file: FromPath[str], jurisdiction: Jurisdiction = "") -> Response[bytes]:
    """Numbers are given at once here; a filing's token stands in its answer's Open311-Token."""
    await requests.prefixes_of(jurisdiction)
    token = name_of(token_file)
    number = await filing.number_of_token(token)
    return answer(request, "service_requests", [{"service_request_id": number, "token": token}])


@both(
    post,
    "/servicerequestupdates",
    "PostUpdate",
    operation_class=_Updating,
    summary="Add to a request that you filed (a form; api_key)",
    description="mySociety's extension. What is added stands on the timeline. If the matter had ended, an open status "
    "opens it again; FIXED or CLOSED after the answer says that whoever asked is content. The same update_id is taken "
    "once.",
    request_max_body_size=MOST_BYTES,
)
async def post_update(request: Anything) -> Response[bytes]:
    """An update."""
    form = await form_of(request)
    partner = await partner_of_key(form["api_key"], address=address_of(request), to=Permission.UPDATE)
    update = await updates.post_update(form=form, partner=partner)
    status = 201 if update.created else 200
    return answer(request, "service_request_updates", [{"update_id": str(update.id)}], status=status)
