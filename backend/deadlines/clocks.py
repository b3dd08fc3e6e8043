"""Suspending, resuming, stopping, reassigning clocks: what rooms above call from their own verbs, in their transaction.

Each verb may be said again: a clock that stands still already, runs already or was stopped already stays as it is. Who
may do it is the calling room's to know; `by` is only written down. Those in the plural move the clocks of one subject
(of some kinds, where told) together, in as many statements as one; a subject without clocks has none to move. They are
started in `starting`.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.core.clock import local, now
from backend.core.database import transaction
from backend.deadlines import changing, clock_history, expediting, policies
from backend.deadlines import clock_queries as queries
from backend.deadlines.clock_queries import Held
from backend.deadlines.reckoning import record
from backend.deadlines.refusals import ClockStopped
from backend.deadlines.schemas import ClockRecord, Subject
from backend.deadlines.tables import ClockEventKind, ClockState, SuspensionReason
from backend.people.actors import Actor


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
    return (await _suspend([_not_stopped(await changing.hold(clock_id))], reason, by=by, at=at))[0]


@transaction
async def suspend_clocks(
    *,
    subject: Subject,
    reason: SuspensionReason,
    kinds: Collection[str] | None = None,
    by: Actor | None = None,
    at: datetime | None = None,
) -> list[ClockRecord]:
    """The same for a subject's clocks; what was stopped stays stopped."""
    return await _suspend(await changing.hold_those_of(subject, kinds), reason, by=by, at=at)


async def _suspend(
    clocks: Sequence[Held], reason: SuspensionReason, *, by: Actor | None, at: datetime | None
) -> list[ClockRecord]:
    running = [clock for clock in clocks if clock.state is ClockState.RUNNING]
    if not running:
        return _as_now(clocks)
    at, reason = await changing.in_order(running, at), SuspensionReason(reason)
    still = {"state": ClockState.SUSPENDED, "suspended_at": at, "suspended_for": reason, "next_expedite_at": None}
    after = [changing.with_columns(clock, still) for clock in running]
    await clock_history.begin_suspensions(running, reason=reason, at=at)
    await changing.write(ClockEventKind.SUSPENDED, running, after, at=at, by=by, reason=reason)
    await _hush(running)
    return _as_now(clocks, after)


@transaction
async def resume_clock(*, clock_id: UUID, by: Actor | None = None, at: datetime | None = None) -> ClockRecord:
    """Let a clock run on; its deadline moves as `rules.deadline` says.

    Raises ClockUnknown (404), ClockStopped (409), NotInOrder (400).
    """
    return (await _resume([_not_stopped(await changing.hold(clock_id))], by=by, at=at))[0]


@transaction
async def resume_clocks(
    *,
    subject: Subject,
    kinds: Collection[str] | None = None,
    by: Actor | None = None,
    at: datetime | None = None,
) -> list[ClockRecord]:
    """The same for a subject's clocks; what was stopped stays stopped."""
    return await _resume(await changing.hold_those_of(subject, kinds), by=by, at=at)


async def _resume(clocks: Sequence[Held], *, by: Actor | None, at: datetime | None) -> list[ClockRecord]:
    still = [clock for clock in clocks if clock.state is ClockState.SUSPENDED]
    if not still:
        return _as_now(clocks)
    at = await changing.in_order(still, at)
    after = [await _moving(clock, {"state": ClockState.RUNNING}, at) for clock in still]
    await clock_history.end_suspensions([clock.id for clock in still], at=at)
    await changing.write(ClockEventKind.RESUMED, still, after, at=at, by=by)
    return _as_now(clocks, after)


@transaction
async def stop_clock(*, clock_id: UUID, by: Actor | None = None, at: datetime | None = None) -> ClockRecord:
    """What was asked for happened. A clock stops exactly once: a second stop changes nothing.

    at   when it happened (now): an answer given on paper on Friday and typed in on Monday was given on Friday

    Raises ClockUnknown (404), NotInOrder (400).
    """
    return (await _stop([await changing.hold(clock_id)], by=by, at=at))[0]


