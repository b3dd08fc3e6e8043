"""A door in a round: a form's answers become what became of it (`recordOutreach`) and of the letter that was left there
(`issueLetters`), both or neither.

Of two records of one door the later `occurred_at` stands, so a slip is put right by another record. Once the round is
closed no door is taken any more: the phone is told so, and its record stays there until somebody deletes it.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid5

from msgspec import Meta, Struct

from backend.antifraud import rounds
from backend.antifraud.letter_schemas import NewLetters, Serial
from backend.antifraud.letters import issue_letters
from backend.antifraud.outreach_refusals import DoorUnknown, RoundOver
from backend.antifraud.outreach_words import AgeBand, HouseholdMark, LetterMove
from backend.antifraud.round_marks import record_mark
from backend.antifraud.round_schemas import NewHouseholdMark
from backend.core import clock
from backend.core.refusals import FieldError, Refusal
from backend.core.shapes import Moment
from backend.openrosa.answers import shaped, wrong
from backend.openrosa.cards import Home, home_of
from backend.openrosa.mapping_reading import answers_of
from backend.openrosa.round_csv import households_csv, letters_csv, rounds_csv, villages_csv
from backend.openrosa.verb_doors import Became, Sent, VerbDoor
from backend.openrosa.words import RecordKind
from backend.people.actors import Actor

VILLAGE_DIGITS = 12


class Door(Struct, frozen=True, kw_only=True):
    """A door as the phone wrote it, under the names of the form.

    letter   what became of the letter that was handed over: signed for, or the resident would not sign
    """

    id: UUID
    round: UUID
    household_code: Annotated[str, Meta(max_length=40)]
    mark: HouseholdMark
    occurred_at: Moment
    age_band: AgeBand = AgeBand.UNSAID
    letter: LetterMove | None = None
    serial: Serial | None = None


class FilledDoor(Struct, frozen=True):
    """A door that was read. The household's card is looked up when it is recorded."""

    door: Door

    async def record(self, *, by: Actor) -> Became:
        """Raises what `record_mark` and `issue_letters` refuse."""
        home = await home_of(self.door.household_code)
        try:
            await record_mark(round_id=self.door.round, new=_mark(self.door, home), by=by)
        except RoundOver as refusal:
            raise RoundOver(
                "This door counts no more and was not taken. Write a letter that was handed over down on the console, "
                "then delete this record from the phone."
            ) from refusal
        except DoorUnknown as refusal:
            detail = "Household {card} is in no village of yours, or not in this round."
            raise DoorUnknown(detail, card=self.door.household_code) from refusal
        if self.door.letter is not None:
            await issue_letters(new=_letter(self.door, home), by=by)
        return Became(self.door.round, home.division_code[:VILLAGE_DIGITS], frozenset())


def _mark(door: Door, home: Home) -> NewHouseholdMark:
    return NewHouseholdMark(
        id=door.id, household_id=home.id, mark=door.mark, age_band=door.age_band, at=_not_ahead(door.occurred_at)
    )


def _letter(door: Door, home: Home) -> NewLetters:
    """Nothing in it leads back to the door once the mark is gone: its village and its round are all it says."""
    assert door.letter is not None and door.serial is not None  # noqa: PT018, S101 - read so
    return NewLetters(
        id=uuid5(door.id, "letter"),
        move=door.letter,
        first=door.serial,
        division_code=home.division_code[:VILLAGE_DIGITS],
        round_id=door.round,
        at=_not_ahead(door.occurred_at),
    )


def _not_ahead(at: datetime) -> datetime:
    """Nobody knocks after it arrived: the clock of the phone is ahead."""
    return min(at, clock.now())


def _read(sent: Sent) -> FilledDoor:
    return FilledDoor(door_of(sent))


def door_of(sent: Sent) -> Door:
    """What the phone wrote. Raises Invalid (400)."""
    door = shaped({"id": str(sent.instance.record_id)} | answers_of(sent), Door)
    if door.letter not in (None, LetterMove.SIGNED, LetterMove.DECLINED):
        raise wrong(FieldError(pointer="/letter", detail="At a door a letter is signed for, or it is not."))
    if door.letter is not None and door.serial is None:
        raise wrong(FieldError(pointer="/serial", detail="Write the serial that is printed on the letter."))
    return door


async def _amend(round_id: UUID, before: Sent, after: Sent, by: Actor) -> Became:  # noqa: ARG001 - as `VerbDoor.amend`
    """Another record of the door: the later time stands."""
    return await _read(after).record(by=by)


async def _add(round_id: UUID, sent: Sent, by: Actor) -> Became:  # noqa: ARG001 - the form asks for none
    """Files of questions that somebody added to the form."""
    row = await rounds.visible(round_id, by=by)
    return Became(round_id, row["division_code"], frozenset())


ANTIFRAUD_VISIT = VerbDoor(
    verb="recordOutreach",
    becomes=RecordKind.ANTIFRAUD_ROUND,
    read=_read,
    add=_add,
    amend=_amend,
    tells=(Refusal,),  # doors are forgotten: what a round refuses is not kept either
    hidden=True,
    media={
        "rounds.csv": rounds_csv,
        "villages.csv": villages_csv,
        "households.csv": households_csv,
        "letters.csv": letters_csv,
    },
)
