"""How something is told to the farmer: a picture, a word, a sentence; substances by their names, the first few only."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from msgspec import Struct

from backend.core.words import language, say
from backend.laboratory.judgement_reasons import Name
from backend.laboratory.public import Finding


def _(msgid: str) -> str:
    return msgid


class Picture(StrEnum):
    """What he sees first: its shape and colour say it without a word, as a road sign does."""

    WAIT = "wait"
    CLEAR = "clear"
    WATCH = "watch"
    STOP = "stop"
    REDO = "redo"
    OPEN = "open"
    SOIL = "soil"


class Told(Struct, frozen=True):
    """What the page says. `to_do`: the most urgent first. `no_proof`: what it is not."""

    picture: Picture
    word: str
    means: str
    to_do: tuple[str, ...]
    no_proof: tuple[str, ...] = ()


MOST_NAMES = 4
NOT_FINE_YET = _("Until then do not take it for fine.")
ASK_WHY = _("Ring us and ask what is missing.")


def undecided(these: Sequence[Finding]) -> Told:
    """Measured, and no rule could say anything: why not."""
    why = next((str(each.reading.reasons[0]) for each in these if each.reading.reasons), "")
    means = say(_("It was measured, but nothing can be said of it yet. {why}"), why=why)
    return Told(Picture.OPEN, _("Nothing can be said yet"), means.strip(), (ASK_WHY, NOT_FINE_YET))


def names(findings: Iterable[Finding]) -> list[str]:
    """The first few by name: he is to read one sentence."""
    named = [name_of(each.reading.name) for each in findings]
    if len(named) <= MOST_NAMES:
        return named
    return [*named[: MOST_NAMES - 1], say(_("{n} more"), n=len(named) - MOST_NAMES + 1)]


def name_of(name: Name) -> str:
    """In the reader's language."""
    return name.zh if language.get() == "zh" else name.en
