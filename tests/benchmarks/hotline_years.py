"""Half a year of a hotline beside its cases, set-wise: calls, the callbacks of what was resolved, and what waits now.

What waits is the same whatever the years: as many callbacks are due, and as many telephones ring.
"""

import asyncpg

from tests.benchmarks import county

DUE, RINGING = 200, 6
CALLS_A_CASE = 0.63
"""632,919 calls in half a year beside a million cases."""


async def fill(dsn: str, *, operator: object) -> None:
    """To the cases that are there. Every hundredth call was this operator's, as a county's hundred share them."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute(county._UUID7)
            cases = await connection.fetchval("SELECT count(*) FROM cases_case")
            await connection.execute(_CALLS, int(cases * CALLS_A_CASE), operator)
            await connection.execute(_RINGING, RINGING)
            await connection.execute(_CALLBACKS)
            await connection.execute(_DUE, DUE)
        await connection.execute("VACUUM ANALYZE hotline_call, hotline_callback")
    finally:
        await connection.close()


_DESK = """
desk AS (SELECT r.unit FROM people_role_assignment r WHERE r.role = 'operator' AND r.unit IS NOT NULL LIMIT 1),
villages AS (
    SELECT code, row_number() OVER (ORDER BY code) - 1 AS place, count(*) OVER () AS many
    FROM territory_division WHERE level = 'village' AND prefix LIKE '371526%'
)
"""
_CALLS = f"""
WITH {_DESK}
INSERT INTO hotline_call (id, direction, unit, division_code, state, began_at, answered_at, ended_at, received_at,
    operator, emergency, wrap_up, wrapped_up_at, caller_index, arguments_digest)
SELECT pg_temp.uuid7(x.at), 'in', d.unit, v.code, CASE WHEN x.n % 300 = 0 THEN 'missed' ELSE 'ended' END, x.at,
       CASE WHEN x.n % 300 <> 0 THEN x.at + interval '8 seconds' END, x.at + interval '3 minutes', x.at,
       CASE WHEN x.n % 100 = 1 THEN $2::uuid END, FALSE, 'answered_on_the_spot', x.at + interval '4 minutes',
       sha256(int4send(x.n)), ''
FROM (SELECT n, now() - interval '2 hours' - interval '25 seconds' * n AS at FROM generate_series(1, $1::int) n) x
CROSS JOIN desk d JOIN villages v ON v.place = x.n % v.many
"""
_RINGING = f"""
WITH {_DESK}
INSERT INTO hotline_call (id, direction, unit, division_code, state, began_at, received_at, emergency, arguments_digest)
SELECT gen_random_uuid(), 'in', d.unit, v.code, 'talking', now(), now(), FALSE, ''
FROM generate_series(1, $1::int) n CROSS JOIN desk d JOIN villages v ON v.place = n
"""
_CALLBACKS = f"""
WITH {_DESK}
INSERT INTO hotline_callback (id, reason, "case", round, unit, division_code, state, opened_at, due_at, tries_n,
    satisfaction, closed_at, arguments_digest)
SELECT gen_random_uuid(), 'resolution', c.id, 0, d.unit, c.division_code, 'reached', c.closed_at,
       c.closed_at + interval '2 hours', 1, 'satisfied', c.closed_at + interval '3 hours', ''
FROM cases_case c CROSS JOIN desk d WHERE c.closed_at IS NOT NULL
"""
_DUE = f"""
WITH {_DESK}
INSERT INTO hotline_callback (id, reason, "case", round, unit, division_code, state, opened_at, due_at, tries_n,
    arguments_digest)
SELECT gen_random_uuid(), 'resolution', c.id, 0, d.unit, c.division_code, 'open', now() - interval '3 hours',
       now() - interval '1 hour', 0, ''
FROM (SELECT id, division_code FROM cases_case WHERE closed_at IS NULL ORDER BY number LIMIT $1) c CROSS JOIN desk d
"""
