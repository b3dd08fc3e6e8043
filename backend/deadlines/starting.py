"""Starting clocks, and starting them anew: under the policy and the calendar of that day, which stay theirs.

What rooms above call from their own verbs, in their transaction, as those of `clocks`.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from uuid import UUID

from backend.core.clock import local, now
from backend.core.creates import Outcome, digest, same
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments
from backend.deadlines import changing, clock_history, policies
from backend.deadlines.clock_queries import Held
from backend.deadlines.policies import Policy
from backend.deadlines.reckoning import record
from backend.deadlines.schemas import ClockRecord, NewClock, Subject
from backend.deadlines.tables import ClockEventKind, ClockState
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
    asked = [(clock.policy_code, clock.kind, local(clock.opened_at).date()) for clock in clocks]
    terms = await policies.terms_of(asked)
    begun = [await _begun(clock, policy, terms.calendar) for clock, policy in zip(clocks, terms.policies, strict=True)]
    digests = [digest(clock) for clock in clocks]
    made = await clock_history.insert(begun, digests, at=now(), by=by.person_id if by else None)
    if len(made) < len(clocks):
        await _check_same(clocks, made)
    as_now = [held if held.id in made else await changing.hold(held.id) for held in begun]
    return [Outcome(record(held), created=held.id in made) for held in as_now]


@transaction
async def restart_clock(*, clock_id: UUID, by: Actor | None = None, at: datetime | None = None) -> ClockRecord:
    """Start a stopped clock anew, in its next round: the whole limit again, under the policy and calendar of that day.

    What the rounds before came to stays in the history. A deadline from above was for the first round.

    Raises ClockUnknown (404), PolicyUnknown (404), NotInOrder (400).
    """
    return (await _restart([await changing.hold(clock_id)], by=by, at=at))[0]


@transaction
async def restart_clocks(
    *,
    subject: Subject,
    kinds: Collection[str] | None = None,
    by: Actor | None = None,
    at: datetime | None = None,
) -> list[ClockRecord]:
    """The same for a subject's clocks (of these kinds); those that were not stopped stay as they are."""
    return await _restart(await changing.hold_those_of(subject, kinds), by=by, at=at)


async def _restart(clocks: Sequence[Held], *, by: Actor | None, at: datetime | None) -> list[ClockRecord]:
    stopped = [clock for clock in clocks if clock.state is ClockState.STOPPED]
    if not stopped:
        return [record(clock) for clock in clocks]
    at = await changing.in_order(stopped, at)
    terms = await policies.terms_of([(clock.policy_code, clock.kind, local(at).date()) for clock in stopped])
    anew = [
        await _anew(clock, policy, terms.calendar, at) for clock, policy in zip(stopped, terms.policies, strict=True)
    ]
    await changing.write(ClockEventKind.RESTARTED, stopped, anew, at=at, by=by)
    begun = {clock.id: clock for clock in anew}
    return [record(begun.get(clock.id, clock)) for clock in clocks]


async def _anew(clock: Held, policy: Policy, calendar_version: int, at: datetime) -> Held:
    begun = changing.with_columns(
        changing.under(clock, policy),
        {
            "calendar_version": calendar_version,
            "state": ClockState.RUNNING,
            "round": clock.round + 1,
            "opened_at": at,
            "upstream_due_at": None,
            "expedited_percent": 0,
            "stops": [],
            "stopped_at": None,
            "stop_recorded_at": None,
        },
    )
    return await changing.reckoned(begun)


async def _begun(clock: NewClock, policy: Policy, calendar_version: int) -> Held:
    """A clock as it is when it starts."""
    return await changing.reckoned(
        Held(
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
            calendar_version=calendar_version,
            opened_at=clock.opened_at.astimezone(UTC),
            upstream_due_at=clock.upstream_due_at and clock.upstream_due_at.astimezone(UTC),
            expedite_percents=policy.shares,
        )
    )


async def _check_same(clocks: Sequence[NewClock], made: set[UUID]) -> None:
    """Raises DifferentArguments (409) where a clock that was there was started with other arguments."""
    known = [clock for clock in clocks if clock.id not in made]
    subjects = [(clock.subject_room, clock.subject_id, clock.kind) for clock in known]
    stored = await clock_history.digests(subjects, [clock.id for clock in known])
    for clock in known:
        if not same(stored.get(clock.id), clock):
            raise DifferentArguments("Clock {id} was started otherwise, or its subject has one.", id=clock.id)
