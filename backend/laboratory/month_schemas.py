"""The shape of the monthly table. A null says: too few to be told, or none at all."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from backend.cases.schemas import UnitShown


class Counted(Struct, frozen=True, kw_only=True):
    """How many of one kind; `code` is a word of ours or a unit's id, `says` is for people."""

    code: str
    says: str
    n: int | None


class HoursTaken(Struct, frozen=True, kw_only=True):
    """How long it took `n` samples: half of them, and nine in ten, in hours."""

    n: int
    median_hours: float | None
    p90_hours: float | None


class Agreement(Struct, frozen=True, kw_only=True):
    """`n` of `of` second looks saw the same; `share` from 0 to 1, null of none."""

    n: int
    of: int
    share: float | None


class LabMonth(Struct, frozen=True, kw_only=True):
    """A month at one desk or several, on a calendar in Shandong.

    least            0: this reader tests these samples. Else of findings no number below it is told, for a farmer's
                     free test is his; null: nothing of them, because there are too few, or of several desks at once
    samples          that came in the month; held: came in a file of the month, and nobody knows yet whose
    results          that came in the month; by_verdict: `graded` is soil, `undecided` a value about which no rule says
                     anything; disagreements: the instrument says otherwise
    result_hours     from the sample's coming to its first result; report_hours: to its first report; both of samples
                     that came in the month and have one
    hand_over_hours  of samples that came elsewhere, to the desk that tests them
    retests          asked for in the month, by kind; retests_open, retests_late: of all, now
    second_looks     asked for in the month; agreement: of those that were answered
    reports          issued in the month; superseded: of these, those that a later one stands for
    """

    month: str
    counted_from: datetime
    counted_to: datetime
    units: list[UnitShown]
    least: int | None
    samples: int
    by_kind: list[Counted]
    by_run_kind: list[Counted]
    by_drop_off: list[Counted]
    held: int
    results: int
    by_verdict: list[Counted]
    disagreements: int | None
    runs: int
    invalid_runs: int
    by_invalid_reason: list[Counted]
    result_hours: HoursTaken
    report_hours: HoursTaken
    hand_over_hours: HoursTaken
    retests: list[Counted]
    retests_open: int | None
    retests_late: int | None
    second_looks: int
    agreement: Agreement
    reports: int
    superseded: int


class MonthScope(Struct, frozen=True, kw_only=True):
    """Whose month somebody reads. `tests`: desks whose findings he reads; `units`: all of which he reads figures."""

    units: list[UnitShown]
    tests: frozenset[UUID]
