"""How often something may be done that asks for no sign-in: one row per holder, whichever node is asked.

An allowance of 60 an hour is 60 at once, and a new one every minute. The row says when it will be whole again, so
taking one costs one statement, however often it is taken (the generic cell rate algorithm).
"""

from datetime import datetime, timedelta

from msgspec import Struct

from backend.core import clock
from backend.core.cipher import blind_index
from backend.core.database import fetch_row

HOLDER = "people_allowance.holder"


class Allowance(Struct, frozen=True):
    """So many at once, and as many again in every `per`."""

    at_once: int
    per: timedelta

    @property
    def step(self) -> timedelta:
        """How long it takes until one more is there."""
        return self.per / self.at_once


async def take(holder: str, allowance: Allowance) -> timedelta | None:
    """Take one; None where there was one, else how long to wait for it. Refused, nothing is taken.

    holder  `station code <id>`, `address 203.0.113.7`: only its blind index is kept
    """
    key, now = blind_index(holder, column=HOLDER), clock.now()
    row = await fetch_row(_TAKE, key, now, allowance.step, allowance.per)
    if row is None:  # somebody else took the very first ones at this moment
        return allowance.step
    return None if row["taken"] else _left(row["full_at"], now, allowance)


async def give_back(holder: str, allowance: Allowance) -> None:
    """Put one back that `take` gave: where only what fails counts, and the limit must hold for what succeeds too."""
    key = blind_index(holder, column=HOLDER)
    await fetch_row(
        "UPDATE people_allowance SET full_at = full_at - $2::interval WHERE holder = $1", key, allowance.step
    )


def _left(full_at: datetime, now: datetime, allowance: Allowance) -> timedelta:
    return max(full_at + allowance.step - allowance.per - now, timedelta(seconds=1))


# What no clock of ours can have written (a node was years ahead for a while) counts as whole.
_FULL_AT = "CASE WHEN a.full_at > $2 + 2 * $4::interval THEN $2 ELSE greatest(a.full_at, $2) END"
_TAKE = f"""
WITH taken AS (
    INSERT INTO people_allowance AS a (holder, full_at) VALUES ($1, $2::timestamptz + $3::interval)
    ON CONFLICT (holder) DO UPDATE SET full_at = {_FULL_AT} + $3 WHERE {_FULL_AT} + $3 <= $2 + $4
    RETURNING full_at
)
SELECT full_at, TRUE AS taken FROM taken
UNION ALL SELECT full_at, FALSE FROM people_allowance WHERE holder = $1 AND NOT EXISTS (SELECT FROM taken)
"""
