"""How sign-in guards itself: dated policies, the newest one that has begun counts.

A county that wants other numbers adds a line; nobody edits an old one.
"""

from datetime import date, timedelta

import msgspec


class SignInPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of one policy, from `valid_from` on, and where they come from."""

    valid_from: date
    failures_before_lock: int
    first_lock: timedelta
    longest_lock: timedelta
    forget_failures_after: timedelta
    link_valid_for: timedelta
    refresh_grace: timedelta
    session_valid_for: timedelta
    password_memo: timedelta
    source: str


SIGN_IN_POLICIES = (
    SignInPolicy(
        valid_from=date(2017, 1, 1),
        failures_before_lock=5,
        first_lock=timedelta(minutes=15),
        longest_lock=timedelta(hours=24),
        forget_failures_after=timedelta(hours=24),
        link_valid_for=timedelta(hours=72),
        refresh_grace=timedelta(seconds=30),
        session_valid_for=timedelta(hours=12),
        password_memo=timedelta(seconds=60),
        source="Our own choice. GB/T 22239-2019 asks for a limit on failed sign-ins and names no number.",
    ),
)


def sign_in_policy(on: date) -> SignInPolicy:
    """The policy in force on a day."""
    return max((p for p in SIGN_IN_POLICIES if p.valid_from <= on), key=lambda p: p.valid_from)
