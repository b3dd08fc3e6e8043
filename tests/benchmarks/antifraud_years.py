"""What the anti-fraud benchmark reads: put in set-wise, no foreign key checked meanwhile."""

from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg

from backend.core import clock


async def fill(dsn: str, *, by: UUID, households: int, years: int) -> None:
    """A running round, 60 % of its doors marked, and years of cases, warnings, letters and talks."""
    connection = await asyncpg.connect(dsn)
    round_id, today = uuid4(), clock.today()
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(_HOUSEHOLDS, households)
        await connection.execute(_ROUND, round_id, today - timedelta(days=3), today + timedelta(days=3), by)
        await connection.execute(_MARKS, round_id, by)
        for statement in (_CASES, _WARNED, _LETTERS, _TALKS):
            await connection.execute(statement, by, years)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


_HOUSEHOLDS = """
WITH villages AS (
    SELECT id, code, row_number() OVER (ORDER BY code) - 1 AS place, count(*) OVER () AS many
    FROM territory_division WHERE level = 'village' AND prefix LIKE '370781%'
)
INSERT INTO people_household (id, code, division, division_code, contact_name_sealed, created_at, arguments_digest)
SELECT gen_random_uuid(), 'H' || n, v.id, v.code, '', now(), ''
FROM generate_series(1, $1::int) n JOIN villages v ON v.place = n % v.many
"""

_ROUND = """
INSERT INTO antifraud_round (id, name, division, prefix, begins_on, ends_on, made_by, made_at, arguments_digest)
SELECT $1, '秋季反诈大走访', d.id, d.prefix, $2, $3, $4, now(), ''
FROM territory_division d WHERE d.code = '370781000000'
"""

_MARKS = """
INSERT INTO antifraud_round_mark (id, round, household, division_code, mark, age_band, at, recorded_at, by,
                                  arguments_digest)
SELECT gen_random_uuid(), $1, h.id, h.division_code,
       (ARRAY['visited', 'visited', 'visited', 'absent', 'declined'])[1 + (random() * 4)::int], '18_40',
       now(), now(), $2, '' FROM people_household h WHERE random() < 0.6
"""

_CASES = """
INSERT INTO antifraud_case (id, occurred_on, registered_on, fraud_type, loss_yuan, division_code, recorded_at, by,
                            arguments_digest)
SELECT gen_random_uuid(), d.on, d.on + (random() * 10)::int, 'brushing_rebate', (random() * 90000)::numeric(14, 2),
       '370781001024', now(), $1, ''
FROM generate_series(1, $2::int * 400) n
CROSS JOIN LATERAL (SELECT current_date - 12 - (random() * 365 * $2::int)::int + n * 0 AS on) d
"""

_WARNED = """
WITH made AS (
    SELECT gen_random_uuid() AS id, now() - random() * $2::int * interval '365 days' AS at
    FROM generate_series(1, $2::int * 20000)
)
INSERT INTO antifraud_warning (id, door, level, division_code, exercise, received_at, key_day, state, assignee,
                               assigned_at, hand_overs_n, acknowledged_at, acknowledged_by, outcome, closed_at,
                               closed_by, purged_at, arguments_digest)
SELECT id, 'desk', 'high', '370781001024', FALSE, at, at::date, 'closed', $1, at, 0, at + random() * interval '6 min',
       $1, 'dissuaded', at + interval '30 min', $1, at + interval '30 days', '' FROM made
"""

_LETTERS = """
INSERT INTO antifraud_letter_range (id, move, prefix, width, first, last, division_code, at, recorded_at, by,
                                    arguments_digest)
SELECT gen_random_uuid(), m.move, '', 7, n * 200, n * 200 + 199, '370781001024',
       now() - random() * $2::int * interval '365 days', now(), $1, ''
FROM generate_series(1, 4000) n CROSS JOIN (VALUES ('given'), ('signed')) m (move)
"""

_TALKS = """
INSERT INTO antifraud_talk (id, division_code, place, headcount, at, recorded_at, by, arguments_digest)
SELECT gen_random_uuid(), '370781001024', '村委会大院', 40,
       now() - random() * $2::int * interval '365 days', now(), $1, ''
FROM generate_series(1, $2::int * 1000)
"""
