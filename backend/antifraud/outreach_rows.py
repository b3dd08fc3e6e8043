"""Rows of outreach, written once and listed with the newest first: alike for talks, posters, checks and cases."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.antifraud.outreach_places import IN_C_ORDER
from backend.core import creates
from backend.core.database import fetch, fetch_row
from backend.core.paging import Position
from backend.core.refusals import DifferentArguments
from backend.core.statements import Conditions

Row = Mapping[str, Any]


async def write(
    table: str, columns: Mapping[str, Any], *, told: Any = None, same: Iterable[str] = ()
) -> tuple[Row, bool]:
    """Write a row unless its id is there; the row as it is, and whether it is new.

    told   what was told, kept as its digest: what is there is the same again if it was told the same
    same   instead, columns by which it is

    Raises DifferentArguments (409).
    """
    columns = columns if told is None else {**columns, "arguments_digest": creates.digest(told)}
    names = ", ".join(f'"{name}"' for name in columns)
    places = ", ".join(f"${number + 1}" for number in range(len(columns)))
    written = await fetch_row(
        f"INSERT INTO {table} ({names}) VALUES ({places}) ON CONFLICT (id) DO NOTHING RETURNING *", *columns.values()
    )
    if written is not None:
        return written, True
    stored = await one(table, columns["id"])
    if stored is None or not _is_the_same(stored, columns, told, same):
        raise DifferentArguments("{id} was written down before with other content; that stays.", id=str(columns["id"]))
    return stored, False


def _is_the_same(stored: Row, columns: Mapping[str, Any], told: Any, same: Iterable[str]) -> bool:
    if told is not None:
        return creates.same(stored["arguments_digest"], told)
    return all(stored[name] == columns[name] for name in same)


async def one(table: str, id: UUID, *, lock: bool = False) -> Row | None:
    """A row, whosever it is."""
    return await fetch_row(f"SELECT * FROM {table} WHERE id = $1{' FOR UPDATE' if lock else ''}", id)


async def newest(
    table: str,
    prefixes: Iterable[str],
    *,
    limit: int,
    after: Position | None,
    also: str = "TRUE",
    values: Sequence[Any] = (),
) -> Sequence[Row]:
    """Rows of a territory by when they were written down, the newest first; `also` is one more condition on `t`."""
    found = Conditions()
    found.add(found.under(IN_C_ORDER.format(column="t.division_code"), prefixes))
    found.add(also, *values)
    if after is not None:
        found.add("(t.recorded_at, t.id) < ({}, {})", after.at, after.id)
    return await fetch(
        f"SELECT t.* FROM {table} t WHERE {found.sql} ORDER BY t.recorded_at DESC, t.id DESC "
        f"LIMIT {found.value(limit)}",
        *found.values,
    )


def told(row: Row, names: Iterable[str]) -> dict[str, Any]:
    """Columns for a record: `recorded_by` and `round_id` are what the table calls `by` and `round`."""
    columns = {"recorded_by": "by", "round_id": "round"}
    return {name: row[columns.get(name, name)] for name in names}
