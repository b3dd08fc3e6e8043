"""How often a finding is repeated and how long one may object: dated rows.

How soon an objection's report is due is a policy of the room of deadlines (`reference/deadline_policies.csv`), so that
its clock says why, step by step, and reminds before it is late.
"""

from collections.abc import Sequence
from datetime import date
from functools import cache

from backend.deadlines.reference import load_policies
from backend.laboratory.reference import HERE, on_day, read_rows
from backend.laboratory.reference_rows import Dated


class RetestPolicy(Dated, frozen=True, kw_only=True):
    """The numbers that count on a day.

    repeats_n, agreeing_n    how often a finding is repeated; from how many on that agree, the first included, another
                             method has to confirm it
    apart_minutes            of one file: what was measured sooner after the first is its replicate, no repeat of it
    objection_hours          against a rapid method's result, on the wall clock, from when it was received
    objection_working_days   against any other method's
    """

    repeats_n: int
    agreeing_n: int
    apart_minutes: int
    objection_hours: int
    objection_working_days: int


@cache
def retest_policies() -> Sequence[RetestPolicy]:
    """All of them."""
    return read_rows(RetestPolicy, "retest_policies.csv")


def retest_policy(day: date) -> RetestPolicy:
    """The policy in force on a day; of a day before the first one, the first."""
    found = on_day(retest_policies(), day)
    return found or min(retest_policies(), key=lambda each: each.valid_from)


async def load_reference() -> None:
    """Bring the room's clocks to the room of deadlines. Twice is harmless."""
    await load_policies(HERE / "deadline_policies.csv")
