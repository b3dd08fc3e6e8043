"""Sending: take a batch, commit, hand it over, write down what became of it; again until nothing is due.

The batch is in hand before anything leaves and its verdicts are one statement after, so a killed worker costs at most
one batch twice, under the same ids. Emergencies have a lane of their own, and campaigns one behind all others.
"""

import asyncio
import os
import secrets
import socket
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

import structlog
from msgspec import Struct

from backend.core import clock
from backend.core.jobs import enqueue, job
from backend.push import dispatch_queries as queries
from backend.push import gate, outlets, rules
from backend.push.messages import message
from backend.push.moving import Move, move, soonest
from backend.push.policies import PushPolicy, push_policy
from backend.push.provider import Outgoing, Provider, ReceiptState, Sent, Verdict
from backend.push.states import DIRECT_QUEUE, EMERGENCY_QUEUE, DeliveryState

log = structlog.get_logger()

SEND, SEND_EMERGENCY, SEND_CAMPAIGN = "push/send", "push/send-emergency", "push/send-campaign"
AT_A_STRETCH_S = 5.0
"""How long a campaign's job goes on before it queues itself again: a server that is told to leave waits for it."""

WORKER = f"{socket.gethostname()[:20]}-{os.getpid()}-{secrets.token_hex(3)}"


class Turn(Struct, frozen=True):
    """Which queue, of which provider; of all providers where none is named. Stretches are even and odd by turns."""

    queue: UUID
    provider: str | None = None
    stretch: int = 0


async def wake(queue: UUID, *, provider: str | None = None, urgent: bool, after: timedelta | None = None) -> None:
    """Have a queue looked at, when the running transaction has committed.

    Only campaigns and late looks wait for each other: a job that runs may have looked already when this one commits.
    """
    turn = Turn(queue, provider)
    if urgent:
        await enqueue(SEND_EMERGENCY, turn, after=after, priority=0 if queue == EMERGENCY_QUEUE else -1)
    elif queue == DIRECT_QUEUE:
        await enqueue(SEND, turn, after=after, dedupe=_key(turn) if after else None)
    else:
        await enqueue(SEND_CAMPAIGN, turn, after=after, dedupe=_key(turn))


def _key(turn: Turn) -> str:
    return f"push {turn.queue} {turn.provider} {turn.stretch}"


async def _go_on(turn: Turn, *, urgent: bool) -> None:
    """The next stretch: even after odd, so that one that runs does not swallow it and there are never more than two."""
    further = Turn(turn.queue, turn.provider, 1 - turn.stretch)
    entrypoint = SEND_EMERGENCY if urgent else SEND if turn.queue == DIRECT_QUEUE else SEND_CAMPAIGN
    await enqueue(entrypoint, further, dedupe=_key(further))


@job(SEND_EMERGENCY, lane="push-emergency", at_once=lambda: 4)
async def send_emergency(turn: Turn) -> None:
    """What rings."""
    await run(turn, urgent=True)


@job(SEND, lane="push", at_once=lambda: 4)
async def send(turn: Turn) -> None:
    """What rooms tell single persons."""
    await run(turn, urgent=False)


@job(SEND_CAMPAIGN, lane="push-campaigns", at_once=lambda: 4)
async def send_campaign(turn: Turn) -> None:
    """A stretch of a campaign."""
    await run(turn, urgent=False)


async def run(turn: Turn, *, urgent: bool) -> None:
    """Send what is due, over every provider at once; come again for what is left."""
    chosen = [each for each in outlets.in_use() if turn.provider in (None, each.name)]
    for failed in await asyncio.gather(
        *(_run_one(turn, provider, urgent=urgent) for provider in chosen), return_exceptions=True
    ):
        if isinstance(failed, BaseException):
            raise failed


async def _run_one(turn: Turn, provider: Provider, *, urgent: bool) -> None:
    stop_at, policy = monotonic() + AT_A_STRETCH_S, push_policy(clock.today())
    while monotonic() < stop_at:
        rest = await step(turn.queue, provider, urgent=urgent, policy=policy)
        if rest is not None:
            if rest:
                await wake(turn.queue, provider=provider.name, urgent=urgent, after=rest)
            return
    await _go_on(Turn(turn.queue, provider.name, turn.stretch), urgent=urgent)


async def step(queue: UUID, provider: Provider, *, urgent: bool, policy: PushPolicy) -> timedelta | None:
    """One batch. None: there may be more; otherwise when to come again (zero: nothing waits that we know of)."""
    at = clock.now()
    wished = provider.capabilities.batch_size
    leave = await gate.ask(provider, messages=wished, urgent=urgent, at=at, policy=policy)
    if not leave.messages:
        return max(leave.again_at - at, timedelta(milliseconds=20))
    lease = policy.urgent_lease if urgent else policy.lease
    rows = await queries.claim(
        queue=queue, provider=provider.name, at=at, limit=leave.messages, worker=WORKER, until=at + lease
    )
    if len(rows) < leave.messages:
        await gate.give_back(provider, messages=leave.messages - len(rows), nothing_sent=not rows)
    if not rows:
        return timedelta(0)
    return await _send(provider, rows, lease, policy)


