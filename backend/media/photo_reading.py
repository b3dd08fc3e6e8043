"""Photos as this reader may see them: rows, lists, and whether there is anything to show."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.core.database import transaction
from backend.core.paging import Position
from backend.core.words import Term
from backend.media import contents, queries
from backend.media.facts import Kind, PhotoState, Reason
from backend.media.filters import PhotoFilters
from backend.media.refusals import NoCopy, PhotoUnknown
from backend.media.verdicts import SENTENCES
from backend.people.access_log import note_access
from backend.people.actors import Actor, Scope, visible_to

NO_PICTURE = "It is no picture."
STILL_WAITING = "It is still being looked at. Ask again in a few seconds."


async def photo_for(*, photo_id: UUID, scope: Scope) -> Mapping[str, Any]:
    """The row of a photo that this reader may see. Raises PhotoUnknown (404)."""
    row = await queries.photo_in_scope(photo_id, scope)
    if row is None:
        raise PhotoUnknown("There is no photo {id} that you may see.", id=str(photo_id))
    return row


async def original_for(*, photo_id: UUID, scope: Scope) -> Mapping[str, Any]:
    """The same with an original that can be read. Raises PhotoUnknown (404), NoCopy (404) for a purged one."""
    row = await photo_for(photo_id=photo_id, scope=scope)
    if row["key_sealed"] is None:
        raise no_copy(SENTENCES[Reason.PURGED])
    return row


@transaction
async def open_original(*, photo_id: UUID, by: Actor, request_id: str) -> Mapping[str, Any]:
    """The row of a photo whose original `by` is about to read. The originals of others carry places and faces: that
    somebody reads one is written down. Raises PhotoUnknown (404), NoCopy (404) for a purged one.
    """
    row = await original_for(photo_id=photo_id, scope=visible_to(by))
    if row["uploaded_by"] != by.person_id:
        await note_access(by=by, subject_kind="photo", subject_id=photo_id, fields=["original"], request_id=request_id)
    return row


async def list_photos(
    *, scope: Scope, filters: PhotoFilters, limit: int, after: Position | None = None
) -> Sequence[Mapping[str, Any]]:
    """Up to `limit` + 1 rows of photos that this reader may see, the newest first, with near duplicates."""
    place = None if after is None else (after.at, after.id)
    return await queries.list_photos(scope=scope, filters=filters, limit=limit, after=place)


async def count_photos(*, scope: Scope, filters: PhotoFilters) -> dict[str, int]:
    """How many photos of a list are waiting, accepted and refused."""
    return await queries.counts(scope=scope, filters=filters)


async def copy_of(photo: Mapping[str, Any], *, name: str) -> bytes:
    """One copy (`"1600"`, `"320"`), unsealed. Raises NoCopy (404)."""
    must_have_copy(photo)
    return await contents.copy(photo, name)


def must_have_copy(photo: Mapping[str, Any]) -> None:
    """Raises NoCopy (404) unless there is a picture to show."""
    if photo["key_sealed"] is None:
        raise no_copy(SENTENCES[Reason.PURGED])
    if photo["state"] == PhotoState.WAITING:
        raise no_copy(STILL_WAITING)
    if photo["kind"] != Kind.PHOTO:
        raise no_copy(NO_PICTURE)
    if photo["state"] == PhotoState.REFUSED:
        raise no_copy(SENTENCES[Reason(photo["reasons"][0])])


def no_copy(why: str) -> NoCopy:
    """The refusal that says why."""
    return NoCopy("There is nothing to show: {verdict}", verdict=Term(why))
