"""Advice on fertiliser as it is stored, and the soil tests that it is made of."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.core import clock
from backend.core.database import fetch, fetch_row
from backend.core.paging import Position
from backend.laboratory.visibility import Conditions, LabReader

Row = Mapping[str, Any]


async def soil_test(sample_id: UUID, *, analyte: str, result_id: UUID | None) -> Row | None:
    """The newest test of an analyte in a sample, or the one that is named; None where there is none."""
    return await fetch_row(
        "SELECT id, comparator, value, unit_said, coalesce(tested_at, received_at) AS at FROM laboratory_result "
        "WHERE sample = $1 AND analyte = $2 AND ($3::uuid IS NULL OR id = $3) AND value IS NOT NULL "
        "ORDER BY coalesce(tested_at, received_at) DESC, line DESC LIMIT 1",
        *(sample_id, analyte, result_id),
    )


_ADVICE = """
SELECT a.*, m.name AS made_by_name, p.name AS signed_by_name FROM laboratory_fertiliser_advice a
    JOIN people_person m ON m.id = a.made_by LEFT JOIN people_person p ON p.id = a.signed_by
"""


async def advice(id: UUID, *, lock: bool = False) -> Row | None:
    """One, also one that was replaced."""
    return await fetch_row(f"{_ADVICE} WHERE a.id = $1{' FOR UPDATE OF a' if lock else ''}", id)


async def advice_of(sample_id: UUID) -> Sequence[Row]:
    """What counts of a sample, the newest first."""
    return await fetch(
        f"{_ADVICE} WHERE a.sample = $1 AND a.withdrawn_at IS NULL ORDER BY a.made_at DESC, a.id", sample_id
    )


async def to_sign(looking: LabReader, *, limit: int, after: Position | None) -> Sequence[Row]:
    """Drafts with an amount of the desks of his studios, the oldest first; none of a sample that he is blind to."""
    asked = _waiting(looking)
    if after:
        asked.add("(a.made_at, a.id) > ({}, {})", after.at, after.id)
    return await fetch(
        f"{_ADVICE} JOIN laboratory_sample s ON s.id = a.sample WHERE {asked.sql} ORDER BY a.made_at, a.id "
        f"LIMIT {asked.value(limit)}",
        *asked.values,
    )


async def count_to_sign(looking: LabReader) -> int:
    """How many they are."""
    asked = _waiting(looking)
    row = await fetch_row(
        "SELECT count(*) AS n FROM laboratory_fertiliser_advice a JOIN laboratory_sample s ON s.id = a.sample "
        f"WHERE {asked.sql}",
        *asked.values,
    )
    found: int = row["n"] if row else 0
    return found


def _waiting(looking: LabReader) -> Conditions:
    asked = Conditions()
    asked.parts += ["a.signed_at IS NULL", "a.withdrawn_at IS NULL", "a.advice->>'kg_per_mu' IS NOT NULL"]
    asked.parts += ["s.state <> 'joined'", asked.read_by(looking)]
    asked.add("s.unit = ANY({}::uuid[])", list(looking.studios))
    return asked


async def replace_others(row: Row, *, drafts_only: bool) -> None:
    """Other advice of the same sample, crop, nutrient and fertiliser counts no more; signed advice only by signing."""
    signed = " AND signed_at IS NULL" if drafts_only else ""
    await fetch(
        "UPDATE laboratory_fertiliser_advice SET withdrawn_at = $6 WHERE sample = $1 AND crop_code = $2 "
        f"AND nutrient = $3 AND fertiliser = $4 AND id <> $5 AND withdrawn_at IS NULL{signed}",
        *(row["sample"], row["crop_code"], row["nutrient"], row["fertiliser"], row["id"], clock.now()),
    )


async def sign(id: UUID, *, by: UUID, note: str | None) -> None:
    """An agronomist answers for it."""
    await fetch(
        "UPDATE laboratory_fertiliser_advice SET signed_by = $2, signed_at = $4, signed_note = $3 WHERE id = $1",
        *(id, by, note, clock.now()),
    )
