"""The SQL of rounds: one pass over the household cards and one over the marks, each along its index."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.antifraud.round_schemas import DoorPlace
from backend.core.database import fetch, fetch_row
from backend.core.paging import Position
from backend.core.statements import Conditions, Values, under

Row = Mapping[str, Any]

_ROUND = """
SELECT r.*, d.code AS division_code, d.name AS division_name
FROM antifraud_round r JOIN territory_division d ON d.id = r.division
"""
MEETS = "EXISTS (SELECT 1 FROM unnest({}::text[]) p WHERE starts_with(r.prefix, p) OR starts_with(p, r.prefix))"


async def insert(columns: Mapping[str, Any]) -> None:
    """A new round; nothing happens where the id is there."""
    names, places = ", ".join(columns), ", ".join(f"${number + 1}" for number in range(len(columns)))
    await fetch(
        f"INSERT INTO antifraud_round ({names}) VALUES ({places}) ON CONFLICT (id) DO NOTHING", *columns.values()
    )


async def one(round_id: UUID, *, lock: str = "") -> Row | None:
    """A round with its division; `lock` is SHARE for who adds to it, UPDATE for who ends it."""
    held = f" FOR {lock} OF r" if lock else ""
    return await fetch_row(f"{_ROUND} WHERE r.id = $1{held}", round_id)


async def newest(prefixes: Sequence[str], *, running: bool | None, limit: int, after: Position | None) -> Sequence[Row]:
    """Rounds that meet a territory, the newest first."""
    found = Conditions()
    found.add(MEETS, list(prefixes))
    if running is not None:
        found.add(f"r.closed_at IS {'NULL' if running else 'NOT NULL'}")
    if after is not None:
        found.add("(r.made_at, r.id) < ({}, {})", after.at, after.id)
    return await fetch(
        f"{_ROUND} WHERE {found.sql} ORDER BY r.made_at DESC, r.id DESC LIMIT {found.value(limit)}", *found.values
    )


_COUNTED = """
WITH homes AS (
    SELECT left(h.division_code, 12) AS code, count(*) AS households_n
    FROM people_household h WHERE h.closed_at IS NULL AND {homes} GROUP BY 1
), marks AS (
    SELECT left(m.division_code, 12) AS code, count(*) FILTER (WHERE m.mark = 'visited') AS visited_n,
           count(*) FILTER (WHERE m.mark = 'absent') AS absent_n,
           count(*) FILTER (WHERE m.mark = 'declined') AS declined_n
    FROM antifraud_round_mark m WHERE m.round = {round} AND {marks} GROUP BY 1
), villages AS (
    SELECT d.code, d.name FROM territory_division d WHERE d.level = 'village' AND {villages}
      AND d.valid_from <= {day} AND (d.valid_to IS NULL OR d.valid_to >= {day})
)
SELECT code AS division_code, name, coalesce(households_n, 0) AS households_n, coalesce(visited_n, 0) AS visited_n,
       coalesce(absent_n, 0) AS absent_n, coalesce(declined_n, 0) AS declined_n
