"""Every way in which reports, advice and exports say no."""

from backend.core.refusals import Forbidden, Invalid, Refusal, Unknown


class ReportUnknown(Unknown):
    """No report has this number, or none that this reader may see."""

    code, title = "laboratory/report-unknown", "No such report"


class FindingsWithheld(Forbidden):
    """He sees the sample; what was found is between its farmer and the studio."""

    code, title = "laboratory/findings-withheld", "The farmer has not agreed to share what was found"

    def __init__(self) -> None:
        super().__init__("Ask the farmer; the studio writes down that he agrees.")


class LookFirst(Refusal):
    """An expert owes a second look, and would read here what it is hidden from him for."""

    status, code, title = 409, "laboratory/look-first", "Say first what you see on the strip"

    def __init__(self) -> None:
        super().__init__("You were asked for a second look at this sample; afterwards you read all of it.")


class NothingToReport(Refusal):
    """A report needs a received sample with a result that counts."""

    status, code, title = 409, "laboratory/nothing-to-report", "There is nothing to report yet"


class ReportErased(Refusal):
    """What it said was erased when its time had come; its number and signature are kept."""

    status, code, title = 410, "laboratory/report-erased", "What this report said was erased"


class AdviceUnknown(Unknown):
    """No such advice, or none that this reader may see."""

    code, title = "laboratory/advice-unknown", "No such advice"


class CannotAdvise(Invalid):
    """What was told does not fit the sample, or the formula."""

    code, title = "laboratory/cannot-advise", "No advice can be worked out of this"


class NotToSign(Refusal):
    """Advice without a number, or taken back, is not signed."""

    status, code, title = 409, "laboratory/not-to-sign", "This advice cannot be signed"


class TooMuchToExport(Refusal):
    """A span holds more results than one answer carries."""

    status, code, title = 409, "laboratory/too-much-to-export", "Too much for one answer"
