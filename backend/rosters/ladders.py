"""When an unconfirmed shift is told to whom: dated ladders, the newest one that has begun counts.

A county that wants other spans adds a line; nobody edits an old one.
"""

from datetime import date, datetime, timedelta
from enum import IntEnum

import msgspec


class Step(IntEnum):
    """How far a shift nobody confirmed has come up the ladder; the numbers are stored."""

    NOTHING = 0
    REMINDED = 1
    ASKED = 2
    SUPERVISOR = 3
    MISSED = 4


class Ladder(msgspec.Struct, frozen=True, kw_only=True):
    """The spans of one ladder, from `valid_from` on, and where they come from.

    remind_before      a notice to the holder
    ask_before         a task for the holder: confirm
    supervisor_before  a task for the unit's supervisor: find cover
    missed_after       begun and still unconfirmed: missed, told, and the next on duty is rung
    answer_within      how long whoever is rung has before the supervisor is rung
    rest               a substitute who would have less before or after is proposed last
    """

    valid_from: date
    remind_before: timedelta
    ask_before: timedelta
    supervisor_before: timedelta
    missed_after: timedelta
    answer_within: timedelta
    rest: timedelta
    source: str


LADDERS = (
    Ladder(
        valid_from=date(2017, 1, 1),
        remind_before=timedelta(hours=24),
        ask_before=timedelta(hours=12),
        supervisor_before=timedelta(hours=3),
        missed_after=timedelta(minutes=15),
        answer_within=timedelta(minutes=10),
        rest=timedelta(hours=8),
        source="Our own choice: the sources ask for a line that is staffed day and night and name no spans.",
    ),
)


def ladder(on: date) -> Ladder:
    """The ladder in force on a day."""
    return max((each for each in LADDERS if each.valid_from <= on), key=lambda each: each.valid_from)


def step_due(chosen: Ladder, *, starts_at: datetime, at: datetime) -> Step:
    """The highest step that is due; after a night of downtime the lower ones are passed over.

    >>> from datetime import UTC
    >>> eight = datetime(2026, 11, 23, 0, tzinfo=UTC)
    >>> step_due(LADDERS[0], starts_at=eight, at=eight - timedelta(hours=2))
    <Step.SUPERVISOR: 3>
    >>> step_due(LADDERS[0], starts_at=eight, at=eight + timedelta(minutes=14)).name
    'SUPERVISOR'
    """
    if at >= starts_at + chosen.missed_after:
        return Step.MISSED
    for step, before in (
        (Step.SUPERVISOR, chosen.supervisor_before),
        (Step.ASKED, chosen.ask_before),
        (Step.REMINDED, chosen.remind_before),
    ):
        if at >= starts_at - before:
            return step
    return Step.NOTHING
