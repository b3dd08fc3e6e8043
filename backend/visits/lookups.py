"""Everything a visit is checked against, in one round trip, for one visit or for a batch of them.

The same parts for both, so that a batch cannot come to another verdict than a single visit. It is the first of the two
round trips of `record_visit`; through Piccolo it would be nine.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.core import clock
from backend.core.database import fetch
from backend.people.actors import Actor
from backend.visits.flags import Fix
from backend.visits.schemas import NewVisit
from backend.visits.tables import Channel


class Found(Struct, frozen=True, kw_only=True):
    """What the database knows of the things one visit names; null where there is none."""

    stored_digest: bytes | None
    household_id: UUID | None
    household_code: str | None
    household_division_code: str | None
    household_place: tuple[float, float] | None
    serves: bool
    division_id: UUID | None
    division_code: str | None
    division_name: str | None
    campaign_id: UUID | None
    campaign_code: str | None
    team_id: UUID | None
    device_id: UUID | None
    before: Fix | None
    after: Fix | None


class PhotoFacts(Struct, frozen=True):
    """A photo of the asker's: whether it is free, and which other visits hold the same bytes."""

    photo_id: UUID
    sha256: bytes
    is_free: bool
    other_visits: tuple[UUID, ...]


async def look_up(visits: Sequence[tuple[UUID, NewVisit]], *, by: Actor) -> list[Found]:
    """What is known about each visit, in the order given."""
    asked = [_asked(visit_id, new, by.device_id) for visit_id, new in visits]
    parts = tuple(part for part in _PARTS if any(_needs(part, one) for one in asked))
    values = asked[0] if len(asked) == 1 else map(list, zip(*asked, strict=True))
    rows = await fetch(_look_up(parts, len(asked) > 1), *values, by.person_id, clock.today())
    return [_found(row) for row in rows]


async def look_at_photos(photo_ids: Sequence[UUID], *, by: Actor) -> dict[UUID, PhotoFacts]:
    """Those of the photos that are the asker's own, by id."""
    rows = await fetch(_PHOTOS, list(photo_ids), by.person_id)
    return {row["id"]: PhotoFacts(row["id"], row["original"], row["is_free"], tuple(row["visits"])) for row in rows}


def taken(photo: PhotoFacts, by_visit: Collection[UUID], visit_id: UUID, shas: Collection[bytes]) -> PhotoFacts:
    """What is known of a photo once another visit of the same batch has taken up these photos and bytes."""
    others = (*photo.other_visits, visit_id) if photo.sha256 in shas else photo.other_visits
    return PhotoFacts(photo.photo_id, photo.sha256, photo.is_free and photo.photo_id not in by_visit, others)


