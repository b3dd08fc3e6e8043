"""On the front page of whoever carries a visitor's card: the code that he says at the door today."""

from typing import Any

from backend.antifraud.visitor_checking import my_visitor_code
from backend.antifraud.visitor_queries import VISITORS
from backend.antifraud.visitor_refusals import NoVisitorCard
from backend.people.actors import Actor


async def _code(by: Actor) -> dict[str, Any]:
    """Nothing for those who carry none."""
    if not by.has(*VISITORS):
        return {"mine": None}
    try:
        return {"mine": await my_visitor_code(by=by)}
    except NoVisitorCard:
        return {"mine": None}


PART_OF_TODAY = ("visitor/_today.html", _code)
