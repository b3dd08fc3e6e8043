"""Words of an emergency in what somebody says or writes: which line is called first, and what is said to him.

A word too many costs one question, one too few a life: the list is broad, and the script asks before it sends anybody.
Rows of `reference/emergency_words.csv`, dated; a county adds its own.
"""

import csv
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from backend.core import clock
from backend.core.words import Term, say
from backend.hotline.call_schemas import SayFirst
from backend.hotline.words import Line

FILE = Path(__file__).parent / "reference" / "emergency_words.csv"
SCRIPTS = {
    Line.AMBULANCE_120: Term(
        "Is anybody hurt or in danger now? Where exactly? Say: hang up and dial 120, or I put you through and stay on "
        "the line. Whoever was poisoned by gas goes into fresh air; do not move the injured. Write it down afterwards."
    ),
    Line.FIRE_119: Term(
        "Is anybody inside or in danger now? Where exactly? Say: get out, fetch nothing, dial 119 from outside, or I "
        "put you through and stay on the line. Write it down afterwards."
    ),
    Line.POLICE_110: Term(
        "Are you safe now? Where exactly? Say: go where there are people, dial 110, or I put you through and stay on "
        "the line. Whoever speaks of dying is not left alone on the line. Write it down afterwards."
    ),
}


class EmergencyWord(Struct, frozen=True, kw_only=True):
    """One word, the line that is called, and who says so."""

    word: str
    line: Line
    valid_from: date
    valid_to: date | None
    source: str


@cache
def emergency_words() -> tuple[EmergencyWord, ...]:
    """All rows of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        told = [{name: text or None for name, text in row.items()} for row in csv.DictReader(file)]
    return tuple(msgspec.convert(told, list[EmergencyWord], strict=False))


def found_in(
    text: str | None, *, on: date | None = None, words: Sequence[EmergencyWord] | None = None
) -> SayFirst | None:
    """What is said first after these words; the line that most of them name, life before fire before order.

    >>> found_in("俺家麦秸垛着火了，有人喝 农药").line.value, found_in("路灯坏了") is None
    ('120', True)
    """
    day, plain = on or clock.today(), "".join((text or "").split())
    known = emergency_words() if words is None else words
    hits = [
        each
        for each in known
        if each.word in plain and each.valid_from <= day and (each.valid_to is None or day <= each.valid_to)
    ]
    if not hits:
        return None
    lines = [each.line for each in hits]
    first = max(SCRIPTS, key=lambda line: (lines.count(line), -list(SCRIPTS).index(line)))
    return SayFirst(line=first, words=[each.word for each in hits], script=say(SCRIPTS[first]))
