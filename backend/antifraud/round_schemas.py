"""The shapes of rounds from door to door on the wire."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from backend.antifraud.outreach_words import AgeBand, HouseholdMark
from backend.core.refusals import Refusal
from backend.core.shapes import NO_NUL, Code, DivisionCode, Moment

RoundName = Annotated[str, Meta(min_length=1, max_length=120, pattern=NO_NUL)]
MOST_MARKS = 1_000


class NewRound(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A round through all villages of a division, from its first day to its last, both included."""

    name: RoundName
    division_code: DivisionCode
    begins_on: date
    ends_on: date
    fraud_type: Code | None = None
    id: UUID | None = None


class RoundRecord(Struct, frozen=True, kw_only=True):
    """A round. `closed_at`: what became of each door is forgotten, the counts per village stand."""

    id: UUID
    name: str
    division_code: str
    division_name: str
    fraud_type: str | None
    begins_on: date
    ends_on: date
    closed_at: datetime | None
    made_at: datetime


class RoundVillage(Struct, frozen=True, kw_only=True):
    """How far a round has come in one village.

    households_n   cards that are open; of a closed round, that were open when it closed
    visited_n      and the two beside it: null in a village of fewer than five households, but for its assistant at work
    """

    division_code: str
    name: str | None
    households_n: int
    visited_n: int | None
    absent_n: int | None
    declined_n: int | None


class RoundProgress(RoundRecord, frozen=True, kw_only=True):
    """A round with its villages as far as the reader's territory goes, in the order of their codes.

    The sums are of villages whose numbers are told. left_n   doors at which nobody has knocked
    """

    households_n: int
    visited_n: int
    absent_n: int
    declined_n: int
    left_n: int
    villages: list[RoundVillage]


class NewHouseholdMark(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of a door, and of which age who opened seemed to be; nothing else about him.

    at   when somebody knocked; of several marks of one door the latest stands, in whatever order they come
    """

    household_id: UUID
    mark: HouseholdMark
    at: Moment
    age_band: AgeBand = AgeBand.UNSAID
    id: UUID | None = None


class MarkOutcome(StrEnum):
    """What became of one mark. superseded: it came, and a later mark of the same door stands."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"
    REFUSED = "refused"


class MarkVerdict(Struct, frozen=True, kw_only=True):
    """One mark's verdict. `index` counts from 0; `problem` has the members of RFC 9457 where it was refused."""

    index: int
    id: UUID | None
    outcome: MarkOutcome
    problem: dict[str, Any] | None = None


class MarksVerdict(Struct, frozen=True, kw_only=True):
    """What became of a batch. What is counted as anything but `refused` is on disk, or a later mark is."""

    stored: int
    duplicate: int
    superseded: int
    refused: int
    rows: list[MarkVerdict]


class JudgedMark(Struct, frozen=True, kw_only=True):
    """A mark before it is told to anybody: what became of it, or why it was refused."""

    id: UUID | None
    outcome: MarkOutcome
    refusal: Refusal | None = None


class DoorToKnock(Struct, frozen=True, kw_only=True):
    """A household at which nobody was met so far. `absent_at`: somebody knocked and nobody was at home."""

    household_id: UUID
    code: str
    division_code: str
    absent_at: datetime | None


class DoorPlace(Struct, frozen=True, array_like=True):
    """The place of a door in its list, for a cursor."""

    division_code: str
    code: str
