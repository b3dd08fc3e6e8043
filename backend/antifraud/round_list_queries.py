"""The SQL of what a phone takes along on a round."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from backend.core.database import fetch
from backend.core.statements import Values, under

Row = Mapping[str, Any]


async def cards(prefixes: Iterable[str]) -> Sequence[Row]:
    """Every open household card under the prefixes, with its village, in their order."""
    values = Values()
    return await fetch(
        "SELECT h.code, left(h.division_code, 12) AS village FROM people_household h WHERE h.closed_at IS NULL "
        f"AND {under('h.division_code', prefixes, values)} ORDER BY h.division_code, h.code",
        *values.given,
    )


async def villages(prefixes: Iterable[str], *, day: date) -> Sequence[Row]:
    """The villages of a day under the prefixes, in the order of their codes."""
    values = Values(day)
    return await fetch(
        "SELECT d.code, d.name FROM territory_division d WHERE d.level = 'village' AND d.valid_from <= $1 "
        f"AND (d.valid_to IS NULL OR d.valid_to >= $1) AND {under('d.prefix', prefixes, values)} ORDER BY d.code",
        *values.given,
    )


async def letter_moves(prefixes: Iterable[str]) -> Sequence[Row]:
    """All that happened to the letters of villages under the prefixes, village by village, in the order of writing."""
    values = Values()
    return await fetch(
        "SELECT l.move, l.prefix, l.width, l.first, l.last, l.division_code FROM antifraud_letter_range l "
        f"WHERE l.withdrawn_at IS NULL AND {under('l.division_code', prefixes, values)} "
        "ORDER BY l.division_code, l.recorded_at, l.id",
        *values.given,
    )
