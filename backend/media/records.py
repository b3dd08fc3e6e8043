"""Rows of photos as the wire shows them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from backend.media.facts import Kind, PhotoState
from backend.media.schemas import Camera, Measured, NearDuplicate, PhotoRecord
from backend.media.verdicts import verdict
from backend.territory.coordinates import Crs
from backend.territory.points import as_read


def record(row: Mapping[str, Any], crs: Crs = Crs.WGS84) -> PhotoRecord:
    """A photo out of `queries.PHOTO`, with or without its near duplicates."""
    state, kind, address = PhotoState(row["state"]), Kind(row["kind"]), f"/api/v1/photos/{row['id']}"
    readable = row["key_sealed"] is not None
    return PhotoRecord(
        id=row["id"],
        kind=kind,
        state=state,
        verdict=verdict(state, row["reasons"], kind),
        sha256=row["original"].hex(),
        size_bytes=row["size_bytes"],
        content_type=row["content_type"],
        file_name=row["file_name"],
        received_at=row["received_at"],
        looked_at=row["looked_at"],
        width=row["width"],
        height=row["height"],
        measured=_measured(row),
        taken_at=row["taken_at"],
        taken_at_zone_assumed=row["taken_at_zone_assumed"],
        camera=Camera(row["camera_make"], row["camera_model"]),
        point=as_read(row, crs),
        record_kind=row["claimed_kind"],
        record_id=row["claimed_id"],
        copy=f"{address}/copy" if readable and kind == Kind.PHOTO and state == PhotoState.ACCEPTED else None,
        original=f"{address}/original" if readable else None,
        near_duplicates=_near(row),
    )


def _measured(row: Mapping[str, Any]) -> Measured | None:
    if row["sharpness"] is None:
        return None
    return Measured(row["sharpness"], row["grey_dark"], row["grey_mid"], row["grey_bright"])


def _near(row: Mapping[str, Any]) -> list[NearDuplicate]:
    found = row.get("near")
    return msgspec.json.decode(found, type=list[NearDuplicate]) if found else []
