"""Pure rules: when a notice may go out, which way comes next, what to do after a provider's word."""

import random
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec

from backend.core.clock import SHANGHAI, local
from backend.push.policies import PushPolicy
from backend.push.provider import AddressKind, Category, ReceiptState, Sent
from backend.push.states import FORWARD, Breaker, DeliveryState
from backend.push.wording import Text, shown

_LONGEST_ADDRESS = "x" * 300
_AN_ID = UUID(int=2**128 - 1)


class Moment(NamedTuple):
    """When a message may go out at the earliest, and the day whose cap it counts against (none: no cap)."""

    at: datetime
    day: date | None


def earliest(wished: datetime, category: Category, policy: PushPolicy) -> Moment:
    """The first moment at or after `wished` outside the quiet hours; an emergency waits for nothing.

    >>> from backend.push.policies import push_policy
    >>> night = datetime(2026, 5, 1, 23, 30, tzinfo=SHANGHAI)
    >>> print(*earliest(night, Category.INFO, push_policy(night.date())))
    2026-05-02 07:00:00+08:00 2026-05-02
    >>> print(*earliest(night, Category.EMERGENCY, push_policy(night.date())))
    2026-05-01 23:30:00+08:00 None
    """
    if category is Category.EMERGENCY:
        return Moment(wished, None)
    there = local(wished)
    if there.time() < policy.quiet_to:
        there = morning(there.date(), policy)
    elif there.time() >= policy.quiet_from:
        there = morning(there.date() + timedelta(days=1), policy)
    return Moment(there, there.date())


def morning(day: date, policy: PushPolicy) -> datetime:
    """When a day's first messages go out."""
    return datetime.combine(day, policy.quiet_to, tzinfo=SHANGHAI)


def retry_in(attempts: int, wished_s: float | None, policy: PushPolicy, *, chance: float | None = None) -> timedelta:
    """How long to wait before the next try: what the provider wishes or twice as long each time, and up to a quarter
    more by chance, so that those who were turned away together do not come back together.

    >>> from backend.push.policies import PUSH_POLICIES
    >>> [retry_in(n, None, PUSH_POLICIES[0], chance=0).seconds for n in (1, 2, 3, 20)]
    [5, 10, 20, 900]
    >>> retry_in(1, 60, PUSH_POLICIES[0], chance=1).seconds
    75
    """
    spread = 1 + 0.25 * (random.random() if chance is None else chance)  # noqa: S311 - spreads load, hides nothing
    if wished_s is not None:
        return timedelta(seconds=max(0.0, wished_s) * spread)
    doubled = policy.first_delay * 2 ** min(attempts - 1, 20)
    return min(doubled, policy.longest_delay) * spread


def state_after(sent: Sent, attempts: int, policy: PushPolicy) -> DeliveryState:
    """What a provider's word makes of a delivery; what was tried too often has failed."""
    if sent is Sent.ACCEPTED:
        return DeliveryState.ACCEPTED
    if sent is Sent.PERMANENT_INVALID:
        return DeliveryState.FAILED
    if sent is Sent.REFUSED:
        return DeliveryState.DENIED
    return DeliveryState.FAILED if attempts >= policy.most_attempts else DeliveryState.PENDING


_OF_RECEIPT = {
    ReceiptState.DELIVERED: DeliveryState.DELIVERED,
    ReceiptState.SHOWN: DeliveryState.SHOWN,
    ReceiptState.FAILED: DeliveryState.FAILED,
}


def state_of(receipt: ReceiptState) -> DeliveryState:
    """The delivery's state that a receipt tells of."""
    return _OF_RECEIPT[receipt]


def forward(was: DeliveryState, told: DeliveryState) -> bool:
    """Whether a later word may change the state: never back.

    >>> forward(DeliveryState.SHOWN, DeliveryState.DELIVERED), forward(DeliveryState.FAILED, DeliveryState.DELIVERED)
    (False, True)
    """
    return FORWARD.index(told) > FORWARD.index(was)


class BreakerStep(NamedTuple):
    """A breaker's next state; `until` as in ProviderState."""

    breaker: Breaker
    failures: int
    until: datetime | None


def breaker_after(
    *, answered: bool, failures: int, at: datetime, policy: PushPolicy, wished_s: float | None = None
) -> BreakerStep:
    """After a batch: one that was answered closes it, so many in a row that were not open it, for as long as the
    provider itself asks for (Retry-After) or the policy says.
    """
    if answered:
        return BreakerStep(Breaker.CLOSED, 0, None)
    failures += 1
    if failures < policy.open_after:
        return BreakerStep(Breaker.CLOSED, failures, None)
    closed_for = max(policy.open_for, timedelta(seconds=wished_s or 0))
    return BreakerStep(Breaker.OPEN, failures, at + closed_for)


def ways_of(category: Category, policy: PushPolicy, providers: Mapping[AddressKind, str]) -> list[tuple[str, int, str]]:
    """(kind, number of its way, provider) of every kind that somebody serves."""
    return [
        (kind.value, number, providers[kind])
        for number, way in enumerate(policy.ways[category])
        for kind in way.kinds
        if kind in providers and kind is not AddressKind.FCM_TOPIC
    ]


def payload_bytes(given: Text, *, link: str | None, exercise: bool) -> int:
    """The size of the largest message this text makes, as the whole JSON that FCM takes, in UTF-8."""
    return max(
        len(msgspec.json.encode(_fcm_message(given, language, link=link, exercise=exercise)))
        for language in ("zh", "en")
    )


def _fcm_message(given: Text, language: str, *, link: str | None, exercise: bool) -> object:
    words = shown(given, language=language, exercise=exercise)
    notification = {"title": words.title, "body": words.body}
    data = data_of(notice_id=_AN_ID, delivery_id=_AN_ID, category=Category.EMERGENCY, link=link)
    android = {
        "collapse_key": _AN_ID.hex,
        "priority": "high",
        "ttl": "2419200s",
        "notification": {**notification, "channel_id": "emergency", "tag": _AN_ID.hex},
    }
    return {"message": {"token": _LONGEST_ADDRESS, "notification": notification, "data": data, "android": android}}


def data_of(*, notice_id: UUID, delivery_id: UUID, category: Category, link: str | None) -> dict[str, str]:
    """What an app finds beside the words: ids and where to go, nothing about anybody."""
    data = {"notice_id": str(notice_id), "delivery_id": str(delivery_id), "category": category.value}
    return data | ({"link": link} if link else {})


def dedupe_id(delivery_id: UUID) -> str:
    """What provider and phone know a delivery by, the same at every try."""
    return delivery_id.hex


def delivery_id(dedupe_id: str) -> UUID | None:
    """The delivery again; None where it is not one of ours."""
    try:
        return UUID(hex=dedupe_id)
    except ValueError:
        return None


def topics_for(*, prefix: str, roles: tuple[str, ...]) -> list[str]:
    """The topics that reach a place's staff: one for all, or one per role.

    >>> topics_for(prefix="371526", roles=("cadre",))
    ['d-371526-cadre']
    """
    return [f"d-{prefix}-{role}" for role in roles] or [f"d-{prefix}"]
