"""The one way in which anything happens to a case after it was opened.

`take` holds the case, looks whether `by` may see it (404), whether the step was taken before (then nothing changes),
whether it starts from here (409) and is his (403); then it writes the case, the lines and moves the clocks. All of it
in one transaction, which the verb around it shares for tasks, notices and photos.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import UniqueViolationError
from msgspec import Struct

from backend.cases import clocks, loop_clocks, queries, storing, timeline
from backend.cases.refusals import CaseUnknown, NotYourStep
from backend.cases.rules import OPEN, Step, Whose, check_step
from backend.cases.timeline import NewLine
from backend.cases.visibility import DESK, HANDLING, Seen, sight
from backend.cases.words import CaseKind, CaseState
from backend.core import clock, creates
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments
from backend.deadlines.schemas import ClockRecord
from backend.people.actors import Actor
from backend.people.tables import Role

VISITS = "visits"
"""The room whose needs are cases: `origin_room` of those."""

TAKEN_BEFORE = "Step {id} was taken before with other content; it stays. Take a new id."


class Held(Seen, frozen=True, kw_only=True):
    """A case whose row this transaction holds, as it was before the step.

    end     number and digest of its last line
    step_*  what stands under the step's id already, in whichever case
    """

    id: UUID
    number: str
    state: CaseState
    kind: CaseKind
    category_code: str
    policy_code: str
    division: UUID
    household: UUID | None
    hops: int
    loop: int
    reopened_n: int
    opened_at: datetime
    received_at: datetime
    upstream_due_at: datetime | None
    responded_at: datetime | None
    closed_at: datetime | None
    merged_into: UUID | None
    origin_room: str | None
    end: tuple[int, bytes]
    step_case: UUID | None
    step_kind: str | None
    step_payload: str | None


class Decided(Struct, frozen=True, kw_only=True):
    """What a verb makes of the case it holds: columns that change, facts for the line, further lines after it."""

    changes: Mapping[str, Any] = {}
    facts: Mapping[str, object] = {}
    lines: Sequence[NewLine] = ()


Decide = Callable[[Held], Awaitable[Decided]]


class Taken(Struct, frozen=True):
    """The case as it was before the step. `new` is false when the step had been taken already, and nothing changed.

    clocks   all of the case's as they are after it, where the step had them in hand; None: who wants them reads them
    """

    before: Held
    new: bool
    at: datetime
    clocks: list[ClockRecord] | None = None


@transaction
async def take(
    step: str,
    *,
    case_id: UUID,
    id: UUID,
    by: Actor | None,
    said: Mapping[str, object],
    internal: Mapping[str, object] | None = None,
    reason: str | None = None,
    decide: Decide | None = None,
    by_rule: bool = False,
) -> Taken:
    """Take a step of `rules.STEPS`.

    id        the line's, given by the maker: the same again changes nothing
    by        None: the citizen, whose receipt the caller has checked, or (`by_rule`) a rule of ours
    said      what the step's line says, plain JSON; where the step is public: what the citizen may read
    internal  what staff alone may read: a line of its own
    decide    called with the case held: what else changes; it may raise refusals
    by_rule   the calling room has looked whether it may be taken, and by whom

    Raises CaseUnknown (404), NotYourStep (403), StepNotOpen, DifferentArguments (409), ReasonNeeded (400).
    """
    held = await hold(case_id, step_id=id)
    given = creates.digest([step, _person(by), said, internal]).hex()
    at = clock.now()
    if held.step_case is not None and _is_the_same(held, step, given):
        return Taken(held, False, at)  # also for somebody who sent the case on, and does not see it any more
    if by is not None and not by_rule and not sight(by).sees(held):
        raise unknown(case_id)
    if held.step_case is not None:
        raise DifferentArguments(TAKEN_BEFORE, id=str(id))
    checked = check_step(step, state=held.state, reason=reason)
    if not by_rule:
        check_whose(checked.whose, held, by)
    decided = await decide(held) if decide else Decided()
    lines = _lines(checked, id, {**said, **decided.facts, "given": given}, internal, decided.lines)
    await _write(held, checked, decided.changes, lines, by=by, at=at)
    moved = await clocks.follow(checked, _clocks(held, at), changes=decided.changes, said=said, by=by, at=at)
    if held.loop > 1:
        await loop_clocks.follow(checked, case_id, changes=decided.changes, by=by, at=at)
    return Taken(held, True, at, moved if held.loop == 1 else None)


async def hold(case_id: UUID, *, step_id: UUID | None = None) -> Held:
    """A case, held until the transaction ends, and what stands under a step's id. Raises CaseUnknown (404)."""
    await queries.lock(case_id)  # read afterwards: what is joined to a row one waits for is as old as the waiting
    row = await queries.held(case_id, step_id=step_id)
    if row is None:
        raise unknown(case_id)
    facts = dict(row)
    return msgspec.convert(facts | {"end": (facts.pop("seq"), facts.pop("digest"))}, Held)


