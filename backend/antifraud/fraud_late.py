"""What a case did to the run of days on the day on which it was registered. Never of a small place."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from backend.antifraud import fraud_figure_queries as queries
from backend.antifraud.fraud_cases import registrar_roles
from backend.antifraud.fraud_figures import WIDE
from backend.antifraud.incident_days import ONE_DAY, UNSETTLED_DAYS, Incident
from backend.antifraud.outreach_places import place
from backend.core import clock
from backend.people.actors import OVERSEERS, Actor


class RunBreak(Struct, frozen=True, kw_only=True):
    """An incident that shortened the run.

    days_told   the run of the day of registration, had it not been registered
    days_left   what was left of it
    """

    occurred_on: date
    registered_on: date
    days_told: int
    days_left: int

    @property
    def late_days(self) -> int:
        """Days from the incident to its registration."""
        return (self.registered_on - self.occurred_on).days

    @property
    def after_settling(self) -> bool:
        """Whether it changed days that no longer counted as provisional."""
        return self.late_days >= UNSETTLED_DAYS


async def run_breaks(*, division_code: str, by: Actor, until: date | None = None) -> list[RunBreak]:
    """Every incident of a county (or above) that shortened its run, in the order of registration.

    by   who oversees all of it, or registers cases for all of it; of a smaller place nothing is told

    Raises Forbidden, NotYourPlace (403), DivisionUnknown (404), Invalid (400).
    """
    roles = OVERSEERS if by.has(*OVERSEERS) else await registrar_roles(by)
    division = await place(division_code, by=by, roles=roles)
    if division.level not in WIDE:
        return []
    rows = await queries.incidents(division.prefix, until or clock.today())
    return breaks(Incident(row["occurred_on"], row["registered_on"]) for row in rows)


def breaks(incidents: Iterable[Incident]) -> list[RunBreak]:
    """The same, pure. Days are counted from the earliest incident on; of one day's registrations the latest incident
    is taken first, so that none is told to have broken what was not there any more.

    >>> early, late = Incident(date(2026, 5, 1), date(2026, 5, 1)), Incident(date(2026, 5, 20), date(2026, 6, 9))
    >>> [(each.days_told, each.days_left) for each in breaks([early, late])]
    [(1, 0), (39, 20)]
    """
    known = sorted(incidents, key=lambda each: (each.registered_on, -each.occurred_on.toordinal()))
    began_on = min((each.occurred_on for each in known), default=date.min)
    found = []
    for each in known:
        if each.occurred_on < began_on:
            continue
        told, left = (each.registered_on - began_on + ONE_DAY).days, (each.registered_on - each.occurred_on).days
        found.append(
            RunBreak(occurred_on=each.occurred_on, registered_on=each.registered_on, days_told=told, days_left=left)
        )
        began_on = each.occurred_on + ONE_DAY
    return found
