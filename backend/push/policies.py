"""How this room reaches people: dated policies, the newest one that has begun counts.

A county that wants other numbers adds a line; nobody edits an old one.
"""

from collections.abc import Mapping
from datetime import date, time, timedelta

import msgspec

from backend.push.provider import AddressKind, Category

APP = (AddressKind.FCM_TOKEN, AddressKind.FCM_FID, AddressKind.HMS_TOKEN)


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way: addresses of these kinds, and how long it has until the next one is tried."""

    kinds: tuple[AddressKind, ...]
    within: timedelta


class Ring(msgspec.Struct, frozen=True, kw_only=True):
    """How an address of one kind is rung for an emergency: so often, so far apart."""

    every: timedelta
    times: int


class PushPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of one policy, from `valid_from` on, and where they come from.

    quiet_from, quiet_to  on a wall clock in Shandong; the night lies between
    daily_cap             notices to one subject on one day, emergencies apart
    token_days            an app's token that was not confirmed for so long is not used
    payload_bytes         of a whole message as FCM takes it
    lease                 how long a worker has a batch in hand before somebody else may take it up: a provider has
                          four fifths of it to answer; an emergency's is shorter
    ways                  by category, in the order in which they are tried
    most_attempts         at one delivery, before it counts as failed
    first_delay           before it is tried again where the provider names no time; then twice as long each time
    open_after, open_for  batches that failed one after the other, and how long the provider is left alone then
    """

    valid_from: date
    quiet_from: time
    quiet_to: time
    daily_cap: int
    token_days: int
    payload_bytes: int
    lease: timedelta
    urgent_lease: timedelta
    ways: Mapping[Category, tuple[Way, ...]]
    rings: Mapping[AddressKind, Ring]
    most_attempts: int
    first_delay: timedelta
    longest_delay: timedelta
    open_after: int
    open_for: timedelta
    source: str


_ONE_AFTER_THE_OTHER = (
    Way(kinds=APP, within=timedelta(minutes=15)),
    Way(kinds=(AddressKind.WECHAT_OPENID,), within=timedelta(minutes=60)),
    Way(kinds=(AddressKind.SMS,), within=timedelta(minutes=60)),
    Way(kinds=(AddressKind.ROBOT,), within=timedelta(minutes=60)),
)
_UNHURRIED = tuple(Way(kinds=way.kinds, within=timedelta(hours=12)) for way in _ONE_AFTER_THE_OTHER)

PUSH_POLICIES = (
    PushPolicy(
        valid_from=date(2017, 1, 1),
        quiet_from=time(22),
        quiet_to=time(7),
        daily_cap=3,
        token_days=270,
        payload_bytes=4096,
        lease=timedelta(seconds=90),
        urgent_lease=timedelta(seconds=25),
        ways={
            Category.EMERGENCY: (Way(kinds=tuple(AddressKind), within=timedelta(minutes=1)),),
            Category.SERVICE: _ONE_AFTER_THE_OTHER,
            Category.INFO: _UNHURRIED,
        },
        rings={
            **dict.fromkeys(APP, Ring(every=timedelta(minutes=1), times=15)),
            AddressKind.SMS: Ring(every=timedelta(minutes=5), times=3),
            AddressKind.ROBOT: Ring(every=timedelta(minutes=5), times=3),
        },
        most_attempts=8,
        first_delay=timedelta(seconds=5),
        longest_delay=timedelta(minutes=15),
        open_after=3,
        open_for=timedelta(seconds=30),
        source="token_days, payload_bytes: Firebase Cloud Messaging's documentation (an Android token expires after "
        "270 days without contact; 4,096 bytes a message). Quiet hours and daily cap: our own choice, after the quotas "
        "of Chinese handset vendors. Ways: most phones in mainland China have no Google services. SMS: operators "
        "ration messages to one number by the minute and the hour.",
    ),
)


def push_policy(on: date) -> PushPolicy:
    """The policy in force on a day."""
    return max((p for p in PUSH_POLICIES if p.valid_from <= on), key=lambda p: p.valid_from)
