"""The shapes of reminder letters on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.antifraud.letter_ranges import Serials
from backend.antifraud.outreach_words import LetterMove
from backend.core.shapes import NO_NUL, DivisionCode, Moment

Serial = Annotated[str, Meta(min_length=1, max_length=40, pattern=NO_NUL)]


class NewLetters(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happened to letters of one book, from serial to serial, both included.

    move   given: a village got them; the others take them from its stock
    last   left out: one letter; digits alone stand for the end of `first`
    at     when it happened
    """

    move: LetterMove
    first: Serial
    division_code: DivisionCode
    at: Moment
    last: Serial | None = None
    round_id: UUID | None = None
    id: UUID | None = None


class LettersRecord(Struct, frozen=True, kw_only=True):
    """What happened to letters. `withdrawn_at`: it was a mistake, and counts no more."""

    id: UUID
    move: LetterMove
    first: str
    last: str
    letters_n: int
    division_code: str
    round_id: UUID | None
    at: datetime
    recorded_at: datetime
    recorded_by: UUID
    recorded_by_name: str
    withdrawn_at: datetime | None


class LetterStock(Struct, frozen=True, kw_only=True):
    """The letters of a village. `stock_n` is what it was given without all the others.

    ranges   what lies there, as serials; null where more than one village was asked for
    """

    division_code: str
    name: str | None
    given_n: int
    signed_n: int
    declined_n: int
    lost_n: int
    returned_n: int
    stock_n: int
    ranges: list[str] | None = None


class StockPlace(Struct, frozen=True, array_like=True):
    """The place of a village in the list of stocks, for a cursor."""

    division_code: str


class Move(Struct, frozen=True):
    """What happened to letters, as the rules need it."""

    move: LetterMove
    serials: Serials
    division_code: str
