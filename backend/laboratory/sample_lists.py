"""Lists of samples: one page of what a reader sees, the newest first; and the held ones beside what they may be."""

from collections.abc import Collection, Mapping, Sequence
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
    ways = _ways(asked, reading, limit + 1)
    first = f"SELECT DISTINCT received_at, id FROM ({' UNION ALL '.join(ways)}) found {NEWEST} LIMIT {limit + 1}"
    places = [Position(row["received_at"], row["id"]) for row in await fetch(first, *asked.values)]
    cut = page(places, limit, lambda each: each)
    rows = await fetch(f"{_ITEMS} WHERE s.id = ANY($1::uuid[]) {NEWEST}", [each.id for each in cut.items])
    return Page(items(rows, reading), cut.next_cursor)


NEWEST = "ORDER BY received_at DESC, id DESC"


def _ways(asked: Conditions, reading: LabReader, limit: int) -> list[str]:
    """The first rows of each way in which a reader sees samples, unit by unit along an index: asked for all at once,
    PostgreSQL reads and sorts every sample of a county. What each row has to be (`asked`) says again that he sees it.
    """
    one = (
        "SELECT n.received_at, n.id FROM {source} AS way (id) CROSS JOIN LATERAL (SELECT s.received_at, s.id "
        f"FROM laboratory_sample s WHERE s.{{column}} = way.id AND {asked.sql} {NEWEST} LIMIT {limit}) n"
    )
    listed = {
        "unit": reading.tests,
        "drop_off": reading.desks,
        "holder": reading.desks,
        "household": reading.served,
        "received_by": (reading.person_id,),
    }
    ways = [
        one.format(source=f"unnest({asked.value(list(ids))}::uuid[])", column=column)
        for column, ids in listed.items()
        if ids
    ]
    everywhere = one.format(source="(SELECT id FROM people_unit)", column="unit")
    return [*ways, everywhere] if reading.oversees else ways


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
        ("code", sample_rules.plain_code(filters.code)),
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


async def of_ids(sample_ids: Collection[UUID], reading: LabReader) -> dict[UUID, SampleItem]:
    """Samples that the caller has looked at, as lists show them."""
    rows = await fetch(f"{_ITEMS} WHERE s.id = ANY($1::uuid[])", list(sample_ids))
    return {item.id: item for item in items(rows, reading)}


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
