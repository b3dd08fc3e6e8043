"""How long somebody may answer for an instrument: dated rows of `reference/calibration_policies.csv`."""

from collections.abc import Sequence
from datetime import date
from functools import cache

from backend.laboratory.reference import on_day, read_rows
from backend.laboratory.reference_rows import Dated


class CalibrationPolicy(Dated, frozen=True, kw_only=True):
    """override_longest_days: from the first day through the last. override_back_days: how long ago the first may be."""

    version: str
    override_longest_days: int
    override_back_days: int
    calibration_longest_days: int


@cache
def _policies() -> Sequence[CalibrationPolicy]:
    return read_rows(CalibrationPolicy, "calibration_policies.csv")


def calibration_policy(day: date) -> CalibrationPolicy:
    """The policy in force on a day."""
    found = on_day(_policies(), day)
    if found is None:
        raise LookupError(f"No calibration policy counts on {day}")
    return found
