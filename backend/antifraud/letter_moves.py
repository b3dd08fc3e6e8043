"""Which moves of letters can be: replayed in the order in which they were written down. Pure."""

from collections import defaultdict
from collections.abc import Iterable

from backend.antifraud.letter_ranges import Serials, in_both, together, without
from backend.antifraud.letter_schemas import Move
from backend.antifraud.outreach_words import LetterMove


def clash(moves: Iterable[Move], within: Serials) -> list[Serials]:
    """The letters of the first move that cannot be; nothing where all of them can.

    Given out is what is with nobody: never given, or returned. All else is done with what lies in the village.

    within   only these letters are looked at, so that moves which reach beyond need not be there whole
    """
    out: list[Serials] = []
    stock: defaultdict[str, list[Serials]] = defaultdict(list)
    for each in moves:
        letters = in_both([each.serials], [within])
        given = each.move == LetterMove.GIVEN
        there = stock[each.division_code]
        if wrong := in_both(letters, out) if given else without(letters, there):
            return wrong
        stock[each.division_code] = together([*there, *letters]) if given else without(there, letters)
        if given:
            out = together([*out, *letters])
        elif each.move == LetterMove.RETURNED:
            out = without(out, letters)
    return []


def stock(moves: Iterable[Move]) -> list[Serials]:
    """What lies in a village after all of its moves."""
    there: list[Serials] = []
    for each in moves:
        given = each.move == LetterMove.GIVEN
        there = together([*there, each.serials]) if given else without(there, [each.serials])
    return there
