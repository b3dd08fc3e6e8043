"""Keys by phone and the people who hold them, as rows."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.core import clock
from backend.core.database import fetch
from backend.core.paging import Position
from backend.core.statements import Conditions
from backend.people.actors import Scope
from backend.people.key_schemas import KeyHolder, KeyHolding, PhoneKeyRecord
from backend.people.keys import key_of
from backend.people.tables import Role


class KeyFilters(Struct, frozen=True, kw_only=True):
    """Which keys are asked for."""

    purpose: str
    key_id: UUID | None = None
    person_id: UUID | None = None
    counting: bool = False


_KEYS = """
SELECT k.id, k.label, k.made_at, k.revoked_at, p.id AS holder_id, p.name AS holder_name,
       m.id AS maker_id, m.name AS maker_name
FROM people_access_key k JOIN people_person p ON p.id = k.person LEFT JOIN people_person m ON m.id = k.made_by
WHERE {where} ORDER BY k.made_at DESC, k.id DESC LIMIT {limit}
"""
_WITHIN = """(EXISTS (
    SELECT FROM people_role_assignment r JOIN territory_division v ON v.id = r.division
    WHERE r.person = p.id AND (r.valid_to IS NULL OR r.valid_to >= {today})
) AND NOT EXISTS (
    SELECT FROM people_role_assignment r JOIN territory_division v ON v.id = r.division
    WHERE r.person = p.id AND (r.role = ANY({barred}) OR NOT {under})
))"""
"""That somebody has a role, and none that lies elsewhere: not even one that has ended."""


async def phone_keys(filters: KeyFilters, *, scope: Scope, limit: int, after: Position | None) -> list[PhoneKeyRecord]:
    """The newest first: of the scope's person himself and of those within it."""
    asked = Conditions().add("k.purpose = {}", filters.purpose)
    asked.add(f"(k.person = {asked.value(scope.person_id)} OR {_within(asked, scope)})")
    if filters.key_id is not None:
        asked.add("k.id = {}", filters.key_id)
    if filters.person_id is not None:
        asked.add("k.person = {}", filters.person_id)
    if filters.counting:
        asked.add("k.revoked_at IS NULL")
    if after is not None:
        asked.add("(k.made_at, k.id) < ({}, {})", after.at, after.id)
    sql = _KEYS.format(limit=asked.value(limit), where=asked.sql)
    return [_record(row, filters, scope.person_id) for row in await fetch(sql, *asked.values)]


def _record(row: Any, filters: KeyFilters, asking: UUID) -> PhoneKeyRecord:
    maker = row["maker_id"] or row["holder_id"]
    told = filters.key_id is not None and maker == asking and row["revoked_at"] is None
    return PhoneKeyRecord(
        id=row["id"],
        holder=KeyHolder(id=row["holder_id"], name=row["holder_name"]),
        label=row["label"],
        made_at=row["made_at"],
        made_by=row["maker_id"] and KeyHolder(id=row["maker_id"], name=row["maker_name"]),
        revoked_at=row["revoked_at"],
        key=key_of(row["id"]) if told else None,
    )


class HolderFilters(Struct, frozen=True, kw_only=True):
    """Which people are asked for. `name`: a part of it; `barred`: roles that none of them holds or held."""

    name: str = ""
    person_id: UUID | None = None
    barred: Collection[Role] = ()


class HolderPosition(Struct, frozen=True, array_like=True):
    """The place of one of them in a list by name."""

    name: str
    id: UUID


_HOLDERS = """
SELECT p.id, p.name,
       (SELECT count(*) FROM people_access_key k
        WHERE k.person = p.id AND k.purpose = {purpose} AND k.revoked_at IS NULL) AS keys_n,
       coalesce((SELECT v.name FROM people_role_assignment r JOIN territory_division v ON v.id = r.division
        WHERE r.person = p.id AND (r.valid_to IS NULL OR r.valid_to >= {today}) ORDER BY v.code LIMIT 1), '') AS place
FROM people_person p WHERE {where} ORDER BY p.name, p.id LIMIT {limit}
"""


async def holders(
    filters: HolderFilters, *, scope: Scope, purpose: str = "", limit: int, after: HolderPosition | None = None
) -> list[KeyHolding]:
    """People with open accounts all of whose roles lie within the scope, by name."""
    asked = Conditions().add("p.closed_at IS NULL")
    asked.add(_within(asked, scope, filters.barred))
    if filters.person_id is not None:
        asked.add("p.id = {}", filters.person_id)
    if filters.name:
        asked.add("strpos(p.name, {}) > 0", filters.name)
    if after is not None:
        asked.add("(p.name, p.id) > ({}, {})", after.name, after.id)
    sql = _HOLDERS.format(
        purpose=asked.value(purpose), today=asked.value(clock.today()), limit=asked.value(limit), where=asked.sql
    )
    return [KeyHolding(**row) for row in await fetch(sql, *asked.values)]


def _within(asked: Conditions, scope: Scope, barred: Collection[Role] = ()) -> str:
    if not scope.prefixes:
        return "FALSE"
    return _WITHIN.format(
        today=asked.value(clock.today()),
        barred=asked.value([role.value for role in barred]),
        under=asked.under("v.code", scope.prefixes),
    )
