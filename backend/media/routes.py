"""Photos over HTTP: one multipart upload per photo, its record, and the copy that may be shown."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath, HeaderParameter, QueryParameter

from backend.core import ids
from backend.core.multipart import Part, parts_of
from backend.core.refusals import FieldError, Invalid
from backend.core.settings import settings
from backend.media import actions, queries, retention_rules  # noqa: F401 - the rules register
from backend.media.pictures import SIZES
from backend.media.schemas import PhotoRecord
from backend.people.actors import visible_to
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.territory.coordinates import Crs

AROUND_THE_PHOTO_BYTES = 10_000
MOST_PARTS = 10
LARGEST = max(SIZES)
FOR_GOOD = "private, max-age=31536000, immutable"

Key = Annotated[str | None, HeaderParameter(name="Idempotency-Key", min_length=1, max_length=200)]
Longest = Annotated[int, QueryParameter(ge=1, le=LARGEST, description="longest side wanted, in pixels; 320 for a list")]

_FORM = Schema(
    type=OpenAPIType.OBJECT,
    required=["photo"],
    properties={
        "photo": Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY, description="JPEG, PNG or WebP"),
        "id": Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.UUID, description="made by the phone (version 7)"),
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
    "Bytes that are no photo are kept too: `state` is `refused` and `verdict` says why.",
    responses={200: ResponseSpec(PhotoRecord, description="Sent before: the photo as it is now")},
    request_max_body_size=None,
)
async def upload_photo(
    request: Request[Any, Any, Any], by: SignedIn, idempotency_key: Key = None
) -> Response[PhotoRecord]:
    """Read the form as it streams in, keep its photo."""
    limit = settings().photo_max_bytes + AROUND_THE_PHOTO_BYTES
    async with parts_of(request, max_bytes=limit, max_parts=MOST_PARTS) as parts:
        photo = _photo(parts)
        outcome = await actions.upload_photo(
            content=photo.content(),
            file_name=photo.file_name or "",
            photo_id=_id(parts)
            or (ids.from_key(by.person_id, "uploadPhoto", idempotency_key) if idempotency_key else None),
            by=by.person_id,
        )
    return Response(outcome.record, status_code=201 if outcome.created else 200)


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


@get("/{photo_id:uuid}", operation_id="getPhoto", summary="One photo: state, size, when and where it was taken")
async def get_photo(
    photo_id: FromPath[UUID],
    by: SignedIn,
    crs: Annotated[Crs, QueryParameter(description="the system in which to give the point")] = Crs.WGS84,
) -> PhotoRecord:
    """Own uploads, and photos whose record lies in the reader's territory."""
    row = await actions.photo_for(photo_id=photo_id, scope=visible_to(by))
    return queries.record(row, crs)


@get(
    "/{photo_id:uuid}/copy",
    operation_id="getPhotoCopy",
    summary="The photo as it may be shown: an upright JPEG without EXIF",
    media_type="image/jpeg",
)
async def get_photo_copy(
    request: Request[Any, Any, Any],
    photo_id: FromPath[UUID],
    by: SignedIn,
    size: Longest = LARGEST,
) -> Response[bytes]:
    """The smallest copy that is at least as long as asked for. It never changes: a phone may keep it for good."""
    name = str(min(kept for kept in SIZES if kept >= size))
    row = await actions.photo_for(photo_id=photo_id, scope=visible_to(by))
    headers = {"ETag": f'"{row["original"].hex()}-{name}"', "Cache-Control": FOR_GOOD}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers, media_type="image/jpeg")
    return Response(await actions.copy_of(row, name=name), headers=headers, media_type="image/jpeg")


router = Router(
    "/api/v1/photos",
    route_handlers=[upload_photo, get_photo, get_photo_copy],
    dependencies=NEEDS_SIGN_IN,
    tags=["media"],
)
