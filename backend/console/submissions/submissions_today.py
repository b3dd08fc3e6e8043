"""On the front page: how many submissions wait to be put right, one's own and those that one oversees."""

from typing import Any

from backend.openrosa.submission_overview import MOST_COUNTED, count_waiting
from backend.people.actors import OVERSEERS, Actor


async def _waiting(by: Actor) -> dict[str, Any]:
    """Nothing is said where nothing waits."""
    return {"n": await count_waiting(by=by), "most": MOST_COUNTED, "oversees": by.has(*OVERSEERS)}


PART_OF_TODAY = ("submissions/_today.html", _waiting)
