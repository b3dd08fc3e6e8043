"""Which desk tests a sample, and which units somebody may name."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.core.database import fetch, fetch_row
from backend.core.refusals import FieldError, Invalid
from backend.laboratory.sample_refusals import NoDesk
from backend.people.actors import Actor
from backend.people.tables import Role

AT_A_DESK = (Role.TECHNICIAN, Role.EXPERT, Role.OPERATOR)
"""Whose own unit it is, where nothing else says; a technician's first."""


class Desk(Struct, frozen=True):
    """An open unit, and the code of its division."""

    id: UUID
    division_code: str


async def own_desk(by: Actor) -> Desk | None:
    """The open station or studio at which somebody works."""
    own = [held.unit_id for role in AT_A_DESK for held in by.held if held.role is role and held.unit_id]
    rows = {row["id"]: row for row in await fetch(f"{_OPEN} AND {_CITIZENS}", own)} if own else {}
    return next((_desk(rows[id]) for id in own if id in rows), None)


async def named_desk(unit_id: UUID, *, by: Actor, pointer: str) -> Desk:
    """A station or studio that `by` names: his own, one in his territory, or one that serves a place of his.

    Raises Invalid (400), pointing at `pointer`, for another one.
    """
    row = await fetch_row(f"{_OPEN} AND {_CITIZENS}", [unit_id])
    if row is None or not _is_his(row, by):
        detail = "There is no open station or studio {id} that you hand samples to."
        wrong = FieldError(pointer=pointer, detail=detail, code="unknown", facts={"id": str(unit_id)})
        raise Invalid("The sample names a unit that is not there.", errors=[wrong])
    return _desk(row)


async def testing_desk(*, drop_off: Desk | None, division_code: str | None, by: Actor) -> Desk:
    """Who tests what nobody named a desk for: the drop-off if it is a studio, else the studio above it, else the one
    nearest in the tree of divisions to the place (to `by`, where none is told), else the drop-off itself.

    Raises NoDesk (409).
    """
    place = division_code or next((held.division_code for held in by.held), None)
    row = await fetch_row(_TESTS, [drop_off.id] if drop_off else [], place)
    found = row and await fetch_row(_OPEN, [row["id"]])
    if found is None:
        raise NoDesk("Name the studio that tests it, or ask the county to open one.")
    return _desk(found)


def _is_his(row: Mapping[str, Any], by: Actor) -> bool:
    """His own, one in his territory, or one whose own territory holds a place of his."""
    own = {held.unit_id for held in by.held}
    around = any(held.division_code.startswith(row["prefix"]) for held in by.held)
    return row["id"] in own or around or row["code"].startswith(by.prefixes(Role))


def _desk(row: Mapping[str, Any]) -> Desk:
    return Desk(row["id"], row["code"])


_OPEN = """
SELECT u.id, d.code, d.prefix FROM people_unit u JOIN territory_division d ON d.id = u.division
WHERE u.id = ANY($1::uuid[]) AND u.closed_at IS NULL
"""
_CITIZENS = "u.kind IN ('station', 'studio')"

_TESTS = """
WITH RECURSIVE above AS (
    SELECT u.id, u.kind, u.parent, u.closed_at, 1 AS step FROM people_unit u WHERE u.id = ANY($1::uuid[])
    UNION ALL
    SELECT u.id, u.kind, u.parent, u.closed_at, a.step + 1 FROM above a JOIN people_unit u ON u.id = a.parent
    WHERE a.step < 10
)
SELECT coalesce(
    (SELECT id FROM above WHERE kind = 'studio' AND closed_at IS NULL ORDER BY step LIMIT 1),
    (SELECT u.id FROM people_unit u JOIN territory_division d ON d.id = u.division
     WHERE u.kind = 'studio' AND u.closed_at IS NULL AND starts_with($2, d.prefix)
     ORDER BY length(d.prefix) DESC, u.created_at, u.id LIMIT 1),
    (SELECT id FROM above WHERE closed_at IS NULL ORDER BY step LIMIT 1)
) AS id
"""
