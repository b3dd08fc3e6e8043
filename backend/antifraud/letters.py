"""Reminder letters: given to a village, signed or declined, lost, returned. Rows are ranges of serials.

A letter is in one place only: a range that overlaps what was given out before is refused, and the refusal names the
letters. A book that is lost stays lost until its row is withdrawn; what was returned may be given out again.
"""

from datetime import datetime, timedelta
from uuid import UUID

from msgspec import convert
from msgspec.structs import replace

from backend.antifraud import letter_queries as queries
from backend.antifraud import rounds
from backend.antifraud.letter_moves import clash, stock
from backend.antifraud.letter_ranges import Serials, SerialWrong, serials
from backend.antifraud.letter_schemas import LettersRecord, LetterStock, Move, NewLetters, StockPlace
from backend.antifraud.outreach_places import PLANNERS, READERS, RECORDERS, check_at, holds, place, prefixes_of
from backend.antifraud.outreach_refusals import LettersElsewhere, LettersNotThere, LettersUnknown, NotYourPlace
from backend.antifraud.outreach_words import LetterMove
from backend.core import clock, creates, ids
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.paging import Page, Position, page, position, position_of
from backend.core.refusals import DifferentArguments, FieldError, Invalid, Refusal
from backend.people.actors import Actor
from backend.territory.tables import Level

MOST_LETTERS = 10_000
"""Of one move to one village; a village has some hundred households, so a longer range is a slip of the pen."""
ONE_TICK = timedelta(microseconds=1)


@transaction
async def issue_letters(*, new: NewLetters, by: Actor) -> Outcome[LettersRecord]:
    """Write down what happened to letters of a village.

    by   supervisors and administrators for all moves; assistants of the village for all but `given`

    Raises Forbidden, NotYourPlace (403), DivisionUnknown, RoundUnknown (404), Invalid (400), LettersElsewhere,
    LettersNotThere, DifferentArguments (409).
    """
    village = await place(
        new.division_code, by=by, roles=PLANNERS if new.move == LetterMove.GIVEN else RECORDERS, village=True
    )
    found = serials_of(new.first, new.last)
    _check(new, found)
    if new.round_id is not None:
        await rounds.visible(new.round_id, by=by)
    id = new.id or ids.uuid7()
    told = [replace(new, id=None, first=str(found), last=None), by.person_id]
    await queries.one_at_a_time(found)
    if (stored := await queries.one(id)) is not None:
        return _again(stored, told)
    recorded_at = await _fits(Move(new.move, found, village.code))
    await queries.insert(
        {
            "id": id,
            "move": new.move.value,
            "prefix": found.prefix,
            "width": found.width,
            "first": found.first,
            "last": found.last,
            "division_code": village.code,
            "round": new.round_id,
            "at": new.at,
            "recorded_at": recorded_at,
            "by": by.person_id,
            "arguments_digest": creates.digest(told),
        }
    )
    return Outcome(_record(await _row(id)), created=True)


def _again(stored: queries.Row, told: object) -> Outcome[LettersRecord]:
    if not creates.same(stored["arguments_digest"], told):
        raise DifferentArguments(
            "Letters {id} were written down before with other content; that stays.", id=str(stored["id"])
        )
    return Outcome(_record(stored), created=False)


def serials_of(first: str, last: str | None) -> Serials:
    """As somebody wrote them. Raises Invalid (400), at /first or /last."""
    found = _read(first, None, "/first")
    return _read(first, last, "/last") if last else found


def _read(first: str, last: str | None, pointer: str) -> Serials:
    try:
        return serials(first, last)
    except SerialWrong as error:
        raise Invalid(errors=[_REASONS[str(error)](pointer)]) from error


def _unreadable(pointer: str) -> FieldError:
    return FieldError(pointer=pointer, detail="A serial ends in up to twelve digits, such as GX2026-004120.")


def _two_books(pointer: str) -> FieldError:
    return FieldError(pointer=pointer, detail="Both serials have to be of one book.")


def _backwards(pointer: str) -> FieldError:
    return FieldError(pointer=pointer, detail="The last serial comes before the first.", code="range")


_REASONS = {"serial_wrong": _unreadable, "books_differ": _two_books, "last_before_first": _backwards}


def _check(new: NewLetters, found: Serials) -> None:
    if found.letters_n > MOST_LETTERS:
        detail = "These are {seen} letters; at most {limit} at once."
        facts = {"seen": found.letters_n, "limit": MOST_LETTERS}
        raise Invalid(errors=[FieldError(pointer="/last", detail=detail, code="range", facts=facts)])
    check_at(new.at)


