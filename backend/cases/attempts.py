"""Guesses at receipts: counted before they are looked at, so that a burst of them at once is no way around.

A try counts on two keys, the number's and the address's, whether or not there is such a number. Call it outside a
transaction: a refusal would take the count back.
"""

from datetime import datetime

from backend.cases.policies import CasePolicy, case_policy
from backend.core import clock
from backend.core.cipher import blind_index
from backend.core.database import fetch, fetch_row

_COUNT = """
INSERT INTO cases_receipt_attempt AS a (key, failures, last_failed_at) VALUES ($1, 1, $2)
ON CONFLICT (key) DO UPDATE SET
    failures = CASE WHEN a.locked_until > $2 THEN a.failures
                    WHEN a.locked_until IS NOT NULL OR a.last_failed_at < $4 THEN 1 ELSE a.failures + 1 END,
    last_failed_at = CASE WHEN a.locked_until > $2 THEN a.last_failed_at ELSE $2 END,
    locked_until = CASE WHEN a.locked_until > $2 THEN a.locked_until
                        WHEN a.locked_until IS NULL AND a.last_failed_at >= $4 AND a.failures >= $3 THEN $5 END
RETURNING coalesce(locked_until > $2, FALSE) AS locked
"""


class Keys:
    """Under what the tries for a number from an address are counted."""

    def __init__(self, *, number: str, address: str) -> None:
        self.number = blind_index(f"number {number}", column="cases_receipt_attempt.key")
        self.address = blind_index(f"address {address}", column="cases_receipt_attempt.key")


async def count(keys: Keys) -> bool:
    """Count a try on both keys as if it had failed; whether one of them is locked."""
    at = clock.now()
    policy = case_policy(clock.local(at).date())
    number = await _counted(keys.number, policy.failures_per_number, at, policy)
    address = await _counted(keys.address, policy.failures_per_address, at, policy)
    return number or address


async def _counted(key: bytes, most: int, at: datetime, policy: CasePolicy) -> bool:
    row = await fetch_row(_COUNT, key, at, most, at - policy.forget_failures_after, at + policy.lock)
    return row is not None and row["locked"]


async def forgive(keys: Keys) -> None:
    """The try succeeded: the number starts anew, the address is as it was before."""
    await fetch("DELETE FROM cases_receipt_attempt WHERE key = $1", keys.number)
    await fetch("UPDATE cases_receipt_attempt SET failures = greatest(failures - 1, 0) WHERE key = $1", keys.address)
