"""Village groups as opaque endpoints: a name, an owner, a head-count with its date. Nobody in them is imported."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from backend.core import clock
from backend.core.creates import Outcome
from backend.core.database import fetch, fetch_row, transaction
from backend.core.paging import Page, page
from backend.core.refusals import DifferentArguments
from backend.people.actors import OVERSEERS, Actor, visible_to
from backend.people.tables import Role
from backend.push.address_schemas import GroupRecord
from backend.push.refusals import GroupUnknown, OtherTerritory
from backend.push.states import GroupKind
from backend.territory import queries as territory

OPENERS = frozenset({Role.SUPERVISOR, Role.OPERATOR, Role.ADMIN})
_COLUMNS = "g.id, g.name, g.kind, g.division_code, g.owner AS owner_id, g.headcount, g.headcount_as_of, g.closed_at"


@transaction
async def open_group(
    *,
    id: UUID,
    name: str,
    kind: GroupKind,
    division_code: str,
    owner_id: UUID,
    headcount: int,
    headcount_as_of: date,
    by: Actor,
) -> Outcome[GroupRecord]:
    """Register a group; said again with another head-count, it is counted anew.

    Raises Forbidden, OtherTerritory (403), DivisionUnknown (404), DifferentArguments (409).
    """
    division = await territory.division(code=division_code)
    _must_cover(division_code, by)
    row = await fetch_row(
        f"""
        INSERT INTO push_group AS g (id, name, kind, division, division_code, owner, headcount, headcount_as_of,
                                     opened_by, opened_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (id) DO UPDATE SET headcount = EXCLUDED.headcount, headcount_as_of = EXCLUDED.headcount_as_of
        WHERE (g.name, g.kind, g.division_code, g.owner) = ($2, $3, $5, $6)
        RETURNING {_COLUMNS}, g.xmax = 0 AS created
        """,
        id,
        name.strip(),
        kind,
        division.id,
        division_code,
        owner_id,
        headcount,
        headcount_as_of,
        by.person_id,
        clock.now(),
    )
    if row is None:
        raise DifferentArguments("Group {id} was registered with other facts; it stays as it is.", id=id)
    return Outcome(_record(row), created=row["created"])


@transaction
async def close_group(*, group_id: UUID, by: Actor) -> None:
    """Post nothing to it any more; twice is once. Raises GroupUnknown (404), Forbidden, OtherTerritory (403)."""
    row = await fetch_row("SELECT division_code FROM push_group WHERE id = $1 FOR UPDATE", group_id)
    if row is None:
        raise GroupUnknown("There is no group {id}.", id=group_id)
    _must_cover(row["division_code"], by)
    await fetch("UPDATE push_group SET closed_at = COALESCE(closed_at, $2) WHERE id = $1", group_id, clock.now())


class GroupPosition(msgspec.Struct, frozen=True, array_like=True):
    """The place of a group in the order of codes."""

    division_code: str
    id: UUID


async def list_groups(*, by: Actor, limit: int = 50, after: GroupPosition | None = None) -> Page[GroupRecord]:
    """Open groups of one's territory, and one's own."""
    scope = visible_to(by, roles=OVERSEERS | OPENERS)
    under, values = scope.clause("g.division_code", 5)
    rows = await fetch(
        f"""
        SELECT {_COLUMNS} FROM push_group g WHERE g.closed_at IS NULL AND ({under} OR g.owner = $1)
        AND ($2::text IS NULL OR (g.division_code, g.id) > ($2 COLLATE "C", $3::uuid))
        ORDER BY g.division_code, g.id LIMIT $4
        """,
        scope.person_id,
        after and after.division_code,
        after and after.id,
        limit + 1,
        *values,
    )
    return page([_record(row) for row in rows], limit, lambda each: GroupPosition(each.division_code, each.id))


def _must_cover(division_code: str, by: Actor) -> None:
    by.must_have(*OPENERS)
    if not visible_to(by, roles=OPENERS).covers(division_code):
        raise OtherTerritory("Division {division_code} lies outside your territory.", division_code=division_code)


def _record(row: Mapping[str, Any]) -> GroupRecord:
    return msgspec.convert({name: row[name] for name in GroupRecord.__struct_fields__}, GroupRecord)
