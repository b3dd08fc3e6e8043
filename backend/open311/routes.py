"""Open311 GeoReport v2 under /open311/v2, each address in .json and .xml.

Reading needs no key: only what is published is there (see `publishing`). Every filing and update needs one.
Addresses, fields and errors are the standard's; `extended_status` and `servicerequestupdates` are mySociety's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath, QueryParameter

from backend.core.addresses import base_url
from backend.core.creates import Key
from backend.core.peers import address_of
from backend.core.refusals import Unknown
from backend.core.words import say
from backend.open311 import filing, requests, retention_rules, services, updates  # noqa: F401 - the rules register
from backend.open311.errors import OPEN311_HANDLERS
from backend.open311.formats import answer
from backend.open311.forms import FORM, MOST_BYTES, form_of
from backend.open311.limits import let_read
from backend.open311.partners import partner_of_key
from backend.open311.reference import changed_on
from backend.open311.requests import Asked
from backend.open311.words import Permission

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"

Anything = Request[Any, Any, Any]
Words = Annotated[str, QueryParameter(max_length=4000)]
Jurisdiction = Annotated[
    str, QueryParameter(name="jurisdiction_id", description="the code of a division; empty: all", max_length=60)
]
Moment = Annotated[str, QueryParameter(description="with its zone: 2026-11-20T08:00:00+08:00", max_length=60)]
Page = Annotated[int, QueryParameter(ge=1, le=1_000_000)]
PageSize = Annotated[int | None, QueryParameter(ge=1, description="1000 at most, and unless told")]


def _both(method: Callable[..., Any], path: str, name: str, **options: Any) -> Callable[[Any], list[Any]]:
    """A handler for an address in both formats; an operation each, because a client's generator wants one answer."""

    def handlers(handler: Any) -> list[Any]:
        return [
            method(f"{path}.{each}", operation_id=f"open311{name}{each.title()}", **options)(handler)
            for each in ("json", "xml")
        ]

    return handlers


@_both(
    get,
    "/discovery",
    "Discovery",
    summary="What this endpoint is and speaks",
)
async def discovery(request: Anything) -> Response[bytes]:
    """Service discovery."""
    changeset = changed_on().isoformat()
    root = base_url(request)
    endpoint = {
        "specification": SPECIFICATION,
        "url": f"{root}/open311/v2",
        "changeset": changeset,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    found = {
        "changeset": changeset,
        "contact": say("Ask the administrator of this server; the guide is at {url}.", url=f"{root}/docs"),
        "key_service": say("Keys are given by the administrator of the county whose matters you will send."),
        "endpoints": [endpoint],
    }
    return answer(request, "discovery", found)


@_both(get, "/services", "ListServices", summary="What may be asked for")
async def list_services(request: Anything, jurisdiction: Jurisdiction = "") -> Response[bytes]:
    """The categories of cases."""
    await requests.prefixes_of(jurisdiction)
    return answer(request, "services", await services.list_services())


@get("/services/{service_file:str}", operation_id="open311GetService", summary="What a service asks beside the words")
async def get_service(
    request: Anything, service_file: FromPath[str], jurisdiction: Jurisdiction = ""
) -> Response[bytes]:
    """The service's code with .json or .xml."""
    await requests.prefixes_of(jurisdiction)
    return answer(request, "service_definition", await services.service_definition(_name_of(service_file)))


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


@_both(
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
    token = _name_of(token_file)
    number = await filing.number_of_token(token)
    return answer(request, "service_requests", [{"service_request_id": number, "token": token}])


@_both(
    get,
    "/requests",
    "ListRequests",
    summary="Published requests, the newest first",
    description="The last 90 days unless told, and 90 days at most. service_request_id (several with commas) overrides "
    "everything else. No names, no numbers: what was written is covered where it tells of a person.",
)
async def list_requests(
    request: Anything,
    service_request_id: Words = "",
    service_code: Words = "",
    start_date: Moment = "",
    end_date: Moment = "",
    in_status: Annotated[str, QueryParameter(name="status", description="open, closed", max_length=60)] = "",
    jurisdiction: Jurisdiction = "",
    page: Page = 1,
    page_size: PageSize = None,
) -> Response[bytes]:
    """Requests."""
    await let_read(address_of(request))
    asked = Asked(
        service_request_id=service_request_id,
        service_code=service_code,
        start_date=start_date,
        end_date=end_date,
        status=in_status,
        jurisdiction_id=jurisdiction,
        page=page,
        page_size=page_size,
    )
    return answer(request, "service_requests", await requests.list_requests(asked))


@get("/requests/{request_file:str}", operation_id="open311GetRequest", summary="One published request")
async def get_request(
    request: Anything, request_file: FromPath[str], jurisdiction: Jurisdiction = ""
) -> Response[bytes]:
    """A list of one."""
    await requests.prefixes_of(jurisdiction)
    return answer(request, "service_requests", await requests.get_request(_name_of(request_file)))


@_both(
    get,
    "/servicerequestupdates",
    "ListUpdates",
    summary="What happened to published requests, the oldest first",
    description="mySociety's extension. status: OPEN, INVESTIGATING, IN_PROGRESS, ACTION_SCHEDULED, FIXED, "
    "NO_FURTHER_ACTION, DUPLICATE, CLOSED. At most 1000: go on from the last updated_datetime.",
)
async def list_updates(
    request: Anything, start_date: Moment = "", end_date: Moment = "", jurisdiction: Jurisdiction = ""
) -> Response[bytes]:
    """Updates."""
    await let_read(address_of(request))
    await requests.prefixes_of(jurisdiction)
    found = await updates.list_updates(start_date=start_date, end_date=end_date)
    return answer(request, "service_request_updates", found)


@_both(
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


@get("/{other:path}", include_in_schema=False)
async def nothing_here(other: FromPath[str]) -> None:  # noqa: ARG001 - any other address
    """GeoReport's own 404."""
    raise Unknown("There is nothing at this address.")


def _name_of(file: str) -> str:
    """What an address names, without its format. Raises Unknown (404) without one: GeoReport asks for it."""
    name, dot, ending = file.rpartition(".")
    if not dot or ending not in ("json", "xml"):
        raise Unknown("End the address in .json or .xml.")
    return name


router = Router(
    path="/open311/v2",
    route_handlers=[
        *discovery,
        *list_services,
        get_service,
        *file_request,
        get_token,
        *list_requests,
        get_request,
        *list_updates,
        *post_update,
        nothing_here,
    ],
    exception_handlers=OPEN311_HANDLERS,
    tags=["open311"],
)
