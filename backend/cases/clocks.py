"""The two clocks of a case, moved by its steps: `response` until an answer in substance, `handling` until resolved.

Limits are limits to report back (反馈情况): an answer in substance stops the first, and the second runs on. A case
that is reopened has both anew, the whole limit again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from msgspec import Struct

from backend.cases.rules import Step
from backend.deadlines import clocks as deadlines
from backend.deadlines.clocks import clocks_of, clocks_of_many
from backend.deadlines.schemas import ClockRecord, NewClock, Subject
from backend.deadlines.starting import restart_clocks, start_clocks
from backend.deadlines.tables import SuspensionReason
from backend.people.actors import Actor

ROOM = "cases"
RESPONSE, HANDLING = "response", "handling"
KINDS = (RESPONSE, HANDLING)

RESOLVES = frozenset({"resolved", "explained", "rejected", "answered_on_spot"})
"""What resolves the matter, and so stops both clocks."""

ANSWERS = RESOLVES | {"responded", "answered"}
"""What is an answer in substance."""

ENDS = RESOLVES | {"merged", "withdrawn"}
BEGINS_ANEW = frozenset({"reopened", "contested", "unmerged"})


def clock_id(case_id: UUID, kind: str) -> UUID:
    """The id of one of a case's clocks."""
    return uuid5(case_id, kind)


class NewClocks(Struct, frozen=True, kw_only=True):
    """What both clocks of a new case start from; `opened_at`: when it was said."""

    case_id: UUID
    number: str
    unit_id: UUID | None
    division_code: str
    policy_code: str
    opened_at: datetime
    upstream_due_at: datetime | None


async def start(new: NewClocks, *, by: Actor | None) -> list[ClockRecord]:
    """Start both clocks of a new case. Raises PolicyUnknown (404)."""
    return await start_many([new], by=by)


async def start_many(new: Sequence[NewClocks], *, by: Actor | None) -> list[ClockRecord]:
    """The same for many new cases, in as many statements as for one."""
    started = [_clock(each, kind) for each in new for kind in KINDS]
    return [outcome.record for outcome in await start_clocks(clocks=started, by=by)]


def _clock(new: NewClocks, kind: str) -> NewClock:
    return NewClock(
        id=clock_id(new.case_id, kind),
        subject_room=ROOM,
        subject_id=new.case_id,
        kind=kind,
        policy_code=new.policy_code,
        opened_at=new.opened_at,
        division_code=new.division_code,
        label=new.number,
        unit_id=new.unit_id,
        link=f"/console/cases/{new.case_id}",
        upstream_due_at=new.upstream_due_at,
    )


async def follow(
    step: Step,
    anew: NewClocks,
    *,
    changes: Mapping[str, Any],
    said: Mapping[str, object],
    by: Actor | None,
    at: datetime,
) -> list[ClockRecord] | None:
    """Move the clocks as a step asks; both as they are now, None where they were not looked at.

    anew   what clocks would start from now. A need that had ended before needs were cases has none until it comes back
    """
    case = Subject(ROOM, anew.case_id)
    if step.name in ENDS:
        return await deadlines.stop_clocks(subject=case, kinds=KINDS, by=by, at=at)
    if step.name in ANSWERS:
        await deadlines.stop_clocks(subject=case, kinds=(RESPONSE,), by=by, at=at)
    elif step.name in BEGINS_ANEW:
        return await restart_clocks(subject=case, kinds=KINDS, by=by, at=at) or await start(anew, by=by)
    elif changes.get("assignee_unit"):
        return await deadlines.reassign_clocks(subject=case, kinds=KINDS, unit_id=changes["assignee_unit"], by=by)
    elif step.name == "suspended":
        await deadlines.suspend_clocks(subject=case, reason=SuspensionReason(str(said["reason_code"])), by=by, at=at)
    elif step.name == "resumed":
        await deadlines.resume_clocks(subject=case, by=by, at=at)
    return None


async def of_case(case_id: UUID) -> list[ClockRecord]:
    """The clocks of a case."""
    return await clocks_of(subject_room=ROOM, subject_id=case_id)


async def of_cases(case_ids: list[UUID]) -> dict[UUID, list[ClockRecord]]:
    """The clocks of many, in one query."""
    return await clocks_of_many(subject_room=ROOM, subject_ids=case_ids)
