"""By when a warning is acted on: dated rows out of `warning_policies.csv`, the newest that has begun counts.

No national limit in minutes was found in public texts: these are defaults that a county sets for itself.
"""

import csv
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from backend.antifraud.words import WarningLevel, WarningStep
from backend.core.clock import SHANGHAI, local

FILE = Path(__file__).parent / "warning_policies.csv"


class StepPolicy(Struct, frozen=True, kw_only=True):
    """One step of one level: within so many minutes, or (null) before the day ends in Shandong."""

    level: WarningLevel
    step: WarningStep
    minutes: int | None
    valid_from: date
    valid_to: date | None
    source: str

    def counts_on(self, day: date) -> bool:
        """Whether it counts on a day; its first and its last day do."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def due_at(self, received_at: datetime) -> datetime:
        """When it is due, in UTC. Minutes run day and night."""
        if self.minutes is not None:
            return received_at + timedelta(minutes=self.minutes)
        return datetime.combine(local(received_at).date(), time(23, 59, 59), SHANGHAI).astimezone(UTC)


@cache
def step_policies() -> tuple[StepPolicy, ...]:
    """All rows of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        told = [{name: text or None for name, text in row.items()} for row in csv.DictReader(file)]
    return tuple(msgspec.convert(told, list[StepPolicy], strict=False))


def clocks(
    level: WarningLevel, *, received_at: datetime, policies: Sequence[StepPolicy] | None = None
) -> dict[WarningStep, datetime]:
    """When each step of a warning is due, by the policies of the day on which it came.

    >>> from datetime import UTC
    >>> told = clocks(WarningLevel.HIGH, received_at=datetime(2026, 11, 22, 2, 0, tzinfo=UTC))
    >>> {step.value: f"{at:%H:%M}" for step, at in told.items()}
    {'acknowledge': '02:05', 'call': '02:10', 'meet': '02:30'}
    """
    day = local(received_at).date()
    rows = step_policies() if policies is None else policies
    newest = sorted((row for row in rows if row.level is level and row.counts_on(day)), key=lambda row: row.valid_from)
    by_step = {row.step: row.due_at(received_at) for row in newest}
    return {step: by_step[step] for step in WarningStep if step in by_step}
