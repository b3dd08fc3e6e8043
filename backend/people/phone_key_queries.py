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
from backend.people.keys import key_of
from backend.people.schemas import KeyHolder, PhoneKeyRecord
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


async def holders(
    scope: Scope,
    *,
    name: str = "",
    person_id: UUID | None = None,
    barred: Collection[Role] = (),
    limit: int,
    after: KeyHolder | None = None,
) -> list[KeyHolder]:
    """People with open accounts within the scope, by name. `barred`: roles that none of them holds or held."""
    asked = Conditions().add("p.closed_at IS NULL")
    asked.add(_within(asked, scope, barred))
    if person_id is not None:
        asked.add("p.id = {}", person_id)
    if name:
        asked.add("strpos(p.name, {}) > 0", name)
    if after is not None:
        asked.add("(p.name, p.id) > ({}, {})", after.name, after.id)
    order = f"ORDER BY p.name, p.id LIMIT {asked.value(limit)}"
    rows = await fetch(f"SELECT p.id, p.name FROM people_person p WHERE {asked.sql} {order}", *asked.values)
    return [KeyHolder(id=row["id"], name=row["name"]) for row in rows]


def _within(asked: Conditions, scope: Scope, barred: Collection[Role] = ()) -> str:
    if not scope.prefixes:
        return "FALSE"
    return _WITHIN.format(
        today=asked.value(clock.today()),
        barred=asked.value([role.value for role in barred]),
        under=asked.under("v.code", scope.prefixes),
    )
