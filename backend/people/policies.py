"""How sign-in and station codes guard themselves: dated policies, the newest one that has begun counts.

A county that wants other numbers adds a line; nobody edits an old one.
"""

from datetime import date, timedelta

import msgspec

from backend.people.allowances import Allowance


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


class StationPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How much the poster of one station may open, from `valid_from` on."""

    valid_from: date
    openings_per_code: Allowance
    openings_per_address: Allowance
    wrong_codes_per_address: Allowance
    source: str


STATION_POLICIES = (
    StationPolicy(
        valid_from=date(2017, 1, 1),
        openings_per_code=Allowance(300, timedelta(minutes=30)),
        openings_per_address=Allowance(60, timedelta(minutes=30)),
        wrong_codes_per_address=Allowance(20, timedelta(minutes=30)),
        source="Our own choice: a full station at a market day, thirty farmers with some photos each; many phones of "
        "one carrier share an address.",
    ),
)


def station_policy(on: date) -> StationPolicy:
    """The policy in force on a day."""
    return max((p for p in STATION_POLICIES if p.valid_from <= on), key=lambda p: p.valid_from)
