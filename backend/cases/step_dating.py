"""A step that was taken offline: its lines say when, beside when they came.

What is said goes into the payload, which the chain covers: nobody can put it back afterwards.
"""

from datetime import datetime

import msgspec

from backend.cases import timeline_queries as queries
from backend.cases.holding import Held
from backend.cases.rules import STEPS, Step
from backend.cases.timeline import NewLine
from backend.core import arrivals

DONE_AT = "done_at"
MOVES = [step.name for step in STEPS.values() if step.to is not None]
"""The steps that others follow on."""


async def dated(lines: list[NewLine], at: datetime | None, held: Held, step: Step, *, now: datetime) -> list[NewLine]:
    """The lines with the moment at which the step was taken, where that can be believed and is not now."""
    if at is None:
        return lines
    done = arrivals.done_before(at, since=await _open_since(held, step), now=now)
    if done is None:
        return lines
    return [msgspec.structs.replace(each, payload={**each.payload, DONE_AT: done.isoformat()}) for each in lines]


async def _open_since(held: Held, step: Step) -> datetime:
    """Since when it could be taken: a step that moves the case follows on the last that did, others on its beginning.

    By when that one was done: whoever was away for a week took several.
    """
    last = await queries.last_of_kinds(held.id, MOVES) if step.to is not None else None
    if last is None or last["kind"] == "opened":
        return held.opened_at
    said = done_at(last["payload"])
    moment: datetime = said or last["at"]
    return moment


def done_at(payload: str | None) -> datetime | None:
    """When what a line tells was done, where that was before it came."""
    said = msgspec.json.decode(payload).get(DONE_AT) if payload else None
    return datetime.fromisoformat(said) if said else None
