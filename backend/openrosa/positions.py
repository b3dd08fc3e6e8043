"""Positions in what was sent, as near as may still be known: after 90 days the middle of a 1 km cell, as everywhere."""

from datetime import datetime, timedelta

from backend.core import clock
from backend.territory.coordinates import cell_1km

EXACT_FOR = timedelta(days=90)
"""As `visits.points` and `media.points` are forgotten (people.retention)."""


def is_exact(received_at: datetime) -> bool:
    """Whether a position may still be told as it came."""
    return clock.now() - received_at <= EXACT_FOR


def place_of(said: str, received_at: datetime) -> tuple[float, float] | None:
    """Latitude and longitude of an answer; None for what is no position."""
    try:
        latitude, longitude = (float(number) for number in said.split()[:2])
    except ValueError:
        return None
    if is_exact(received_at):
        return latitude, longitude
    middle = cell_1km(longitude, latitude)
    return round(middle[1], 5), round(middle[0], 5)


def told(said: str, received_at: datetime) -> str:
    """The answer as it came, or the middle of its cell."""
    place = None if is_exact(received_at) else place_of(said, received_at)
    return said if place is None else " ".join(map(str, place))
