"""Which exchanges and gateways may post, for which desk, and under which secret."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.core import cipher, clock, ids, post_signatures
from backend.core.creates import Outcome
from backend.core.database import fetch, fetch_row, transaction
from backend.core.refusals import DifferentArguments
from backend.hotline.call_refusals import NotYourLine, SystemUnknown
from backend.hotline.line_schemas import LineSystemRecord, NewLineSystem
from backend.hotline.words import SystemKind
from backend.people.actors import Actor, visible_to
from backend.people.refusals import UnitUnknown
from backend.people.tables import Role
from backend.territory.queries import division

_COLUMN = "hotline_system.secret_sealed"
_SELECT = """
SELECT s.id, s.kind, s.name, s.line, s.unit AS unit_id, d.code AS division_code, s.prefix, s.secret_sealed, s.made_at,
       s.made_by, s.ended_at
FROM hotline_system s JOIN territory_division d ON d.id = s.division
"""
_SAID = ("kind", "name", "line", "unit_id")
_POSTS = {SystemKind.PHONE: "calls", SystemKind.SMS: "texts"}


class KnownSystem(Struct, frozen=True, kw_only=True):
    """The system of a post, whose desk it serves, and the secret it signs with."""

    id: UUID
    kind: SystemKind
    line: str
    unit_id: UUID
    division_code: str
    prefix: str
    secret: str


@transaction
async def add_line_system(
    *, id: UUID | None, new: NewLineSystem, by: Actor, base_url: str
) -> Outcome[LineSystemRecord]:
    """Let an exchange or gateway post; its secret is told now, and again to whoever sends the same id with the same
    content.

    For an admin of the division and of the desk. Raises Forbidden, NotYourLine (403), DivisionUnknown, UnitUnknown
    (404), DifferentArguments (409).
    """
    by.must_have(Role.ADMIN)
    found = await division(code=new.division_code)
    _must_lie_in(found.code, by)
    _must_lie_in(await _desk_of(new.unit_id), by)
    system_id = id or ids.uuid7()
    made = await fetch_row(
        "INSERT INTO hotline_system (id, kind, name, line, unit, division, prefix, secret_sealed, made_at, made_by) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING RETURNING id",
        *(system_id, new.kind.value, new.name.strip(), new.line.strip(), new.unit_id, found.id, found.prefix),
        cipher.seal(post_signatures.new_secret(), column=_COLUMN),
        *(clock.now(), by.person_id),
    )
    row = await fetch_row(f"{_SELECT} WHERE s.id = $1", system_id)
    said = (new.kind, new.name.strip(), new.line.strip(), new.unit_id, found.code, by.person_id)
    if row is None or tuple(row[name] for name in (*_SAID, "division_code", "made_by")) != said:
        raise DifferentArguments("System {id} was added before with other content; it stays.", id=str(system_id))
    secret = None if row["ended_at"] else cipher.unseal(row["secret_sealed"], column=_COLUMN)
    return Outcome(_record(row, base_url, secret=secret), created=made is not None)


async def list_line_systems(*, by: Actor, base_url: str) -> list[LineSystemRecord]:
    """Those of one's territory, without secrets. For admins; raises Forbidden (403)."""
    by.must_have(Role.ADMIN)
    clause, values = visible_to(by, roles=(Role.ADMIN,)).clause("d.code", 1)
    rows = await fetch(f"{_SELECT} WHERE {clause} ORDER BY s.made_at, s.id", *values)
    return [_record(row, base_url) for row in rows]


@transaction
async def end_line_system(*, system_id: UUID, by: Actor, base_url: str) -> LineSystemRecord:
    """Take nothing from it any more. Twice is harmless. Raises Forbidden (403), SystemUnknown (404)."""
    by.must_have(Role.ADMIN)
    row = await fetch_row(f"{_SELECT} WHERE s.id = $1 FOR UPDATE OF s", system_id)
    if row is None or not visible_to(by, roles=(Role.ADMIN,)).covers(row["division_code"]):
        raise SystemUnknown("There is no system {id} in your territory.", id=str(system_id))
    ended: datetime = row["ended_at"] or clock.now()
    await fetch("UPDATE hotline_system SET ended_at = $2 WHERE id = $1", system_id, ended)
    return _record(dict(row) | {"ended_at": ended}, base_url)


async def known(system_id: UUID, *, kind: SystemKind) -> KnownSystem | None:
    """A system of this kind that may still post."""
    row = await fetch_row(f"{_SELECT} WHERE s.id = $1 AND s.kind = $2 AND s.ended_at IS NULL", system_id, kind.value)
    if row is None:
        return None
    return KnownSystem(
        **{name: row[name] for name in ("id", "line", "unit_id", "division_code", "prefix")},
        kind=kind,
        secret=cipher.unseal(row["secret_sealed"], column=_COLUMN),
    )


async def _desk_of(unit_id: UUID) -> str:
    row = await fetch_row(
        "SELECT d.code FROM people_unit u JOIN territory_division d ON d.id = u.division "
        "WHERE u.id = $1 AND u.closed_at IS NULL",
        unit_id,
    )
    if row is None:
        raise UnitUnknown("There is no unit {unit_id}.", unit_id=str(unit_id))
    return str(row["code"])


def _must_lie_in(code: str, by: Actor) -> None:
    if not visible_to(by, roles=(Role.ADMIN,)).covers(code):
        raise NotYourLine("Division {code} lies outside your territory.", code=code)


def _record(row: Any, base_url: str, *, secret: str | None = None) -> LineSystemRecord:
    kind = SystemKind(row["kind"])
    return LineSystemRecord(
        **{name: row[name] for name in ("id", "name", "line", "unit_id", "division_code", "made_at", "ended_at")},
        kind=kind,
        post_to=f"{base_url}/api/v1/hotline/{_POSTS[kind]}/posts/{row['id']}",
        secret=secret,
    )
