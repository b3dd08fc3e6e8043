"""On the front page: how many changes wait for this person to decide."""

from typing import Any

from backend.people.actors import Actor
from backend.sync.conflict_queries import count_waiting


async def _waiting(by: Actor) -> dict[str, Any]:
    """Nothing is said where nothing waits."""
    return {"n": await count_waiting(by=by)}


PART_OF_TODAY = ("conflicts/_today.html", _waiting)
