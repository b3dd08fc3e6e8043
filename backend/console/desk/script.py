"""What to say when somebody is rung, to be read out as it stands."""

from backend.core.words import Term, say
from backend.hotline.callback_schemas import CallbackRecord
from backend.hotline.words import CallbackReason

HELPED = Term(
    "Hello, this is {name} of {unit}. You told us about “{title}”, and we were told that it is done. "
    "Did it help? Are you satisfied with it?"
)
MISSED = Term("Hello, this is {name} of {unit}. You rang us and nobody answered, I am sorry. What can we do for you?")
PROMISED = Term("Hello, this is {name} of {unit}. We promised to ring you back. What can we do for you?")
WORDS = {CallbackReason.RESOLUTION: HELPED, CallbackReason.MISSED_CALL: MISSED, CallbackReason.PROMISE: PROMISED}


def script(one: CallbackRecord, *, name: str) -> str:
    """For whoever of the desk rings, by his name."""
    return say(WORDS[one.reason], name=name, unit=one.unit_name, title=one.case_title or "")
