"""How receipts guard themselves, and when an entry counts as late: dated rows, the newest that has begun counts.

A county that wants other numbers adds a line; nobody edits an old one.
"""

from datetime import date, timedelta

import msgspec


class CasePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of one policy, from `valid_from` on, and where they come from.

    failures_per_number   wrong secrets for one number, known or not, before it is locked for `lock`
    failures_per_address  wrong secrets from one address, over all numbers, before it is locked for `lock`
    late_after            from when on a slip typed in counts as entered late; late entry is welcome, and marked
    hops_told             from which transfer on the supervisor is told (零换乘: none would be best)
    """

    valid_from: date
    failures_per_number: int
    failures_per_address: int
    lock: timedelta
    forget_failures_after: timedelta
    ticket_valid_for: timedelta
    late_after: timedelta
    hops_told: int
    source: str


CASE_POLICIES = (
    CasePolicy(
        valid_from=date(2017, 1, 1),
        failures_per_number=5,
        failures_per_address=30,
        lock=timedelta(hours=1),
        forget_failures_after=timedelta(hours=24),
        ticket_valid_for=timedelta(minutes=30),
        late_after=timedelta(hours=24),
        hops_told=2,
        source="Our own choice: with 5 tries an hour a secret of six digits holds for years; a village behind one "
        "address may mistype 30 times. 零换乘 (Liaocheng) names no number of transfers; one may happen, two are told.",
    ),
)


def case_policy(on: date) -> CasePolicy:
    """The policy in force on a day."""
    return max((each for each in CASE_POLICIES if each.valid_from <= on), key=lambda each: each.valid_from)
