"""What is to be measured again: what has a clock first, the earliest due; then what was asked for longest ago."""

from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.core.database import fetch
from backend.core.paging import Page, page, position_of
from backend.core.shapes import Moment
from backend.laboratory import retest_records
from backend.laboratory.result_schemas import RetestRecord
from backend.laboratory.retest_queries import SHOWN
from backend.laboratory.visibility import Conditions, reader
from backend.laboratory.words import RetestKind, RetestState
from backend.people.actors import Actor


class Place(Struct, frozen=True, array_like=True):
    """The place of a row: `untimed` 1 where no clock runs."""

    untimed: int
    at: Moment
    id: UUID


_PLACE = "((t.due_at IS NULL)::int, coalesce(t.due_at, t.asked_at), t.id)"


async def list_retests(
    *,
    by: Actor,
    state: RetestState | None = RetestState.OPEN,
    kind: RetestKind | None = None,
    unit_id: UUID | None = None,
    sample_id: UUID | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[RetestRecord]:
    """One page of those whose results `by` reads. Raises Invalid (400) for a cursor of another list."""
    asked, reading = Conditions(), await reader(by)
    asked.parts += [asked.seen_by(reading), asked.read_by(reading)]
    told = {"t.state": state, "t.kind": kind, "r.unit": unit_id, "r.sample": sample_id}
    for column, value in told.items():
        if value is not None:
            asked.add(f"{column} = {{}}", value)
    if after := position_of(cursor, Place):
        asked.add(f"{_PLACE} > ({{}}, {{}}, {{}})", after.untimed, after.at, after.id)
    most = asked.value(limit + 1)
    rows = await fetch(f"{SHOWN} WHERE {asked.sql} ORDER BY {_PLACE} LIMIT {most}", *asked.values)
    cut = page(rows, limit, _place)
    return Page([await retest_records.record(row) for row in cut.items], cut.next_cursor)


def _place(row: Any) -> Place:
    return Place(int(row["due_at"] is None), row["due_at"] or row["asked_at"], row["id"])