async def known_needs(need_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the ids that are needs already."""
    return {row["id"] for row in await fetch("SELECT id FROM cases_case WHERE id = ANY($1)", list(need_ids))}


def day_of(moment: datetime) -> date:
    """The date in Shandong."""
    return clock.local(moment).date()


_ASKED = {
    "visit_id": "uuid",
    "household_id": "uuid",
    "household_code": "text",
    "division_code": "text",
    "campaign_code": "text",
    "campaign_kind": "text",
    "team_number": "int",
    "device_id": "uuid",
    "occurred_at": "timestamptz",
    "day": "date",
    "located": "bool",
}


def _asked(visit_id: UUID, new: NewVisit, device_id: UUID | None) -> tuple[Any, ...]:
    return (
        visit_id,
        new.household_id,
        new.household_code,
        new.division_code,
        new.campaign_code,
        new.campaign_kind,
        new.service_team,
        new.device_id or device_id,
        new.occurred_at,
        day_of(new.occurred_at),
        new.point is not None and new.channel == Channel.VISIT,
    )


class Part(Struct, frozen=True):
    """One thing to look up: by which of _ASKED, and the columns and joins that do it."""

    asked_by: tuple[str, ...]
    columns: dict[str, str]
    join: str


_NEIGHBOUR = """
LEFT JOIN LATERAL (
    SELECT x.id, x.occurred_at, x.longitude, x.latitude, x.accuracy_m FROM visits_visit x
    WHERE a.located AND x.recorded_by = who.person_id AND x.occurred_at {side}
      AND x.channel = 'visit' AND x.longitude IS NOT NULL AND NOT x.coarse AND x.id <> a.visit_id
    ORDER BY x.occurred_at {order} LIMIT 1
) {alias} ON TRUE
"""


def _neighbour(name: str, alias: str, side: str, order: str) -> Part:
    columns = {"id": "id", "at": "occurred_at"} | {of: of for of in ("longitude", "latitude", "accuracy_m")}
    return Part(
        ("located",),
        {f"{name}_{of}": f"{alias}.{column}" for of, column in columns.items()},
        _NEIGHBOUR.format(alias=alias, side=side, order=order),
    )


_PARTS = {
    "household": Part(
        ("household_id", "household_code"),
        {
            "household_id": "h.id",
            "household_code": "h.code",
            "household_division_code": "h.division_code",
            "household_longitude": "h.longitude",
            "household_latitude": "h.latitude",
            "serves": """h.id IS NOT NULL AND EXISTS (
                SELECT FROM people_household_service s WHERE s.household = h.id AND s.person = who.person_id
                AND (daterange(s.valid_from, s.valid_to, '[]') @> a.day
                     OR daterange(s.valid_from, s.valid_to, '[]') @> who.today))""",
        },
        """
        LEFT JOIN LATERAL (
            SELECT * FROM people_household h WHERE h.id = a.household_id
            UNION ALL SELECT * FROM people_household h WHERE a.household_id IS NULL AND h.code = a.household_code
        ) h ON TRUE
        """,
    ),
    "division": Part(
        ("visit_id",),
        {"division_id": "d.id", "division_code": "d.code", "division_name": "d.name"},
        """
        LEFT JOIN LATERAL (
            SELECT * FROM (
                SELECT x.id, x.code, x.name, x.valid_from, x.valid_to FROM territory_division x
                WHERE x.code = a.division_code
                {of_household}
            ) y
            ORDER BY y.valid_from <= a.day AND (y.valid_to IS NULL OR y.valid_to >= a.day) DESC, y.valid_from DESC
            LIMIT 1
        ) d ON TRUE
        """,
    ),
    "campaign": Part(
        ("campaign_code", "campaign_kind"),
        {"campaign_id": "c.id", "campaign_code": "c.code"},
        """
        LEFT JOIN LATERAL (
            SELECT c.id, c.code FROM visits_campaign c JOIN territory_division w ON w.id = c.division
            WHERE (c.code = a.campaign_code OR (a.campaign_code IS NULL AND c.kind = a.campaign_kind))
              AND starts_with(d.code, w.prefix)
              AND c.valid_from <= a.day AND (c.valid_to IS NULL OR c.valid_to >= a.day)
            ORDER BY length(w.prefix) DESC, c.valid_from DESC LIMIT 1
        ) c ON TRUE
        """,
    ),
    "team": Part(
        ("team_number",),
        {"team_id": "t.id"},
        """
        LEFT JOIN LATERAL (
            SELECT t.id FROM visits_service_team t JOIN territory_division w ON w.id = t.division
            WHERE t.number = a.team_number AND starts_with(d.code, w.prefix)
            ORDER BY length(w.prefix) DESC LIMIT 1
        ) t ON TRUE
        """,
    ),
    "device": Part(
        ("device_id",),
        {"device_id": "e.id"},
        "LEFT JOIN people_device e ON e.id = a.device_id AND e.person = who.person_id",
    ),
    "before": _neighbour("before", "b", "BETWEEN a.occurred_at - interval '1 day' AND a.occurred_at", "DESC"),
    "after": _neighbour("after", "f", "> a.occurred_at AND x.occurred_at < a.occurred_at + interval '1 day'", "ASC"),
}
_OF_HOUSEHOLD = """
    UNION ALL
    SELECT x.id, x.code, x.name, x.valid_from, x.valid_to FROM territory_division x
    WHERE a.division_code IS NULL AND x.id = h.division
"""


def _needs(part: str, asked: tuple[Any, ...]) -> bool:
    return any(value for name, value in zip(_ASKED, asked, strict=True) if name in _PARTS[part].asked_by)


@cache
def _look_up(parts: tuple[str, ...], many: bool) -> str:
    """The statement for these parts.

    Only what is asked for, and plain parameters for one visit: then PostgreSQL keeps one plan. Over arrays it takes its
    guess of their length for worse than planning anew, and planning all parts each time cost 0.9 ms of a visit's 1.5.
    """
    columns = ["v.arguments_digest AS stored_digest"]
    for name, part in _PARTS.items():
        columns += [f"{sql if name in parts else _NOTHING.get(of, 'NULL')} AS {of}" for of, sql in part.columns.items()]
    joins = "".join(_PARTS[name].join for name in parts)
    joins = joins.format(of_household=_OF_HOUSEHOLD if "household" in parts else "")
    order = "ORDER BY a.position" if many else ""
    who = f"(SELECT ${len(_ASKED) + 1}::uuid AS person_id, ${len(_ASKED) + 2}::date AS today) who"
    source = f"{_source(many)} CROSS JOIN {who} LEFT JOIN visits_visit v ON v.id = a.visit_id"
    return f"SELECT {', '.join(columns)} FROM {source} {joins} {order}"


_NOTHING = {"serves": "FALSE"}


def _source(many: bool) -> str:
    names = ", ".join(_ASKED)
    if not many:
        return f"(VALUES ({', '.join(f'${i}::{kind}' for i, kind in enumerate(_ASKED.values(), 1))})) AS a({names})"
    arrays = ", ".join(f"${i}::{kind}[]" for i, kind in enumerate(_ASKED.values(), 1))
    return f"unnest({arrays}) WITH ORDINALITY AS a({names}, position)"


_PHOTOS = """
SELECT p.id, p.original, p.claimed_id IS NULL AS is_free,
       ARRAY(SELECT DISTINCT o.visit FROM media_photo q JOIN visits_photo o ON o.photo = q.id
             WHERE q.original = p.original) AS visits
FROM media_photo p WHERE p.id = ANY($1) AND p.uploaded_by = $2
"""


def _found(row: Mapping[str, Any]) -> Found:
    longitude, latitude = row["household_longitude"], row["household_latitude"]
    return Found(
        stored_digest=row["stored_digest"],
        household_id=row["household_id"],
        household_code=row["household_code"],
        household_division_code=row["household_division_code"],
        household_place=None if longitude is None else (longitude, latitude),
        serves=row["serves"],
        division_id=row["division_id"],
        division_code=row["division_code"],
        division_name=row["division_name"],
        campaign_id=row["campaign_id"],
        campaign_code=row["campaign_code"],
        team_id=row["team_id"],
        device_id=row["device_id"],
        before=_fix(row, "before"),
        after=_fix(row, "after"),
    )


def _fix(row: Mapping[str, Any], side: str) -> Fix | None:
    if row[f"{side}_id"] is None:
        return None
    longitude, latitude, accuracy_m = row[f"{side}_longitude"], row[f"{side}_latitude"], row[f"{side}_accuracy_m"]
    return Fix(row[f"{side}_id"], row[f"{side}_at"], longitude, latitude, accuracy_m)
