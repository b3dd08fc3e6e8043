"""Photos and originals as rows."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.core.clock import today
from backend.core.database import connection, fetch, fetch_row
from backend.media import likeness
from backend.media.facts import CameraFacts, CameraPoint, Facts, PhotoState
from backend.media.filters import PhotoFilters
from backend.people.actors import Scope
from backend.people.household_queries import SERVED_ON
from backend.territory.points import Point, columns

MOST_NEAR = 20
"""Photos named as near duplicates of one: a blank test strip looks like every other."""

_ORIGINAL = (
    *("o.size_bytes", "o.content_type", "o.kind", "o.object_path", "o.key_sealed", "o.in_pieces", "o.looked_at"),
    *("o.copy_sizes", "o.sharpness", "o.grey_dark", "o.grey_mid", "o.grey_bright"),
)
PHOTO = f"SELECT p.*, {', '.join(_ORIGINAL)} FROM media_photo p JOIN media_original o ON o.sha256 = p.original"

_NEAR = """
SELECT q.id AS photo_id, q.distance FROM (
    SELECT q.*, 0 AS distance
    FROM media_photo q WHERE q.original = p.original AND q.id <> p.id
    UNION ALL
    SELECT q.*, n.distance
    FROM media_near_duplicate n JOIN media_photo q ON q.original = n.other WHERE n.original = p.original
) q WHERE {seen}
"""


class Values:
    """$-parameters, numbered as they are added."""

    def __init__(self, *values: Any) -> None:
        self.all: list[Any] = list(values)

    def add(self, value: Any) -> str:
        """The place of one more."""
        self.all.append(value)
        return f"${len(self.all)}"


def seen_by(scope: Scope, alias: str, values: Values) -> str:
    """That a photo is the asker's own, lies in his territory, belongs to a household that he serves today, or was
    brought to a unit of his and no record has claimed it."""
    person, day = values.add(scope.person_id), values.add(today())
    covered, bounds = scope.clause(f"{alias}.division_code", len(values.all) + 1)
    values.all.extend(bounds)
    served = SERVED_ON.replace("${n}", day)
    return (
        f"({alias}.uploaded_by = {person} OR {covered} OR {alias}.household IN "
        f"(SELECT s.household FROM people_household_service s WHERE s.person = {person} AND {served}) "
        f"OR ({alias}.claimed_id IS NULL AND {alias}.unit IN ({_units(person, day)})))"
    )


def _units(person: str, day: str) -> str:
    """The units in which somebody holds a role on a day."""
    return (
        f"SELECT r.unit FROM people_role_assignment r WHERE r.person = {person} AND r.unit IS NOT NULL "
        f"AND r.valid_from <= {day} AND (r.valid_to IS NULL OR r.valid_to >= {day})"
    )


async def photo(photo_id: UUID) -> Mapping[str, Any] | None:
    """One photo with its original, whoever asks; without its near duplicates."""
    return await fetch_row(f"{PHOTO} WHERE p.id = $1", photo_id)


async def photo_in_scope(photo_id: UUID, scope: Scope) -> Mapping[str, Any] | None:
    """The same, if `scope` sees it, with the near duplicates that it sees too."""
    values = Values(photo_id)
    rows = await fetch(_with_near(f"p.id = $1 AND {seen_by(scope, 'p', values)}", scope, values), *values.all)
    return rows[0] if rows else None


async def list_photos(
    *, scope: Scope, filters: PhotoFilters, limit: int, after: tuple[datetime, UUID] | None = None
) -> Sequence[Mapping[str, Any]]:
    """Up to `limit` + 1 photos, the newest first."""
    values = Values()
    conditions = [_own_or_overseen(scope, values), *filtered(filters, values, scope)]
    if after is not None:
        conditions.append(f"(p.received_at, p.id) < ({values.add(after[0])}, {values.add(after[1])})")
    order = f"ORDER BY p.received_at DESC, p.id DESC LIMIT {values.add(limit + 1)}"
    return await fetch(_with_near(" AND ".join(conditions), scope, values, order), *values.all)


async def shown_photos(*, scope: Scope, filters: PhotoFilters, most: int) -> Sequence[Mapping[str, Any]]:
    """Up to `most` + 1 photos with a copy, the oldest first, without near duplicates: for an export."""
    values = Values()
    conditions = [
        _own_or_overseen(scope, values),
        *filtered(filters, values, scope),
        "p.state = 'accepted' AND o.kind = 'photo' AND o.key_sealed IS NOT NULL",
    ]
    order = f"ORDER BY p.received_at, p.id LIMIT {values.add(most + 1)}"
    return await fetch(f"{PHOTO} WHERE {' AND '.join(conditions)} {order}", *values.all)


def _with_near(where: str, scope: Scope, values: Values, order: str = "") -> str:
    near = _NEAR.format(seen=seen_by(scope, "q", values))
    return f"""
    SELECT page.*, (SELECT json_agg(n) FROM (
        SELECT * FROM ({near}) every_one ORDER BY distance, photo_id LIMIT {MOST_NEAR}) n) AS near
    FROM ({PHOTO} WHERE {where} {order}) page CROSS JOIN LATERAL (SELECT page.id, page.original) p
    {"ORDER BY page.received_at DESC, page.id DESC" if order else ""}
    """


def _own_or_overseen(scope: Scope, values: Values) -> str:
    """`seen_by` for a list: a union of indexes, where one OR would make PostgreSQL read every photo of the county."""
    person, day = values.add(scope.person_id), values.add(today())
    own = (
        f"SELECT m.id FROM media_photo m WHERE m.uploaded_by = {person} UNION ALL SELECT m.id FROM media_photo m "
        f"JOIN people_household_service s ON s.household = m.household WHERE s.person = {person} "
        f"AND {SERVED_ON.replace('${n}', day)} UNION ALL SELECT m.id FROM media_photo m "
        f"WHERE m.claimed_id IS NULL AND m.unit IN ({_units(person, day)})"
    )
    if not scope.prefixes:
        return f"p.id IN ({own})"
    covered, bounds = scope.clause("p.division_code", len(values.all) + 1)
    values.all.extend(bounds)
    return f"({covered} OR p.id IN ({own}))"


def filtered(filters: PhotoFilters, values: Values, scope: Scope) -> list[str]:
    """What the filters ask for, as conditions."""
    equal = {
        "p.state": filters.state,
        "o.kind": filters.kind,
        "p.claimed_kind": filters.record_kind,
        "p.claimed_id": filters.record_id,
        "p.uploaded_by": filters.uploaded_by,
    }
    found = [f"{column} = {values.add(value)}" for column, value in equal.items() if value is not None]
    if filters.reason is not None:
        found.append(f"{values.add(filters.reason)} = ANY (p.reasons)")
    if filters.prefixes is not None:
        under = Scope(person_id=scope.person_id, prefixes=filters.prefixes)
        sql, bounds = under.clause("p.division_code", len(values.all) + 1)
        values.all.extend(bounds)
        found.append(sql)
    if filters.received_from is not None:
        found.append(f"p.received_at >= {values.add(filters.received_from)}")
    if filters.received_to is not None:
        found.append(f"p.received_at < {values.add(filters.received_to)}")
    if filters.near_duplicate is not None:
        near = _NEAR.format(seen=seen_by(scope, "q", values))
        found.append(f"{'' if filters.near_duplicate else 'NOT '}EXISTS ({near})")
    return found


async def original(digest: bytes, *, lock: str = "") -> Mapping[str, Any] | None:
    """Bytes kept before. `lock`: `FOR SHARE` while a photo of it is written, `FOR UPDATE` while its verdict is."""
    return await fetch_row(f"SELECT * FROM media_original WHERE sha256 = $1 {lock}", digest)


async def is_kept(digest: bytes) -> bool:
    """Whether these bytes lie in the store, readable."""
    sql = "SELECT 1 FROM media_original WHERE sha256 = $1 AND key_sealed IS NOT NULL"
    return await fetch_row(sql, digest) is not None


async def facts_of(digest: bytes) -> dict[str, Any] | None:
    """The columns that every photo of these bytes has in common, from one that was looked at."""
    names = ", ".join(FACT_COLUMNS)
    row = await fetch_row(
        f"SELECT {names} FROM media_photo p WHERE p.original = $1 AND p.state <> 'waiting' "
        "AND NOT p.reasons @> ARRAY['purged']::varchar[] ORDER BY p.received_at DESC LIMIT 1",
        digest,
    )
    return None if row is None else dict(row)


async def insert_both(original: Mapping[str, Any], photo: Mapping[str, Any]) -> tuple[bool, Mapping[str, Any] | None]:
    """An original and its first photo: whether this sending's object counts, and the photo as `photo` gives it; None
    where the bytes were there before, or the id is taken. One statement: it is what every upload waits for.
    """
    values = Values()
    again = ", ".join(f"{name} = excluded.{name}" for name in original if name != "sha256")
    row = await fetch_row(
        f"""
        WITH o AS (
            INSERT INTO media_original ({", ".join(original)}) VALUES ({", ".join(map(values.add, original.values()))})
            ON CONFLICT (sha256) DO UPDATE SET {again}, looked_at = NULL, purged_at = NULL
                WHERE media_original.key_sealed IS NULL
            RETURNING *
        ), p AS (
            INSERT INTO media_photo ({", ".join(photo)}) SELECT {", ".join(map(values.add, photo.values()))} FROM o
            ON CONFLICT (id) DO NOTHING RETURNING *
        )
        SELECT p.*, {", ".join(_ORIGINAL)}, o.sha256 IS NOT NULL AS original_is_new
        FROM (SELECT 1) one LEFT JOIN o ON TRUE LEFT JOIN p ON TRUE
        """,
        *values.all,
    )
    assert row is not None  # noqa: S101 - LEFT JOIN of one row
    return row["original_is_new"], (row if row["id"] else None)


async def insert_photo(columns: Mapping[str, Any]) -> bool:
    """Whether the row is new; false where the id is taken."""
    names = ", ".join(columns)
    places = ", ".join(f"${at}" for at in range(1, len(columns) + 1))
    row = await fetch_row(
        f"INSERT INTO media_photo ({names}) VALUES ({places}) ON CONFLICT (id) DO NOTHING RETURNING id",
        *columns.values(),
    )
    return row is not None


async def set_looked_at(digest: bytes, facts: Facts, *, copy_sizes: Mapping[str, int], at: datetime) -> None:
    """Write down what was found out about an original."""
    measures, number = facts.measures, facts.perceptual_hash
    await fetch(
        "UPDATE media_original SET looked_at = $2, content_type = $3, kind = $4, copy_sizes = $5, "
        "perceptual_hash = $6, hash_bands = $7, sharpness = $8, grey_dark = $9, grey_mid = $10, grey_bright = $11 "
        "WHERE sha256 = $1",
        *(digest, at, facts.content_type, facts.kind.value, msgspec.json.encode(copy_sizes).decode()),
        *(number, None if number is None else likeness.bands(number)),
        *((measures.sharpness, measures.dark, measures.mid, measures.bright) if measures else (None,) * 4),
    )


async def waiting_since(before: datetime, *, most: int) -> list[bytes]:
    """Originals of photos that have waited since before then."""
    rows = await fetch(
        "SELECT DISTINCT original FROM media_photo WHERE state = 'waiting' AND received_at < $1 LIMIT $2", before, most
    )
    return [row["original"] for row in rows]


async def tell_waiting(digest: bytes, facts: Facts) -> None:
    """Give every photo of an original that still waits its verdict."""
    found = fact_columns(facts)
    settings = ", ".join(f"{name} = ${at}" for at, name in enumerate(found, start=2))
    await fetch(f"UPDATE media_photo SET {settings} WHERE original = $1 AND state = 'waiting'", digest, *found.values())


async def link_near_duplicates(digest: bytes, number: int) -> None:
    """Write down which originals look like this one. One at a time: of two looked at together neither is missed."""
    async with connection() as current:
        await current.execute("SELECT pg_advisory_xact_lock(hashtext('media_near_duplicate'))")
        await current.execute(
            """
            WITH near AS (
                SELECT sha256 AS other, bit_count((perceptual_hash # $2::bigint)::bit(64)) AS distance
                FROM media_original WHERE hash_bands && $3::int[] AND sha256 <> $1 AND key_sealed IS NOT NULL
                AND bit_count((perceptual_hash # $2::bigint)::bit(64)) <= $4 ORDER BY distance LIMIT $5
            )
            INSERT INTO media_near_duplicate (id, original, other, distance)
            SELECT gen_random_uuid(), $1, other, distance FROM near
            UNION ALL SELECT gen_random_uuid(), other, $1, distance FROM near
            ON CONFLICT (original, other) DO NOTHING
            """,
            *(digest, number, likeness.bands_of_alike(number), likeness.ALIKE, MOST_NEAR),
        )


FACT_COLUMNS = (
    *("state", "reasons", "width", "height", "taken_at", "taken_at_zone_assumed", "camera_make", "camera_model"),
    *("longitude", "latitude", "crs", "original_longitude", "original_latitude", "accuracy_m", "fixed_at"),
    *("provider", "mock", "coarse"),
)


def fact_columns(facts: Facts) -> dict[str, Any]:
    """The columns of a photo that come from its bytes."""
    return {
        "state": facts.state.value,
        "reasons": [reason.value for reason in facts.reasons],
        "width": facts.width,
        "height": facts.height,
        **_camera(facts.camera),
        "coarse": False,
    }


def _camera(camera: CameraFacts) -> dict[str, Any]:
    return {
        "taken_at": camera.taken_at,
        "taken_at_zone_assumed": camera.zone_assumed,
        "camera_make": camera.make,
        "camera_model": camera.model,
        **columns(None if camera.point is None else _point(camera.point)),
    }


def _point(point: CameraPoint) -> Point:
    return msgspec.convert(msgspec.structs.asdict(point), Point)


async def purged_objects(*, most: int) -> Sequence[Mapping[str, Any]]:
    """Originals without a key whose objects still lie in the store."""
    sql = "SELECT sha256, object_path FROM media_original WHERE key_sealed IS NULL AND object_path <> '' LIMIT $1"
    return await fetch(sql, most)


async def known_objects(object_paths: Collection[str]) -> set[str]:
    """Those of the paths that an original lies under."""
    sql = "SELECT object_path FROM media_original WHERE object_path = ANY($1)"
    return {row["object_path"] for row in await fetch(sql, list(object_paths))}


async def forget_object(digest: bytes, object_path: str) -> None:
    """Its objects are deleted. One that was sent again meanwhile has another path."""
    sql = "UPDATE media_original SET object_path = '' WHERE sha256 = $1 AND object_path = $2 AND key_sealed IS NULL"
    await fetch(sql, digest, object_path)


async def claim(
    photo_ids: Collection[UUID],
    *,
    kind: str,
    record_id: UUID,
    division_code: str,
    household_id: UUID | None,
    uploaded_by: UUID | None,
    opener: str | None,
) -> set[UUID]:
    """Photos that now belong to the record: free ones and its own. The rest is left as it was."""
    rows = await fetch(
        """
        UPDATE media_photo SET claimed_kind = $2, claimed_id = $3, division_code = $4, household = $6
        WHERE id = ANY($1) AND ($5::uuid IS NULL OR uploaded_by = $5) AND ($7::text IS NULL OR opener = $7)
          AND (claimed_id IS NULL OR (claimed_kind = $2 AND claimed_id = $3))
        RETURNING id
        """,
        *(list(photo_ids), kind, record_id, division_code, uploaded_by, household_id, opener),
    )
    return {row["id"] for row in rows}


async def move_claim(*, kind: str, record_id: UUID, division_code: str, household_id: UUID | None) -> None:
    """Photos follow their record."""
    await fetch(
        "UPDATE media_photo SET division_code = $3, household = $4 WHERE claimed_kind = $1 AND claimed_id = $2",
        *(kind, record_id, division_code, household_id),
    )


async def known(photo_ids: Collection[UUID], *, uploaded_by: UUID | None, opener: str | None) -> set[UUID]:
    """Those of the ids that are photos (of this sender)."""
    rows = await fetch(
        "SELECT id FROM media_photo WHERE id = ANY($1) AND ($2::uuid IS NULL OR uploaded_by = $2) "
        "AND ($3::text IS NULL OR opener = $3)",
        *(list(photo_ids), uploaded_by, opener),
    )
    return {row["id"] for row in rows}


async def counts(*, scope: Scope, filters: PhotoFilters) -> dict[str, int]:
    """How many photos that `scope` sees are in each state."""
    values = Values()
    where = " AND ".join([_own_or_overseen(scope, values), *filtered(filters, values, scope)])
    rows = await fetch(
        f"SELECT p.state, count(*) AS photos FROM media_photo p JOIN media_original o ON o.sha256 = p.original "
        f"WHERE {where} GROUP BY p.state",
        *values.all,
    )
    return {state.value: 0 for state in PhotoState} | {row["state"]: row["photos"] for row in rows}
