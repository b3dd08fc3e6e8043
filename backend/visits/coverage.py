"""Coverage: how many households of each place below a division were reached in a span, and how many wait for a visit.

It tells places, in the order of their codes: never persons, and no list of who was missed.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec

from backend.core.clock import SHANGHAI, local, now
from backend.core.database import fetch
from backend.people.actors import Actor
from backend.visits.targets import NEAREST
from backend.visits.visibility import Conditions, check_span, overseen

COUNTS = ("households", "visited", "contacted", "below_target", "without_target", "visits", "calls", "sms", "wechat")


class CoverageCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Counts over one place and span.

    households       open ones, at the time of asking
    visited          of those, with at least one face-to-face visit; `contacted`: with any contact
    visited_share    visited out of households; None without households
    below_target     with fewer visits than their target asks, in the target's own period that holds the span's last day
    without_target   for which no target holds
    visits, calls …  every contact that took place there, whether or not it names a household
    """

    households: int = 0
    visited: int = 0
    contacted: int = 0
    visited_share: float | None = None
    contacted_share: float | None = None
    below_target: int = 0
    without_target: int = 0
    visits: int = 0
    calls: int = 0
    sms: int = 0
    wechat: int = 0


class CoverageRow(CoverageCounts, frozen=True, kw_only=True):
    """One place below the division."""

    division_code: str
    division_name: str


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """A division's coverage. What belongs to the division itself and to none below is in `total` only."""

    division_code: str
    occurred_from: datetime
    occurred_to: datetime
    total: CoverageCounts
    rows: list[CoverageRow]


async def coverage(
    *,
    division_code: str,
    by: Actor,
    occurred_from: datetime | None = None,
    occurred_to: datetime | None = None,
) -> Coverage:
    """Coverage by child division, in [occurred_from, occurred_to); from the first of January until now unless told.

    by   oversees the whole division

    Raises Forbidden, AnotherTerritory (403), DivisionUnknown (404), Invalid (400).
    """
    prefixes = await overseen(division_code, by=by)
    to = occurred_to or now()
    since = occurred_from or _new_year(to)
    check_span(since, to)
    places = await _by_place(prefixes, since, to)
    children = await _children(division_code)
    return Coverage(
        division_code=division_code,
        occurred_from=since,
        occurred_to=to,
        total=CoverageCounts(**summed(places)),
        rows=[
            CoverageRow(
                division_code=child["code"],
                division_name=child["name"],
                **summed([place for place in places if place["division_code"].startswith(child["prefix"])]),
            )
            for child in children
        ],
    )


def _new_year(at: datetime) -> datetime:
    return datetime.combine(date(local(at).year, 1, 1), time(), SHANGHAI)


def summed(places: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The counts of several places together, and the shares of the sum (never a mean of shares)."""
    places = list(places)
    counts: dict[str, Any] = {name: sum(place[name] for place in places) for name in COUNTS}
    households = counts["households"]
    for name in ("visited", "contacted"):
        counts[f"{name}_share"] = round(counts[name] / households, 4) if households else None
    return counts


async def _children(division_code: str) -> Sequence[Mapping[str, Any]]:
    """The divisions straight below; not the communities that group a township's villages: those would count twice."""
    return await fetch(
        """
        SELECT d.code, d.name, d.prefix FROM territory_division d JOIN territory_division p ON p.code = $1
        WHERE ((d.parent = p.id AND d.level <> 'community') OR d.community = p.id)
          AND p.valid_to IS NULL AND d.valid_to IS NULL ORDER BY d.code
        """,
        division_code,
    )


async def _by_place(prefixes: Sequence[str], since: datetime, to: datetime) -> Sequence[Mapping[str, Any]]:
    """Counts by village or cell."""
    last_day = local(to - timedelta(microseconds=1)).date()
    found = Conditions(since, to, last_day)
    at_home, on_the_spot = found.under("h.division_code", prefixes), found.under("v.division_code", prefixes)
    return await fetch(_BY_PLACE.format(at_home=at_home, on_the_spot=on_the_spot), *found.values)


_BY_PLACE = f"""
WITH home AS (
    SELECT h.id, h.division_code FROM people_household h WHERE {{at_home}} AND h.closed_at IS NULL
), target AS (
    SELECT place.division_code, nearest.* FROM (SELECT DISTINCT division_code FROM home) place
    CROSS JOIN LATERAL ({NEAREST.format(code="place.division_code", on="$3")}) nearest
), reached AS (
    SELECT home.id, home.division_code, target.minimum_visits,
           bool_or(v.channel = 'visit' AND v.occurred_at >= $1 AND v.occurred_at < $2) AS visited,
           bool_or(v.occurred_at >= $1 AND v.occurred_at < $2) AS contacted,
           count(*) FILTER (
               WHERE v.channel = 'visit' AND v.occurred_at >= target.starts_at AND v.occurred_at < target.ends_at
           ) AS visits_in_period
    FROM home LEFT JOIN target USING (division_code)
    LEFT JOIN visits_visit v ON v.household = home.id
         AND v.occurred_at >= least($1, target.starts_at) AND v.occurred_at < greatest($2, target.ends_at)
    GROUP BY home.id, home.division_code, target.minimum_visits
), households AS (
    SELECT division_code, count(*) AS households,
           count(*) FILTER (WHERE visited) AS visited, count(*) FILTER (WHERE contacted) AS contacted,
           count(*) FILTER (WHERE visits_in_period < minimum_visits) AS below_target,
           count(*) FILTER (WHERE minimum_visits IS NULL) AS without_target
    FROM reached GROUP BY division_code
), contacts AS (
    SELECT v.division_code,
           count(*) FILTER (WHERE v.channel = 'visit') AS visits, count(*) FILTER (WHERE v.channel = 'call') AS calls,
           count(*) FILTER (WHERE v.channel = 'sms') AS sms, count(*) FILTER (WHERE v.channel = 'wechat') AS wechat
    FROM visits_visit v WHERE {{on_the_spot}} AND v.occurred_at >= $1 AND v.occurred_at < $2 GROUP BY v.division_code
)
SELECT division_code, {", ".join(f"coalesce({name}, 0) AS {name}" for name in COUNTS)}
FROM households FULL JOIN contacts USING (division_code)
"""
