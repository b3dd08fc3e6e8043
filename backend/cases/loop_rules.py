"""What may go up, and how far. Pure."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from backend.cases.loop_refusals import LoopSkipped, NotUp
from backend.core.words import Term
from backend.territory.tables import Level

EMERGENCY = "emergency"
LOOPS = {1: Term("inside the trade"), 2: Term("between departments"), 3: Term("joint meeting")}


class Rung(Struct, frozen=True):
    """One division above another. `steps` above: 1 is the next, as a village's community and township are."""

    division_id: UUID
    level: Level
    steps: int


def check_loop(now: int, to: int, *, policy_code: str) -> bool:
    """Whether a loop is skipped on the way, which an emergency may. Raises NotUp, LoopSkipped (409)."""
    if to <= now:
        raise NotUp("The case is in loop {loop} ({name}) now.", loop=now, name=LOOPS[now])
    skips = to > now + 1
    if skips and policy_code != EMERGENCY:
        raise LoopSkipped(
            "The next loop is {loop} ({name}). Only an emergency skips one.", loop=now + 1, name=LOOPS[now + 1]
        )
    return skips


def check_rung(ladder: Sequence[Rung], to: Level, *, policy_code: str) -> Rung:
    """The division at the level asked for. Raises NotUp, LoopSkipped (409).

    ladder   the divisions above the one that has the case, nearest first
    """
    found = next((rung for rung in ladder if rung.level == to), None)
    if found is None:
        raise NotUp("No {level} lies above where the case is now.", level=Term(to))
    if found.steps > 1 and policy_code != EMERGENCY:
        following = next(rung.level for rung in ladder if rung.steps == 1)
        raise LoopSkipped("The next level up is the {level}. Only an emergency skips one.", level=Term(following))
    return found
