"""Photos that come with a form instead of by tus: kept one by one, under ids that follow from the form's."""

from uuid import UUID

from backend.core.multipart import Part
from backend.core.refusals import Refusal
from backend.core.settings import settings
from backend.media.actions import upload_photo
from backend.media.receiving import Door, Owner


class PhotoTooLarge(Refusal):
    """More bytes than a station's phone may send."""

    status, code, title = 413, "console/photo-too-large", "This photo is too large"


async def keep(part: Part, id: UUID, *, owner: Owner, door: Door) -> UUID:
    """One photo or recording of somebody without an account; sent twice it is the same. Raises PhotoTooLarge (413)."""
    most = settings().station_upload_max_bytes
    if part.size_bytes > most:
        raise PhotoTooLarge("A photo may have up to {n} MB. Take a smaller one.", n=most // 1_000_000)
    kept = await upload_photo(
        source=part.chunks(),
        sha256=await part.sha256(),
        file_name=part.file_name or "",
        photo_id=id,
        uploaded_by=None,
        owner=owner,
        door=door,
    )
    return kept.record.id
