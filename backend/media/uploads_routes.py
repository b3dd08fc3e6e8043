"""tus 1.0.0 at /uploads: https://tus.io/protocols/resumable-upload. Its photo has the upload's id."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, delete, head, patch, post
from litestar.params import FromPath, HeaderParameter

from backend.core.addresses import base_url
from backend.core.creates import Key
from backend.core.refusals import FieldError, Invalid
from backend.media import uploads, uploads_appending, uploads_headers
from backend.media.openers import NEEDS_OPENER, OPENERS, Opener, Opening
from backend.media.upload_tables import UploadState
from backend.media.uploads_dialect import PREFIX, VERSION
from backend.media.uploads_headers import PARTIAL
from backend.media.uploads_queries import Upload
from backend.media.uploads_refusals import BodyCut, NotBytes, WrongTusVersion

BYTES = "application/offset+octet-stream"

Length = Annotated[int | None, HeaderParameter(name="Upload-Length", ge=0, description="of the whole file, in bytes")]
Metadata = Annotated[
    str | None,
    HeaderParameter(
        name="Upload-Metadata", description="`filename`, `filetype`, `id` (the photo's, version 7); values in Base64"
    ),
]
Concat = Annotated[
    str | None, HeaderParameter(name="Upload-Concat", description="`partial`, or `final;` and addresses")
]
Offset = Annotated[int, HeaderParameter(name="Upload-Offset", ge=0, description="the byte that the body begins with")]
Checksum = Annotated[str | None, HeaderParameter(name="Upload-Checksum", description="`sha1` or `sha256`, then Base64")]


async def speak_tus(request: Request[Any, Any, Any]) -> None:
    """Before anything else: the version. Raises WrongTusVersion (412)."""
    if request.headers.get("tus-resumable") != VERSION:
        raise WrongTusVersion("Send Tus-Resumable: {version}.", version=VERSION)


@post(
    "/",
    operation_id="createUpload",
    summary="Open a resumable upload (tus 1.0.0)",
    description="Answers with the upload's address in `Location`; send the bytes there with PATCH, or the first of "
    "them right here. The photo's id is the last part of that address: the metadata `id`, or what Idempotency-Key "
    "stands for, or a new one. The same again finds the same upload. Without a sign-in, `Upload-Opener: station CODE` "
    "opens one for the station of that code, smaller and for a shorter time; send it with each request. 429 with "
    "Retry-After where one opens too many.",
    request_max_body_size=None,
    status_code=201,
)
async def create_upload(
    request: Request[Any, Any, Any],
    opener: Opening,
    upload_length: Length = None,
    upload_metadata: Metadata = None,
    upload_concat: Concat = None,
    upload_checksum: Checksum = None,
    idempotency_key: Key = None,
) -> Response[None]:
    """Creation, creation with upload, concatenation."""
    upload_id = _chosen_id(upload_metadata, idempotency_key, opener)
    if partials := uploads_headers.partials(upload_concat):
        upload = await uploads.join_uploads(
            partials=partials, metadata=upload_metadata, concat=upload_concat or "", upload_id=upload_id, opener=opener
        )
        return _created(request, upload)
    if upload_length is None:
        raise Invalid(errors=[FieldError(pointer="Upload-Length", code="missing", detail="This parameter is needed.")])
    upload = await uploads.open_upload(
        length_bytes=upload_length, metadata=upload_metadata, concat=upload_concat, upload_id=upload_id, opener=opener
    )
    if _has_body(request) and upload.state == UploadState.OPEN and upload.offset_bytes == 0:
        _must_be_bytes(request)
        upload = await _append(request, upload, opener, 0, upload_checksum)
    return _created(request, upload)


def _chosen_id(metadata: str | None, key: str | None, opener: Opener) -> UUID | None:
    chosen = uploads_headers.chosen_id(uploads_headers.metadata(metadata))
    return opener.id_of_key("createUpload", key) if chosen is None and key is not None else chosen


def _has_body(request: Request[Any, Any, Any]) -> bool:
    return bool(request.content_length) or "transfer-encoding" in request.headers


def _must_be_bytes(request: Request[Any, Any, Any]) -> None:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != BYTES:
        raise NotBytes("Send Content-Type: {content_type}.", content_type=BYTES)


async def _append(
    request: Request[Any, Any, Any], upload: Upload, opener: Opener, from_byte: int, checksum: str | None
) -> Upload:
    return await uploads_appending.append(
        upload=upload,
        opener=opener,
        from_byte=from_byte,
        body=_body(request),
        body_bytes=request.content_length,
        checksum=uploads_headers.checksum(checksum),
    )


async def _body(request: Request[Any, Any, Any]) -> AsyncIterator[bytes]:
    """As the server gives it: `Request.stream` looks at limits that are not ours, chunk by chunk."""
    more = True
    while more:
        message: Any = await request.receive()
        if message["type"] == "http.disconnect":
            raise BodyCut("The request ended before it was complete; send it again.")
        if message["body"]:
            yield message["body"]
        more = message.get("more_body", False)


def _created(request: Request[Any, Any, Any], upload: Upload) -> Response[None]:
    headers = {"Location": f"{base_url(request)}{PREFIX}/{upload.id}", "Upload-Offset": str(upload.offset_bytes)}
    return _empty(headers | _expires(upload), status_code=201)


def _empty(headers: dict[str, str], status_code: int = 200) -> Response[None]:
    """No body, and no word of JSON. Of None, Litestar would write the word null."""
    return Response(b"", status_code=status_code, headers=headers, media_type="text/plain")  # type: ignore[arg-type]


def _expires(upload: Upload) -> dict[str, str]:
    open_ = upload.state == UploadState.OPEN
    return {"Upload-Expires": uploads_headers.http_date(upload.expires_at)} if open_ else {}


@head("/{upload_id:uuid}", operation_id="readUploadOffset", summary="Which byte an upload goes on from")
async def read_upload_offset(upload_id: FromPath[UUID], opener: Opening) -> Response[None]:
    """All bytes before the offset are on disk; an offset equal to the length means that the photo is there."""
    upload = await uploads.find_upload(upload_id=upload_id, opener=opener)
    told = {
        "Upload-Length": str(upload.length_bytes),
        "Upload-Metadata": upload.metadata,
        "Upload-Concat": upload.concat,
        "Cache-Control": "no-store",
    }
    if upload.concat in (None, PARTIAL) or upload.state == UploadState.RECEIVED:
        told["Upload-Offset"] = str(upload.offset_bytes)
    return _empty({name: value for name, value in told.items() if value} | _expires(upload))


@patch(
    "/{upload_id:uuid}",
    operation_id="continueUpload",
    summary="Send the next bytes of an upload",
    description="The body, application/offset+octet-stream, begins at Upload-Offset. "
    "Where there is no PATCH, send POST with `X-HTTP-Method-Override: PATCH`.",
    request_max_body_size=None,
    status_code=204,
)
async def continue_upload(
    request: Request[Any, Any, Any],
    upload_id: FromPath[UUID],
    opener: Opening,
    upload_offset: Offset,
    upload_checksum: Checksum = None,
) -> Response[None]:
    """When the line breaks, what came is kept: ask with HEAD and go on."""
    _must_be_bytes(request)
    upload = await uploads.find_upload(upload_id=upload_id, opener=opener)
    upload = await _append(request, upload, opener, upload_offset, upload_checksum)
    return Response(None, status_code=204, headers={"Upload-Offset": str(upload.offset_bytes)} | _expires(upload))


@delete("/{upload_id:uuid}", operation_id="endUpload", summary="Give an upload up", status_code=204)
async def end_upload(upload_id: FromPath[UUID], opener: Opening) -> None:
    """What it holds is deleted; a photo that it became already stays."""
    await uploads.terminate(await uploads.find_upload(upload_id=upload_id, opener=opener))


router = Router(
    PREFIX,
    route_handlers=[create_upload, read_upload_offset, continue_upload, end_upload],
    before_request=speak_tus,
    dependencies=NEEDS_OPENER,
    security=OPENERS,
    tags=["media"],
)
