"""How an instrument stood on a day: by its newest calibration, and by whoever answered for it."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from backend.laboratory.words import Calibration


class Done(Struct, frozen=True, kw_only=True):
    """A calibration: it counts from `done_on` through `due_on`."""

    done_on: date
    due_on: date
    certificate: str | None = None


class Answered(Struct, frozen=True, kw_only=True):
    """Somebody answers for the instrument, from a day through a day."""

    from_on: date
    until_on: date
    reason: str = ""

    def holds(self, day: date) -> bool:
        """Whether he does on a day; on its first and its last, too."""
        return self.from_on <= day <= self.until_on


class Standing(Struct, frozen=True, kw_only=True):
    """All that is on file of one instrument. `done`: the newest first."""

    done: Sequence[Done] = ()
    answered: Sequence[Answered] = ()

    def newest(self, day: date) -> Done | None:
        """The newest calibration that had been done by a day. A later one ends an earlier one's span."""
        return next((each for each in self.done if each.done_on <= day), None)

    def override(self, day: date) -> Answered | None:
        """Whoever answers for it on a day, the longest first."""
        held = [each for each in self.answered if each.holds(day)]
        return max(held, key=lambda each: each.until_on, default=None)

    def on(self, day: date) -> Calibration:
        """How it stood on a day. Without a calibration it is unknown: nobody can answer for what he does not know.

        >>> told = Standing(done=[Done(done_on=date(2026, 1, 5), due_on=date(2026, 7, 4))])
        >>> [told.on(day).value for day in (date(2026, 1, 4), date(2026, 7, 4), date(2026, 7, 5))]
        ['unknown', 'valid', 'overdue']
        """
        newest = self.newest(day)
        if newest is None:
            return Calibration.UNKNOWN
        if day <= newest.due_on:
            return Calibration.VALID
        return Calibration.OVERRIDDEN if self.override(day) else Calibration.OVERDUE