@transaction
async def stop_clocks(
    *,
    subject: Subject,
    kinds: Collection[str] | None = None,
    by: Actor | None = None,
    at: datetime | None = None,
) -> list[ClockRecord]:
    """The same for a subject's clocks."""
    return await _stop(await changing.hold_those_of(subject, kinds), by=by, at=at)


async def _stop(clocks: Sequence[Held], *, by: Actor | None, at: datetime | None) -> list[ClockRecord]:
    going = [clock for clock in clocks if clock.state is not ClockState.STOPPED]
    if not going:
        return _as_now(clocks)
    at = changing.not_ahead(going, at)
    stopped = {"state": ClockState.STOPPED, "stopped_at": at, "stop_recorded_at": now(), "next_expedite_at": None}
    still = [clock.id for clock in going if clock.suspended_at]
    after = [await _moving(clock, stopped, at) for clock in going]
    if still:
        await clock_history.end_suspensions(still, at=at)
    await changing.write(ClockEventKind.STOPPED, going, after, at=at, by=by)
    await _hush(going)
    return _as_now(clocks, after)


async def _moving(clock: Held, changed: dict[str, Any], at: datetime) -> Held:
    """The clock changed, standing still no longer; its deadline moves where it stood still until now."""
    after = changing.with_columns(clock, changed)
    if clock.suspended_at is None:
        return after
    moved = await changing.reckoned(after, still_until=at)
    return msgspec.structs.replace(moved, suspended_at=None, suspended_for=None)


@transaction
async def reassign_clock(
    *, clock_id: UUID, unit_id: UUID | None, division_code: str | None = None, by: Actor | None = None
) -> ClockRecord:
    """Another unit is asked from now on; the deadline stays. Raises ClockUnknown (404)."""
    return (await _reassign([await changing.hold(clock_id)], unit_id, division_code, by=by))[0]


@transaction
async def reassign_clocks(
    *,
    subject: Subject,
    unit_id: UUID | None,
    division_code: str | None = None,
    kinds: Collection[str] | None = None,
    by: Actor | None = None,
) -> list[ClockRecord]:
    """The same for a subject's clocks."""
    held = await changing.hold_those_of(subject, kinds)
    return await _reassign(held, unit_id, division_code, by=by)


async def _reassign(
    clocks: Sequence[Held], unit_id: UUID | None, division_code: str | None, *, by: Actor | None
) -> list[ClockRecord]:
    moved = [c for c in clocks if (c.unit, c.division_code) != (unit_id, division_code or c.division_code)]
    if not moved:
        return _as_now(clocks)
    after = [
        changing.with_columns(clock, {"unit": unit_id, "division_code": division_code or clock.division_code})
        for clock in moved
    ]
    await changing.write(ClockEventKind.REASSIGNED, moved, after, at=now(), by=by)
    await _hush(moved)
    return _as_now(clocks, after)


@transaction
async def reclassify_clock(*, clock_id: UUID, policy_code: str, by: Actor | None = None) -> ClockRecord:
    """The matter turned out to be of another class: its limit, counted from the same opening, under the same calendar.

    Shares that were reminded of already are not reminded of again.

    Raises ClockUnknown, PolicyUnknown (404), ClockStopped (409).
    """
    clock = await changing.hold(clock_id)
    if clock.policy_code == policy_code:
        return record(clock)
    _not_stopped(clock)
    policy = await policies.in_force(code=policy_code, kind=clock.kind, on=local(clock.opened_at).date())
    after = await changing.reckoned(changing.with_columns(changing.under(clock, policy), {}))
    await changing.write(ClockEventKind.RECLASSIFIED, [clock], [after], at=now(), by=by, reason=policy_code)
    return record(after)


def _not_stopped(clock: Held) -> Held:
    if clock.state is ClockState.STOPPED:
        raise ClockStopped("It was stopped at {at}. Start it anew first.", at=clock.stopped_at)
    return clock


async def _hush(clocks: Sequence[Held]) -> None:
    """Only clocks that ever had a notice can have one that is still open."""
    if noticed := [clock.id for clock in clocks if clock.notices]:
        await expediting.hush(noticed)


def _as_now(clocks: Sequence[Held], changed: Sequence[Held] = ()) -> list[ClockRecord]:
    after = {clock.id: clock for clock in changed}
    return [record(after.get(clock.id, clock)) for clock in clocks]
