"""My households: those I serve today, how far they are, how long ago somebody was in touch, what is owed to them.

One statement of index look-ups per household, so that the page costs the same however many visits the county has.
Phone numbers are not in it; each is read by itself (`people.households.read_contact`), and that read is logged.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.core.clock import local, today
from backend.core.database import fetch, transaction
from backend.people.actors import Actor
from backend.people.contact_names import contact_names
from backend.people.household_queries import SERVED_ON
from backend.territory.coordinates import Crs, distance_m
from backend.territory.points import Point, PointRecord, as_read, columns
from backend.visits.need_states import OPEN
from backend.visits.tables import Channel
from backend.visits.targets import NEAREST, Period


class MyHousehold(msgspec.Struct, frozen=True, kw_only=True):
    """One household I serve.

    distance_m                whole metres from where I said I am; None without that, or without the house's point
    days_since_last_contact   calendar days in Shandong, any channel; None where there was none so far
    period, minimum_visits    what the target asks; None where no target holds
    visits_in_period          face-to-face visits, by whomever, in that period so far; calls never count
    open_needs                received or passed on, not solved yet
    """

    household_id: UUID
    code: str
    contact_name: str | None
    division_code: str
    division_name: str
    service_needs: list[str]
    point: PointRecord | None
    distance_m: int | None
    last_contact_at: datetime | None
    last_channel: Channel | None
    days_since_last_contact: int | None
    last_visit_at: datetime | None
    period: Period | None
    period_ends_at: datetime | None
    minimum_visits: int | None
    visits_in_period: int | None
    open_needs: int

    @property
    def title(self) -> str:
        """What a list calls it: its contact's name, else its number."""
        return self.contact_name or self.code


class MyHouseholds(msgspec.Struct, frozen=True):
    """All of them in one answer (a cadre serves some thirty), so that the phone has the list when it has no signal."""

    households: list[MyHousehold]


@transaction
async def my_households(*, by: Actor, request_id: str, near: Point | None = None, crs: Crs = Crs.WGS84) -> MyHouseholds:
    """The households that `by` serves today: the nearest first, then those longest without contact.

    near   where he is, in any coordinate system; without it, longest without contact comes first
    crs    of the points in the answer

    Names are shown, so the read is logged (`request_id`). Raises PointOutside (400).
    """
    here = columns(near)
    rows = await served_households(person_id=by.person_id, on=today())
    names = await contact_names(household_ids=[row["id"] for row in rows], by=by, request_id=request_id)
    place = None if near is None else (here["longitude"], here["latitude"])
    mine = [_household(row, name=names.get(row["id"]), here=place, on=today(), crs=crs) for row in rows]
    return MyHouseholds(in_order(mine))


async def served_households(*, person_id: UUID, on: date) -> Sequence[Mapping[str, Any]]:
    """Rows of the open households that somebody serves on a day, for `facts`. Names and phones in them are sealed."""
    return await fetch(_MINE, person_id, on)


_MINE = f"""
SELECT h.*, d.name AS division_name, last.occurred_at AS last_contact_at, last.channel AS last_channel,
       face.occurred_at AS last_visit_at, target.period, target.ends_at AS period_ends_at, target.minimum_visits,
       CASE WHEN target.period IS NOT NULL THEN done.visits END AS visits_in_period, owed.open_needs
FROM people_household_service s
JOIN people_household h ON h.id = s.household AND h.closed_at IS NULL
JOIN territory_division d ON d.id = h.division
LEFT JOIN LATERAL (
    SELECT v.occurred_at, v.channel FROM visits_visit v WHERE v.household = h.id
    ORDER BY v.occurred_at DESC, v.id DESC LIMIT 1
) last ON TRUE
LEFT JOIN LATERAL (
    SELECT v.occurred_at FROM visits_visit v WHERE v.household = h.id AND v.channel = 'visit'
    ORDER BY v.occurred_at DESC, v.id DESC LIMIT 1
) face ON TRUE
LEFT JOIN LATERAL ({NEAREST.format(code="h.division_code", on="$2")}) target ON TRUE
LEFT JOIN LATERAL (
    SELECT count(*) AS visits FROM visits_visit v WHERE v.household = h.id AND v.channel = 'visit'
    AND v.occurred_at >= target.starts_at AND v.occurred_at < target.ends_at
) done ON TRUE
CROSS JOIN LATERAL (
    SELECT count(*) AS open_needs FROM cases_case c WHERE c.household = h.id AND {OPEN}
) owed
WHERE s.person = $1 AND {SERVED_ON.format(n=2)}
"""


def _household(
    row: Mapping[str, Any], *, name: str | None, here: tuple[float, float] | None, on: date, crs: Crs
) -> MyHousehold:
    return MyHousehold(
        household_id=row["id"],
        contact_name=name,
        distance_m=_distance_m(row, here),
        days_since_last_contact=days_between(row["last_contact_at"], on),
        **facts(row, crs),
    )


def facts(row: Mapping[str, Any], crs: Crs = Crs.WGS84) -> dict[str, Any]:
    """What a row of `served_households` says of its household whoever asks, wherever he is: no name is in it."""
    return {
        **{name: row[name] for name in _AS_THEY_ARE},
        "service_needs": list(row["service_needs"]),
        "point": as_read(row, crs),
        "last_channel": Channel(row["last_channel"]) if row["last_channel"] else None,
        "period": Period(row["period"]) if row["period"] else None,
    }


_AS_THEY_ARE = (
    *("code", "division_code", "division_name", "last_contact_at", "last_visit_at", "period_ends_at"),
    *("minimum_visits", "visits_in_period", "open_needs"),
)


def _distance_m(row: Mapping[str, Any], here: tuple[float, float] | None) -> int | None:
    if here is None or row["longitude"] is None:
        return None
    return round(distance_m(here, (row["longitude"], row["latitude"])))


def days_between(last_contact_at: datetime | None, on: date) -> int | None:
    """Calendar days in Shandong; a phone whose clock runs ahead does not make them negative."""
    return None if last_contact_at is None else max(0, (on - local(last_contact_at).date()).days)


def in_order(households: Sequence[MyHousehold]) -> list[MyHousehold]:
    """The nearest first, those without a distance last; at the same distance, never or longest ago contacted first."""

    def place(household: MyHousehold) -> tuple[float, float, str]:
        metres = float("inf") if household.distance_m is None else household.distance_m
        days = household.days_since_last_contact
        return metres, float("-inf") if days is None else -days, household.code

    return sorted(households, key=place)
