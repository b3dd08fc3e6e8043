"""Sending a case to the unit that acts on it: proposed by the routing table, sent by the desk or a rule, sent on.

The owner unit (first receiver, 首接负责) is set by the first dispatch where nobody of a unit opened the case, and never
moves by a transfer. Every transfer is a hop; from the second on the supervisor is asked to settle it (零换乘).
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from backend.cases import notices, queries, records, routing
from backend.cases.entries import unit_of
from backend.cases.holding import Held
from backend.cases.policies import case_policy
from backend.cases.refusals import NoRoute, SameUnit, UnitUnknown
from backend.cases.schemas import CaseRecord, Proposal
from backend.cases.steps import Decided, take
from backend.cases.timeline import NewLine
from backend.core import clock
from backend.core.database import transaction
from backend.people.actors import Actor


async def propose_unit(*, case_id: UUID, by: Actor) -> Proposal:
    """The unit that would act on a case in the end, and why. Raises CaseUnknown (404), NoRoute (409)."""
    case = await records.get_case(case_id=case_id, by=by)
    return await _proposed(case.category.code, case.division.code)


@transaction
async def dispatch(
    *, case_id: UUID, id: UUID, unit_id: UUID | None = None, remark: str | None = None, by: Actor
) -> CaseRecord:
    """Send a case to a unit; without `unit_id` to the one proposed. Its duty person is told at once.

    Raises CaseUnknown, UnitUnknown (404), NotYourStep (403), NoRoute, StepNotOpen, DifferentArguments (409).
    """
    return await _dispatch(case_id, id, unit_id=unit_id, remark=remark, by=by)


@transaction
async def pass_on(
    *,
    case_id: UUID,
    id: UUID,
    unit_id: UUID | None = None,
    remark: str | None = None,
    by: Actor,
    at: datetime | None = None,
) -> bool:
    """Hand on a need that was found at a visit; whether the step was new.

    To the unit named; else to the unit of whoever hands it on; else to the one that the routing table has. Where there
    is none it stays with its cadre: he solves it himself where he can.

    Raises CaseUnknown, UnitUnknown (404), NotYourStep (403), StepNotOpen, DifferentArguments (409).
    """
    to: UUID | None = None

    async def decide(case: Held) -> Decided:
        nonlocal to
        to, name = await _found_unit(case, unit_id or unit_of(by, case.division_code))
        changes: dict[str, Any] = {"assignee_unit": to, "assignee": None if to else case.served_by or case.opened_by}
        if case.owner_unit is None:
            changes["owner_unit"] = to
        return Decided(changes=changes, facts={"to_unit": to, "to_unit_name": name})

    said = {"unit_id": unit_id}
    taken = await take(
        "dispatched", case_id=case_id, id=id, by=by, said=said, internal=_remark(remark), decide=decide, at=at
    )
    if taken.new and to is not None:
        await notices.tell_unit(taken.before, unit_id=to, step_id=id, by=by)
    return taken.new


async def _found_unit(case: Held, unit_id: UUID | None) -> tuple[UUID | None, str | None]:
    if unit_id is not None:
        return await _unit(unit_id)
    route = await routing.proposal(category_code=case.category_code, division_code=case.division_code)
    return (route.unit.id, route.unit.name) if route else (None, None)


async def dispatch_by_rule(*, case_id: UUID, proposal: Proposal) -> CaseRecord:
    """Send a new case to the unit of a route that dispatches by itself."""
    return await _dispatch(case_id, uuid5(case_id, "dispatched by a rule"), proposal=proposal)


@transaction
async def dispatch_quietly(*, case_id: UUID, id: UUID, unit_id: UUID) -> None:
    """Send a case to a unit by a rule of the calling room, which tells whom it concerns by itself: no duty person is.

    Raises CaseUnknown, UnitUnknown (404), StepNotOpen, DifferentArguments (409).
    """

    async def decide(case: Held) -> Decided:
        to, name = await _unit(unit_id)
        changes: dict[str, Any] = {"assignee_unit": to, "assignee": None, "owner_unit": case.owner_unit or to}
        return Decided(changes=changes, facts={"to_unit": to, "to_unit_name": name, "by_rule": True})

    said = {"unit_id": unit_id}
    await take("dispatched", case_id=case_id, id=id, by=None, said=said, decide=decide, by_rule=True)


async def _dispatch(
    case_id: UUID,
    id: UUID,
    *,
    unit_id: UUID | None = None,
    remark: str | None = None,
    by: Actor | None = None,
    proposal: Proposal | None = None,
) -> CaseRecord:
    async def decide(case: Held) -> Decided:
        route = proposal or (None if unit_id else await _proposed(case.category_code, case.division_code))
        to, name = (route.unit.id, route.unit.name) if route else await _unit(unit_id)
        changes: dict[str, Any] = {"assignee_unit": to, "assignee": None}
        if case.owner_unit is None:
            changes["owner_unit"] = to
        facts: dict[str, object] = {"to_unit": to, "to_unit_name": name}
        if route:
            facts |= {"by_rule": by is None, "route": route.route_id}
        return Decided(changes=changes, facts=facts)

    taken = await take(
        "dispatched",
        case_id=case_id,
        id=id,
        by=by,
        said={"unit_id": unit_id},
        internal=_remark(remark),
        decide=decide,
        by_rule=by is None,
    )
    record = await records.read(case_id, known=taken.clocks)
    if taken.new and record.assignee_unit:
        await notices.tell_unit(taken.before, unit_id=record.assignee_unit.id, step_id=id, by=by)
    return record


@transaction
async def take_in_hand(*, case_id: UUID, id: UUID, by: Actor, at: datetime | None = None) -> CaseRecord:
    """Somebody of the unit takes a case in hand: it is his from now on.

    Raises CaseUnknown (404), NotYourStep (403), StepNotOpen, DifferentArguments (409).
    """

    async def decide(_: Held) -> Decided:
        return Decided(changes={"assignee": by.person_id})

    taken = await take("taken_in_hand", case_id=case_id, id=id, by=by, said={}, decide=decide, at=at)
    if taken.new:
        await notices.settle(case_id, by=by, done=True)
    return await records.read(case_id)


@transaction
async def transfer(
    *, case_id: UUID, id: UUID, to_unit_id: UUID, reason: str, remark: str | None = None, by: Actor
) -> CaseRecord:
    """Send a case on to another unit. The owner unit stays; hops count one more.

    reason  the citizen reads it
    remark  staff alone read it

    Raises CaseUnknown, UnitUnknown (404), NotYourStep (403), SameUnit, StepNotOpen, DifferentArguments (409),
    ReasonNeeded (400).
    """

    async def decide(case: Held) -> Decided:
        (to, name), hops = await _unit(to_unit_id), case.hops + 1
        if to == case.assignee_unit:
            raise SameUnit("The unit has the case already. Choose another one.")
        return Decided(
            changes={"assignee_unit": to, "assignee": None, "hops": hops},
            facts={"from_unit": case.assignee_unit, "to_unit_name": name, "hops": hops},
            lines=[NewLine(kind="second_hop", public=False, payload={"hops": hops})] if _is_told(hops) else [],
        )

    taken = await take(
        "transferred",
        case_id=case_id,
        id=id,
        by=by,
        said={"to_unit": to_unit_id, "reason": reason.strip()},
        internal=_remark(remark),
        reason=reason,
        decide=decide,
    )
    if taken.new:
        await notices.tell_unit(taken.before, unit_id=to_unit_id, step_id=id, by=by)
        if _is_told(hops := taken.before.hops + 1):
            await notices.tell_supervisor(taken.before, hops=hops, step_id=id, by=by)
    return await records.read(case_id, known=taken.clocks)


def _is_told(hops: int) -> bool:
    return hops >= case_policy(clock.today()).hops_told


def _remark(remark: str | None) -> dict[str, object] | None:
    return {"remark": remark.strip()} if remark and remark.strip() else None


async def _proposed(category_code: str, division_code: str) -> Proposal:
    found = await routing.proposal(category_code=category_code, division_code=division_code)
    if found is None:
        raise NoRoute(
            "The routing table has no unit for {category} in {division_code}. Choose a unit yourself.",
            category=category_code,
            division_code=division_code,
        )
    return found


async def _unit(unit_id: UUID | None) -> tuple[UUID, str]:
    found = await queries.unit(unit_id) if unit_id else None
    if found is None:
        raise UnitUnknown("There is no open unit {id}.", id=str(unit_id))
    return found["id"], found["name"]
