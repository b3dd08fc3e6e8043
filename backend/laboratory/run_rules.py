"""Whether what a run measured counts: its blank, its control, its replicates."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache

from backend.core.refusals import FieldError, Invalid
from backend.laboratory.instrument_schemas import NewRun
from backend.laboratory.reference import inhibition_policies, on_day, read_rows
from backend.laboratory.reference_rows import Dated, InhibitionPolicy
from backend.laboratory.words import InvalidRun, Method

CLOCKS_APART = timedelta(minutes=10)
"""A bench's clock may run ahead of ours by so much."""


class RunPolicy(Dated, frozen=True, kw_only=True):
    """control_from_pct: what a positive control has to show where nobody told its range, in % of inhibition.
    replicate_spread_points: how far apart replicates of one extract may be, in points of inhibition."""

    version: str
    control_from_pct: Decimal
    replicate_spread_points: Decimal


@cache
def _policies() -> Sequence[RunPolicy]:
    return read_rows(RunPolicy, "run_policies.csv")


def run_policy(day: date) -> RunPolicy:
    """The policy in force on a day."""
    found = on_day(_policies(), day)
    if found is None:
        raise LookupError(f"No policy of runs counts on {day}")
    return found


def window_policy(method: Method, day: date) -> InhibitionPolicy | None:
    """The policy whose window ΔA₀ has to lie in; null for methods without such a blank."""
    return on_day(inhibition_policies(), day) if method is Method.ENZYME_INHIBITION else None


def check(new: NewRun, *, started_at: datetime, now: datetime) -> None:
    """Raises Invalid (400) for a run that says what cannot be so."""
    if started_at > now + CLOCKS_APART:
        raise _wrong("/started_at", "It cannot have begun later than now.")
    if new.void and not (new.note or "").strip():
        raise _wrong("/note", "Say why nothing of it counts.")
    told = (new.control_low, new.control_high)
    if None not in told and new.control_low > new.control_high:  # type: ignore[operator]
        raise _wrong("/control_high", "The upper end lies below the lower one.")
    if new.replicate_spread_percent is not None and new.replicates_n < 2:
        raise _wrong("/replicates_n", "One reading alone has no spread: say how many there were.")


def _wrong(pointer: str, detail: str) -> Invalid:
    return Invalid(errors=[FieldError(pointer=pointer, detail=detail)])


def invalid_reasons(new: NewRun, day: date) -> list[InvalidRun]:
    """Why nothing that it measured counts; empty: it does. Both ends of a window belong to it.

    >>> from uuid import UUID
    >>> told = NewRun(instrument_id=UUID(int=1), blank_delta=0.3, control_percent=49.9, replicates_n=2)
    >>> invalid_reasons(told, date(2026, 5, 1))
    [<InvalidRun.CONTROL_OUT_OF_RANGE: 'control_out_of_range'>]
    """
    found = (
        (InvalidRun.BLANK_OUT_OF_WINDOW, _blank_is_out(new, day)),
        (InvalidRun.CONTROL_OUT_OF_RANGE, _control_is_out(new, day)),
        (InvalidRun.REPLICATES_DISAGREE, _replicates_disagree(new, day)),
        (InvalidRun.SAID_SO, new.void),
    )
    return [reason for reason, holds in found if holds]


def _blank_is_out(new: NewRun, day: date) -> bool:
    policy = window_policy(new.method, day)
    if policy is None or new.blank_delta is None:
        return False
    return not policy.blank_delta_low <= exact(new.blank_delta) <= policy.blank_delta_high


def _control_is_out(new: NewRun, day: date) -> bool:
    if new.control_percent is None:
        return False
    low, high = new.control_low, new.control_high
    if low is None and high is None:
        return new.method is Method.ENZYME_INHIBITION and (
            exact(new.control_percent) < run_policy(day).control_from_pct
        )
    return (low is not None and new.control_percent < low) or (high is not None and new.control_percent > high)


def _replicates_disagree(new: NewRun, day: date) -> bool:
    spread = new.replicate_spread_percent
    return spread is not None and exact(spread) > run_policy(day).replicate_spread_points


def exact(number: float) -> Decimal:
    """A number of the wire as it was written: 0.3 is 0.3, not a hair less."""
    return Decimal(repr(number))
