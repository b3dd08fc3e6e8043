"""Which contacts a person sees: his own, those of the households he serves today, and those he oversees."""

from collections.abc import Iterable
from datetime import datetime

from backend.core import statements as core
from backend.core.clock import today
from backend.core.refusals import FieldError, Invalid, Refusal
from backend.people.actors import OVERSEERS, Actor, Scope, visible_to
from backend.people.household_queries import SERVED_ON
from backend.people.tables import Role
from backend.territory import queries as territory


class AnotherTerritory(Refusal):
    """The division lies outside the territory of the roles that this asks for."""

    status, code, title = 403, "visits/another-territory", "Another territory"


_SERVED = SERVED_ON.replace("${n}", "{day}")
SERVED_TODAY = f"SELECT s.household FROM people_household_service s WHERE s.person = {{person}} AND {_SERVED}"
OWN_VISITS = f"""
    SELECT o.id FROM visits_visit o WHERE o.recorded_by = {{person}}
    UNION ALL SELECT o.id FROM ({SERVED_TODAY}) mine JOIN visits_visit o ON o.household = mine.household
"""
"""Unions, because one `OR` over the three columns makes PostgreSQL read the county to find a cadre's thirty households.
With half a million visits: 450 ms so, 30 ms like this."""


class Conditions(core.Conditions):
    """Conditions on visits `v`."""

    def visits_of(self, scope: Scope) -> None:
        """Only visits `v` that `scope` sees."""
        own = OWN_VISITS.format(person=self.value(scope.person_id), day=self.value(today()))
        mine = f"v.id IN ({own})"
        overseen = self.under("v.division_code", scope.prefixes) if scope.prefixes else None
        self.parts.append(f"({overseen} OR {mine})" if overseen else mine)


async def prefixes_of(division_code: str) -> tuple[str, ...]:
    """The code prefixes of a division of today. Raises DivisionUnknown (404)."""
    division = await territory.division(code=division_code, on=today())
    return await territory.prefixes(division_id=division.id)


async def overseen(division_code: str, *, by: Actor, roles: Iterable[Role] = OVERSEERS) -> tuple[str, ...]:
    """The prefixes of a division all of which `by` oversees in one of `roles`.

    Raises DivisionUnknown (404), Forbidden (403) without the role, AnotherTerritory (403).
    """
    roles = frozenset(roles)
    by.must_have(*roles)
    prefixes = await prefixes_of(division_code)
    scope = visible_to(by, roles=roles)
    if not all(scope.covers(prefix) for prefix in prefixes):
        raise AnotherTerritory(
            "Division {division_code} lies outside the territory of your role, which is {territory}.",
            division_code=division_code,
            territory=", ".join(scope.prefixes),
        )
    return prefixes


def check_span(occurred_from: datetime, occurred_to: datetime) -> None:
    """Raises Invalid (400) unless the span ends after it begins."""
    if occurred_from >= occurred_to:
        wrong = FieldError(pointer="/occurred_to", detail="The end has to be later than the beginning.")
        raise Invalid("The span ends before it begins.", errors=[wrong])
