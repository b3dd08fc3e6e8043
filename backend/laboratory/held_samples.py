"""Held samples: only a file told of them. Each beside the received ones that it may be, the likeliest first."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.core.database import fetch
from backend.core.paging import Page, Position, page, position
from backend.laboratory import sample_lists
from backend.laboratory.sample_rules import likeness
from backend.laboratory.sample_schemas import HeldSample, SampleItem
from backend.laboratory.visibility import LabReader, reader
from backend.people.actors import Actor

Row = Mapping[str, Any]

BEFORE, AFTER = timedelta(days=14), timedelta(days=7)
"""How long before and after its test a sample may have been handed in: some are entered late, from paper."""
OFFERED_N = 5
NEAR_N = 1_000


async def list_held(*, by: Actor, limit: int = 50, cursor: str | None = None) -> Page[HeldSample]:
    """One page of those of the desks where `by` works, the newest first; for others it is empty.

    Raises Invalid (400) for a cursor of another list.
    """
    reading, after = await reader(by), position(cursor)
    place = (after.at, after.id) if after else (None, None)
    cut = page(
        await fetch(_HELD, list(reading.tests), *place, limit + 1),
        limit,
        lambda row: Position(row["received_at"], row["id"]),
    )
    offered = await _offered(cut.items, reading)
    wanted = {row["id"] for row in cut.items}.union(*offered.values())
    shown = await sample_lists.of_ids(wanted, reading)
    return Page([_record(row, shown, offered[row["id"]]) for row in cut.items], cut.next_cursor)


async def _offered(held: Sequence[Row], reading: LabReader) -> dict[UUID, list[UUID]]:
    """Of each held one, the received ones that it may be."""
    if not held:
        return {}
    moments = [row["moment"] for row in held]
    near = await fetch(_NEAR, list(reading.tests), min(moments) - BEFORE, max(moments) + AFTER, NEAR_N)
    return {row["id"]: [each["id"] for each in likeliest(row, near)] for row in held}


def likeliest(held: Row, received: Sequence[Row]) -> list[Row]:
    """The few of them that a held sample may be: by the code first, then the crop, then one that has no result yet, the
    same desk, and how near in time it came.
    """
    possible = [each for each in received if _may_be(held, each)]
    return sorted(possible, key=lambda each: _unlikeness(held, each))[:OFFERED_N]


def _may_be(held: Row, each: Row) -> bool:
    same_kind = held["kind"] is None or held["kind"] == each["kind"]
    moment: datetime = held["moment"]
    return same_kind and moment - BEFORE <= each["received_at"] <= moment + AFTER


def _unlikeness(held: Row, each: Row) -> tuple[int, bool, bool, bool, timedelta]:
    alike = max(likeness(text, each["code"]) for text in {held["code"], held["said"]})
    same_crop = held["crop_code"] is not None and held["crop_code"] == each["crop_code"]
    away = abs(each["received_at"] - held["moment"])
    return (-alike, not same_crop, each["results_n"] > 0, each["unit"] != held["unit"], away)


def _record(row: Row, shown: Mapping[UUID, SampleItem], offered: Sequence[UUID]) -> HeldSample:
    return HeldSample(
        sample=shown[row["id"]],
        said=row["said"],
        instrument_serial=row["serial"],
        tested_at=row["tested_at"],
        candidates=[shown[id] for id in offered if id in shown],
    )


_HELD = """
SELECT s.id, s.code, s.unit, s.kind, s.crop_code, s.received_at, f.said, f.tested_at, f.serial,
    coalesce(f.tested_at, s.received_at) AS moment
FROM laboratory_sample s LEFT JOIN LATERAL (
    SELECT r.sample_said AS said, r.tested_at, i.serial FROM laboratory_result r
    LEFT JOIN laboratory_instrument i ON i.id = r.instrument
    WHERE r.sample = s.id ORDER BY r.tested_at, r.id LIMIT 1
) f ON TRUE
WHERE s.state = 'held' AND s.unit = ANY($1::uuid[])
    AND ($2::timestamptz IS NULL OR (s.received_at, s.id) < ($2, $3::uuid))
ORDER BY s.received_at DESC, s.id DESC LIMIT $4
"""
_NEAR = """
SELECT s.id, s.code, s.unit, s.kind, s.crop_code, s.results_n, s.received_at FROM laboratory_sample s
WHERE s.state = 'received' AND s.unit = ANY($1::uuid[]) AND s.received_at >= $2 AND s.received_at <= $3
ORDER BY s.received_at DESC LIMIT $4
"""
