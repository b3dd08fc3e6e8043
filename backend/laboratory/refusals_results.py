"""Every way in which results, measuring again, second looks and limits say no."""

from backend.core.refusals import Forbidden, Invalid, Refusal, Unknown


class ResultUnknown(Unknown):
    """No such result, or none that this reader may read."""

    code, title = "laboratory/result-unknown", "No such result"


class NotThisBench(Forbidden):
    """Only those who test it decide about it."""

    code, title = "laboratory/not-this-bench", "Not your bench"


class RetestUnknown(Unknown):
    """No such retest, or none that this reader may read."""

    code, title = "laboratory/retest-unknown", "No such retest"


class NoObjection(Refusal):
    """A free test is advice: there is nothing to object to."""

    status, code, title = 409, "laboratory/no-objection", "A free test has no objection"


class ObjectionLate(Refusal):
    """The time to object is over."""

    status, code, title = 409, "laboratory/objection-late", "The time to object is over"


class RapidMethod(Refusal):
    """A rapid method confirms nothing and settles no objection."""

    status, code, title = 409, "laboratory/rapid-method", "A rapid method is not enough"


class RetestOpen(Refusal):
    """The same was asked for before and still waits."""

    status, code, title = 409, "laboratory/retest-open", "It was asked for before"


class RetestClosed(Refusal):
    """It is answered or withdrawn; it stays as it is."""

    status, code, title = 409, "laboratory/retest-closed", "It is closed"


class Inconclusive(Refusal):
    """The result says nothing that could answer it."""

    status, code, title = 409, "laboratory/inconclusive", "This result decides nothing"


class NoStrip(Refusal):
    """A second look is for what eyes read: a strip."""

    status, code, title = 409, "laboratory/no-strip", "This is no strip"


class NobodyToLook(Refusal):
    """No expert of the studio is there who has not read it."""

    status, code, title = 409, "laboratory/nobody-to-look", "No expert is there"


class LookUnknown(Unknown):
    """No such second look, or none for this reader."""

    code, title = "laboratory/second-look-unknown", "No such second look"


class LookDone(Refusal):
    """He has said what he sees; it stays."""

    status, code, title = 409, "laboratory/second-look-done", "It was said before"


class CutoffWrong(Invalid):
    """A cut-off that nothing could be judged by."""

    code, title = "laboratory/cutoff-wrong", "This cut-off cannot be"
