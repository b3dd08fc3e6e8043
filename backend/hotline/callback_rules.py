"""Pure rules of ringing back: in which part of the day a try was, when the next one is, who follows it."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta

from backend.core.clock import SHANGHAI, local
from backend.hotline.callback_policies import CallbackPolicy, DayPart
from backend.hotline.words import Supervised

DAYS_AHEAD = 3


def part_of(at: datetime, policy: CallbackPolicy) -> DayPart | None:
    """The part of the day in which a moment lies; None outside of all.

    >>> from datetime import date
    >>> from backend.hotline.callback_policies import callback_policy
    >>> part_of(datetime(2026, 11, 22, 1, tzinfo=UTC), callback_policy(date(2026, 11, 22))).begins
    datetime.time(8, 30)
    >>> part_of(datetime(2026, 11, 22, 18, tzinfo=UTC), callback_policy(date(2026, 11, 22))) is None
    True
    """
    hour = local(at).time()
    return next((part for part in policy.parts if part.begins <= hour < part.ends), None)


def parts_tried(tries: Iterable[datetime], policy: CallbackPolicy) -> list[DayPart]:
    """The different parts of the day in which somebody was rung in vain: only so many tries count."""
    found = [part_of(at, policy) for at in tries]
    return [part for part in policy.parts if part in found]


def next_try(after: datetime, *, tried: Collection[DayPart], policy: CallbackPolicy) -> datetime:
    """The first moment from `after` on in a part of the day that was not tried yet, in UTC; never at night.

    >>> from datetime import date
    >>> from backend.hotline.callback_policies import callback_policy
    >>> policy = callback_policy(date(2026, 11, 22))
    >>> nine, morning = datetime(2026, 11, 22, 9, tzinfo=SHANGHAI), policy.parts[0]
    >>> [f"{local(next_try(nine, tried=tried, policy=policy)):%d %H:%M}" for tried in ((), (morning,))]
    ['22 09:00', '22 11:30']
    >>> night = datetime(2026, 11, 22, 23, tzinfo=SHANGHAI)
    >>> f"{local(next_try(night, tried=(morning,), policy=policy)):%d %H:%M}"
    '23 11:30'
    """
    parts = [part for part in policy.parts if part not in tried] or list(policy.parts)
    day = local(after).date()
    spans = [
        (datetime.combine(each, part.begins, SHANGHAI), datetime.combine(each, part.ends, SHANGHAI))
        for each in (day + timedelta(days=n) for n in range(DAYS_AHEAD))
        for part in parts
    ]
    return min(max(begins, after) for begins, ends in spans if ends > after).astimezone(UTC)


def supervised_for(
    *, policy_code: str, category_code: str, repeated: bool, policy: CallbackPolicy
) -> Supervised | None:
    """Why a supervisor follows the callback of a case; None: nobody need."""
    if policy_code in policy.emergency:
        return Supervised.EMERGENCY
    if category_code in policy.rudeness:
        return Supervised.RUDENESS
    return Supervised.REPEATED if repeated else None
