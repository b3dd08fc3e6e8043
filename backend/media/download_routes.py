"""What is downloaded: copies as they may be shown, the bytes as they came, a ZIP of a query. HEAD tells the size."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, head
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, QueryParameter, SkipValidation
from litestar.response import Stream

from backend.core import clock
from backend.core.logs import request_id
from backend.media import exporting, photo_files, photo_reading, signed_addresses
from backend.media.downloads import File, answer, bare, told
from backend.media.facts import SIZES
from backend.media.filters import PhotoFilters
from backend.media.parameters import photo_filters
from backend.people.actors import Actor, visible_to
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

LARGEST = max(SIZES)

Longest = Annotated[int, QueryParameter(ge=1, le=LARGEST, description="longest side wanted, in pixels; 320 for a list")]


@get(
    "/export",
    operation_id="exportPhotos",
    summary="The photos of a query as a ZIP, streamed",
    description="Accepted photos as they may be shown (1600 px, no EXIF) and `photos.csv`. Content-Length is told "
    "before the first byte, X-Total-Count says how many photos.",
    media_type="application/zip",
)
async def export_photos(by: SignedIn, filters: NamedDependency[SkipValidation[PhotoFilters]]) -> Stream:
    """Raises TooLarge (413) over 50,000 photos."""
    export = await exporting.export_photos(scope=visible_to(by), filters=filters)
    return Stream(export.chunks, headers=_of_export(export), media_type="application/zip")


@head("/export", include_in_schema=False)
async def head_export(by: SignedIn, filters: NamedDependency[SkipValidation[PhotoFilters]]) -> Response[None]:
    """How many photos, and how large the ZIP would be."""
    export = await exporting.export_photos(scope=visible_to(by), filters=filters)
    return bare(_of_export(export), "application/zip")


def _of_export(export: exporting.Export) -> dict[str, str]:
    headers = {
        "Content-Disposition": f'attachment; filename="photos-{clock.today():%Y%m%d}.zip"',
        "X-Total-Count": str(export.photos),
        "Cache-Control": "no-store",
    }
    if export.size_bytes is not None:
        headers["Content-Length"] = str(export.size_bytes)
    return headers


@get(
    "/{photo_id:uuid}/copy",
    operation_id="getPhotoCopy",
    summary="The photo as it may be shown: an upright JPEG without EXIF",
    media_type="image/jpeg",
)
async def get_photo_copy(
    request: Request[Any, Any, Any], photo_id: FromPath[UUID], by: SignedIn, size: Longest = LARGEST
) -> Response[Any]:
    """The smallest copy that is at least as long as asked for. It never changes: a phone may keep it for good."""
    return answer(request, await _copy(photo_id, by, size))


@head("/{photo_id:uuid}/copy", include_in_schema=False)
async def head_photo_copy(
    request: Request[Any, Any, Any], photo_id: FromPath[UUID], by: SignedIn, size: Longest = LARGEST
) -> Response[None]:
    """How large it is, and its ETag."""
    return told(request, await _copy(photo_id, by, size))


async def _copy(photo_id: UUID, by: Actor, size: int) -> File:
    row = await photo_reading.photo_for(photo_id=photo_id, scope=visible_to(by))
    return await photo_files.copy_file(row, name=str(min(kept for kept in SIZES if kept >= size)))


@get(
    "/{photo_id:uuid}/original",
    operation_id="getPhotoOriginal",
    summary="The bytes as they came: a voice note, a document, or a photo with its EXIF",
    description="Reading what somebody else sent is written into the access log.",
    media_type="application/octet-stream",
)
async def get_photo_original(request: Request[Any, Any, Any], photo_id: FromPath[UUID], by: SignedIn) -> Response[Any]:
    """As a download, never shown by the browser itself."""
    row = await photo_reading.open_original(photo_id=photo_id, by=by, request_id=request_id.get())
    return answer(request, photo_files.original_file(row))


@head("/{photo_id:uuid}/original", include_in_schema=False)
async def head_photo_original(
    request: Request[Any, Any, Any], photo_id: FromPath[UUID], by: SignedIn
) -> Response[None]:
    """How large it is, and its ETag: nothing of it is read, so nothing is logged."""
    row = await photo_reading.original_for(photo_id=photo_id, scope=visible_to(by))
    return told(request, photo_files.original_file(row))


@get("/{token:str}", operation_id="getShownPhoto", summary="A photo by a signed address", media_type="image/jpeg")
async def get_shown_photo(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """For pages: no sign-in, for a short time. A voice note comes as what it is, in ranges, to be played."""
    return answer(request, await photo_files.shown_file(token))


@head("/{token:str}", include_in_schema=False)
async def head_shown_photo(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[None]:
    """How large it is, and for how long."""
    return told(request, await photo_files.shown_file(token))


router = Router(
    "/api/v1/photos",
    route_handlers=[
        *(export_photos, head_export),
        *(get_photo_copy, head_photo_copy),
        *(get_photo_original, head_photo_original),
    ],
    dependencies={**NEEDS_SIGN_IN, "filters": Provide(photo_filters)},
    tags=["media"],
)

signed_router = Router(
    signed_addresses.PATH, route_handlers=[get_shown_photo, head_shown_photo], tags=["media"], security=[{}]
)
