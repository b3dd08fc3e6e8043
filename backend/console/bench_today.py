"""On the front page of a technician and an expert: what at the bench waits for him."""

from typing import Any

from backend.console import bench
from backend.core.words import say
from backend.laboratory import held_samples
from backend.laboratory.words import RetestState
from backend.people.actors import Actor
from backend.people.tables import Role


async def _bench(by: Actor) -> dict[str, Any]:
    """Nothing for those who test nothing."""
    if not by.has(Role.TECHNICIAN):
        return {"figures": [], "technician": False}
    waiting = await bench.suspects(by)
    retests = sum(each.state is RetestState.OPEN for one in waiting for each in one.retests)
    held = (await held_samples.list_held(by=by)).items
    return {
        "figures": [
            (say("Suspect or positive"), len(waiting), "/console/bench#look", "bad"),
            (say("To be measured again"), retests, "/console/bench#look", "warn"),
            (say("Received by nobody"), len(held), "/console/bench#held", "warn"),
        ],
        "technician": True,
    }


PART_OF_TODAY = ("bench/_today.html", _bench)
