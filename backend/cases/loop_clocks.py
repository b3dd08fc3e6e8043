"""The time box of the loop a case is in: a clock of kind `loop`, begun anew each time the case goes up.

In loop 1 the case's own two clocks are the time box; the limits of loops 2 and 3 are the policies `loop_2` and `loop_3`
(`loop_policies.csv`). The unit that has the case is told of it as of the other clocks, and the ladder is climbed when
nobody answers.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.cases.clocks import BEGINS_ANEW, ENDS, ROOM, clock_id, of_case
from backend.cases.rules import Step
from backend.deadlines import clocks
from backend.deadlines.schemas import NewClock
from backend.deadlines.starting import restart_clock, start_clock
from backend.deadlines.tables import ClockState
from backend.people.actors import Actor

LOOP = "loop"


async def enter(
    *,
    case_id: UUID,
    number: str,
    division_code: str,
    loop: int,
    unit_id: UUID | None,
    link: str,
    by: Actor | None,
    at: datetime,
) -> None:
    """Begin the time box of loop 2 or 3, in the caller's transaction, who holds the case."""
    id, policy_code = clock_id(case_id, LOOP), f"{LOOP}_{loop}"
    if not any(each.id == id for each in await of_case(case_id)):
        new = NewClock(
            id=id,
            subject_room=ROOM,
            subject_id=case_id,
            kind=LOOP,
            policy_code=policy_code,
            opened_at=at,
            division_code=division_code,
            label=number,
            unit_id=unit_id,
            link=link,
        )
        await start_clock(clock=new, by=by)
        return
    await _anew(id, by=by, at=at)
    await clocks.reclassify_clock(clock_id=id, policy_code=policy_code, by=by)
    await clocks.reassign_clock(clock_id=id, unit_id=unit_id, by=by)


async def follow(step: Step, case_id: UUID, *, changes: Mapping[str, Any], by: Actor | None, at: datetime) -> None:
    """Move the time box of a case above loop 1 as a step asks; standing still goes with the case's other clocks."""
    id = clock_id(case_id, LOOP)
    if step.name in ENDS:
        await clocks.stop_clock(clock_id=id, by=by, at=at)
    elif step.name in BEGINS_ANEW:
        await restart_clock(clock_id=id, by=by, at=at)
    elif changes.get("assignee_unit"):
        await clocks.reassign_clock(clock_id=id, unit_id=changes["assignee_unit"], by=by)


async def renew(case_id: UUID, *, by: Actor, at: datetime) -> None:
    """Let whatever clock of a case has not been stopped begin anew."""
    for each in await of_case(case_id):
        if each.state is not ClockState.STOPPED:
            await _anew(each.id, by=by, at=at)


async def _anew(clock_id: UUID, *, by: Actor | None, at: datetime) -> None:
    await clocks.stop_clock(clock_id=clock_id, by=by, at=at)
    await restart_clock(clock_id=clock_id, by=by, at=at)