FROM villages FULL JOIN homes USING (code) FULL JOIN marks USING (code)
"""


def _counted(round_id: UUID, prefixes: Iterable[str], day: Any, values: Values) -> str:
    """The statement of counts by village; a village without cards is in it, for it is a gap."""
    prefixes = list(prefixes)
    return _COUNTED.format(
        homes=under("h.division_code", prefixes, values),
        marks=under("m.division_code", prefixes, values),
        villages=under("d.prefix", prefixes, values),
        round=values(round_id),
        day=values(day),
    )


async def counted(round_id: UUID, prefixes: Iterable[str], *, day: Any) -> Sequence[Row]:
    """Villages of a running round as they stand."""
    values = Values()
    return await fetch(f"{_counted(round_id, prefixes, day, values)} ORDER BY code", *values.given)


async def closed_counts(round_id: UUID, prefixes: Iterable[str]) -> Sequence[Row]:
    """Villages of a round as they stood when it closed."""
    values = Values(round_id)
    return await fetch(
        "SELECT c.division_code, (SELECT d.name FROM territory_division d "
        """WHERE d.code = c.division_code COLLATE "C" """
        "ORDER BY d.valid_from DESC LIMIT 1) AS name, c.households_n, c.visited_n, c.absent_n, c.declined_n "
        "FROM antifraud_round_count c WHERE c.round = $1 AND "
        f"""{under('c.division_code COLLATE "C"', prefixes, values)} ORDER BY c.division_code""",
        *values.given,
    )


async def close(round_id: UUID, prefix: str, *, day: Any, at: datetime) -> None:
    """Keep the counts, forget the doors."""
    values = Values()
    counts = _counted(round_id, [prefix], day, values)
    await fetch(
        "INSERT INTO antifraud_round_count (id, round, division_code, households_n, visited_n, absent_n, declined_n) "
        f"SELECT gen_random_uuid(), {values(round_id)}, c.* FROM (SELECT division_code, households_n, visited_n, "
        f"absent_n, declined_n FROM ({counts}) counted) c",
        *values.given,
    )
    await fetch("DELETE FROM antifraud_round_mark WHERE round = $1", round_id)
    await fetch("UPDATE antifraud_round SET closed_at = $2 WHERE id = $1", round_id, at)


_VISITS = """
SELECT code, sum(n)::bigint AS visited_n FROM (
    SELECT left(m.division_code, 12) AS code, count(*) AS n FROM antifraud_round_mark m
    WHERE m.mark = 'visited' AND m.at >= {since} AND {marks} GROUP BY 1
    UNION ALL
    SELECT c.division_code, c.visited_n FROM antifraud_round_count c JOIN antifraud_round r ON r.id = c.round
    WHERE r.closed_at >= {since} AND {counts}
) told GROUP BY code
"""


async def visits(prefixes: Iterable[str], *, since: datetime) -> dict[str, int]:
    """Visits by village: of rounds that run those since a moment, of rounds closed since then all."""
    values, prefixes = Values(), list(prefixes)
    statement = _VISITS.format(
        since=values(since),
        marks=under("m.division_code", prefixes, values),
        counts=under('c.division_code COLLATE "C"', prefixes, values),
    )
    return {row["code"]: row["visited_n"] for row in await fetch(statement, *values.given)}


async def ended_before(day: Any) -> list[UUID]:
    """Rounds that still run although their last day lies before a day."""
    rows = await fetch("SELECT id FROM antifraud_round WHERE closed_at IS NULL AND ends_on < $1 ORDER BY id", day)
    return [row["id"] for row in rows]


async def one_at_a_time(round_id: UUID, person_id: UUID) -> None:
    """One batch after the other of one person: a phone that sends again while the first is under way meets it done."""
    await fetch("SELECT pg_advisory_xact_lock(hashtextextended($1, 8))", f"antifraud marks {round_id} {person_id}")


async def places_of(household_ids: Sequence[UUID], prefixes: Iterable[str]) -> dict[UUID, str]:
    """Open households under the prefixes, and where they are."""
    values = Values(list(household_ids))
    rows = await fetch(
        "SELECT h.id, h.division_code FROM people_household h WHERE h.id = ANY($1::uuid[]) AND h.closed_at IS NULL "
        f"AND {under('h.division_code', prefixes, values)}",
        *values.given,
    )
    return {row["id"]: row["division_code"] for row in rows}


async def digests(mark_ids: Sequence[UUID]) -> dict[UUID, bytes]:
    """Marks that are there, by what they were made with."""
    rows = await fetch(
        "SELECT id, arguments_digest FROM antifraud_round_mark WHERE id = ANY($1::uuid[])", list(mark_ids)
    )
    return {row["id"]: row["arguments_digest"] for row in rows}


_WRITE = """
INSERT INTO antifraud_round_mark AS stands
    (id, round, household, division_code, mark, age_band, at, recorded_at, by, arguments_digest)
SELECT x.id, $1, x.household, x.division_code, x.mark, x.age_band, x.at, $2, $3, x.digest
FROM unnest($4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::timestamptz[], $10::bytea[])
    AS x (id, household, division_code, mark, age_band, at, digest)
ORDER BY x.household
ON CONFLICT (round, household) DO UPDATE SET id = excluded.id, division_code = excluded.division_code,
    mark = excluded.mark, age_band = excluded.age_band, at = excluded.at, recorded_at = excluded.recorded_at,
    by = excluded.by, arguments_digest = excluded.arguments_digest
WHERE (excluded.at, excluded.id) > (stands.at, stands.id)
RETURNING id
"""


async def write(round_id: UUID, *, rows: Sequence[Sequence[Any]], at: datetime, by: UUID) -> set[UUID]:
    """Write marks, at most one a door; the ids of those that stand now, a later one being left as it was.

    rows   id, household, division_code, mark, age_band, at, digest
    """
    columns = [list(column) for column in zip(*rows, strict=True)]
    return {row["id"] for row in await fetch(_WRITE, round_id, at, by, *columns)} if rows else set()


_DOORS = """
SELECT h.id AS household_id, h.code, h.division_code, CASE WHEN m.mark = 'absent' THEN m.at END AS absent_at
FROM people_household h LEFT JOIN antifraud_round_mark m ON m.household = h.id AND m.round = $1
"""


async def doors(
    round_id: UUID, prefixes: Iterable[str], *, code: str | None = None, limit: int, after: DoorPlace | None
) -> Sequence[Row]:
    """Open households without a mark, or with nobody at home, in the order of their cards.

    code   a part of the card's number; the whole of it, or of its digits, finds a door with any mark
    """
    found = Conditions(round_id)
    found.add("h.closed_at IS NULL")
    if code is None:
        found.add("(m.id IS NULL OR m.mark = 'absent')")
    else:
        found.add("strpos(upper(h.code), upper({})) > 0", code)
        whole = "upper(h.code) = upper({}) OR ltrim(substring(h.code FROM '[0-9]+$'), '0') = ltrim({}, '0')"
        found.add(f"(m.id IS NULL OR m.mark = 'absent' OR {whole})", code, code)
    found.add(found.under("h.division_code", prefixes))
    if after is not None:
        found.add("(h.division_code, h.code) > ({}, {})", after.division_code, after.code)
    return await fetch(
        f"{_DOORS} WHERE {found.sql} ORDER BY h.division_code, h.code LIMIT {found.value(limit)}", *found.values
    )


async def door(round_id: UUID, prefixes: Iterable[str], household_id: UUID) -> Row | None:
    """One open household under the prefixes."""
    found = Conditions(round_id)
    found.add("h.closed_at IS NULL AND h.id = {}", household_id)
    found.add(found.under("h.division_code", prefixes))
    return await fetch_row(f"{_DOORS} WHERE {found.sql}", *found.values)
