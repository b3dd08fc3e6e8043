"""Every way in which answering, a second opinion and an outcome say no, beside what advice may not say."""

from backend.core.refusals import Refusal, Unknown


class NotAnswered(Refusal):
    """There is no answer yet about which that could be said."""

    status, code, title = 409, "diagnosis/not-answered", "There is no answer yet"


class OpinionUnknown(Unknown):
    """No such second opinion, or none that was asked of this person."""

    code, title = "diagnosis/second-opinion-unknown", "No such second opinion"


class OpinionGiven(Refusal):
    """He has given his second opinion; it stays."""

    status, code, title = 409, "diagnosis/second-opinion-given", "Your second opinion was given before"


class AskedBefore(Refusal):
    """That expert was asked about it before; one is asked once."""

    status, code, title = 409, "diagnosis/asked-before", "That expert was asked before"


class NobodyAble(Refusal):
    """No other expert is able for this crop in this place."""

    status, code, title = 409, "diagnosis/nobody-able", "Nobody else is able for it"


class OnesOwnAnswer(Refusal):
    """Whoever gave the first answer cannot judge it blind."""

    status, code, title = 409, "diagnosis/ones-own-answer", "A second opinion is somebody else's"
