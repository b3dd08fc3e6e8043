"""What a list of photos may be narrowed by."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from backend.media.facts import Kind, PhotoState, Reason


class PhotoFilters(Struct, frozen=True, kw_only=True):
    """Null: not asked for. `prefixes` are those of a division, with everything under it; `received_to` is excluded.

    near_duplicate  whether some other photo that the reader may see has the same bytes or looks alike
    """

    state: PhotoState | None = None
    reason: Reason | None = None
    near_duplicate: bool | None = None
    kind: Kind | None = None
    record_kind: str | None = None
    record_id: UUID | None = None
    prefixes: tuple[str, ...] | None = None
    uploaded_by: UUID | None = None
    received_from: datetime | None = None
    received_to: datetime | None = None
