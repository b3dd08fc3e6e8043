"""Every way in which reports, advice and exports say no."""

from datetime import timedelta
from math import ceil

from backend.core.refusals import Forbidden, Invalid, Refusal, Unknown


class ReportUnknown(Unknown):
    """Never issued, or mistyped: one answer for both."""

    code, title = "laboratory/report-unknown", "No such report"

    def __init__(self) -> None:
        super().__init__("There is no report with this number; look at the digits again.")


class ReportBusy(Refusal):
    """Too many reports were checked from one address."""

    status, code, title = 429, "laboratory/report-busy", "Too many reports are checked from here"

    def __init__(self, wait: timedelta) -> None:
        self.retry_after_s = max(1, ceil(wait.total_seconds()))
        super().__init__("Wait {seconds} s and try again: nothing is lost.", seconds=self.retry_after_s)


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
