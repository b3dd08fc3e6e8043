"""On the front page of a technician and an expert: what at the bench waits for him."""

from typing import Any

from backend.console import bench
from backend.core.words import say
from backend.laboratory import advice, held_samples
from backend.laboratory.words import RetestState
from backend.people.actors import Actor
from backend.people.tables import Role

NOTHING: dict[str, Any] = {"figures": [], "technician": False}


async def _bench(by: Actor) -> dict[str, Any]:
    """Nothing for those who test nothing; an expert sees it where something waits."""
    if not by.has(Role.TECHNICIAN, Role.EXPERT):
        return NOTHING
    waiting = await bench.suspects(by)
    retests = sum(each.state is RetestState.OPEN for one in waiting for each in one.retests)
    held = (await held_samples.list_held(by=by)).items
    to_sign = await advice.count_to_sign(by=by) if by.has(Role.EXPERT) else 0
    if not (waiting or held or to_sign or by.has(Role.TECHNICIAN)):
        return NOTHING
    figures = [
        (say("Suspect or positive"), len(waiting), "/console/bench#look", "bad"),
        (say("To be measured again"), retests, "/console/bench#look", "warn"),
        (say("Received by nobody"), len(held), "/console/bench#held", "warn"),
    ]
    if to_sign:
        figures.append((say("Advice to sign"), to_sign, "/console/bench/advice", "warn"))
    return {"figures": figures, "technician": by.has(Role.TECHNICIAN)}


PART_OF_TODAY = ("bench/_today.html", _bench)
