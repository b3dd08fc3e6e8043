"""Callbacks as people read them: why somebody is rung, who follows it, how it ended."""

from backend.core.words import Term, say
from backend.hotline.callback_schemas import CallbackRecord
from backend.hotline.words import CallbackReason, CallbackState, Supervised

REASONS = {
    CallbackReason.MISSED_CALL: Term("We missed his call"),
    CallbackReason.RESOLUTION: Term("Ask whether it helped"),
    CallbackReason.PROMISE: Term("He was promised it"),
}
SUPERVISED = {
    Supervised.EMERGENCY: Term("Supervised: it was an emergency"),
    Supervised.REPEATED: Term("Supervised: it came up again"),
    Supervised.RUDENESS: Term("Supervised: a complaint about conduct"),
    Supervised.DISSATISFIED: Term("Supervised: he was not satisfied"),
}
STATES = {
    CallbackState.OPEN: Term("To be rung"),
    CallbackState.REACHED: Term("Reached"),
    CallbackState.UNREACHABLE: Term("Could not be reached"),
    CallbackState.MOOT: Term("Not needed any more"),
}
JUDGED = {
    "satisfied": Term("He is satisfied"),
    "dissatisfied": Term("He is not satisfied"),
}


def reason(value: CallbackReason) -> str:
    """Why he is rung."""
    return say(REASONS[value])


def supervised(value: Supervised) -> str:
    """Why a supervisor follows it."""
    return say(SUPERVISED[value])


def ending(one: CallbackRecord) -> str:
    """What came of it: what he said, where he said something."""
    return say(JUDGED.get(one.satisfaction or "", STATES[one.state]))
