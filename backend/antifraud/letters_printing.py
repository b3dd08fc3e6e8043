"""Reminder letters onto paper: filled in with what is known before anybody is met, for letters that a village has.

Who gets one and who brings it is written by hand at the door; nothing printed says anything of a person.
"""

from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from backend.antifraud import letter_queries as queries
from backend.antifraud.letter_moves import stock
from backend.antifraud.letter_ranges import Serials, without
from backend.antifraud.letters import serials_of
from backend.antifraud.outreach_places import RECORDERS, place
from backend.antifraud.outreach_refusals import LettersNotThere
from backend.antifraud.visitor_boards import VillageBoard, village_boards
from backend.core import clock
from backend.core.refusals import FieldError, Invalid
from backend.kits.letters import MOST_SHEETS, fill_letter
from backend.people.actors import Actor

KIT, LETTER = "antifraud_visit", "reminder"
_COMMITTEES = ("村委会", "居委会")


class PrintedLetters(Struct, frozen=True):
    """The letters of these serials, one after another in one PDF."""

    serials: Serials
    pdf: bytes


async def print_letters(
    *, division_code: str, first: str, last: str | None = None, on: date | None = None, by: Actor
) -> PrintedLetters:
    """The reminder letters of a range of serials that lies in a village's stock. Again is harmless: it is the same.

    last   left out: one letter; digits alone stand for the end of `first`
    on     the day that stands on them; today
    by     supervisors and administrators of the village, and its assistants

    Raises Forbidden, NotYourPlace (403), DivisionUnknown (404), Invalid (400), LettersNotThere (409), and what
    `kits.letters.fill_letter` raises.
    """
    village = await place(division_code, by=by, roles=RECORDERS, village=True)
    found = serials_of(first, last)
    if found.letters_n > MOST_SHEETS:
        raise _too_many(found)
    if missing := without([found], stock(await queries.of_village(village.code))):
        raise LettersNotThere(
            "Letters {letters} are not in the village's stock; nothing was printed.",
            letters=[str(each) for each in missing],
        )
    [board] = await village_boards(division_code=village.code, by=by)
    facts = _facts(board, on or clock.today())
    sheets = [facts | {"serial": str(replace(found, first=n, last=n))} for n in range(found.first, found.last + 1)]
    return PrintedLetters(found, await fill_letter(kit_id=KIT, name=LETTER, sheets=sheets))


def _facts(board: VillageBoard, on: date) -> dict[str, str]:
    """The same on every sheet. A village without a station's public number has a line to write on."""
    return {
        "village": board.township_name + _as_people_say(board.village_name),
        "unit": board.station_name or "",
        "phone": board.station_phone or "",
        "date": f"{on.year}年{on.month}月{on.day}日",
    }


def _as_people_say(name: str) -> str:
    for each in _COMMITTEES:
        name = name.removesuffix(each)
    return name


def _too_many(found: Serials) -> Invalid:
    detail = "These are {seen} letters; at most {limit} at once."
    facts = {"seen": found.letters_n, "limit": MOST_SHEETS}
    return Invalid(errors=[FieldError(pointer="/last", detail=detail, code="range", facts=facts)])
