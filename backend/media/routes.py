"""Photos over HTTP: a multipart upload, lists and records; what is downloaded in `download_routes`."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath, SkipValidation

from backend.core.creates import Key, answered
from backend.core.multipart import Part, is_multipart, parts_of
from backend.core.paging import DEFAULT_LIMIT, CursorQuery, LimitQuery, Page, Position, page, position
from backend.core.refusals import FieldError, Invalid
from backend.core.settings import settings
from backend.media import actions, photo_reading, records, retention  # noqa: F401 - retention registers
from backend.media.filters import PhotoFilters
from backend.media.openers import OPENERS, Opener, names_nobody, opener_by, opener_of
from backend.media.parameters import CrsQuery, photo_filters
from backend.media.receiving import Door
from backend.media.schemas import PhotoRecord
from backend.people.actors import visible_to
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.territory.coordinates import Crs

AROUND_THE_PHOTO_BYTES = 10_000
MOST_PARTS = 10
LONGEST_CODE_BYTES = 200


_FORM = Schema(
    type=OpenAPIType.OBJECT,
    required=["photo"],
    properties={
        "photo": Schema(
            type=OpenAPIType.STRING,
            format=OpenAPIFormat.BINARY,
            description="a photo (JPEG, PNG, WebP, HEIC), a voice note (AMR, M4A, OGG, MP3) or a PDF",
        ),
        "id": Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.UUID, description="made by the phone (version 7)"),
        "station_code": Schema(
            type=OpenAPIType.STRING, description="in place of a sign-in: the code from a station's QR"
        ),
    },
)


@dataclass
class _Upload(Operation):
    """The form of the upload for the API guide: the body is read as a stream, so Litestar cannot see it."""

    def __post_init__(self) -> None:
        content = {"multipart/form-data": OpenAPIMediaType(schema=_FORM)}
        self.request_body = RequestBody(content=content, required=True)


@post(
    "/",
    operation_id="uploadPhoto",
    operation_class=_Upload,
    summary="Send one photo",
    description="Idempotent by the part `id`, else by Idempotency-Key: 201 the first time, 200 for the same again. "
    "It is on disk then, in state `waiting`; ask getPhoto for its verdict a few seconds later. Bytes that are no "
    "photo are kept too: `state` becomes `refused`, and `verdict` says why. Without a sign-in: `Upload-Opener: station "
    "CODE`, or the part `station_code`; the photo then belongs to the station until a record claims it.",
    responses={200: ResponseSpec(PhotoRecord, description="Sent before: the photo as it is now")},
    request_max_body_size=None,
    security=[*OPENERS, {}],
)
async def upload_photo(request: Request[Any, Any, Any], idempotency_key: Key = None) -> Response[PhotoRecord]:
    """Read the form as it streams in, keep its photo."""
    known = None if names_nobody(request) and is_multipart(request) else await opener_of(request)
    limit = (known.limits.max_bytes if known else settings().station_upload_max_bytes) + AROUND_THE_PHOTO_BYTES
    async with parts_of(request, max_bytes=limit, max_parts=MOST_PARTS) as parts:
        opener = known or await _opener_of_form(request, parts)
        photo = _photo(parts)
        outcome = await actions.upload_photo(
            source=photo.chunks(),
            sha256=await photo.sha256(),
            file_name=photo.file_name or "",
            photo_id=_id(parts) or (opener.id_of_key("uploadPhoto", idempotency_key) if idempotency_key else None),
            uploaded_by=opener.person_id,
            owner=opener.owner,
            door=Door.API if opener.person_id else opener.door,
        )
    return answered(outcome)


async def _opener_of_form(request: Request[Any, Any, Any], parts: list[Part]) -> Opener:
    """A page without scripts sets no header: its form carries the station's code."""
    code = next((part for part in parts if part.name == "station_code"), None)
    if code is None:
        return await opener_of(request)
    return await opener_by(request, "station", code.content()[:LONGEST_CODE_BYTES].decode("utf-8", "replace"))


def _photo(parts: list[Part]) -> Part:
    photos = [part for part in parts if part.name == "photo"]
    if len(photos) != 1:
        raise Invalid(
            errors=[FieldError(pointer="/photo", code="missing", detail="Send exactly one part named photo.")]
        )
    return photos[0]


def _id(parts: list[Part]) -> UUID | None:
    part = next((part for part in parts if part.name == "id"), None)
    if part is None:
        return None
    try:
        return UUID(part.content()[:64].decode("ascii").strip())
    except ValueError as error:
        wrong = FieldError(
            pointer="/id", code="not-a-uuid", detail="Not a UUID, for example 01890a5d-ac96-774b-bcce-b302099a8057."
        )
        raise Invalid(errors=[wrong]) from error


@get("/", operation_id="listPhotos", summary="Photos that you may see, the newest first")
async def list_photos(
    by: SignedIn,
    filters: NamedDependency[SkipValidation[PhotoFilters]],
    limit: LimitQuery = DEFAULT_LIMIT,
    cursor: CursorQuery = None,
    crs: CrsQuery = Crs.WGS84,
) -> Page[PhotoRecord]:
    """Own uploads, those of households that the reader serves today, and of the territory that he oversees."""
    rows = await photo_reading.list_photos(scope=visible_to(by), filters=filters, limit=limit, after=position(cursor))
    return page([records.record(row, crs) for row in rows], limit, lambda photo: Position(photo.received_at, photo.id))


@get(
    "/{photo_id:uuid}", operation_id="getPhoto", summary="One photo: state, verdict, size, when and where it was taken"
)
async def get_photo(photo_id: FromPath[UUID], by: SignedIn, crs: CrsQuery = Crs.WGS84) -> PhotoRecord:
    """Waiting for seconds only: ask again until `state` is another one."""
    row = await photo_reading.photo_for(photo_id=photo_id, scope=visible_to(by))
    return records.record(row, crs)


router = Router(
    "/api/v1/photos",
    route_handlers=[upload_photo, list_photos, get_photo],
    dependencies={**NEEDS_SIGN_IN, "filters": Provide(photo_filters)},
    tags=["media"],
)
