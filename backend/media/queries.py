"""Photos as their readers ask for them: one, a list, how many."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core.database import fetch, fetch_row
from backend.core.statements import Values
from backend.media.facts import PhotoState
from backend.media.filters import PhotoFilters
from backend.media.visibility import filtered, near_duplicates, own_or_overseen, seen_by
from backend.people.actors import Scope

ORIGINAL_COLUMNS = (
    *("o.size_bytes", "o.content_type", "o.kind", "o.object_path", "o.key_sealed", "o.in_pieces", "o.looked_at"),
    *("o.copy_sizes", "o.sharpness", "o.grey_dark", "o.grey_mid", "o.grey_bright"),
)
PHOTO = f"SELECT p.*, {', '.join(ORIGINAL_COLUMNS)} FROM media_photo p JOIN media_original o ON o.sha256 = p.original"

MOST_NEAR = 20
"""Photos named as near duplicates of one: a blank test strip looks like every other."""


async def photo(photo_id: UUID) -> Mapping[str, Any] | None:
    """One photo with its original, whoever asks; without its near duplicates."""
    return await fetch_row(f"{PHOTO} WHERE p.id = $1", photo_id)


async def photo_in_scope(photo_id: UUID, scope: Scope) -> Mapping[str, Any] | None:
    """The same, if `scope` sees it, with the near duplicates that it sees too."""
    values = Values(photo_id)
    rows = await fetch(_with_near(f"p.id = $1 AND {seen_by(scope, 'p', values)}", scope, values), *values.given)
    return rows[0] if rows else None


async def list_photos(
    *, scope: Scope, filters: PhotoFilters, limit: int, after: tuple[datetime, UUID] | None = None
) -> Sequence[Mapping[str, Any]]:
    """Up to `limit` + 1 photos, the newest first."""
    values = Values()
    conditions = [own_or_overseen(scope, values), *filtered(filters, values, scope)]
    if after is not None:
        conditions.append(f"(p.received_at, p.id) < ({values(after[0])}, {values(after[1])})")
    order = f"ORDER BY p.received_at DESC, p.id DESC LIMIT {values(limit + 1)}"
    return await fetch(_with_near(" AND ".join(conditions), scope, values, order), *values.given)


async def shown_photos(*, scope: Scope, filters: PhotoFilters, most: int) -> Sequence[Mapping[str, Any]]:
    """Up to `most` + 1 photos with a copy, the oldest first, without near duplicates: for an export."""
    values = Values()
    conditions = [
        own_or_overseen(scope, values),
        *filtered(filters, values, scope),
        "p.state = 'accepted' AND o.kind = 'photo' AND o.key_sealed IS NOT NULL",
    ]
    order = f"ORDER BY p.received_at, p.id LIMIT {values(most + 1)}"
    return await fetch(f"{PHOTO} WHERE {' AND '.join(conditions)} {order}", *values.given)


def _with_near(where: str, scope: Scope, values: Values, order: str = "") -> str:
    near = near_duplicates(scope, values)
    return f"""
    SELECT page.*, (SELECT json_agg(n) FROM (
        SELECT * FROM ({near}) every_one ORDER BY distance, photo_id LIMIT {MOST_NEAR}) n) AS near
    FROM ({PHOTO} WHERE {where} {order}) page CROSS JOIN LATERAL (SELECT page.id, page.original) p
    {"ORDER BY page.received_at DESC, page.id DESC" if order else ""}
    """


async def counts(*, scope: Scope, filters: PhotoFilters) -> dict[str, int]:
    """How many photos that `scope` sees are in each state."""
    values = Values()
    where = " AND ".join([own_or_overseen(scope, values), *filtered(filters, values, scope)])
    rows = await fetch(
        f"SELECT p.state, count(*) AS photos FROM media_photo p JOIN media_original o ON o.sha256 = p.original "
        f"WHERE {where} GROUP BY p.state",
        *values.given,
    )
    return {state.value: 0 for state in PhotoState} | {row["state"]: row["photos"] for row in rows}
