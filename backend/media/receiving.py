"""The one way in for bytes: whatever door they came through, they end here, in state `waiting`.

    flushed = await flush(source=chunks, size_bytes=1234)          # slow: seals and flushes, holds no connection
    await keep(flushed=flushed, file_name="1.jpg", photo_id=…, …)  # quick: rows and the job, in YOUR transaction

`receive` is both, `keep` in a transaction of its own. After a Refusal between the two: `await forget([flushed])`.
Memory is flat in file size: bytes go from `source` to the store in sealed pieces.
"""

from collections.abc import AsyncIterator, Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.core import clock
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.jobs import enqueue
from backend.core.refusals import DifferentArguments, Refusal
from backend.core.storage_refusals import StorageDown
from backend.media import content_types, keeping_queries, queries, records
from backend.media.facts import PhotoState
from backend.media.flushing import Flushed, flush, forget
from backend.media.looking import LOOK, Look
from backend.media.schemas import PhotoRecord

LONGEST_FILE_NAME = 200
HURRY = 10
"""The priority of a look that somebody stands and waits for."""


class Door(StrEnum):
    """Where bytes came in. Citizens' doors are looked at first: somebody stands there and waits."""

    API = "api"
    UPLOAD = "upload"
    PAGE = "page"
    OPENROSA = "openrosa"
    SEED = "seed"
    STATION = "station"
    RECEIPT = "receipt"


CITIZENS = frozenset({Door.STATION, Door.RECEIPT})


class Owner(Struct, frozen=True, kw_only=True):
    """Whose photo it is where no account sent it, until a record claims it: `opener` in words of the credential's
    scheme (`station:<unit>`), and the unit and division whose people see it."""

    opener: str
    unit_id: UUID | None = None
    division_code: str | None = None


async def receive(
    *,
    source: AsyncIterator[bytes] | bytes,
    file_name: str,
    photo_id: UUID,
    uploaded_by: UUID | None,
    owner: Owner | None = None,
    door: Door = Door.API,
    size_bytes: int | None = None,
    sha256: bytes | None = None,
) -> Outcome[PhotoRecord]:
    """`flush`, then `keep`; when this returns all of it is on disk. Raises what they raise."""
    flushed = await flush(source=source, size_bytes=size_bytes, sha256=sha256)
    try:
        return await keep(
            flushed=flushed, file_name=file_name, photo_id=photo_id, uploaded_by=uploaded_by, owner=owner, door=door
        )
    except Refusal:
        await forget([flushed])
        raise


@transaction
async def keep(
    *,
    flushed: Flushed,
    file_name: str,
    photo_id: UUID,
    uploaded_by: UUID | None,
    owner: Owner | None = None,
    door: Door = Door.API,
) -> Outcome[PhotoRecord]:
    """Rows and the job `media/look`, in the caller's transaction or one of its own.

    The same id, bytes and sender again is harmless: `created` is false.

    uploaded_by  None where no account sent it: then `owner` says whose it is

    Raises DifferentArguments (409) when `photo_id` stands for other bytes or another sender, StorageDown (503).
    """
    columns = {
        "id": photo_id,
        "original": flushed.sha256,
        "file_name": file_name[:LONGEST_FILE_NAME],
        "uploaded_by": uploaded_by,
        "opener": owner.opener if owner else None,
        "unit": owner.unit_id if owner else None,
        "division_code": owner.division_code if owner else None,
        "door": door.value,
        "received_at": clock.now(),
    }
    if flushed.object_path is None:
        stored, created = await _keep_known(columns)
    else:
        stored, created = await _keep_new(columns, flushed)
    if not created:
        must_be_the_same(stored, flushed.sha256, uploaded_by, owner)
    elif stored["state"] == PhotoState.WAITING:
        await _ask_for_a_look(flushed.sha256, door)
    return Outcome(records.record(stored), created=created)


async def _keep_new(columns: dict[str, Any], flushed: Flushed) -> tuple[Mapping[str, Any], bool]:
    """The photo as it is stored, and whether it is new. Bytes that were never sent before cost one statement."""
    original_is_new, stored = await keeping_queries.insert_both(
        _original(flushed), columns | {"state": PhotoState.WAITING.value}
    )
    if stored is not None:
        return stored, True
    if not original_is_new:  # somebody sent the same bytes before: theirs count
        await forget([flushed])
    return await _keep_known(columns)


async def _keep_known(columns: dict[str, Any]) -> tuple[Mapping[str, Any], bool]:
    # locked: no verdict falls between here and the commit
    kept = await keeping_queries.original(columns["original"], lock="FOR SHARE")
    if kept is None or kept["key_sealed"] is None:  # known to `flush`, then purged
        raise StorageDown("It was just being deleted, its time was over. Send it again.")
    facts = await keeping_queries.facts_of(columns["original"]) if kept["looked_at"] else None
    created = await keeping_queries.insert_photo(columns | (facts or {"state": PhotoState.WAITING.value}))
    stored = await queries.photo(columns["id"])
    assert stored is not None  # noqa: S101 - just written, or there before
    return stored, created


def _original(flushed: Flushed) -> dict[str, Any]:
    return {
        "sha256": flushed.sha256,
        "object_path": flushed.object_path,
        "size_bytes": flushed.size_bytes,
        "content_type": flushed.content_type,
        "kind": content_types.kind(flushed.content_type).value,
        "key_sealed": flushed.key_sealed,
        "in_pieces": True,
        "stored_at": clock.now(),
    }


async def _ask_for_a_look(digest: bytes, door: Door) -> None:
    hurry = HURRY if door in CITIZENS else 0
    await enqueue(LOOK, Look(digest.hex()), dedupe=f"look {digest.hex()} {hurry}", priority=hurry)


def must_be_the_same(former: Mapping[str, Any], digest: bytes, uploaded_by: UUID | None, owner: Owner | None) -> None:
    """Raises DifferentArguments (409) unless a photo of this id is of these bytes and this sender."""
    sent = (digest, owner.opener if owner else None)
    senders = (former["uploaded_by"], former["carried_by"] or former["uploaded_by"])
    if (former["original"], former["opener"]) != sent or uploaded_by not in senders:
        raise DifferentArguments("A photo came before under this id with other content. Take a new id.")
