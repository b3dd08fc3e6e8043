"""The photos and voice notes of requests. They are the case's; here they come with what the pipeline thinks of them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from backend.core.database import fetch
from backend.diagnosis.request_schemas import RequestPhoto
from backend.media.facts import SIZES, Kind, PhotoState
from backend.media.signed_addresses import signed_address, signed_voice_address

OPEN_FOR = timedelta(hours=1)

Row = Mapping[str, Any]


async def of_requests(request_ids: Sequence[UUID]) -> dict[UUID, list[RequestPhoto]]:
    """What belongs to each, in the order of sending."""
    found: dict[UUID, list[RequestPhoto]] = {id: [] for id in request_ids}
    for row in await rows(request_ids):
        found[row["request"]].append(_shown(row))
    return found


async def rows(request_ids: Sequence[UUID]) -> Sequence[Row]:
    """The same as rows: `request`, id, kind, state, reasons, received_at, taken_at, readable."""
    return await fetch(
        "SELECT p.claimed_id AS request, p.id, o.kind, p.state, p.reasons, p.received_at, p.taken_at, "
        "o.key_sealed IS NOT NULL AS readable FROM media_photo p JOIN media_original o ON o.sha256 = p.original "
        "WHERE p.claimed_kind = 'case' AND p.claimed_id = ANY($1) ORDER BY p.received_at, p.id",
        list(request_ids),
    )


def _shown(row: Row) -> RequestPhoto:
    there = row["readable"] and row["state"] == PhotoState.ACCEPTED
    picture, voice = there and row["kind"] == Kind.PHOTO, there and row["kind"] == Kind.VOICE
    large, small = (signed_address(photo_id=row["id"], longest=each, valid_for=OPEN_FOR) for each in SIZES)
    facts = {name: row[name] for name in ("id", "kind", "state", "reasons", "received_at", "taken_at")} | {
        "small": small if picture else None,
        "large": large if picture else None,
        "voice": signed_voice_address(photo_id=row["id"], valid_for=OPEN_FOR) if voice else None,
    }
    return msgspec.convert(facts, RequestPhoto)
