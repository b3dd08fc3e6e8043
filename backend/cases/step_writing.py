"""What a step leaves behind: lines on the timeline, changed columns, clocks for a case that begins anew."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import UniqueViolationError

from backend.cases import clocks, storing, timeline
from backend.cases.holding import Held
from backend.cases.rules import OPEN, Step
from backend.cases.step_rights import person_of, unit_of
from backend.cases.timeline import NewLine
from backend.core.refusals import DifferentArguments
from backend.people.actors import Actor

TAKEN_BEFORE = "Step {id} was taken before with other content; it stays. Take a new id."


def lines_of(
    step: Step,
    id: UUID,
    said: dict[str, object],
    internal: Mapping[str, object] | None,
    further: Sequence[NewLine],
) -> list[NewLine]:
    """The step's own line, what staff alone may read beside it, and what else the verb has to say."""
    lines = [NewLine(kind=step.name, public=step.public, payload=said, id=id)]
    if internal:
        lines.append(NewLine(kind="noted", public=False, payload={**internal, "about": step.name}))
    return [*lines, *further]


async def write(
    held: Held, step: Step, changes: Mapping[str, Any], new: Sequence[NewLine], *, by: Actor | None, at: datetime
) -> None:
    """Write lines and columns. Raises DifferentArguments (409) where somebody took the id meanwhile."""
    lines = timeline.chain_on(
        held.end,
        new,
        case_id=held.id,
        by=person_of(by),
        by_unit=unit_of(by, held) if by else None,
        at=at,
    )
    try:
        await storing.change(held.id, {**_moved(held, step, at), **changes}, lines)
    except UniqueViolationError as error:
        raise DifferentArguments(TAKEN_BEFORE, id=str(new[0].id)) from error


def _moved(held: Held, step: Step, at: datetime) -> dict[str, Any]:
    """What the step itself changes."""
    changes: dict[str, Any] = {}
    if step.to is not None:
        changes |= {"state": step.to.value, "state_since": at}
        if step.to in OPEN:
            changes["closed_at"] = None
        elif held.closed_at is None:
            changes["closed_at"] = at
    if step.outcome is not None:
        changes["outcome"] = step.outcome.value
    if step.name in clocks.ANSWERS and held.responded_at is None:
        changes["responded_at"] = at
    if step.name in clocks.RESOLVES:
        changes["resolved_at"] = at
    return changes


def clocks_anew(held: Held, at: datetime) -> clocks.NewClocks:
    """The clocks it gets if the step opens it again."""
    return clocks.NewClocks(
        case_id=held.id,
        number=held.number,
        unit_id=held.assignee_unit or held.owner_unit,
        division_code=held.division_code,
        policy_code=held.policy_code,
        opened_at=at,
        upstream_due_at=None,
    )
