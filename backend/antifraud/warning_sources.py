"""Which systems may post warnings, for which division, and under which secret."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.antifraud.warning_refusals import NotYourDivision, SourceUnknown
from backend.antifraud.warning_schemas import NewWarningSource, WarningSourceRecord
from backend.core import cipher, clock, ids, post_signatures
from backend.core.creates import Outcome
from backend.core.database import fetch, fetch_row, transaction
from backend.core.refusals import DifferentArguments
from backend.people.actors import Actor, visible_to
from backend.people.tables import Role
from backend.territory.queries import division

_COLUMN = "antifraud_source.secret_sealed"
_SELECT = """
SELECT s.id, s.name, d.code AS division_code, s.prefix, s.secret_sealed, s.made_at, s.made_by, s.ended_at
FROM antifraud_source s JOIN territory_division d ON d.id = s.division
"""


class KnownSource(Struct, frozen=True):
    """The source of a post, and the secret it signs with."""

    id: UUID
    prefix: str
    secret: str


@transaction
async def add_warning_source(
    *, id: UUID | None, new: NewWarningSource, by: Actor, base_url: str
) -> Outcome[WarningSourceRecord]:
    """Let a system post warnings; its secret is told now, and again to whoever sends the same id with the same content.

    For an admin of the division. Raises Forbidden, NotYourDivision (403), DivisionUnknown (404),
    DifferentArguments (409).
    """
    by.must_have(Role.ADMIN)
    found = await division(code=new.division_code)
    if not visible_to(by, roles=(Role.ADMIN,)).covers(found.code):
        raise NotYourDivision("Division {code} lies outside your territory.", code=found.code)
    source_id = id or ids.uuid7()
    made = await fetch_row(
        "INSERT INTO antifraud_source (id, name, division, prefix, secret_sealed, made_at, made_by) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING RETURNING id",
        *(source_id, new.name.strip(), found.id, found.prefix),
        cipher.seal(post_signatures.new_secret(), column=_COLUMN),
        *(clock.now(), by.person_id),
    )
    row = await fetch_row(f"{_SELECT} WHERE s.id = $1", source_id)
    if row is None or (row["name"], row["division_code"], row["made_by"]) != (
        new.name.strip(),
        found.code,
        by.person_id,
    ):
        raise DifferentArguments("Source {id} was made before with other content; it stays.", id=str(source_id))
    secret = None if row["ended_at"] else cipher.unseal(row["secret_sealed"], column=_COLUMN)
    return Outcome(_record(row, base_url, secret=secret), created=made is not None)


async def list_warning_sources(*, by: Actor, base_url: str) -> list[WarningSourceRecord]:
    """Those of one's territory, without secrets. For admins; raises Forbidden (403)."""
    by.must_have(Role.ADMIN)
    clause, values = visible_to(by, roles=(Role.ADMIN,)).clause("d.code", 1)
    rows = await fetch(f"{_SELECT} WHERE {clause} ORDER BY s.made_at, s.id", *values)
    return [_record(row, base_url) for row in rows]


@transaction
async def end_warning_source(*, source_id: UUID, by: Actor, base_url: str) -> WarningSourceRecord:
    """Take nothing from it any more. Twice is harmless. Raises Forbidden (403), SourceUnknown (404)."""
    by.must_have(Role.ADMIN)
    row = await fetch_row(f"{_SELECT} WHERE s.id = $1", source_id)
    if row is None or not visible_to(by, roles=(Role.ADMIN,)).covers(row["division_code"]):
        raise SourceUnknown("There is no source {id} in your territory.", id=str(source_id))
    ended: datetime = row["ended_at"] or clock.now()
    await fetch("UPDATE antifraud_source SET ended_at = $2 WHERE id = $1", source_id, ended)
    return _record(dict(row) | {"ended_at": ended}, base_url)


async def known(source_id: UUID) -> KnownSource | None:
    """A source that may still post."""
    row = await fetch_row(f"{_SELECT} WHERE s.id = $1 AND s.ended_at IS NULL", source_id)
    if row is None:
        return None
    return KnownSource(row["id"], row["prefix"], cipher.unseal(row["secret_sealed"], column=_COLUMN))


def _record(row: Any, base_url: str, *, secret: str | None = None) -> WarningSourceRecord:
    return WarningSourceRecord(
        id=row["id"],
        name=row["name"],
        division_code=row["division_code"],
        made_at=row["made_at"],
        ended_at=row["ended_at"],
        post_to=f"{base_url}/api/v1/antifraud/warnings/posts/{row['id']}",
        secret=secret,
    )
