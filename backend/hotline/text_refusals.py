"""What is said no to about text messages."""

from backend.core.refusals import Refusal, Unknown


class TextUnknown(Unknown):
    """No such text message, or none that this person may see."""

    code, title = "hotline/text-unknown", "No such text message"


class TextTaken(Refusal):
    """Something came of it already."""

    status, code, title = 409, "hotline/text-taken", "The text message is taken"


class TextForgotten(Refusal):
    """Its words and its sender are forgotten."""

    status, code, title = 409, "hotline/text-forgotten", "The text message is forgotten"
