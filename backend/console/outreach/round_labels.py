"""The words of a round as people read them."""

from typing import Any

from backend.antifraud.outreach_words import AgeBand, HouseholdMark, LetterMove
from backend.antifraud.round_schemas import RoundVillage
from backend.console import labels
from backend.core.words import say

MARKS = {HouseholdMark.VISITED: "Met", HouseholdMark.ABSENT: "Nobody home", HouseholdMark.DECLINED: "Rather not"}
SIGNS = {HouseholdMark.VISITED: "✓", HouseholdMark.ABSENT: "○", HouseholdMark.DECLINED: "－"}
AGES = {
    AgeBand.UNSAID: "cannot tell",
    AgeBand.UNDER_18: "under 18",
    AgeBand.FROM_18: "18 to 40",
    AgeBand.FROM_41: "41 to 65",
    AgeBand.OVER_65: "over 65",
}
NO_LETTER = "none"
LETTERS = {
    NO_LETTER: "no letter",
    LetterMove.SIGNED.value: "signed for",
    LetterMove.DECLINED.value: "taken, not signed",
}


def place(village: RoundVillage) -> str:
    """A village as people call it."""
    return labels.place(village.name) if village.name else village.division_code


def marks() -> list[tuple[str, str, str]]:
    """Each mark's word, its sign and its label, in the order of the buttons."""
    return [(mark.value, SIGNS[mark], say(label)) for mark, label in MARKS.items()]


def ages() -> list[tuple[str, str]]:
    """Each age band's word and label; not knowing comes first and is fine."""
    return [(band.value, say(label)) for band, label in AGES.items()]


def letter_ways() -> list[tuple[str, str]]:
    """What may become of a letter at a door."""
    return [(move, say(label)) for move, label in LETTERS.items()]


def script_words() -> dict[str, Any]:
    """What the page's script says."""
    said = {
        "waiting": "{n} waiting to be sent",
        "all_sent": "all sent",
        "offline": "no signal",
        "sign_in": "Sign in to send",
        "other_person": "Somebody else is signed in here; these doors wait for whoever knocked.",
        "discard": "Discard",
        "discard_sure": "Discard this door? It is on this phone only.",
        "change": "Change",
        "missed": "{n} came after the round was closed. They were not counted, and are deleted here too.",
        "letter": "letter",
        "letter_absent": "Nobody was home, so nobody took a letter: tap “no letter”.",
        "letter_sent": "Letter {serial} is written down already. If it was another one, put it right under Letters.",
        "serial_missing": "Which letter? Type its serial.",
        "over": "This round is over. Its doors are deleted from this phone.",
    }
    return {name: say(text) for name, text in said.items()} | {
        "marks": {value: f"{sign} {label}" for value, sign, label in marks()},
        "letters": dict(letter_ways()),
    }