async def _send(
    provider: Provider, rows: Sequence[queries.Row], lease: timedelta, policy: PushPolicy
) -> timedelta | None:
    notices = await queries.notices(list({row["notice"] for row in rows}))
    settled, to_send = await _sorted_out(provider, rows, notices)
    batch = [message(row, notices[row["notice"]]) for row in to_send]
    verdicts = await _verdicts(provider, batch, lease) if batch else []
    at = clock.now()
    attempts = {row["id"]: row["attempts"] for row in to_send}
    moves = settled + [_move(verdict, attempts[verdict.delivery_id], at, policy) for verdict in verdicts]
    await move(moves, at=at)
    left_alone = await _tell_gate(provider, verdicts, at, policy) if verdicts else None
    if left_alone is not None:
        return left_alone
    again = soonest(moves, at=at)
    return again if len(rows) < provider.capabilities.batch_size else None


async def _sorted_out(
    provider: Provider, rows: Sequence[queries.Row], notices: Mapping[UUID, queries.Row]
) -> tuple[list[Move], list[queries.Row]]:
    """What needs no sending (any more), with what it becomes; and what does."""
    at = clock.now()
    gone = {row["id"]: _not_to_be_sent(row, notices[row["notice"]], at) for row in rows}
    settled = [each for each in gone.values() if each is not None]
    left = [row for row in rows if gone[row["id"]] is None]
    known = await _fates(provider, left)
    settled += [_known(id, fate) for id, fate in known.items()]
    left = [row for row in left if row["id"] not in known]
    for category in provider.capabilities.per_day:
        of_it = [row for row in left if notices[row["notice"]]["category"] == category]
        taken = await gate.take_quota(provider, category, messages=len(of_it), day=clock.today())
        over = {row["id"] for row in of_it[taken:]}
        settled += [Move(id=id, state=DeliveryState.DENIED, reason="daily_quota") for id in over]
        left = [row for row in left if row["id"] not in over]
    return settled, left


def _not_to_be_sent(row: queries.Row, notice: queries.Row, at: datetime) -> Move | None:
    """Why a delivery does not go out after all."""
    if notice["expires_at"] is not None and notice["expires_at"] <= at:
        return Move(id=row["id"], state=DeliveryState.EXPIRED)
    if row["address"] is not None and (row["kind"] is None or row["dead"]):
        return Move(id=row["id"], state=DeliveryState.FAILED, reason="address_dead")
    return None


async def _fates(provider: Provider, rows: Sequence[queries.Row]) -> dict[UUID, ReceiptState | Sent]:
    """What the provider knows of messages that may have gone out already."""
    doubtful = {rules.dedupe_id(row["id"]): row["id"] for row in rows if row["fate_unknown"]}
    if not doubtful:
        return {}
    told = await provider.query(list(doubtful))
    certain = {name: fate for name, fate in told.items() if fate not in (Sent.UNKNOWN, Sent.RETRY_AFTER)}
    return {doubtful[name]: fate for name, fate in certain.items() if name in doubtful}


def _known(id: UUID, fate: ReceiptState | Sent) -> Move:
    if isinstance(fate, ReceiptState):
        return Move(id=id, state=rules.state_of(fate), not_repeated=True)
    refused = {Sent.REFUSED: DeliveryState.DENIED, Sent.PERMANENT_INVALID: DeliveryState.FAILED}
    state = refused.get(fate, DeliveryState.ACCEPTED)
    return Move(id=id, state=state, not_repeated=True, kills=fate is Sent.PERMANENT_INVALID)


async def _verdicts(provider: Provider, batch: Sequence[Outgoing], lease: timedelta) -> list[Verdict]:
    """A verdict on each; what a provider does not answer for is of unknown fate."""
    try:
        answered = await asyncio.wait_for(provider.send(batch), lease.total_seconds() * 0.8)
    except TimeoutError:
        answered = []
    except Exception as error:
        log.error("a provider raised", provider=provider.name, exc_info=error)
        answered = []
    given = {verdict.delivery_id: verdict for verdict in answered}
    return [
        given.get(out.delivery_id) or Verdict(delivery_id=out.delivery_id, sent=Sent.UNKNOWN, reason="no_answer")
        for out in batch
    ]


def _move(verdict: Verdict, attempts: int, at: datetime, policy: PushPolicy) -> Move:
    state = rules.state_after(verdict.sent, attempts, policy)
    again = None
    if state is DeliveryState.PENDING:
        again = at + rules.retry_in(attempts, verdict.retry_after_s, policy)
    return Move(
        id=verdict.delivery_id,
        state=state,
        reason=verdict.reason,
        provider_message_id=verdict.provider_message_id,
        next_at=again,
        unsure=verdict.sent is Sent.UNKNOWN,
        kills=verdict.sent is Sent.PERMANENT_INVALID,
    )


async def _tell_gate(
    provider: Provider, verdicts: Sequence[Verdict], at: datetime, policy: PushPolicy
) -> timedelta | None:
    """A batch in which nobody was answered counts against the provider."""
    turned_away = [each for each in verdicts if each.sent in (Sent.RETRY_AFTER, Sent.UNKNOWN)]
    wished = max((each.retry_after_s or 0 for each in turned_away), default=None)
    answered = len(turned_away) < len(verdicts)
    return await gate.heard(provider, answered=answered, at=at, policy=policy, wished_s=wished)
