"""Warnings in words: each level with a shape of its own, how it stands, and what follows from each outcome."""

from typing import NamedTuple

from backend.antifraud.library_lists import list_fraud_types
from backend.antifraud.warning_schemas import FraudWarningRecord
from backend.antifraud.warning_words import AttemptHow, HandedBecause, WarningDoor, WarningOutcome, WarningState
from backend.antifraud.words import WarningLevel
from backend.core.words import Term, language, say


class Sign(NamedTuple):
    """A shape, a tone and a word."""

    shape: str
    tone: str
    word: str


class Ending(NamedTuple):
    """An outcome: its word, when it is the right one, what follows."""

    value: str
    word: str
    when: str
    then: str


_LEVELS = {
    WarningLevel.HIGH: ("◆", "bad", Term("High risk")),
    WarningLevel.MEDIUM: ("▲", "warn", Term("Medium risk")),
    WarningLevel.LOW: ("●", "low", Term("Low risk")),
}
_STATES = {
    WarningState.OPEN: ("■", "bad", Term("Nobody has taken it")),
    WarningState.ACKNOWLEDGED: ("◐", "warn", Term("Somebody has it")),
    WarningState.CLOSED: ("✓", "good", Term("Closed")),
}
HOW = {AttemptHow.CALL: Term("Called"), AttemptHow.SMS: Term("Wrote an SMS"), AttemptHow.VISIT: Term("Went there")}
BECAUSE = {
    HandedBecause.FIRST: Term("rung first"),
    HandedBecause.NOT_ACKNOWLEDGED: Term("the one before did not take it in time"),
    HandedBecause.SHIFT_END: Term("handed over at the end of a shift"),
    HandedBecause.HANDED: Term("handed over"),
}
REASONS = {
    HandedBecause.SHIFT_END: Term("My shift ends"),
    HandedBecause.HANDED: Term("I cannot get there, he is nearer"),
}
_DOORS = {WarningDoor.WEBHOOK: Term("posted by the police centre"), WarningDoor.DESK: Term("typed in at the desk")}
_OUTCOMES = {
    WarningOutcome.DISSUADED: (
        Term("Dissuaded"),
        Term("Nothing was paid, and contact with the swindler has ended."),
        Term("Ask the family to keep an eye on it."),
    ),
    WarningOutcome.TRANSFER_STOPPED: (
        Term("Transfer stopped"),
        Term("It was paid, and bank or police held the money."),
        Term("Keep all records, go to the police station with the person for a statement."),
    ),
    WarningOutcome.ALREADY_LOST: (
        Term("Already lost"),
        Term("The money has gone and was not held."),
        Term("Help to call 110 and the bank now, first of all; the police station registers the case."),
    ),
    WarningOutcome.REFUSED: (
        Term("Would not listen"),
        Term("Told clearly, and still wants to pay."),
        Term("Tell the police station on duty at once, so that an officer goes. After this nobody is rung any more."),
    ),
    WarningOutcome.UNREACHABLE: (
        Term("Could not be reached"),
        Term("Called, wrote and went there, and met nobody."),
        Term("Tell the police station on duty. After this nobody is rung any more; leave it open to try again."),
    ),
    WarningOutcome.MISTAKEN: (
        Term("A mistake"),
        Term("Wrong person, or nothing of the kind."),
        Term("Nothing more to do."),
    ),
}


def level(value: str) -> Sign:
    """高危, 中危, 低危."""
    shape, tone, word = _LEVELS[WarningLevel(value)]
    return Sign(shape, tone, say(word))


def state(one: FraudWarningRecord) -> Sign:
    """How it stands; the outcome where there is one. What was destroyed before anybody closed it waits for nobody."""
    if one.purged_at and not one.outcome:
        return Sign("‖", "", say("destroyed without an outcome"))
    shape, tone, word = _STATES[one.state]
    return Sign(shape, tone, outcome(one.outcome) if one.outcome else say(word))


def levels() -> list[tuple[str, Sign]]:
    """All, the gravest first."""
    return [(each.value, level(each)) for each in WarningLevel]


def outcome(value: str) -> str:
    """How it ended."""
    return say(_OUTCOMES[WarningOutcome(value)][0])


def endings() -> list[Ending]:
    """Every outcome, for whoever has to choose."""
    return [Ending(each.value, *(say(part) for part in parts)) for each, parts in _OUTCOMES.items()]


def how(value: str) -> str:
    """How somebody tried."""
    return say(HOW[AttemptHow(value)])


def hows() -> list[tuple[str, str]]:
    """All of them."""
    return [(each.value, say(word)) for each, word in HOW.items()]


def because(value: str) -> str:
    """Why it went on."""
    return say(BECAUSE[HandedBecause(value)])


def reasons() -> list[tuple[str, str]]:
    """Why one hands over."""
    return [(each.value, say(word)) for each, word in REASONS.items()]


def door(value: str) -> str:
    """How it came."""
    return say(_DOORS[WarningDoor(value)])


def fraud_types() -> list[tuple[str, str]]:
    """Each kind of fraud by its code and its name."""
    chinese = language.get() == "zh"
    return [(each.code, each.name_zh if chinese else each.name_en) for each in list_fraud_types()]


def fraud_type(code: str | None) -> str:
    """A kind of fraud; a code that the library does not know as it came."""
    return dict(fraud_types()).get(code or "", code or "")


def seconds(value: float | None) -> str:
    """A span as one says it."""
    if value is None:
        return "—"
    minutes, rest = divmod(round(value), 60)
    if minutes >= 60:
        return say("{h} h {m} min", h=minutes // 60, m=minutes % 60)
    return say("{m} min {s} s", m=minutes, s=rest) if minutes else say("{s} s", s=rest)
