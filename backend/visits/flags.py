"""Flags: what looks odd about a visit. Never a rejection; shown first to the cadre, who may answer.

Each rule is pure: what was measured, against which dated threshold. Nothing here is a score, and a flag says nothing
about why: a cousin's house, a phone without sky, a card with the wrong point.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.territory.coordinates import Point, distance_m
from backend.visits.tables import FlagKind

UNITS = {
    FlagKind.FAR_FROM_HOUSEHOLD: "m",
    FlagKind.MOCK_LOCATION: "",
    FlagKind.ACCURACY_ZERO: "m",
    FlagKind.CLOCK_SKEW: "s",
    FlagKind.TOO_FAST: "km/h",
    FlagKind.PHOTO_REUSED: "visits",
}

KMH_PER_M_S = 3.6
LONGEST_DEGREE_M = 112_000
"""No degree of the ellipsoid is longer: north and east legs by it are never shorter than the way itself."""


class Policies(Struct, frozen=True, kw_only=True):
    """The numbers in force on one day (visits_flag_policy)."""

    far_from_household_m: float
    clock_skew_s: float
    too_fast_km_per_h: float
    too_fast_apart_m: float
    late_entry_h: float
    flag_shown_later_h: float


class Fix(Struct, frozen=True):
    """A face-to-face visit with a point: where and when this cadre was. WGS-84."""

    visit_id: UUID
    occurred_at: datetime
    longitude: float
    latitude: float
    accuracy_m: float | None

    @property
    def place(self) -> Point:
        """Longitude and latitude."""
        return self.longitude, self.latitude


class Flag(Struct, frozen=True, kw_only=True):
    """One flag before it is stored."""

    kind: FlagKind
    measured: float | None = None
    threshold: float | None = None
    facts: dict[str, Any] = {}


def far_from_household(fix: Fix, household: Point, threshold_m: float) -> Flag | None:
    """The phone was farther from the house than the threshold, even if its fix was wrong by all its accuracy.

    >>> house = (116.2, 36.8)
    >>> far_from_household(Fix(UUID(int=1), datetime.min, 116.2, 36.806, 200.0), house, 500)
    >>> far_from_household(Fix(UUID(int=1), datetime.min, 116.2, 36.806, 100.0), house, 500).facts
    {'distance_m': 667.2, 'accuracy_m': 100.0}
    """
    allowed_m = threshold_m + (fix.accuracy_m or 0.0)
    if _surely_within(fix.place, household, allowed_m):
        return None
    distance = distance_m(fix.place, household, exact_near_m=allowed_m)
    if distance <= allowed_m:
        return None
    facts = {"distance_m": round(distance, 1), "accuracy_m": fix.accuracy_m}
    return Flag(kind=FlagKind.FAR_FROM_HOUSEHOLD, measured=round(distance, 1), threshold=threshold_m, facts=facts)


def mock_location(mock: bool | None) -> Flag | None:
    """The phone says that another program supplied the point.

    >>> mock_location(None), mock_location(False), mock_location(True).kind.value
    (None, None, 'mock_location')
    """
    return Flag(kind=FlagKind.MOCK_LOCATION) if mock else None


def accuracy_zero(accuracy_m: float | None) -> Flag | None:
    """Accuracy exactly 0: what ODK Collect (1.30 and later) sends for a mocked point. Some external receivers do too.

    >>> accuracy_zero(None), accuracy_zero(0.1), accuracy_zero(0.0).measured
    (None, None, 0.0)
    """
    return Flag(kind=FlagKind.ACCURACY_ZERO, measured=0.0, threshold=0.0) if accuracy_m == 0 else None


def clock_skew(
    occurred_at: datetime, sent_at: datetime | None, received_at: datetime, threshold_s: float
) -> Flag | None:
    """The phone's clock was off at sending (either way), or it says that the visit is still to come.

    >>> from datetime import timedelta
    >>> now = datetime(2026, 3, 1, 8)
    >>> clock_skew(now - timedelta(days=9), now - timedelta(seconds=300), now, 300)
    >>> clock_skew(now - timedelta(days=9), now - timedelta(seconds=301), now, 300).facts
    {'sent_off_s': -301.0}
    >>> clock_skew(now + timedelta(seconds=301), None, now, 300).facts
    {'ahead_s': 301.0}
    """
    facts = {}
    if (ahead_s := (occurred_at - received_at).total_seconds()) > threshold_s:
        facts["ahead_s"] = round(ahead_s, 1)
    if sent_at is not None and abs(off_s := (sent_at - received_at).total_seconds()) > threshold_s:
        facts["sent_off_s"] = round(off_s, 1)
    if not facts:
        return None
    return Flag(kind=FlagKind.CLOCK_SKEW, measured=max(map(abs, facts.values())), threshold=threshold_s, facts=facts)


def too_fast(fix: Fix, others: Sequence[Fix | None], km_per_h: float, apart_m: float) -> Flag | None:
    """Nobody gets from one visit to the next that fast, even if both fixes were wrong by all their accuracy.

    `others` are the visits of the same cadre before and after; the faster leg is told. Less than `apart_m` apart is one
    place. Times count in whole seconds, at least one.

    >>> from datetime import timedelta
    >>> at = datetime(2026, 3, 1, 8)
    >>> here = Fix(UUID(int=1), at, 116.2, 36.8, 0.0)
    >>> there = Fix(UUID(int=2), at + timedelta(minutes=10), 116.2, 37.0, 0.0)
    >>> flag = too_fast(here, [None, there], 120, 1000)
    >>> flag.measured, flag.facts["distance_m"], flag.facts["seconds"]
    (133.4, 22239.0, 600.0)
    >>> too_fast(here, [there], 134, 1000)
    """
    legs = [leg for other in others if other and (leg := _leg(fix, other, km_per_h, apart_m))]
    return max(legs, key=lambda leg: leg.measured or 0.0, default=None)


def photo_reused(other_visits: Sequence[UUID]) -> Flag | None:
    """The same picture, to the last byte, is in another visit.

    >>> photo_reused([]), photo_reused([UUID(int=7)]).measured
    (None, 1.0)
    """
    if not other_visits:
        return None
    facts = {"other_visit_ids": sorted({str(visit) for visit in other_visits})}
    return Flag(kind=FlagKind.PHOTO_REUSED, measured=float(len(facts["other_visit_ids"])), threshold=0.0, facts=facts)


def _leg(fix: Fix, other: Fix, km_per_h: float, apart_m: float) -> Flag | None:
    seconds = max(abs((fix.occurred_at - other.occurred_at).total_seconds()), 1.0)
    slack_m = (fix.accuracy_m or 0.0) + (other.accuracy_m or 0.0)
    allowed_m = max(apart_m, km_per_h / KMH_PER_M_S * seconds) + slack_m
    if _surely_within(fix.place, other.place, allowed_m):
        return None
    distance = distance_m(fix.place, other.place, exact_near_m=allowed_m)
    if distance <= allowed_m:
        return None
    facts = dict(_leg_facts(fix, other, distance, seconds))
    speed = round((distance - slack_m) / seconds * KMH_PER_M_S, 1)
    return Flag(kind=FlagKind.TOO_FAST, measured=speed, threshold=km_per_h, facts=facts)


def _surely_within(a: Point, b: Point, allowed_m: float) -> bool:
    """Whether a sum decides already: most visits are near, and a batch has twenty thousand pairs to look at."""
    return (abs(a[0] - b[0]) + abs(a[1] - b[1])) * LONGEST_DEGREE_M <= allowed_m


def _leg_facts(fix: Fix, other: Fix, distance: float, seconds: float) -> Iterator[tuple[str, Any]]:
    yield "other_visit_id", str(other.visit_id)
    yield "distance_m", round(distance, 1)
    yield "accuracy_m", fix.accuracy_m
    yield "other_accuracy_m", other.accuracy_m
    yield "seconds", seconds
