"""What became of messages: raised from wherever it becomes clear, turned into verdicts in one place."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import TypeVar

import structlog

from backend.push.provider import Outgoing, Sent, Verdict

log = structlog.get_logger(__name__)

T = TypeVar("T")
One = Callable[[Outgoing], Awaitable[str | None]]


class Fate(Exception):
    """A message (or a whole batch) was not accepted. `reason` is a code without personal data."""

    def __init__(self, sent: Sent, reason: str, *, after_s: float | None = None) -> None:
        super().__init__(reason)
        self.sent, self.reason, self.after_s = sent, reason, after_s

    def of(self, message: Outgoing) -> Verdict:
        """This fate as the verdict on one message."""
        return Verdict(delivery_id=message.delivery_id, sent=self.sent, reason=self.reason, retry_after_s=self.after_s)

    def again(self) -> "Fate":
        """The same, to be raised once more."""
        return Fate(self.sent, self.reason, after_s=self.after_s)


def invalid(reason: str) -> Fate:
    """The address will never work again."""
    return Fate(Sent.PERMANENT_INVALID, reason)


def refused(reason: str) -> Fate:
    """This message, or our account, was turned down: sending the same again is no use."""
    return Fate(Sent.REFUSED, reason)


def later(reason: str, after_s: float | None = None) -> Fate:
    """Not taken; it may be sent again. Without `after_s` the queue's own back-off counts."""
    return Fate(Sent.RETRY_AFTER, reason, after_s=after_s)


def unknown(reason: str) -> Fate:
    """It went out and no word came back."""
    return Fate(Sent.UNKNOWN, reason)


def accepted(message: Outgoing, provider_message_id: str | None = None) -> Verdict:
    """The provider took it."""
    return Verdict(delivery_id=message.delivery_id, sent=Sent.ACCEPTED, provider_message_id=provider_message_id)


async def each(batch: Sequence[Outgoing], one: One, *, at_once: int) -> list[Verdict]:
    """Send one by one, `at_once` side by side. `one` gives the provider's id for the message or raises Fate."""
    verdicts: list[Verdict] = []

    async def send(message: Outgoing) -> None:
        verdicts.append(await _verdict(message, one))

    await side_by_side(batch, send, at_once=at_once)
    return verdicts


async def side_by_side(things: Collection[T], do: Callable[[T], Awaitable[None]], *, at_once: int) -> None:
    """A few tasks that walk all things, not a task for each: half the cost of a task each and a semaphore."""
    left = iter(things)

    async def walk() -> None:
        for thing in left:
            await do(thing)

    await asyncio.gather(*(walk() for _ in range(min(at_once, len(things)))))


async def _verdict(message: Outgoing, one: One) -> Verdict:
    try:
        return accepted(message, await one(message))
    except Fate as fate:
        return fate.of(message)
    except Exception:
        # The rest of the batch went out: its verdicts must not be lost with this one, or it would be sent twice.
        log.exception("push.provider_failed", delivery_id=str(message.delivery_id))
        return unknown("our_mistake").of(message)
