"""Tasks in the order of doing them, without a line: as `listMyTasks` has them, reckoned by the phone's clock and place.

The server tells a task, never "overdue" or how far it is: those change by themselves, and a phone knows them better.
"""

from collections.abc import Iterable
from datetime import datetime
from math import asin, cos, inf, radians, sin, sqrt

from lianxin_client.texts import Json

RANK = {"emergency": 0, "high": 1, "normal": 2, "low": 3}
WAITING = ("open", "acknowledged")
ENDING = ("completeTask", "declineTask", "handOverTask")
"""Commands after which a task does not wait for this person any more."""

EARTH_MEAN_RADIUS_M = 6_371_008.8

Here = tuple[float, float]
"""Longitude and latitude in WGS-84, as the tasks' points have them."""


def in_order(tasks: Iterable[Json], *, now: datetime, here: Here | None = None) -> list[Json]:
    """What waits: the most urgent first; then the overdue, the longest first; then by due time; then the nearest."""

    def place(task: Json) -> tuple[int, bool, float, float, datetime]:
        due = datetime.fromisoformat(task["due_at"]).timestamp() if task.get("due_at") else inf
        rank = RANK.get(task["urgency"], RANK["normal"])
        return rank, due >= now.timestamp(), due, metres(task, here), datetime.fromisoformat(task["asked_at"])

    return sorted((task for task in tasks if task["state"] in WAITING), key=place)


def metres(task: Json, here: Here | None) -> float:
    """Whole metres to a task along a sphere; infinitely many without a point."""
    point = task.get("point")
    if here is None or point is None:
        return inf
    longitude, latitude = radians(point["longitude"]), radians(point["latitude"])
    half = sin((latitude - radians(here[1])) / 2) ** 2
    half += cos(latitude) * cos(radians(here[1])) * sin((longitude - radians(here[0])) / 2) ** 2
    return round(2 * EARTH_MEAN_RADIUS_M * asin(min(1.0, sqrt(half))))
