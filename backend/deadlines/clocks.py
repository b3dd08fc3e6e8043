"""Starting, suspending, resuming, stopping clocks: what rooms above call from their own verbs, in their transaction.

Each verb may be said again: a clock that stands still already, runs already or was stopped already stays as it is. Who
may do it is the calling room's to know; `by` is only written down.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.core.clock import local, now
from backend.core.creates import Outcome, digest
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments
from backend.deadlines import calendar_queries, expediting, policies
from backend.deadlines import clock_queries as queries
from backend.deadlines.clock_queries import Change, Held
from backend.deadlines.reckoning import columns, reckon, record
from backend.deadlines.refusals import ClockStopped, ClockUnknown, NotInOrder
from backend.deadlines.schemas import ClockRecord, NewClock
from backend.deadlines.tables import ClockEventKind, ClockState, SuspensionReason
from backend.people.actors import Actor


async def start_clock(*, clock: NewClock, by: Actor | None = None) -> Outcome[ClockRecord]:
    """Start one clock; the same again is the same clock, as it is now. See `start_clocks`."""
    return (await start_clocks(clocks=[clock], by=by))[0]


@transaction
async def start_clocks(*, clocks: Sequence[NewClock], by: Actor | None = None) -> list[Outcome[ClockRecord]]:
    """Start the clocks of a subject together: one of a kind each, under the policy and the calendar of this day.

    `opened_at` may lie in the past (a slip that is typed in later): what is late then is late.

    Raises PolicyUnknown (404), DifferentArguments (409).
    """
    at, days = now(), [local(clock.opened_at).date() for clock in clocks]
    version = await calendar_queries.current_version()
    asked = [(clock.policy_code, clock.kind, day) for clock, day in zip(clocks, days, strict=True)]
    limits = await policies.in_force_of(asked)
    begun = [await _begun(clock, policy, version) for clock, policy in zip(clocks, limits, strict=True)]
    made = await queries.insert(begun, [digest(clock) for clock in clocks], at=at, by=by.person_id if by else None)
    if len(made) < len(clocks):
        await _check_same(clocks, made)
    as_now = [held if held.id in made else await _held(held.id) for held in begun]
    return [Outcome(record(held), created=held.id in made) for held in as_now]


async def clocks_of(*, subject_room: str, subject_id: UUID) -> list[ClockRecord]:
    """The clocks of one subject, in the order in which they were opened."""
    return [record(held) for held in await queries.of_subject(subject_room, subject_id)]


async def clocks_of_many(*, subject_room: str, subject_ids: Sequence[UUID]) -> dict[UUID, list[ClockRecord]]:
    """The same for a list of subjects, in one query; a subject without clocks has an empty list."""
    found: dict[UUID, list[ClockRecord]] = {subject_id: [] for subject_id in subject_ids}
    for held in await queries.of_subjects(subject_room, subject_ids):
        found[held.subject_id].append(record(held))
    return found


@transaction
async def suspend_clock(
    *, clock_id: UUID, reason: SuspensionReason, by: Actor | None = None, at: datetime | None = None
) -> ClockRecord:
    """Let a clock stand still. What it reminded of is withdrawn. Raises ClockUnknown (404), ClockStopped (409)."""
    clock = await _held(clock_id, lock=True)
    if clock.state is ClockState.STOPPED:
        raise ClockStopped("It was stopped at {at}. Start it anew first.", at=clock.stopped_at)
    if clock.state is ClockState.SUSPENDED:
        return record(clock)
    at = await _in_order(clock, at)
    await queries.begin_suspension(clock, reason=SuspensionReason(reason), at=at)
    changed = {"state": ClockState.SUSPENDED, "suspended_at": at, "next_expedite_at": None}
    await _change(clock, ClockEventKind.SUSPENDED, changed, at=at, by=by, reason=reason)
    await expediting.hush(clock_id)
    return record(await _held(clock_id))


@transaction
async def resume_clock(*, clock_id: UUID, by: Actor | None = None, at: datetime | None = None) -> ClockRecord:
    """Let a clock run on; its deadline moves as `rules.deadline` says.

    Raises ClockUnknown (404), ClockStopped (409), NotInOrder (400).
    """
    clock = await _held(clock_id, lock=True)
    if clock.state is ClockState.STOPPED:
        raise ClockStopped("It was stopped at {at}. Start it anew first.", at=clock.stopped_at)
    if clock.state is ClockState.RUNNING:
        return record(clock)
    at = await _in_order(clock, at)
    await queries.end_suspension(clock_id, at=at)
    moved = columns(await reckon(clock, still_until=at), clock, running=True)
    await _change(
        clock, ClockEventKind.RESUMED, moved | {"state": ClockState.RUNNING, "suspended_at": None}, at=at, by=by
    )
    return record(await _held(clock_id))


@transaction
async def stop_clock(*, clock_id: UUID, by: Actor | None = None, at: datetime | None = None) -> ClockRecord:
    """What was asked for happened. A clock stops exactly once: a second stop changes nothing.

    at   when it happened (now): an answer given on paper on Friday and typed in on Monday was given on Friday

    Raises ClockUnknown (404), NotInOrder (400).
    """
    clock = await _held(clock_id, lock=True)
    if clock.state is ClockState.STOPPED:
        return record(clock)
    at = _not_ahead(clock, at)
    moved = columns(await reckon(clock, still_until=at), clock, running=False) if clock.suspended_at else {}
    await queries.end_suspension(clock_id, at=at)
    stopped = {"state": ClockState.STOPPED, "stopped_at": at, "stop_recorded_at": now()}
    at_rest = {"suspended_at": None, "next_expedite_at": None}
    await _change(clock, ClockEventKind.STOPPED, moved | stopped | at_rest, at=at, by=by)
    await expediting.hush(clock_id)
    return record(await _held(clock_id))


@transaction
async def restart_clock(*, clock_id: UUID, by: Actor | None = None, at: datetime | None = None) -> ClockRecord:
    """Start a stopped clock anew, in its next round: the whole limit again, under the policy and calendar of that day.

    What the rounds before came to stays in the history. A deadline from above was for the first round.

    Raises ClockUnknown (404), PolicyUnknown (404), NotInOrder (400).
    """
    clock = await _held(clock_id, lock=True)
    if clock.state is not ClockState.STOPPED:
        return record(clock)
    at = await _in_order(clock, at)
    policy = await policies.in_force(code=clock.policy_code, kind=clock.kind, on=local(at).date())
    anew = msgspec.structs.replace(
        _under(clock, policy),
        calendar_version=await calendar_queries.current_version(),
        opened_at=at,
        upstream_due_at=None,
        expedited_percent=0,
        stops=[],
    )
    stopped = {"stopped_at": None, "stop_recorded_at": None, "expedited_percent": 0, "upstream_due_at": None}
    begun = {"state": ClockState.RUNNING, "round": clock.round + 1, "opened_at": at}
    under = await _columns_under(anew, running=True)
    await _change(clock, ClockEventKind.RESTARTED, under | stopped | begun, at=at, by=by)
    return record(await _held(clock_id))


@transaction
async def reassign_clock(
    *, clock_id: UUID, unit_id: UUID | None, division_code: str | None = None, by: Actor | None = None
) -> ClockRecord:
    """Another unit is asked from now on; the deadline stays. Raises ClockUnknown (404)."""
    clock = await _held(clock_id, lock=True)
    moved = {"unit": unit_id, "division_code": division_code or clock.division_code}
    if (clock.unit, clock.division_code) != (moved["unit"], moved["division_code"]):
        await _change(clock, ClockEventKind.REASSIGNED, moved, at=now(), by=by)
        await expediting.hush(clock_id)
    return record(await _held(clock_id))


@transaction
async def reclassify_clock(*, clock_id: UUID, policy_code: str, by: Actor | None = None) -> ClockRecord:
    """The matter turned out to be of another class: its limit, counted from the same opening, under the same calendar.

    Shares that were reminded of already are not reminded of again.

    Raises ClockUnknown, PolicyUnknown (404), ClockStopped (409).
    """
    clock = await _held(clock_id, lock=True)
    if clock.policy_code == policy_code:
        return record(clock)
    if clock.state is ClockState.STOPPED:
        raise ClockStopped("It was stopped at {at}. Start it anew first.", at=clock.stopped_at)
    policy = await policies.in_force(code=policy_code, kind=clock.kind, on=local(clock.opened_at).date())
    changed = await _columns_under(_under(clock, policy), running=clock.state is ClockState.RUNNING)
    await _change(clock, ClockEventKind.RECLASSIFIED, changed, at=now(), by=by, reason=policy_code)
    return record(await _held(clock_id))


def _under(clock: Held, policy: policies.Policy) -> Held:
    """The clock as it would be under a policy."""
    return msgspec.structs.replace(
        clock,
        policy=policy.id,
        clock=policy.clock,
        amount=policy.amount,
        expected_amount=policy.expected_amount,
        hours=policy.hours,
        ladder=policy.ladder,
        expedite_percents=policy.shares,
    )


async def _columns_under(clock: Held, *, running: bool) -> dict[str, Any]:
    return columns(await reckon(clock), clock, running=running) | {
        "policy": clock.policy,
        "ladder": clock.ladder,
        "calendar_version": clock.calendar_version,
        "expedite_percents": clock.expedite_percents,
    }


async def _held(clock_id: UUID, *, lock: bool = False) -> Held:
    clock = await queries.held(clock_id, lock=lock)
    if clock is None:
        raise ClockUnknown("There is no clock {id}.", id=clock_id)
    return clock


async def _change(
    clock: Held,
    kind: ClockEventKind,
    changed: dict[str, Any],
    *,
    at: datetime,
    by: Actor | None,
    reason: str | None = None,
) -> None:
    change = Change(kind=kind, at=at, columns=changed, reason=reason)
    await queries.change(clock, change, at=now(), by=by.person_id if by else None)


async def _in_order(clock: Held, at: datetime | None) -> datetime:
    """The moment, which must not lie before what happened last, nor in the future."""
    at = _not_ahead(clock, at)
    last = await queries.last_change_at(clock.id)
    if last is not None and at < last:
        raise NotInOrder("Something happened to this clock at {last}; the moment has to be later.", last=last)
    return at


def _not_ahead(clock: Held, at: datetime | None) -> datetime:
    moment = now()
    at = at or moment
    if not clock.opened_at <= at <= moment:
        raise NotInOrder("The moment has to lie between {opened} and now.", opened=clock.opened_at)
    return at


async def _begun(clock: NewClock, policy: policies.Policy, version: int) -> Held:
    """A clock as it is when it starts."""
    unmeasured = Held(
        id=clock.id,
        subject_room=clock.subject_room,
        subject_id=clock.subject_id,
        kind=clock.kind,
        label=clock.label,
        link=clock.link,
        unit=clock.unit_id,
        division_code=clock.division_code,
        policy=policy.id,
        policy_code=policy.code,
        clock=policy.clock,
        amount=policy.amount,
        expected_amount=policy.expected_amount,
        hours=policy.hours,
        ladder=clock.ladder or policy.ladder,
        calendar_version=version,
        opened_at=clock.opened_at.astimezone(UTC),
        upstream_due_at=clock.upstream_due_at and clock.upstream_due_at.astimezone(UTC),
        expedite_percents=policy.shares,
    )
    return msgspec.structs.replace(unmeasured, **columns(await reckon(unmeasured), unmeasured, running=True))


async def _check_same(clocks: Sequence[NewClock], made: set[UUID]) -> None:
    """Raises DifferentArguments (409) where a clock that was there was started with other arguments."""
    known = [clock for clock in clocks if clock.id not in made]
    subjects = [(clock.subject_room, clock.subject_id, clock.kind) for clock in known]
    stored = await queries.digests(subjects, [clock.id for clock in known])
    for clock in known:
        if stored.get(clock.id) != digest(clock):
            raise DifferentArguments("Clock {id} was started otherwise, or its subject has one.", id=clock.id)
