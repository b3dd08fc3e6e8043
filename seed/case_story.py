"""How a case of the demo is told: what was asked, and what became of it.

A moment is (days before the planting, hour of that day in Shandong). Every step is a verb of the room of cases with
what it is given, so that a reader sees how each would be called.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from backend.cases import dispatching, ending, loops, working
from backend.cases.words import Channel, Satisfaction
from seed import made_id

Moment = tuple[int, float]
S = Satisfaction


class Then(NamedTuple):
    """One step: which verb, when, who takes it (a key of `cases.WHO`; "": the citizen with his receipt), given what."""

    verb: Callable[..., Awaitable[Any]]
    at: Moment
    by: str
    given: Mapping[str, Any]


class Told(NamedTuple):
    """One case: where (the number of a household), by whom it was opened, what happened then.

    typed_in   when a slip came into the computer; the moment before is when it was written
    due        the province's own deadline, days from the planting on
    """

    name: str
    channel: Channel
    category: str
    where: str
    at: Moment
    by: str
    title: str
    description: str
    steps: tuple[Then, ...] = ()
    more: Mapping[str, Any] = {}
    typed_in: Moment | None = None
    due: Moment | None = None

    @property
    def id(self) -> UUID:
        return case_id(self.name)


def case_id(name: str) -> UUID:
    """The id of one of the cases."""
    return made_id(f"case/{name}")


def unit(key: str) -> UUID:
    """The id of a unit of the cast."""
    return made_id(f"unit/{key}")


def sent(at: Moment, by: str = "desk", to: str | None = None) -> Then:
    """Dispatched: to the unit that the routing table proposes, or to one that the desk chose."""
    return Then(dispatching.dispatch, at, by, {"unit_id": unit(to) if to else None})


def taken(at: Moment, by: str) -> Then:
    return Then(dispatching.take_in_hand, at, by, {})


def told(at: Moment, by: str, remark: str) -> Then:
    return Then(working.respond, at, by, {"remark": remark})


def done(at: Moment, by: str, remark: str) -> Then:
    return Then(working.resolve, at, by, {"remark": remark})


def answered(at: Moment, by: str, remark: str) -> Then:
    return Then(ending.answer, at, by, {"remark": remark})


def said(at: Moment, satisfaction: Satisfaction, remark: str = "", by: str = "") -> Then:
    return Then(ending.evaluate, at, by, {"satisfaction": satisfaction, "remark": remark})


def handed_over(at: Moment, by: str, to: str, reason: str) -> Then:
    return Then(dispatching.transfer, at, by, {"to_unit_id": unit(to), "reason": reason})


def up(at: Moment, by: str, to_loop: int, reason: str) -> Then:
    return Then(loops.escalate, at, by, {"to_loop": to_loop, "reason": reason})


WATER, WELLS = "planning_construction.water", "production.irrigation"
ROADS, DANGER = "planning_construction.roads", "planning_construction.road_danger"
CLEAN, LAND = "planning_construction.environment", "planning_construction.land"

RELIEF, OLD_AGE, QUESTION = (
    "livelihood_security.minimum_income",
    "livelihood_security.elderly",
    "other.policy_question",
)
