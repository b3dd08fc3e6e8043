"""Firms' matters as people read them: where one stands, and the clock that runs."""

from backend.console import clock_labels
from backend.console.clock_labels import ClockShown
from backend.core.words import Term, say
from backend.hotline.firm_schemas import EnterpriseCaseRecord
from backend.hotline.words import FirmCaseState

STATES = {
    FirmCaseState.OPEN: Term("Waits for a leader's word"),
    FirmCaseState.ENDORSED: Term("Endorsed, being worked on"),
    FirmCaseState.CLOSED: Term("Settled, the firm was told"),
}


def state(one: EnterpriseCaseRecord) -> str:
    """In a word."""
    return say(STATES[one.state])


def clocks(one: EnterpriseCaseRecord) -> list[ClockShown]:
    """Those that run first, the nearest before the others."""
    return sorted(map(clock_labels.shown, one.clocks), key=lambda each: (not each.runs, str(each.due_at)))


def tone(one: EnterpriseCaseRecord) -> str:
    """Of the clock that matters now; none once it is settled."""
    return next((each.tone for each in clocks(one) if each.runs), "")
