"""Whether a provider may be sent to now, decided for all nodes together in the database: token bucket and breaker."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from backend.core.database import fetch, fetch_row, transaction
from backend.push.policies import PushPolicy
from backend.push.provider import Category, Provider
from backend.push.rules import breaker_after
from backend.push.states import Breaker

TRIAL = 10
"""Messages that a half-open breaker lets through to see whether the provider answers again."""


class Leave(NamedTuple):
    """How many messages may go now, and when to ask again where it is none."""

    messages: int
    again_at: datetime


_OPEN_ACCOUNT = """
INSERT INTO push_provider_state (provider, tokens, refilled_at, breaker, failures, unknown_receipts)
VALUES ($1, $2, $3, 'closed', 0, 0) ON CONFLICT (provider) DO NOTHING
"""
_ASK = """
WITH seen AS (
    SELECT p.*, least($4::float8, p.tokens + greatest(0, extract(epoch FROM $2 - p.refilled_at)) * $5::float8) AS filled
    FROM push_provider_state p WHERE p.provider = $1 FOR UPDATE
),
judged AS (
    SELECT s.*, s.breaker <> 'closed' AND s.until <= $2 AS trial, CASE
        WHEN s.breaker = 'closed' AND $6 THEN $3
        WHEN s.breaker = 'closed' THEN least($3, floor(greatest(0, s.filled))::int)
        WHEN s.until <= $2 THEN least($3, $7) ELSE 0 END AS granted
    FROM seen s
)
UPDATE push_provider_state p SET tokens = j.filled - j.granted, refilled_at = greatest(p.refilled_at, $2),
    breaker = CASE WHEN j.trial THEN 'half_open' ELSE j.breaker END,
    until = CASE WHEN j.trial THEN $2 + $8::interval ELSE j.until END
FROM judged j WHERE p.provider = j.provider
RETURNING j.granted, CASE WHEN j.breaker <> 'closed' THEN j.until
    ELSE $2 + make_interval(secs => greatest(0, 1 - j.filled) / $5::float8) END AS again_at
"""


async def ask(provider: Provider, *, messages: int, urgent: bool, at: datetime, policy: PushPolicy) -> Leave:
    """Take tokens for up to so many messages. An emergency does not wait for tokens: it leaves the bucket in debt."""
    per_second = provider.capabilities.per_second
    holds = max(per_second, 1.0)
    row = await fetch_row(_ASK, provider.name, at, messages, holds, per_second, urgent, TRIAL, policy.lease)
    if row is None:
        await fetch(_OPEN_ACCOUNT, provider.name, holds, at)
        return await ask(provider, messages=messages, urgent=urgent, at=at, policy=policy)
    return Leave(row["granted"], row["again_at"])


async def give_back(provider: Provider, *, messages: int, nothing_sent: bool) -> None:
    """Tokens that were taken and not needed; a breaker that nobody tried after all is open again, to be tried."""
    await fetch(
        """
        UPDATE push_provider_state SET tokens = tokens + $2,
            breaker = CASE WHEN breaker = 'half_open' AND $3 THEN 'open' ELSE breaker END,
            until = CASE WHEN breaker = 'half_open' AND $3 THEN refilled_at ELSE until END
        WHERE provider = $1
        """,
        provider.name,
        messages,
        nothing_sent,
    )


@transaction
async def heard(
    provider: Provider, *, answered: bool, at: datetime, policy: PushPolicy, wished_s: float | None = None
) -> timedelta | None:
    """What a batch tells of the provider; how long it is left alone now, if it is."""
    row = await fetch_row(
        "SELECT breaker, failures FROM push_provider_state WHERE provider = $1 FOR UPDATE", provider.name
    )
    if row is None or (answered and row["breaker"] == Breaker.CLOSED and row["failures"] == 0):
        return None
    step = breaker_after(answered=answered, failures=row["failures"], at=at, policy=policy, wished_s=wished_s)
    if not answered and row["breaker"] != Breaker.CLOSED:
        step = step._replace(breaker=Breaker.OPEN, until=at + max(policy.open_for, timedelta(seconds=wished_s or 0)))
    await fetch(
        "UPDATE push_provider_state SET breaker = $2::varchar, failures = $3, until = $4, "
        "opened_at = CASE WHEN $2::varchar = 'open' THEN COALESCE(opened_at, $5) WHEN $2::varchar = 'closed' THEN NULL "
        "ELSE opened_at END WHERE provider = $1",
        provider.name,
        step.breaker,
        step.failures,
        step.until,
        at,
    )
    return step.until - at if step.until else None


async def count_unknown_receipts(provider: str, *, receipts: int) -> None:
    """Receipts about messages that nobody here sent, or that are forgotten."""
    await fetch(
        "UPDATE push_provider_state SET unknown_receipts = unknown_receipts + $2 WHERE provider = $1",
        provider,
        receipts,
    )


async def take_quota(provider: Provider, category: Category, *, messages: int, day: date) -> int:
    """How many of so many messages of a category the provider's daily quota still lets through, and takes."""
    most = provider.capabilities.per_day.get(category)
    if most is None or not messages:
        return messages
    await fetch(_OPEN_QUOTA, provider.name, category, day)
    row = await fetch_row(_TAKE_QUOTA, provider.name, category, day, messages, most)
    return row["taken"] if row else 0


_OPEN_QUOTA = """
INSERT INTO push_quota (id, provider, category, day, used) VALUES (gen_random_uuid(), $1, $2, $3, 0)
ON CONFLICT (provider, category, day) DO NOTHING
"""
_TAKE_QUOTA = """
WITH seen AS (
    SELECT q.id, greatest(0, least($4::int, $5::int - q.used)) AS taken FROM push_quota q
    WHERE q.provider = $1 AND q.category = $2 AND q.day = $3 FOR UPDATE
)
UPDATE push_quota q SET used = q.used + s.taken FROM seen s WHERE q.id = s.id RETURNING s.taken
"""
