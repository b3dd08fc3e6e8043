"""Pieces of SQL that every statement about deliveries shares: usable addresses, ids in order, counters, queues."""

from backend.push.policies import APP
from backend.push.states import DIRECT_QUEUE, EMERGENCY_QUEUE

_APP = ", ".join(f"'{kind}'" for kind in APP)
USABLE = f"a.dead_at IS NULL AND (a.kind NOT IN ({_APP}) OR a.last_confirmed_at >= {{fresh}})"
"""An address `a` that may be used: alive, and an app's token confirmed of late."""

CONSENTED = """(a.consent IS NULL OR NOT EXISTS (
    SELECT FROM people_consent g JOIN people_consent l ON l.household = g.household AND l.purpose = g.purpose
    WHERE g.id = a.consent AND NOT l.given AND l.at >= g.at))"""
"""That the household of an address `a` has not withdrawn the consent it was registered with."""


def uuid7(at: str, *, by: str) -> str:
    """SQL of a version 7 UUID (before 18 PostgreSQL has none): the milliseconds of a moment, the number of the row in
    the order of `by` (the counter of RFC 9562, 6.2), 48 random bits.

    In that order an index grows at its end, which halves what an INSERT … SELECT of a county takes.
    """
    row = f"row_number() OVER (ORDER BY {by})"
    return f"""(lpad(to_hex((extract(epoch FROM {at}::timestamptz) * 1000)::bigint), 12, '0')
        || '7' || lpad(to_hex(({row} >> 12) & 4095), 3, '0') || '8' || lpad(to_hex({row} & 4095), 3, '0')
        || right(gen_random_uuid()::text, 12))::uuid"""


COUNTED = """
    INSERT INTO push_counter (id, notice, state, slot, n)
    SELECT gen_random_uuid(), q.notice, q.state, {slot}, count(*) FROM {queued} q
    GROUP BY q.notice, q.state ORDER BY q.notice, q.state
    ON CONFLICT (notice, state, slot) DO UPDATE SET n = push_counter.n + EXCLUDED.n
"""
"""Deliveries just written (`queued`: notice, state), added to the counters."""

QUEUE_OF = f"""CASE WHEN n.campaign_state IS NOT NULL THEN n.id
    WHEN n.category = 'emergency' THEN '{EMERGENCY_QUEUE}'::uuid ELSE '{DIRECT_QUEUE}'::uuid END"""
"""The queue of a notice `n`: a campaign's own, else that of emergencies or of all others."""
