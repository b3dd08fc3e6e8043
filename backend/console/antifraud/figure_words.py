"""The campaign's figures in words: what went up or down, how long something took, how a day's run was broken."""

from collections.abc import Callable
from datetime import timedelta

from msgspec import Struct

from backend.antifraud.fraud_figure_schemas import FraudCaseFigures, FraudFigures, YearOnYear
from backend.antifraud.warning_words import WarningOutcome
from backend.antifraud.words import WarningLevel
from backend.console.antifraud.wording import money
from backend.core.words import Term, say

LEVELS = {
    WarningLevel.HIGH: Term("▲▲ High"),
    WarningLevel.MEDIUM: Term("▲ Medium"),
    WarningLevel.LOW: Term("△ Low"),
}
OUTCOMES = {
    WarningOutcome.DISSUADED: Term("Talked out of it"),
    WarningOutcome.TRANSFER_STOPPED: Term("Transfer stopped"),
    WarningOutcome.ALREADY_LOST: Term("Money gone already"),
    WarningOutcome.REFUSED: Term("Would not listen"),
    WarningOutcome.UNREACHABLE: Term("Not reached"),
    WarningOutcome.MISTAKEN: Term("A false alarm"),
}


class Compared(Struct, frozen=True):
    """One line: what it is, this span, the span before, and the difference with its arrow."""

    what: str
    now: str
    before: str
    arrow: str
    difference: str


def compared(figures: FraudFigures) -> list[Compared]:
    """Cases, losses and loss per case; always all three."""
    now, before, change = figures.cases, figures.year_before, figures.year_on_year
    if now is None or before is None or change is None:
        return []
    return [
        _line(say("Registered cases"), now.cases_n, before.cases_n, change.cases_pct, _cases),
        _line(say("Losses"), now.loss_yuan, before.loss_yuan, change.loss_pct, money),
        _line(say("Loss per case"), now.loss_per_case_yuan, before.loss_per_case_yuan, change.loss_per_case_pct, money),
    ]


def _line(
    what: str, now: float | None, before: float | None, pct: float | None, told: Callable[[float], str]
) -> Compared:
    shown = told(now) if now is not None else "—", told(before) if before is not None else "—"
    if now is None or before is None or pct is None:
        return Compared(what, *shown, "·", say("Nothing to compare with."))
    by = told(abs(now - before))
    if now > before:
        return Compared(what, *shown, "↑", say("{by} more, up {pct} %", by=by, pct=f"{abs(pct):g}"))
    if now < before:
        return Compared(what, *shown, "↓", say("{by} less, down {pct} %", by=by, pct=f"{abs(pct):g}"))
    return Compared(what, *shown, "=", say("as many as then"))


def _cases(n: float) -> str:
    return say("{n} cases", n=f"{n:g}")


def warned_by(now: FraudCaseFigures | None, change: YearOnYear | None) -> str | None:
    """What one of the three would hide if it were read alone."""
    if now is None or change is None or change.cases_pct is None or change.loss_per_case_pct is None:
        return None
    if change.cases_pct < 0 < change.loss_per_case_pct:
        return say("Fewer cases, and each cost more: the number of cases alone would tell only half of it.")
    if change.loss_per_case_pct < 0 < change.cases_pct:
        return say("Each case cost less, and there were more of them: look at both.")
    return None


def lasted(seconds: float | None) -> str:
    """How long something took, as one says it."""
    if seconds is None:
        return "—"
    whole = timedelta(seconds=round(seconds))
    minutes, rest = divmod(int(whole.total_seconds()), 60)
    if minutes >= 60:
        return say("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)
    return say("{minutes} min {seconds} s", minutes=minutes, seconds=rest) if minutes else say("{n} s", n=rest)
