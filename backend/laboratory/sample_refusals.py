"""Every way in which samples, their hands and their slips say no."""

from datetime import timedelta
from math import ceil

from backend.core.refusals import Forbidden, Refusal, Unknown


class SampleUnknown(Unknown):
    """No such sample, or none that this reader may see."""

    code, title = "laboratory/sample-unknown", "No such sample"


class SampleCodeTaken(Refusal):
    """Another bag with this code came to the same desk on the same day."""

    status, code, title = 409, "laboratory/sample-code-taken", "This code is on another bag of that day"


class NoDesk(Refusal):
    """Nobody in this place tests samples yet."""

    status, code, title = 409, "laboratory/no-desk", "There is no desk that tests samples here"


class NotYourSample(Forbidden):
    """He sees the sample, and it is not his to handle."""

    code, title = "laboratory/not-your-sample", "This sample is not yours to handle"


class NotReceived(Refusal):
    """Nobody received the sample, or it turned out to be another one."""

    status, code, title = 409, "laboratory/not-received", "The sample was not received"


class ThereAlready(Refusal):
    """A sample is handed over to where it is."""

    status, code, title = 409, "laboratory/there-already", "The sample is there already"


class JoinedAlready(Refusal):
    """A held sample turned out to be another one before."""

    status, code, title = 409, "laboratory/joined-already", "It was joined to another sample"


class CannotJoin(Refusal):
    """These two cannot be one and the same."""

    status, code, title = 409, "laboratory/cannot-join", "These two cannot be joined"


class CannotSeparate(Refusal):
    """What was joined stays together: something was made of both, or nothing tells them apart."""

    status, code, title = 409, "laboratory/cannot-separate", "These two cannot be separated"


class KeptByLaw(Refusal):
    """What the authority sampled is not a farmer's to have forgotten."""

    status, code, title = 409, "laboratory/kept-by-law", "This record is kept by law"


class SlipVoid(Unknown):
    """Never made, forgotten, or mistyped: one answer for all of them."""

    code, title = "laboratory/slip-void", "This slip opens nothing"

    def __init__(self) -> None:
        super().__init__("Scan the code on your slip again, or ask where you handed the sample in.")


class SlipBusy(Refusal):
    """Too many wrong codes came from one address."""

    status, code, title = 429, "laboratory/slip-busy", "Too many codes that open nothing"

    def __init__(self, wait: timedelta) -> None:
        self.retry_after_s = max(1, ceil(wait.total_seconds()))
        super().__init__("Wait {seconds} s and try again: nothing is lost.", seconds=self.retry_after_s)
