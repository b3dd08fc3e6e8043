"""The words of letters as people read them."""

from backend.antifraud.outreach_words import LetterMove
from backend.core.words import say

MOVES = {
    LetterMove.GIVEN: "handed out to the village",
    LetterMove.SIGNED: "signed for",
    LetterMove.DECLINED: "taken, not signed",
    LetterMove.LOST: "lost",
    LetterMove.RETURNED: "returned",
}
SIGNS = {
    LetterMove.GIVEN: "＋",
    LetterMove.SIGNED: "✓",
    LetterMove.DECLINED: "－",
    LetterMove.LOST: "？",
    LetterMove.RETURNED: "↩",
}


def move(value: str) -> str:
    """One move with its sign."""
    return f"{SIGNS[LetterMove(value)]} {say(MOVES[LetterMove(value)])}"


def moves(*, gives: bool) -> list[tuple[str, str]]:
    """What may be written down, handing out only by those who do."""
    return [(each.value, move(each)) for each in MOVES if gives or each != LetterMove.GIVEN]


def span(first: str, last: str) -> str:
    """Letters from one to another, or one."""
    return first if first == last else f"{first} – {last}"
