"""Villages of a territory as outreach needs them: what they are called, and how many households lie in each."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from backend.antifraud.outreach_places import PLANNERS, place
from backend.core import clock
from backend.core.database import fetch
from backend.core.statements import Values, under
from backend.people.actors import Actor
from backend.territory.schemas import DivisionRecord


class Village(Struct, frozen=True, kw_only=True):
    """A village of a day. households_n: cards that are open."""

    division_code: str
    name: str
    households_n: int


class RoundForecast(Struct, frozen=True, kw_only=True):
    """What a round through a division would cover. without_n: villages without any card, where nobody is counted."""

    division: DivisionRecord
    villages_n: int
    households_n: int
    without_n: int


_VILLAGES = """
WITH homes AS (
    SELECT left(h.division_code, 12) AS code, count(*) AS n FROM people_household h
    WHERE h.closed_at IS NULL AND {homes} GROUP BY 1
)
SELECT d.code AS division_code, d.name, coalesce(homes.n, 0) AS households_n
FROM territory_division d LEFT JOIN homes ON homes.code = d.code
WHERE d.level = 'village' AND {villages} AND d.valid_from <= {day} AND (d.valid_to IS NULL OR d.valid_to >= {day})
ORDER BY d.prefix
"""


async def villages(prefixes: Iterable[str], *, on: date) -> list[Village]:
    """All of a territory on a day, in the order of their codes."""
    values, prefixes = Values(), list(prefixes)
    statement = _VILLAGES.format(
        homes=under("h.division_code", prefixes, values),
        villages=under("d.prefix", prefixes, values),
        day=values(on),
    )
    return [Village(**row) for row in await fetch(statement, *values.given)]


async def forecast(*, division_code: str, by: Actor) -> RoundForecast:
    """How many villages and households a round would cover, before it is planned.

    Raises Forbidden, NotYourPlace (403), DivisionUnknown (404), Invalid (400).
    """
    division = await place(division_code, by=by, roles=PLANNERS)
    found = await villages([division.prefix], on=clock.today())
    return RoundForecast(
        division=division,
        villages_n=len(found),
        households_n=sum(each.households_n for each in found),
        without_n=sum(not each.households_n for each in found),
    )


async def names_of(codes: Iterable[str]) -> dict[str, str]:
    """What divisions are or were called last, by their codes."""
    rows = await fetch(
        "SELECT DISTINCT ON (code) code, name FROM territory_division WHERE code = ANY($1::text[]) "
        "ORDER BY code, valid_from DESC",
        sorted(set(codes)),
    )
    return {row["code"]: row["name"] for row in rows}
