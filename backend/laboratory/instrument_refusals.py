"""Every way in which instruments, their calibrations, their runs and what they post say no."""

from backend.core.refusals import Forbidden, Refusal, Unknown


class InstrumentUnknown(Unknown):
    """No such instrument, or none that this reader may see."""

    code, title = "laboratory/instrument-unknown", "No such instrument"


class NotYourInstrument(Forbidden):
    """He sees the instrument, and it is not his to keep."""

    code, title = "laboratory/not-your-instrument", "This instrument is not yours to keep"


class InstrumentElsewhere(Refusal):
    """The serial is registered at a desk that is not his."""

    status, code, title = 409, "laboratory/instrument-elsewhere", "This instrument is registered at another desk"


class NotRegistered(Refusal):
    """Only its files told of the instrument so far."""

    status, code, title = 409, "laboratory/not-registered", "Nobody has registered this instrument yet"


class NotOverdue(Refusal):
    """Nothing is blocked, so there is nothing to answer for."""

    status, code, title = 409, "laboratory/not-overdue", "Its calibration is not overdue"


class ImportElsewhere(Refusal):
    """A file came from another instrument than its run, or belongs to a run already."""

    status, code, title = 409, "laboratory/import-of-another-run", "This file does not belong to this run"


class PostRefused(Refusal):
    """A post of an instrument whose signature, clock or nonce does not hold."""

    status, code, title = 401, "laboratory/post-refused", "The instrument's post was not taken"


class PostRepeated(Refusal):
    """What it posts was posted before, and is stored: `import_id`."""

    status, code, title = 409, "laboratory/post-repeated", "This post came before"


class PostUnreadable(Refusal):
    """The body of a post is no JSON document that can be read."""

    status, code, title = 400, "laboratory/post-unreadable", "The post cannot be read"
