"""The tables that the round's form chooses from, as CSV: they say what an assistant may choose, and nobody's mark.

The bytes follow from the rows, so that a phone fetches a table again exactly when it changed.
"""

import csv
from collections.abc import Iterable
from io import StringIO

from backend.antifraud import round_lists
from backend.people.actors import Actor


async def rounds_csv(by: Actor) -> bytes:
    """Rounds that run: `prefix` of the villages they go through, first and last day."""
    rows = [(each.id, each.name, each.prefix, each.begins_on, each.ends_on) for each in await round_lists.rounds_of(by)]
    return written(("name", "label", "prefix", "begins_on", "ends_on"), rows)


async def villages_csv(by: Actor) -> bytes:
    """Villages of this assistant that a round goes through."""
    return written(("name", "label"), [(each.code, each.name) for each in await round_lists.villages_of(by)])


async def households_csv(by: Actor) -> bytes:
    """Card numbers of those villages; no name, no address."""
    cards = await round_lists.cards_of(by)
    return written(("name", "label", "village"), [(each.code, each.code, each.village) for each in cards])


async def letters_csv(by: Actor) -> bytes:
    """Letters in the stock of those villages, from serial to serial: `prefix`, then `width` digits."""
    rows = [
        (each, each, village, each.prefix, each.width, each.first, each.last)
        for village, each in await round_lists.letters_of(by)
    ]
    return written(("name", "label", "village", "prefix", "width", "first", "last"), rows)


def written(header: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    """A table as a phone reads it."""
    text = StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(header)
    lines.writerows(rows)
    return text.getvalue().encode()
