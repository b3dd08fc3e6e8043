"""Text messages as people read them: what the code asks for, where a message stands, how far an answer came."""

from backend.console import notice_labels
from backend.core.words import Term, say
from backend.hotline.text_rules import short_codes
from backend.hotline.text_schemas import TextRecord
from backend.hotline.words import TextState
from backend.push.states import DeliveryState
from backend.push.told_citizens import Told

STATES = {
    TextState.RECEIVED: ("■", "bad", Term("Waits to be read")),
    TextState.UNROUTABLE: ("■", "bad", Term("Waits to be read")),
    TextState.CASE: ("✓", "good", Term("Became a case")),
    TextState.ANSWERED: ("✓", "good", Term("Seen to")),
}
WAITING = (TextState.RECEIVED, TextState.UNROUTABLE)
ARRIVED = (DeliveryState.DELIVERED, DeliveryState.SHOWN)
UNDERWAY = (DeliveryState.SCHEDULED, DeliveryState.PENDING, DeliveryState.ACCEPTED)


def state(one: TextRecord) -> tuple[str, str, str]:
    """Its sign, tone and word."""
    sign, tone, word = STATES[one.state]
    if one.state is TextState.ANSWERED and one.taken_by is None:
        word = Term("Answered by itself")
    return sign, tone, say(word)


def waits(one: TextRecord) -> bool:
    """Whether somebody has to make something of it."""
    return one.state in WAITING


def code(one: TextRecord) -> str:
    """What the sender asked for."""
    if one.code is None:
        return say("Without a short code")
    name = next((each.name_zh for each in short_codes() if each.code == one.code), "")
    return f"{one.code} {name}" if name != one.code else name


def delivery(one: Told) -> tuple[str, str, str]:
    """How far a message came: sign, tone and word."""
    sign, tone = ("✓", "good") if one.state in ARRIVED else ("…", "") if one.state in UNDERWAY else ("✕", "bad")
    return sign, tone, notice_labels.delivery(one.state)
