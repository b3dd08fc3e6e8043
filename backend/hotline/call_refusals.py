"""What is said no to about exchanges, gateways and calls."""

from backend.core.refusals import Forbidden, Refusal, Unknown


class LinePostNotSigned(Refusal):
    """System, signature or clock of a post do not hold. The same answer for a system nobody knows."""

    status, code, title = 401, "hotline/post-not-signed", "The post cannot be trusted"


class LinePostAgain(Refusal):
    """This message id came before, with something else in it."""

    status, code, title = 409, "hotline/post-again", "This message id was used before"


class SystemUnknown(Unknown):
    """No such exchange or gateway, or none of this person's territory."""

    code, title = "hotline/system-unknown", "No such exchange or gateway"


class NotYourLine(Forbidden):
    """The unit or place lies outside the territory in which this may be done."""

    code, title = "hotline/not-your-line", "Not in your area"


class CallUnknown(Unknown):
    """No such call, or none that this person may see."""

    code, title = "hotline/call-unknown", "No such call"


class CallTaken(Refusal):
    """Somebody else talks to the caller, or nobody could: it was missed."""

    status, code, title = 409, "hotline/call-taken", "The call cannot be taken"


class CallWrappedUp(Refusal):
    """It is said already what became of it."""

    status, code, title = 409, "hotline/call-wrapped-up", "The call is wrapped up"
