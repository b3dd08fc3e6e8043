"""What is said no to about warnings."""

from backend.core.refusals import Forbidden, Refusal, Unknown


class PostNotSigned(Refusal):
    """Source, signature or clock of a post do not hold. The same answer for a source nobody knows."""

    status, code, title = 401, "antifraud/post-not-signed", "The post cannot be trusted"


class PostAgain(Refusal):
    """This message id came before, with something else in it."""

    status, code, title = 409, "antifraud/post-again", "This message id was used before"


class WarningUnknown(Unknown):
    """No such warning, or none that this person may see."""

    code, title = "antifraud/warning-unknown", "No such warning"


class NotYourWarning(Forbidden):
    """Somebody else has it now."""

    code, title = "antifraud/not-your-warning", "Somebody else has this warning"


class WarningClosed(Refusal):
    """It has an outcome."""

    status, code, title = 409, "antifraud/warning-closed", "The warning is closed"


class WarningErased(Refusal):
    """Its day's key is gone; nothing can be added to it."""

    status, code, title = 409, "antifraud/warning-erased", "The warning was erased"


class NobodyToTakeIt(Refusal):
    """No one else may take this warning at this moment."""

    status, code, title = 409, "antifraud/nobody-to-take-it", "Nobody can take it over"


class SourceUnknown(Unknown):
    """No such source of warnings, or none of this person's territory."""

    code, title = "antifraud/source-unknown", "No such source of warnings"


class NotYourDivision(Forbidden):
    """The place lies outside the territory in which this may be done."""

    code, title = "antifraud/not-your-division", "Not in your area"
