"""When a burst of one diagnosis on one crop is an outbreak. Pure; the numbers are the policy's.

Everything is reckoned on the middles of 1 km cells: no farmer's point goes in, so none can come out.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from backend.territory.coordinates import Point, great_circle_m

KILOMETRES_PER_DEGREE = 110.5
"""Of latitude, at least: farther apart than this, two cells need not be measured."""


class Sighting(Struct, frozen=True, kw_only=True):
    """One request with the diagnosis. `cell`: the middle of its 1 km cell (WGS-84); `phone`: a blind index."""

    request_id: UUID
    seen_at: datetime
    cell: Point
    place: str = ""
    studio_id: UUID | None = None
    household_id: UUID | None = None
    phone: bytes | None = None


class Terms(Struct, frozen=True, kw_only=True):
    """From how many households on, within which radius and window, and how many times those before."""

    households: int
    radius_km: float
    window: timedelta
    rise: float


class Burst(Struct, frozen=True, kw_only=True):
    """What stands out around a cell. `before_n`: households in the window before."""

    cell: Point
    households_n: int
    before_n: int
    sightings: tuple[Sighting, ...]


def within(sightings: Iterable[Sighting], *, after: datetime, until: datetime) -> list[Sighting]:
    """Those of a window, its beginning excluded: what was seen a week ago to the second is of the week before."""
    return [each for each in sightings if after < each.seen_at <= until]


def around(cell: Point, sightings: Iterable[Sighting], *, radius_km: float) -> list[Sighting]:
    """Those within the radius of a cell."""
    return [each for each in sightings if _is_near(cell, each.cell, radius_km)]


def count(sightings: Collection[Sighting]) -> int:
    """How many different households they are of.

    A request without a household is whoever's telephone it left, and that one's household where another request names
    it; without either it counts as itself.
    """
    return len(set(_whose(sightings).values()))


def bursts(sightings: Sequence[Sighting], *, at: datetime, terms: Terms, known: Iterable[Point] = ()) -> list[Burst]:
    """Cells around which the window that ends `at` has `households` or more, and more than `rise` times those before.

    The one with the most households first, between equals the one that lies in their middle; what is around it is its
    own and no other's. `known`: the cells of outbreaks already raised, whose surroundings are left out.
    """
    begins = at - terms.window
    now = within(sightings, after=begins, until=at)
    before = within(sightings, after=begins - terms.window, until=begins)
    for cell in known:
        now = _without(now, around(cell, now, radius_km=terms.radius_km))
    found = []
    while burst := _largest(now, before, terms):
        found.append(burst)
        now = _without(now, burst.sightings)
    return found


def _largest(now: Sequence[Sighting], before: Sequence[Sighting], terms: Terms) -> Burst | None:
    """The largest that rises, if any."""
    whose = _whose(now)
    households: defaultdict[Point, set[object]] = defaultdict(set)
    for each in now:
        households[each.cell].add(whose[each.request_id])
    if len(set(whose.values())) < terms.households:
        return None
    near = _neighbours(households, terms.radius_km)
    order = sorted(near, key=lambda cell: (-_size(near[cell], households), _spread(near[cell], households), cell))
    for cell in order:
        n = _size(near[cell], households)
        if n < terms.households:
            return None
        before_n = count(around(cell, before, radius_km=terms.radius_km))
        if n > terms.rise * before_n:
            members = tuple(each for each in now if each.cell in near[cell])
            return Burst(cell=cell, households_n=n, before_n=before_n, sightings=members)
    return None


def _size(near: Mapping[Point, float], households: Mapping[Point, set[object]]) -> int:
    return len(set().union(*(households[cell] for cell in near)))


def _spread(near: Mapping[Point, float], households: Mapping[Point, set[object]]) -> float:
    """Metres to all of them together: least in their middle."""
    return round(sum(metres * len(households[cell]) for cell, metres in near.items()))


def _neighbours(cells: Iterable[Point], radius_km: float) -> dict[Point, dict[Point, float]]:
    """Of every cell those within the radius, itself too, with the metres in between."""
    ordered = sorted(cells, key=lambda cell: cell[1])
    near: dict[Point, dict[Point, float]] = {cell: {cell: 0.0} for cell in ordered}
    for place, one in enumerate(ordered):
        for other in ordered[place + 1 :]:
            if (other[1] - one[1]) * KILOMETRES_PER_DEGREE > radius_km:
                break
            metres = great_circle_m(one, other)
            if metres <= radius_km * 1000:
                near[one][other] = near[other][one] = metres
    return near


def _whose(sightings: Iterable[Sighting]) -> dict[UUID, object]:
    """Whose each request is: a household, a telephone, or its own."""
    known = {each.phone: each.household_id for each in sightings if each.phone and each.household_id}
    return {
        each.request_id: each.household_id or known.get(each.phone or b"") or each.phone or each.request_id
        for each in sightings
    }


def _without(sightings: Iterable[Sighting], taken: Iterable[Sighting]) -> list[Sighting]:
    ids = {each.request_id for each in taken}
    return [each for each in sightings if each.request_id not in ids]


def _is_near(one: Point, other: Point, radius_km: float) -> bool:
    return great_circle_m(one, other) <= radius_km * 1000
