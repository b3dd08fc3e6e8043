"""What is said no to about callbacks."""

from backend.core.refusals import Forbidden, Refusal, Unknown


class CallbackUnknown(Unknown):
    """No such callback, or none that this person may see."""

    code, title = "hotline/callback-unknown", "No such callback"


class NotYourCallback(Forbidden):
    """Somebody else rings here."""

    code, title = "hotline/not-your-callback", "Somebody else rings here"


class CallbackClosed(Refusal):
    """Nobody has to be rung any more."""

    status, code, title = 409, "hotline/callback-closed", "The callback is closed"
