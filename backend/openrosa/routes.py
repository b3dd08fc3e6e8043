"""The addresses that ODK Collect calls, each twice: with Basic, and with a key in the path."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Request, Response, Router, get, head, post, route
from litestar.di import NamedDependency
from litestar.enums import HttpMethod
from litestar.exceptions import MethodNotAllowedException
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath, QueryParameter

from backend.cases import numbers
from backend.core.multipart import Part, parts_of
from backend.core.refusals import TooLarge, Unknown
from backend.core.settings import settings
from backend.core.words import language, say
from backend.kits.form_questions import questions_of
from backend.kits.schemas import PublishedForm
from backend.openrosa import actions, retention_rules  # noqa: F401 - the rules register
from backend.openrosa.actions import Receipt
from backend.openrosa.addresses import PATH, form_address, root_of
from backend.openrosa.catalogue import FormUnknown, forms_for
from backend.openrosa.credentials import BY_SENDER, DraftsElsewhere
from backend.openrosa.envelope import ENVELOPE_HANDLERS, XML, headers, told, xml_text
from backend.openrosa.instances import MOST_XML_BYTES, XmlBroken
from backend.openrosa.keeping import Told
from backend.openrosa.media_routes import get_form_media, list_form_media
from backend.openrosa.submission_rows import Sender
from backend.people.actors import Actor

By = NamedDependency[Actor]
XML_PART = "xml_submission_file"
MOST_PARTS = 500


@get("/formList", operation_id="listForms", summary="The forms that this person may fill in", media_type=XML)
async def list_forms(
    request: Request[Any, Any, Any],
    by: By,
    form_id: Annotated[str | None, QueryParameter(name="formID", description="only this form")] = None,
) -> Response[bytes]:
    """One current version per form; none for somebody whose roles fill in none, which is not an error."""
    shown = [form for form in await forms_for(by) if form_id in (None, form.form_id)]
    listed = "".join(_listed(form, root_of(request)) for form in shown)
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?><xforms xmlns="http://openrosa.org/xforms/xformsList">{listed}</xforms>'
    )
    return Response(body.encode(), headers=headers(), media_type=XML)


def _listed(form: PublishedForm, root: str) -> str:
    address = form_address(root, form.form_id)
    manifest = f"<manifestUrl>{xml_text(f'{address}/manifest')}</manifestUrl>" if questions_of(form.xml).media else ""
    return (
        f"<xform><formID>{xml_text(form.form_id)}</formID><name>{xml_text(form.title or form.form_id)}</name>"
        f"<version>{xml_text(form.version)}</version><hash>md5:{form.md5}</hash>"
        f"<downloadUrl>{xml_text(f'{address}.xml')}</downloadUrl>{manifest}</xform>"
    )


@get("/forms/{form_file:str}", operation_id="getForm", summary="One form as an XForm", media_type=XML)
async def get_form(request: Request[Any, Any, Any], form_file: FromPath[str], by: By) -> Response[bytes]:
    """The current version, byte for byte what the list's hash was made of."""
    form_id = form_file.removesuffix(".xml")
    form = next((form for form in await forms_for(by) if f"{form.form_id}.xml" == form_file), None)
    if form is None:
        raise FormUnknown("There is no form {form}.", form=form_id[:60])
    known = headers() | {"ETag": f'"{form.md5}"', "Cache-Control": "private, no-cache"}
    if known["ETag"] in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=known, media_type=XML)
    return Response(form.xml, headers=known, media_type=XML)


@head("/submission", status_code=204, include_in_schema=False)
async def check_submission_head(by: By) -> Response[None]:  # noqa: ARG001 - asking for it is what refuses strangers
    """What Collect asks before every first upload: anything but 204 it takes for a hotel's sign-in page."""
    return Response(None, status_code=204, headers=headers())


@get("/submission", status_code=204, operation_id="checkSubmission", summary="Whether records may be sent here")
async def check_submission(by: By) -> Response[None]:  # noqa: ARG001
    """The same: HEAD must mirror GET."""
    return Response(None, status_code=204, headers=headers())


_FORM = Schema(
    type=OpenAPIType.OBJECT,
    required=[XML_PART],
    properties={
        XML_PART: Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY, description="the instance's XML")
    },
    additional_properties=Schema(
        type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY, description="a file, under the name the XML gives it"
    ),
)


