"""Every way in which rounds, letters, talks, checks and cases say no."""

from backend.core.refusals import Forbidden, Refusal, Unknown


class NotYourPlace(Forbidden):
    """The division lies outside the territory of the roles that this asks for."""

    code, title = "antifraud/not-your-place", "This place is not yours"


class RoundUnknown(Unknown):
    """No such round, or none in a place of this reader's."""

    code, title = "antifraud/round-unknown", "No such round"


class RoundOver(Refusal):
    """The round is closed: its marks are gone and its counts stand."""

    status, code, title = 409, "antifraud/round-over", "This round is over"


class DoorUnknown(Unknown):
    """No such household in this round, or none in a village of this assistant's."""

    code, title = "antifraud/door-unknown", "No such household in this round"


class LettersUnknown(Unknown):
    """No such range of letters, or none in a place of this reader's."""

    code, title = "antifraud/letters-unknown", "No such letters"


class LettersElsewhere(Refusal):
    """Some of the letters are with a village already, or went through its hands: `letters`."""

    status, code, title = 409, "antifraud/letters-elsewhere", "These letters were given out before"


class LettersNotThere(Refusal):
    """Some of the letters are not in the village's stock: `letters`."""

    status, code, title = 409, "antifraud/letters-not-there", "The village does not have these letters"


class CheckUnknown(Unknown):
    """No such check, or none in a place of this reader's."""

    code, title = "antifraud/check-unknown", "No such check"


class CheckFixed(Refusal):
    """What was found is put right already, and how stays."""

    status, code, title = 409, "antifraud/check-fixed", "This was put right before"


class FraudCaseUnknown(Unknown):
    """No such case, or none in a place of this reader's."""

    code, title = "antifraud/case-unknown", "No such fraud case"
