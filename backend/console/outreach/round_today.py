"""On the front page of an assistant: the round that runs, and a way to its doors."""

from typing import Any

from backend.antifraud.round_marks import ASSISTANTS
from backend.console.outreach.round_shown import standing
from backend.people.actors import Actor


async def _round(by: Actor) -> dict[str, Any]:
    """Nothing for those who knock at no doors, and on days without a round."""
    return {"plan": (await standing(None, by=by)).walking if by.has(*ASSISTANTS) else None}


PART_OF_TODAY = ("outreach/_round_today.html", _round)
