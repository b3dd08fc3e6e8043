"""Lists of samples: one page of what a reader sees, the newest first; and the held ones beside what they may be."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.cases.reading import unit
from backend.core.database import fetch
from backend.core.paging import Page, Position, page, position
from backend.laboratory import sample_records, sample_rules
from backend.laboratory.sample_schemas import SampleItem
from backend.laboratory.visibility import Conditions, LabReader, reader
from backend.laboratory.words import SampleKind, SampleState, Verdict
from backend.people.actors import Actor

Row = Mapping[str, Any]


class Filters(Struct, frozen=True, kw_only=True):
    """What is asked for. on: the day it was handed in; state null: all but the joined ones.

    verdict   samples whose worst it is, of those whose findings the reader reads: the filter tells no other
    """

    state: SampleState | None = None
    kind: SampleKind | None = None
    unit_id: UUID | None = None
    drop_off_id: UUID | None = None
    household_id: UUID | None = None
    code: str | None = None
    on: date | None = None
    verdict: Verdict | None = None


EVERYTHING = Filters()


async def list_samples(
    *, by: Actor, filters: Filters = EVERYTHING, limit: int = 50, cursor: str | None = None
) -> Page[SampleItem]:
    """One page of what `by` sees. Raises Invalid (400) for a cursor of another list."""
    reading, after = await reader(by), position(cursor)
    asked = _asked(filters, reading)
    if after:
        asked.add("(s.received_at, s.id) < ({}, {})", after.at, after.id)
    rows = await fetch(
        f"{_ITEMS} WHERE {asked.sql} ORDER BY s.received_at DESC, s.id DESC LIMIT {limit + 1}", *asked.values
    )
    cut = page(rows, limit, lambda row: Position(row["received_at"], row["id"]))
    return Page(items(cut.items, reading), cut.next_cursor)


def _asked(filters: Filters, reading: LabReader) -> Conditions:
    asked = Conditions()
    asked.parts.append(asked.seen_by(reading))
    if filters.state is None:
        asked.parts.append("s.state <> 'joined'")
    for column, value in (
        ("state", filters.state),
        ("kind", filters.kind),
        ("unit", filters.unit_id),
        ("drop_off", filters.drop_off_id),
        ("household", filters.household_id),
        ("code", filters.code),
    ):
        if value is not None:
            asked.add(f"s.{column} = {{}}", value)
    if filters.on is not None:
        asked.add("s.received_at >= {} AND s.received_at < {}", *sample_rules.day_bounds(filters.on))
    if filters.verdict is not None:
        asked.parts.append(asked.read_by(reading))
        asked.parts.append("s.results_n > 0")
        asked.add(f"{sample_records.WORST} = {{}}", filters.verdict)
    return asked


def items(rows: Sequence[Row], reading: LabReader) -> list[SampleItem]:
    """Rows of `_ITEMS` as they are shown; no contact is in them."""
    return [_item(row, reading) for row in rows]


def _item(row: Row, reading: LabReader) -> SampleItem:
    facts = {name: row[name] for name in _AS_IT_IS} | {
        "crop": sample_records.crop_of(row),
        "unit": unit(row["unit"], row["unit_name"], row["unit_phone"]),
        "holder": unit(row["holder"], row["holder_name"], row["holder_phone"]),
        **sample_records.findings(row, reading),
    }
    return msgspec.convert(facts, SampleItem, from_attributes=True)


_AS_IT_IS = (
    *("id", "code", "state", "kind", "run_kind", "household_code", "market_lot", "received_at", "results_n"),
    "report",
)
_ITEMS = sample_records.SHOWN
