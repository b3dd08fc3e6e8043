"""What a phone takes along on a round: rounds that run, its assistant's villages, card numbers and letters. No mark."""

from datetime import date
from itertools import groupby
from uuid import UUID

from msgspec import Struct, convert

from backend.antifraud import round_list_queries as queries
from backend.antifraud import round_queries
from backend.antifraud.letter_moves import stock
from backend.antifraud.letter_queries import move
from backend.antifraud.letter_ranges import Serials
from backend.antifraud.outreach_places import shared
from backend.antifraud.round_marks import ASSISTANTS
from backend.core import clock
from backend.people.actors import Actor

MOST_ROUNDS = 200


class RunningRound(Struct, frozen=True):
    """A round that is not closed; it goes through what lies under `prefix`."""

    id: UUID
    name: str
    prefix: str
    begins_on: date
    ends_on: date


class Village(Struct, frozen=True):
    """A village that a running round goes through."""

    code: str
    name: str


class Card(Struct, frozen=True):
    """A household by the number of its card, and no more of it."""

    code: str
    village: str


async def rounds_of(by: Actor) -> list[RunningRound]:
    """Rounds through villages of `by`, the newest first. Raises Forbidden (403)."""
    by.must_have(*ASSISTANTS)
    rows = await round_queries.newest(by.prefixes(ASSISTANTS), running=True, limit=MOST_ROUNDS, after=None)
    return [convert({name: row[name] for name in RunningRound.__struct_fields__}, RunningRound) for row in rows]


async def villages_of(by: Actor) -> list[Village]:
    """Villages of `by` that a round goes through. Raises Forbidden (403)."""
    rows = await queries.villages(await _prefixes(by), day=clock.today())
    return [convert(dict(row), Village) for row in rows]


async def cards_of(by: Actor) -> list[Card]:
    """Open cards of those villages, whatever became of their doors: a phone that is lost tells of nobody.

    Raises Forbidden (403).
    """
    return [convert(dict(row), Card) for row in await queries.cards(await _prefixes(by))]


async def letters_of(by: Actor) -> list[tuple[str, Serials]]:
    """What lies in the stock of those villages: village and range. Raises Forbidden (403)."""
    moves = map(move, await queries.letter_moves(await _prefixes(by)))
    villages = groupby(moves, key=lambda each: each.division_code)
    return [(village, letters) for village, moved in villages for letters in stock(moved)]


async def _prefixes(by: Actor) -> list[str]:
    found = {prefix for each in await rounds_of(by) for prefix in shared(each.prefix, by, ASSISTANTS)}
    return sorted(found)