@dataclass
class _Submission(Operation):
    """The form of a submission for the API guide: the body is read as a stream, so Litestar cannot see it."""

    def __post_init__(self) -> None:
        content = {"multipart/form-data": OpenAPIMediaType(schema=_FORM)}
        self.request_body = RequestBody(content=content, required=True)


@post(
    "/submission",
    operation_class=_Submission,
    operation_id="submitForm",
    summary="Send one record with its files (multipart/form-data)",
    description="201 only when XML and files are on disk. The same XML again is 201 and brings missing files; "
    "other XML under the same instanceID is 409.",
    media_type=XML,
    request_max_body_size=None,
)
async def submit_form(
    request: Request[Any, Any, Any],
    by: By,
    device_id: Annotated[str | None, QueryParameter(name="deviceID")] = None,
) -> Response[bytes]:
    """Read the parts as they stream in, then let the verb take them."""
    sender = Sender(by=by, device_id=device_id, user_agent=request.headers.get("user-agent"))
    async with parts_of(request, max_bytes=settings().openrosa_max_bytes, max_parts=MOST_PARTS) as parts:
        receipt = await actions.submit(xml=_xml(parts), files=_files(parts), sender=sender)
    return told(_thanks(receipt), status=201, nature="submit_success")


def _xml(parts: list[Part]) -> bytes:
    found = [part for part in parts if part.name == XML_PART]
    if len(found) != 1:
        raise XmlBroken("Send the record as exactly one part named {part}.", part=XML_PART)
    if found[0].size_bytes > MOST_XML_BYTES:
        raise TooLarge("At most {megabytes} MB are taken at once.", megabytes=MOST_XML_BYTES // 1_000_000)
    return found[0].content()


def _files(parts: list[Part]) -> dict[str, Callable[[], bytes]]:
    """Of parts with the same name the last one counts."""
    return {part.name: part.content for part in parts if part.name != XML_PART}


def _thanks(receipt: Receipt) -> str:
    if receipt.refused is not None:
        return say("Received and kept. Somebody must still put it right: {detail}", detail=_why(receipt.refused))
    if receipt.missing:
        return say("Received. {missing} files are still to come.", missing=receipt.missing)
    if receipt.said:
        return receipt.said
    if receipt.number:
        return say("Received under the number {number}.", number=numbers.grouped(receipt.number))
    return say("Received. Thank you!")


def _why(refused: Told) -> str:
    """In the language of the phone: the sentence, and each answer that is meant."""
    said = refused[language.get()]
    answers = [f"{error['pointer'].lstrip('/')}: {error['detail']}" for error in said["errors"]]
    return "\n".join(dict.fromkeys([said["detail"], *answers]))


@route(
    ["/formList", "/forms/{form_file:str}", "/forms/{form_id:str}/manifest", "/forms/{form_id:str}/media/{name:str}"],
    http_method=[HttpMethod.HEAD, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE],
    include_in_schema=False,
)
async def refuse_other_methods() -> None:
    """An envelope here too, so that a phone sees OpenRosa's headers."""
    raise MethodNotAllowedException


@route(
    "/submission",
    http_method=[HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE],
    include_in_schema=False,
)
async def refuse_other_methods_of_submission() -> None:
    """The same, where POST is at home."""
    raise MethodNotAllowedException


@route(
    ["/test/{token:str}", "/test/{token:str}/{rest:path}"],
    http_method=[HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST],
    include_in_schema=False,
)
async def refuse_drafts() -> None:
    """What a phone set up for a draft of another server asks: nothing that it sends is kept, and it is told so."""
    raise DraftsElsewhere("Nothing was kept. Scan the code of your phone on the page “ODK Collect” of Lianxin.")


@route("/{rest:path}", http_method=[HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST], include_in_schema=False)
async def refuse_other_addresses() -> None:
    """Whatever else a phone may try."""
    raise Unknown("There is nothing at this address.")


_HANDLERS = [
    list_forms,
    get_form,
    list_form_media,
    get_form_media,
    check_submission_head,
    check_submission,
    submit_form,
    refuse_other_methods,
    refuse_other_methods_of_submission,
    refuse_drafts,
    refuse_other_addresses,
]

router = Router(
    PATH,
    route_handlers=[*_HANDLERS, Router("/key/{key:str}", route_handlers=_HANDLERS, include_in_schema=False)],
    dependencies=BY_SENDER,
    exception_handlers=ENVELOPE_HANDLERS,
    tags=["openrosa"],
)
