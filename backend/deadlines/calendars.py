"""A working calendar: which days people work, in one version that never changes."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from msgspec import Struct

SATURDAY = 5


class DayKind(StrEnum):
    """What a calendar says about a day that a week does not."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"


class NamedDay(Struct, frozen=True):
    """A public holiday, or the make-up day (调休上班) that belongs to one."""

    kind: DayKind
    name_zh: str
    name_en: str


class Calendar(Struct, frozen=True):
    """One version. A year that is not in `settled` has no notice of the State Council (yet): what is reckoned with it
    is provisional."""

    version: int
    days: Mapping[date, NamedDay]
    settled: frozenset[int]

    def named(self, day: date) -> NamedDay | None:
        """What is special about a day: a holiday, or a make-up day."""
        return self.days.get(day)

    def works(self, day: date) -> bool:
        """Whether people work: Monday to Friday but for holidays, and on make-up days."""
        named = self.days.get(day)
        return named.kind is DayKind.WORKDAY if named else day.weekday() < SATURDAY

    def is_provisional(self, day: date) -> bool:
        """Whether the State Council may still say something else about a day."""
        return day.year not in self.settled
