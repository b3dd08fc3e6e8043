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


class NotYourFollowUp(Forbidden):
    """It is for a supervisor of the place."""

    code, title = "hotline/not-your-follow-up", "A supervisor follows this"


class NotFollowed(Refusal):
    """It is not under supervision."""

    status, code, title = 409, "hotline/not-followed", "Nobody has to follow this callback"
