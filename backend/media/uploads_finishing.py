"""The end of an upload: all its bytes are at hand and become a photo."""

import asyncio
from collections.abc import AsyncIterator

from msgspec.structs import replace

from backend.core.database import transaction
from backend.core.refusals import Refusal
from backend.core.storage_refusals import StorageDown
from backend.media import flushing, receiving, uploads_headers, uploads_pieces, uploads_queries
from backend.media.flushing import Flushed
from backend.media.openers import Opener
from backend.media.upload_tables import UploadState
from backend.media.uploads_pieces import OVERTAKEN
from backend.media.uploads_queries import Upload
from backend.media.uploads_refusals import OffsetMismatch

FINISH_WITHIN_S = 50.0
"""Reading all pieces and writing them as one; a phone hangs up after a minute."""


async def finish(upload: Upload, opener: Opener, *, source: AsyncIterator[bytes] | list[bytes]) -> Upload:
    """The original is written, then the rows of the photo and the end of the upload go together.

    source  all bytes: as a list where they are in memory
    """
    flushed = await _flush(upload, source)
    try:
        await _receive(upload, opener, flushed)
    except Refusal:
        await flushing.forget([flushed])
        raise
    await uploads_pieces.delete(await uploads_queries.drop_parts(upload.id) if upload.offset_bytes else [])
    return replace(upload, offset_bytes=upload.length_bytes, state=UploadState.RECEIVED)


async def _flush(upload: Upload, source: AsyncIterator[bytes] | list[bytes]) -> Flushed:
    try:
        async with asyncio.timeout(FINISH_WITHIN_S):
            if isinstance(source, list):
                return await flushing.flush_at_once(source)
            return await flushing.flush(source=source, size_bytes=upload.length_bytes)
    except TimeoutError as error:
        raise StorageDown from error


@transaction
async def _receive(upload: Upload, opener: Opener, flushed: Flushed) -> None:
    if not await uploads_queries.receive(upload.id, from_byte=upload.offset_bytes):
        raise OffsetMismatch(OVERTAKEN)
    await receiving.keep(
        flushed=flushed,
        file_name=uploads_headers.file_name(uploads_headers.metadata(upload.metadata)),
        photo_id=upload.id,
        uploaded_by=upload.opened_by,
        owner=opener.owner,
        door=opener.door,
    )