def unknown(case_id: UUID) -> CaseUnknown:
    """The refusal for a case that is not there, or not for this reader."""
    return CaseUnknown("There is no case {id} that you may see.", id=str(case_id))


def check_whose(whose: Whose, case: Held, by: Actor | None) -> None:
    """Raises NotYourStep (403)."""
    if not _may(whose, case, by):
        raise NotYourStep(_WHOSE[whose])


def _may(whose: Whose, case: Held, by: Actor | None) -> bool:
    if by is None:
        return whose is Whose.CITIZEN
    if whose is Whose.OVERSEER:
        return case.division_code.startswith(by.prefixes((Role.SUPERVISOR, Role.ADMIN)))
    desk = case.division_code.startswith(by.prefixes(DESK)) or case.opened_by == by.person_id
    unit = _acts(case, by)
    if case.kind is CaseKind.DIAGNOSIS:
        desk = desk or _at_its_station(case, by)
    if case.origin_room == VISITS:
        return _may_with_need(whose, case, by, unit=unit)
    if whose is Whose.CITIZEN:
        return desk or case.served_by == by.person_id
    return {Whose.DESK: desk, Whose.UNIT: unit, Whose.EITHER: desk or unit}[whose]


def _may_with_need(whose: Whose, case: Held, by: Actor, *, unit: bool) -> bool:
    """A need found at a visit: its cadre of today (else who found it) may do what the desk and the unit may; whoever
    handles for the unit, or for a territory without one, may do all but speak for the citizen."""
    cadre = (case.served_by or case.opened_by) == by.person_id
    desk = case.division_code.startswith(by.prefixes(DESK))
    return desk or cadre or (unit and whose is not Whose.CITIZEN)


def _acts(case: Held, by: Actor) -> bool:
    """Whether he is of the unit that has it now (without a unit: of the territory's), or it was given to him."""
    if case.assignee == by.person_id:
        return True
    return any(
        held.unit_id == case.assignee_unit
        if held.unit_id
        else held.role == Role.HANDLER and case.division_code.startswith(held.prefixes)
        for held in by.held
        if held.role in HANDLING
    )


def _at_its_station(case: Held, by: Actor) -> bool:
    """Whether he is a technician of the station that received a diagnosis: farmers come to its desk."""
    return case.owner_unit is not None and any(
        held.role == Role.TECHNICIAN and held.unit_id == case.owner_unit for held in by.held
    )


_WHOSE = {
    Whose.DESK: "This is for the desk (operator, supervisor, admin) of the place, or for whoever opened the case.",
    Whose.UNIT: "This is for the unit that has the case now.",
    Whose.EITHER: "This is for the unit that has the case now, or for the desk of the place.",
    Whose.OVERSEER: "This is for a supervisor of the place.",
    Whose.CITIZEN: "This is for whoever holds the receipt; the desk or the cadre of today may write it down for him.",
}


def _is_the_same(held: Held, step: str, given: str) -> bool:
    """Whether what stands there is this step, by the same person with the same content (erased, it is taken for it)."""
    payload = msgspec.json.decode(held.step_payload) if held.step_payload else {"given": given}
    return (held.step_case, held.step_kind, payload.get("given")) == (held.id, step, given)


def _lines(
    step: Step,
    id: UUID,
    said: dict[str, object],
    internal: Mapping[str, object] | None,
    further: Sequence[NewLine],
) -> list[NewLine]:
    lines = [NewLine(kind=step.name, public=step.public, payload=said, id=id)]
    if internal:
        lines.append(NewLine(kind="noted", public=False, payload={**internal, "about": step.name}))
    return [*lines, *further]


async def _write(
    held: Held, step: Step, changes: Mapping[str, Any], new: Sequence[NewLine], *, by: Actor | None, at: datetime
) -> None:
    lines = timeline.chain_on(
        held.end,
        new,
        case_id=held.id,
        by=_person(by),
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


def _clocks(held: Held, at: datetime) -> clocks.NewClocks:
    return clocks.NewClocks(
        case_id=held.id,
        number=held.number,
        unit_id=held.assignee_unit or held.owner_unit,
        division_code=held.division_code,
        policy_code=held.policy_code,
        opened_at=at,
        upstream_due_at=None,
    )


def _person(by: Actor | None) -> UUID | None:
    return by.person_id if by else None


def unit_of(by: Actor, case: Held) -> UUID | None:
    """The unit in whose name somebody acts: the case's, where he is of it, else the first that he is of."""
    units = [held.unit_id for held in by.held if held.unit_id is not None]
    return case.assignee_unit if case.assignee_unit in units else next(iter(units), None)