async def _fits(move: Move) -> datetime:
    """The moment to write it down at, later than all that it rests on. Raises LettersElsewhere, LettersNotThere."""
    rows = await queries.touching(move.serials)
    if wrong := clash([*map(queries.move, rows), move], move.serials):
        raise _clashing(move.move, wrong)
    return max([clock.now(), *(row["recorded_at"] + ONE_TICK for row in rows)])


def _clashing(move: LetterMove, wrong: list[Serials]) -> Refusal:
    letters = [str(each) for each in wrong]
    if move == LetterMove.GIVEN:
        return LettersElsewhere("Letters {letters} are given out already; nothing was written down.", letters=letters)
    return LettersNotThere(
        "Letters {letters} are not in the village's stock; nothing was written down.", letters=letters
    )


async def _row(letters_id: UUID) -> queries.Row:
    row = await queries.one(letters_id)
    if row is None:
        raise LettersUnknown("There are no letters {id} in a place of yours.", id=str(letters_id))
    return row


def _record(row: queries.Row) -> LettersRecord:
    of = queries.move(row).serials
    facts = {name: row[name] for name in ("id", "move", "division_code", "at", "recorded_at", "recorded_by_name")} | {
        "first": str(replace(of, last=of.first)),
        "last": str(replace(of, first=of.last)),
        "letters_n": of.letters_n,
        "round_id": row["round"],
        "recorded_by": row["by"],
        "withdrawn_at": row["withdrawn_at"],
    }
    return convert(facts, LettersRecord)


@transaction
async def withdraw_letters(*, letters_id: UUID, by: Actor) -> LettersRecord:
    """It was a mistake, and counts no more. Twice is harmless. Refused where something rests on it.

    by   whoever wrote it down, or a supervisor or administrator of the place

    Raises Forbidden, NotYourPlace (403), LettersUnknown (404), LettersElsewhere, LettersNotThere (409).
    """
    by.must_have(*RECORDERS)
    row = await _row(letters_id)
    if not holds(by, row["division_code"], RECORDERS):
        raise LettersUnknown("There are no letters {id} in a place of yours.", id=str(letters_id))
    if row["by"] != by.person_id and not holds(by, row["division_code"], PLANNERS):
        raise NotYourPlace("This is withdrawn by whoever wrote it down, or by a supervisor of the place.")
    of = queries.move(row)
    await queries.one_at_a_time(of.serials)
    rest = [queries.move(each) for each in await queries.touching(of.serials) if each["id"] != letters_id]
    if wrong := clash(rest, of.serials):
        raise LettersNotThere(
            "Something else was done with letters {letters} since; withdraw that first.",
            letters=[str(each) for each in wrong],
        )
    if row["withdrawn_at"] is None:
        await queries.withdraw(letters_id, clock.now())
    return _record(await _row(letters_id))


async def get_letters(*, letters_id: UUID, by: Actor) -> LettersRecord:
    """One row of a territory. Raises Forbidden (403), LettersUnknown (404)."""
    by.must_have(*READERS)
    row = await _row(letters_id)
    if not holds(by, row["division_code"], READERS):
        raise LettersUnknown("There are no letters {id} in a place of yours.", id=str(letters_id))
    return _record(row)


async def list_letters(
    *,
    by: Actor,
    division_code: str | None = None,
    move: LetterMove | None = None,
    serial: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[LettersRecord]:
    """What happened to the letters of a territory, the newest first.

    serial   all that ever happened to one letter

    Raises Forbidden, NotYourPlace (403), DivisionUnknown (404), Invalid (400).
    """
    prefixes = await prefixes_of(division_code, by=by, roles=READERS)
    of = serials_of(serial, None) if serial else None
    rows = await queries.newest(prefixes, move=move, serials=of, limit=limit + 1, after=position(cursor))
    return page([_record(row) for row in rows], limit, lambda each: Position(each.recorded_at, each.id))


async def list_stocks(
    *, by: Actor, division_code: str | None = None, limit: int = 50, cursor: str | None = None
) -> Page[LetterStock]:
    """The letters of each village of a territory that ever had any; of one village with the serials that lie there.

    Raises Forbidden, NotYourPlace (403), DivisionUnknown (404), Invalid (400).
    """
    prefixes = await prefixes_of(division_code, by=by, roles=READERS)
    rows = await queries.stocks(prefixes, limit=limit + 1, after=position_of(cursor, StockPlace))
    found = [convert(dict(row), LetterStock) for row in rows]
    if (
        division_code is not None
        and (division := await place(division_code, by=by, roles=READERS)).level == Level.VILLAGE
    ):
        there = [str(each) for each in stock(await queries.of_village(division.code))]
        found = [replace(each, ranges=there) for each in found]
    return page(found, limit, lambda each: StockPlace(each.division_code))
