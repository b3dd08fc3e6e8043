"""The SQL of letters. A county's 800,000 letters are a few thousand rows of ranges."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.antifraud.letter_ranges import Serials
from backend.antifraud.letter_schemas import Move, StockPlace
from backend.antifraud.outreach_words import LetterMove
from backend.core.database import fetch, fetch_row
from backend.core.paging import Position
from backend.core.statements import Conditions

Row = Mapping[str, Any]

_LETTERS = "SELECT l.*, p.name AS recorded_by_name FROM antifraud_letter_range l JOIN people_person p ON p.id = l.by"
_OF_BOOK = "l.prefix = {} AND l.width = {} AND l.first <= {} AND l.last >= {}"


async def one_at_a_time(serials: Serials) -> None:
    """Hold a book to the transaction's end, so that no letter is given out twice at once."""
    await fetch(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 8))", f"antifraud book {serials.prefix} {serials.width}"
    )


async def one(letters_id: UUID) -> Row | None:
    """A row, whosever it is."""
    return await fetch_row(f"{_LETTERS} WHERE l.id = $1", letters_id)


async def touching(serials: Serials) -> Sequence[Row]:
    """Rows with any of these letters that are not withdrawn, in the order in which they were written down."""
    found = Conditions()
    found.add(_OF_BOOK, serials.prefix, serials.width, serials.last, serials.first)
    return await fetch(
        f"{_LETTERS} WHERE {found.sql} AND l.withdrawn_at IS NULL ORDER BY l.recorded_at, l.id", *found.values
    )


async def of_village(division_code: str) -> list[Move]:
    """All that happened to the letters of a village, in the order in which it was written down."""
    rows = await fetch(
        f"{_LETTERS} WHERE l.division_code = $1 AND l.withdrawn_at IS NULL ORDER BY l.recorded_at, l.id", division_code
    )
    return [move(row) for row in rows]


def move(row: Row) -> Move:
    """A row as the rules need it."""
    serials = Serials(row["prefix"], row["width"], row["first"], row["last"])
    return Move(LetterMove(row["move"]), serials, row["division_code"])


async def insert(columns: Mapping[str, Any]) -> None:
    """A new row."""
    names, places = ", ".join(columns), ", ".join(f"${number + 1}" for number in range(len(columns)))
    await fetch(f"INSERT INTO antifraud_letter_range ({names}) VALUES ({places})", *columns.values())


async def withdraw(letters_id: UUID, at: datetime) -> None:
    """It counts no more."""
    await fetch("UPDATE antifraud_letter_range SET withdrawn_at = $2 WHERE id = $1", letters_id, at)


async def newest(
    prefixes: Iterable[str],
    *,
    move: LetterMove | None,
    serials: Serials | None,
    limit: int,
    after: Position | None,
) -> Sequence[Row]:
    """Rows of a territory, the newest first; `serials`: those with any of these letters."""
    found = Conditions()
    found.add(found.under("l.division_code", prefixes))
    if move is not None:
        found.add("l.move = {}", move.value)
    if serials is not None:
        found.add(_OF_BOOK, serials.prefix, serials.width, serials.last, serials.first)
    if after is not None:
        found.add("(l.recorded_at, l.id) < ({}, {})", after.at, after.id)
    return await fetch(
        f"{_LETTERS} WHERE {found.sql} ORDER BY l.recorded_at DESC, l.id DESC LIMIT {found.value(limit)}",
        *found.values,
    )


_STOCKS = """
SELECT l.division_code, (SELECT d.name FROM territory_division d WHERE d.code = l.division_code
                         ORDER BY d.valid_from DESC LIMIT 1) AS name, {sums},
       sum((l.last - l.first + 1) * CASE WHEN l.move = 'given' THEN 1 ELSE -1 END)::bigint AS stock_n
FROM antifraud_letter_range l WHERE l.withdrawn_at IS NULL AND {where}
GROUP BY l.division_code ORDER BY l.division_code LIMIT {limit}
"""
_SUMS = ", ".join(
    f"coalesce(sum(l.last - l.first + 1) FILTER (WHERE l.move = '{move}'), 0)::bigint AS {move}_n"
    for move in LetterMove
)


async def stocks(prefixes: Iterable[str], *, limit: int, after: StockPlace | None = None) -> Sequence[Row]:
    """The letters of each village of a territory that ever had any, in the order of their codes."""
    found = Conditions()
    found.add(found.under("l.division_code", prefixes))
    if after is not None:
        found.add("l.division_code > {}", after.division_code)
    limited = found.value(limit)
    return await fetch(_STOCKS.format(sums=_SUMS, where=found.sql, limit=limited), *found.values)
