"""Copies, originals and voice notes as files for an answer."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from backend.core import clock
from backend.media import contents, queries
from backend.media.downloads import FOR_GOOD, File
from backend.media.facts import Kind, PhotoState, Reason
from backend.media.photo_reading import STILL_WAITING, copy_of, no_copy
from backend.media.signed_addresses import VOICE, AddressExpired, read_token
from backend.media.verdicts import SENTENCES

NO_VOICE = "It is no voice note."


async def copy_file(photo: Mapping[str, Any], *, name: str, cache_control: str = FOR_GOOD) -> File:
    """One copy, for an answer. Raises NoCopy (404)."""
    content = await copy_of(photo, name=name)

    async def read(start: int, stop: int) -> AsyncIterator[bytes]:
        yield content[start:stop]

    return File(
        etag=f'"{photo["original"].hex()}-{name}"',
        size_bytes=len(content),
        content_type="image/jpeg",
        read=read,
        cache_control=cache_control,
    )


def original_file(photo: Mapping[str, Any]) -> File:
    """An original, for an answer, as a download under a name of ours or the sender's. Never as a picture: no browser is
    to show what a stranger sent."""
    return File(
        etag=f'"{photo["original"].hex()}"',
        size_bytes=photo["size_bytes"],
        content_type="application/octet-stream",
        read=lambda start, stop: contents.original(photo, start=start, stop=stop),
        name=photo["file_name"] or str(photo["id"]),
    )


def voice_file(photo: Mapping[str, Any], *, cache_control: str = FOR_GOOD) -> File:
    """A voice note, to be played by a page: its type is what its bytes are. Raises NoCopy (404)."""
    if photo["key_sealed"] is None:
        raise no_copy(SENTENCES[Reason.PURGED])
    if photo["kind"] != Kind.VOICE:
        raise no_copy(NO_VOICE)
    if photo["state"] == PhotoState.WAITING:
        raise no_copy(STILL_WAITING)
    if photo["state"] == PhotoState.REFUSED:
        raise no_copy(SENTENCES[Reason(photo["reasons"][0])])
    return File(
        etag=f'"{photo["original"].hex()}-voice"',
        size_bytes=photo["size_bytes"],
        content_type=photo["content_type"],
        read=lambda start, stop: contents.original(photo, start=start, stop=stop),
        cache_control=cache_control,
    )


async def shown_file(token: str) -> File:
    """What a signed address shows or plays. Raises AddressExpired, NoCopy (404)."""
    photo_id, name, ends_at = read_token(token)
    row = await queries.photo(photo_id)
    if row is None:
        raise AddressExpired
    left_s = int((ends_at - clock.now()).total_seconds())
    kept = f"private, max-age={left_s}, immutable"
    if name == str(VOICE):
        return voice_file(row, cache_control=kept)
    return await copy_file(row, name=name, cache_control=kept)
