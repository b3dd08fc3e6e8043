"""Reads of the division tree. Every read is of one day (`on`, Shandong's date; today unless told)."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import cos, radians
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import Struct

from backend.core import clock
from backend.core.database import connection, fetch, fetch_row
from backend.core.refusals import Unknown
from backend.territory import rules
from backend.territory.coordinates import Crs, geodesic_m
from backend.territory.points import Box, Point, as_read, boxes, check
from backend.territory.schemas import DivisionRecord, NearDivision
from backend.territory.tables import POINT_COLUMNS, Level

NEAREST_WITHIN_M = 100_000
"""Farther away nothing is "near": a phone in another province gets an empty answer, not a village 500 km off."""

_SELECT = """
SELECT d.*, parent.code AS parent_code, community.code AS community_code, successor.code AS merged_into_code
FROM territory_division d
LEFT JOIN territory_division parent ON parent.id = d.parent
LEFT JOIN territory_division community ON community.id = d.community
LEFT JOIN territory_division successor ON successor.id = d.merged_into
"""
_VALID = "d.valid_from <= ${n} AND (d.valid_to IS NULL OR d.valid_to >= ${n})"
SUBTREE = "d.prefix >= ${n} AND d.prefix < ${n} || ':'"  # ':' sorts just after '9': a range that the index serves


class DivisionUnknown(Unknown):
    """No division has this code or id on that day."""

    code, title = "territory/division-unknown", "No such division"


class DivisionFilters(Struct, frozen=True, kw_only=True):
    """What `list_divisions` may be narrowed by. `under` is a code: everything below and including it.

    bbox   WGS-84 degrees: west, south, east, north; across the 180° meridian west is the larger
    """

    parent_code: str | None = None
    under: str | None = None
    level: Level | None = None
    name: str | None = None
    bbox: Box | None = None
    has_point: bool = False


async def division(*, code: str, on: date | None = None) -> DivisionRecord:
    """The division with this code on a day. Raises DivisionCodeWrong (400), DivisionUnknown (404)."""
    on = on or clock.today()
    rows = await fetch(f"{_SELECT} WHERE d.code = $1 ORDER BY d.valid_from DESC", rules.checked(code))
    for row in rows:
        if row["valid_from"] <= on and (row["valid_to"] is None or on <= row["valid_to"]):
            return _record(row)
    raise _not_on_that_day(code, on, rows)


async def division_by_id(*, division_id: UUID) -> DivisionRecord:
    """The division with this key, whenever it was valid. Raises DivisionUnknown (404)."""
    row = await fetch_row(f"{_SELECT} WHERE d.id = $1", division_id)
    if row is None:
        raise DivisionUnknown("There is no division with the id {id}.", id=str(division_id))
    return _record(row)


async def list_divisions(
    *, filters: DivisionFilters, limit: int, after: str | None = None, on: date | None = None
) -> list[DivisionRecord]:
    """Up to `limit` + 1 divisions in the order of their codes, those after the prefix `after`."""
    values: list[Any] = [on or clock.today()]
    where = [_VALID.format(n=1)]
    for template, value in _conditions(filters, after):
        values.append(value)
        where.append(template.format(n=len(values)))
    values.append(limit + 1)
    rows = await fetch(f"{_SELECT} WHERE {' AND '.join(where)} ORDER BY d.prefix LIMIT ${len(values)}", *values)
    return [_record(row) for row in rows]


async def prefixes(*, division_id: UUID) -> tuple[str, ...]:
    """The code prefixes a division covers: its own, or for a community those of its villages of today."""
    found = await division_by_id(division_id=division_id)
    if found.level != Level.COMMUNITY:
        return (found.prefix,)
    rows = await fetch(
        f"SELECT d.prefix FROM territory_division d WHERE d.community = $1 AND {_VALID.format(n=2)} ORDER BY d.prefix",
        division_id,
        clock.today(),
    )
    return tuple(row["prefix"] for row in rows)


async def nearest(
    *, longitude: float, latitude: float, level: Level | str = Level.VILLAGE, limit: int = 1
) -> list[NearDivision]:
    """The divisions of one level whose points are nearest to a WGS-84 point, nearest first, within NEAREST_WITHIN_M.

    The index orders by degrees, and a degree of longitude is shorter than one of latitude: so its answer only says how
    far to look, everything in that circle is measured exactly, and the nearest of those win. Raises PointOutside (400).
    """
    check(Point(crs=Crs.WGS84, longitude=longitude, latitude=latitude))
    here = (longitude, latitude)
    metres_per_degree = 110_000 * max(cos(radians(min(abs(latitude) + 1, 90))), 0.001)
    by_degrees = _measured(here, await fetch(NEAREST, *here, Level(level), clock.today(), limit))
    if len(by_degrees) == limit and by_degrees[-1].distance_m < NEAREST_WITHIN_M:
        reach_m = by_degrees[-1].distance_m + 1
    else:
        reach_m = NEAREST_WITHIN_M
    circle = await fetch(_WITHIN, *here, Level(level), clock.today(), reach_m / metres_per_degree)
    return [near for near in _measured(here, circle) if near.distance_m <= NEAREST_WITHIN_M][:limit]


NEAREST = f"""{_SELECT}
WHERE d.longitude IS NOT NULL AND d.level = $3 AND {_VALID.format(n=4)}
ORDER BY point(d.longitude, d.latitude) <-> point($1, $2) LIMIT $5"""
_WITHIN = f"""{_SELECT}
WHERE d.longitude IS NOT NULL AND d.level = $3 AND {_VALID.format(n=4)}
AND point(d.longitude, d.latitude) <@ circle(point($1, $2), $5)"""


async def open_codes() -> dict[str, tuple[UUID, str]]:
    """Key and name of every division that has not ended, by code: what a load compares its list with."""
    rows = await fetch("SELECT code, id, name FROM territory_division WHERE valid_to IS NULL")
    return {row["code"]: (row["id"], row["name"]) for row in rows}


async def place(points: Mapping[UUID, Mapping[str, Any]], *, demo: bool) -> None:
    """Write the point columns of many divisions in one round trip (a county has a thousand villages)."""
    columns = ", ".join(f"{name} = ${n}" for n, name in enumerate(POINT_COLUMNS, start=3))
    sql = f"UPDATE territory_division SET demo_point = $2, geocoded_address = NULL, {columns} WHERE id = $1"
    rows = [(key, demo, *(point[name] for name in POINT_COLUMNS)) for key, point in points.items()]
    async with connection() as acquired:
        await acquired.executemany(sql, rows)


async def open_children(*, division_id: UUID) -> int:
    """How many divisions below this one (or in this community) have not ended."""
    row = await fetch_row(
        "SELECT count(*) FROM territory_division WHERE (parent = $1 OR community = $1) AND valid_to IS NULL",
        division_id,
    )
    return row["count"] if row else 0


def _conditions(filters: DivisionFilters, after: str | None) -> list[tuple[str, Any]]:
    parent = "d.parent IN (SELECT id FROM territory_division WHERE code = ${n})"
    pairs: list[tuple[str, Any]] = [
        (parent, filters.parent_code and rules.checked(filters.parent_code)),
        (SUBTREE, filters.under and rules.prefix_of(filters.under)),
        ("d.level = ${n}", filters.level),
        ("strpos(d.name, ${n}) > 0", filters.name),
        ("d.longitude IS NOT NULL AND ${n}", filters.has_point),
        (_within(filters.bbox), filters.bbox and [asyncpg.Box((e, n), (w, s)) for w, s, e, n in boxes(filters.bbox)]),
        ("d.prefix > ${n}", after),
    ]
    return [(template, value) for template, value in pairs if value]


def _within(bbox: Box | None) -> str:
    place = "d.longitude IS NOT NULL AND point(d.longitude, d.latitude)"
    parts = [f"({place} <@ (${{n}}::box[])[{i}])" for i, _ in enumerate(boxes(bbox) if bbox else (), start=1)]
    return f"({' OR '.join(parts)})"


def _not_on_that_day(code: str, on: date, rows: Sequence[Mapping[str, Any]]) -> DivisionUnknown:
    for row in rows:
        if row["merged_into_code"] and row["valid_to"] < on:
            detail = "Division {division_code} ended on {valid_to}; since then it is part of {merged_into_code}."
            facts = {"valid_to": row["valid_to"].isoformat(), "merged_into_code": row["merged_into_code"]}
            return DivisionUnknown(detail, division_code=code, **facts)
    return DivisionUnknown("There is no division {division_code} on {on}.", division_code=code, on=on.isoformat())


def _measured(here: tuple[float, float], rows: Sequence[Mapping[str, Any]]) -> list[NearDivision]:
    near = [
        NearDivision(division=_record(row), distance_m=round(geodesic_m(here, (row["longitude"], row["latitude"])), 1))
        for row in rows
    ]
    return sorted(near, key=lambda one: (one.distance_m, one.division.code))


def _record(row: Mapping[str, Any]) -> DivisionRecord:
    return DivisionRecord(
        id=row["id"],
        code=row["code"],
        prefix=row["prefix"],
        level=Level(row["level"]),
        name=row["name"],
        parent_id=row["parent"],
        parent_code=row["parent_code"],
        community_id=row["community"],
        community_code=row["community_code"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        merged_into_id=row["merged_into"],
        merged_into_code=row["merged_into_code"],
        source=row["source"],
        point=as_read(row),
        demo_point=row["demo_point"],
        geocoded_address=row["geocoded_address"],
    )
