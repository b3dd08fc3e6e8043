"""Days without a reported incident, by the day on which it happened: a case that is registered late breaks the run on
the right day. The last days are provisional, because reports of them still come. Pure, and never ranked.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from msgspec import Struct

UNSETTLED_DAYS = 14
"""How long a day stays provisional (Lianxin's own policy, 2026-11: victims report within two weeks, or much later)."""
ONE_DAY = timedelta(days=1)


class Incident(Struct, frozen=True):
    """When it happened, and when it was registered."""

    occurred_on: date
    registered_on: date


class Run(Struct, frozen=True, kw_only=True):
    """Consecutive days without an incident, the last of them `ended_on`.

    began_on       the first of them; of a run of no days the day after `ended_on`
    settled_days   of `days`, those that no late report is likely to change
    broken_on      the incident before it; null: none since counting began
    reports_n      incidents registered since counting began, always told beside the days
    """

    began_on: date
    ended_on: date
    days: int
    settled_days: int
    broken_on: date | None
    reports_n: int

    @property
    def provisional_days(self) -> int:
        """Days of which reports may still come."""
        return self.days - self.settled_days


def run_of_days(
    incidents: Iterable[Incident], *, since: date, until: date, unsettled_days: int = UNSETTLED_DAYS
) -> Run:
    """The run that ends on a day, as it was known on that day.

    since   the first day that is counted at all

    >>> last = Incident(date(2025, 4, 17), date(2025, 4, 18))
    >>> run = run_of_days([last], since=date(2025, 1, 1), until=date(2025, 11, 30))
    >>> run.began_on.isoformat(), run.days, run.provisional_days
    ('2025-04-18', 227, 14)
    """
    known = [each for each in incidents if each.registered_on <= until and since <= each.occurred_on <= until]
    broken_on = max((each.occurred_on for each in known), default=None)
    began_on = broken_on + ONE_DAY if broken_on else since
    settled_until = until - timedelta(days=unsettled_days)
    return Run(
        began_on=began_on,
        ended_on=until,
        days=_days(began_on, until),
        settled_days=_days(began_on, settled_until),
        broken_on=broken_on,
        reports_n=len(known),
    )


def _days(first: date, last: date) -> int:
    return max((last - first).days + 1, 0)


def longest_run(incidents: Iterable[Incident], *, since: date, until: date) -> Run:
    """The longest run of a span by what is known at its end; of two alike the later."""
    known = [each for each in incidents if each.registered_on <= until]
    breaks = sorted({each.occurred_on for each in known if since <= each.occurred_on <= until})
    ends = [*(day - ONE_DAY for day in breaks), until]
    runs = [run_of_days(_before(known, end), since=since, until=end, unsettled_days=0) for end in ends]
    return max(runs, key=lambda run: (run.days, run.ended_on))


def _before(incidents: Iterable[Incident], end: date) -> list[Incident]:
    """Those up to a day, as known at the end of the whole span."""
    return [Incident(each.occurred_on, min(each.registered_on, end)) for each in incidents if each.occurred_on <= end]
