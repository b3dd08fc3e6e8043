"""Clocks held and changed: the one way in which anything happens to them after they were started.

Each verb is written for several clocks, because those of one subject mostly move together: they are held by one
statement and changed by another, however many there are. A single clock is several of one.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.core.clock import now
from backend.deadlines import clock_history
from backend.deadlines import clock_queries as queries
from backend.deadlines.clock_history import Change
from backend.deadlines.clock_queries import Held
from backend.deadlines.policies import Policy
from backend.deadlines.reckoning import columns, reckon
from backend.deadlines.refusals import ClockUnknown, NotInOrder
from backend.deadlines.schemas import Subject
from backend.deadlines.tables import ClockEventKind, ClockState
from backend.people.actors import Actor


async def hold(clock_id: UUID) -> Held:
    """A clock, held until the transaction ends. Raises ClockUnknown (404)."""
    clock = await queries.held(clock_id, lock=True)
    if clock is None:
        raise ClockUnknown("There is no clock {id}.", id=clock_id)
    return clock


async def hold_those_of(subject: Subject, kinds: Collection[str] | None) -> list[Held]:
    """The clocks of a subject, of these kinds where told, held until the transaction ends."""
    return await queries.of_subject(subject.room, subject.id, kinds=kinds, lock=True)


async def write(
    kind: ClockEventKind,
    before: Sequence[Held],
    after: Sequence[Held],
    *,
    at: datetime,
    by: Actor | None,
    reason: str | None = None,
) -> None:
    """Write clocks as they are after a change, each with its line of history."""
    changes = [
        Change(kind=kind, at=at, before=one, after=other, reason=reason)
        for one, other in zip(before, after, strict=True)
    ]
    await clock_history.change(changes, at=now(), by=by.person_id if by else None)


def with_columns(clock: Held, changed: dict[str, Any]) -> Held:
    """The clock with some of its columns changed, as the next reader finds it."""
    return msgspec.structs.replace(clock, revision=clock.revision + 1, **changed)


async def reckoned(clock: Held, *, still_until: datetime | None = None) -> Held:
    """The clock with its deadline reckoned anew; it is reminded of where it runs."""
    running = clock.state is ClockState.RUNNING
    found = await reckon(clock, still_until=still_until)
    return msgspec.structs.replace(clock, **columns(found, clock, running=running))


def under(clock: Held, policy: Policy) -> Held:
    """The clock as it would be under a policy, not reckoned yet."""
    return msgspec.structs.replace(
        clock,
        policy=policy.id,
        policy_code=policy.code,
        clock=policy.clock,
        amount=policy.amount,
        expected_amount=policy.expected_amount,
        hours=policy.hours,
        ladder=policy.ladder,
        expedite_percents=policy.shares,
    )


async def in_order(clocks: Sequence[Held], at: datetime | None) -> datetime:
    """The moment, which must not lie before what happened last, nor in the future. Raises NotInOrder (400)."""
    at = not_ahead(clocks, at)
    last = await clock_history.last_change_at([clock.id for clock in clocks])
    if last is not None and at < last:
        raise NotInOrder("Something happened to this clock at {last}; the moment has to be later.", last=last)
    return at


def not_ahead(clocks: Sequence[Held], at: datetime | None) -> datetime:
    """The moment, which must not lie before the opening, nor in the future. Raises NotInOrder (400)."""
    moment = now()
    at, opened = at or moment, max(clock.opened_at for clock in clocks)
    if not opened <= at <= moment:
        raise NotInOrder("The moment has to lie between {opened} and now.", opened=opened)
    return at
