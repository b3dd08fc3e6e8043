"""On an expert's front page: what is before him, what he has, what is in his pool."""

from typing import Any

from backend.console import clinic_queue, clock_labels, diagnosis_labels, labels
from backend.console.clinic_queue import Row
from backend.core.words import say
from backend.diagnosis import lists
from backend.people.actors import Actor
from backend.people.tables import Role

SHOWN = 3
COUNTED = ("offered", "claimed", "opinion", "pool")


async def _clinic(by: Actor) -> dict[str, Any]:
    """Nothing for those who answer nothing."""
    if not by.has(Role.EXPERT):
        return {"items": [], "figures": []}
    counts = await lists.queue_counts(by=by)
    first = await lists.list_queue(by=by, part="offered", limit=SHOWN) if counts.get("offered") else None
    return {
        "figures": [
            (say(clinic_queue.TABS[code].name), counts.get(code, 0), f"/console/clinic?tab={code}") for code in COUNTED
        ],
        "items": [
            Row(each, clock_labels.shown(each.clock) if each.clock else None) for each in (first.items if first else [])
        ],
        "labels": diagnosis_labels,
        "place": labels.place,
    }


PART_OF_TODAY = ("clinic/_today.html", _clinic)
