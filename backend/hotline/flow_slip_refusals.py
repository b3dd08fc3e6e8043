"""What is said no to about flow slips."""

from backend.core.refusals import Refusal, Unknown


class SlipNumberWrong(Refusal):
    """A digit does not fit the others."""

    status, code, title = 400, "hotline/slip-number-wrong", "The slip's number is mistyped"


class SlipUnknown(Unknown):
    """No such slip, or none that this person may see."""

    code, title = "hotline/slip-unknown", "No such slip"


class SlipVoided(Refusal):
    """It was thrown away."""

    status, code, title = 409, "hotline/slip-voided", "The slip is void"


class SlipTyped(Refusal):
    """It is a case already."""

    status, code, title = 409, "hotline/slip-typed", "The slip is typed in already"
