"""How fast a telephone exchange learns who is on duty: `python -m tests.benchmarks.rosters`.

A year of shifts for a hundred units of one county (three a day, 109,500 of them), asked with an access key at moments
all over the year: by unit, and by village up the tree. Beside it `GET /api/v1/me`, the least that a signed-in read
costs here. One line at a time, as an exchange with one trunk asks, and eight at once. The aim is a p99 under 20 ms.
"""

import asyncio
import os
import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

from backend.core.database import fetch
from tests.benchmarks.load import Load, run
from tests.benchmarks.processes import housed
from tests.benchmarks.report import Line, table
from tests.benchmarks.uploads_server import Serving

SMALL = os.environ.get("BENCH_SCALE") == "small"
UNITS, DAYS, PEOPLE = 100, 365, 5
ASKED = 200 if SMALL else 2_000
AIM_MS = 20.0
BEGINS = datetime(2026, 1, 1, tzinfo=UTC) - timedelta(hours=8)
COUNTY, VILLAGE = "371526000000", "371526101335"


def main() -> int:
    """Measure and print a table."""
    with housed() as postgres:
        os.environ["DATABASE_URL"] = postgres.dsn
        key, token, units = asyncio.run(_founded())
        with Serving(postgres.dsn, Path(os.environ["LIANXIN_DATA"])) as server:
            lines = asyncio.run(_measured(server.port, key, token, units))
    print(table(lines))
    return 0


async def _founded() -> tuple[str, str, list[UUID]]:
    """A county with its units and rosters; an operator's access key and access token, and the units."""
    from backend.core.settings import settings
    from backend.people.keys import make_access_key
    from backend.people.sessions import access_token_for
    from backend.serving.preparing import pooled, prepare
    from tests.cast import make_cast

    settings.cache_clear()
    await prepare(settings())
    async with pooled(settings()):
        cast = await make_cast()
        await fetch(_UNITS, COUNTY, UNITS)
        await fetch(_PEOPLE, UNITS * PEOPLE)
        await fetch(_ROSTERS, cast.supervisor.person_id, BEGINS, BEGINS + timedelta(days=DAYS))
        await fetch(_SHIFTS, BEGINS, DAYS, COUNTY, PEOPLE)
        await fetch("ANALYZE")
        units = [row["id"] for row in await fetch("SELECT id FROM people_unit")]
        operator = cast.operator.person_id
        key = await make_access_key(person_id=operator, purpose="telephone exchange")
        return key, await access_token_for(person_id=operator, valid_for=timedelta(hours=1)), units


_UNITS = """
INSERT INTO people_unit (id, name, kind, division, public_phone, created_at)
SELECT gen_random_uuid(), 'Unit ' || n, 'station', v.id, '0635-154' || to_char(n, 'FM0000'), now()
FROM generate_series(1, $2::int) n JOIN LATERAL (
    SELECT id FROM territory_division WHERE code = CASE WHEN n <= 2 THEN $1 WHEN n <= 6 THEN '371526101000'
    WHEN n <= 8 THEN '371526101335' ELSE '371526101276' END LIMIT 1) v ON TRUE
"""
_PEOPLE = """
INSERT INTO people_person (id, name, phone_sealed, phone_index, session_epoch, language, created_at, arguments_digest)
SELECT ('00000000-0000-7000-8000-' || to_char(n, 'FM000000000000'))::uuid, 'Person ' || n, ''::bytea,
       sha256(convert_to('bench ' || n, 'UTF8')), 0, 'zh', now(), ''::bytea FROM generate_series(0, $1::int - 1) n
"""
_ROSTERS = """
INSERT INTO rosters_publication (id, unit, post, starts_at, ends_at, shifts, published_by, published_at,
                                 arguments_digest)
SELECT gen_random_uuid(), id, 'phone', $2, $3, 0, $1, now(), ''::bytea FROM people_unit
"""
_SHIFTS = """
INSERT INTO rosters_shift (id, publication, unit, division_code, post, person, starts_at, ends_at, state, shared,
                           ladder_step, entered_late)
SELECT gen_random_uuid(), p.id, p.unit, $3, 'phone',
       ('00000000-0000-7000-8000-' || to_char(p.place * $4 + n % $4, 'FM000000000000'))::uuid,
       $1::timestamptz + n * interval '8 hours', $1::timestamptz + (n + 1) * interval '8 hours', 'confirmed', FALSE,
       0, FALSE
FROM (SELECT id, unit, row_number() OVER (ORDER BY unit) - 1 AS place FROM rosters_publication) p
CROSS JOIN generate_series(0, $2::int * 3 - 1) n
"""


async def _measured(port: int, key: str, token: str, units: list[UUID]) -> list[Line]:
    dice = random.Random(3612)

    def unit_asked() -> bytes:
        return _request(f"/api/v1/on-duty?unit_id={dice.choice(units)}&at={_moment(dice)}", key)

    def village_asked() -> bytes:
        return _request(f"/api/v1/on-duty?division_code={VILLAGE}&at={_moment(dice)}", key)

    makers = {
        "GET /me, the floor": lambda: _request("/api/v1/me", token),
        "on-duty of a unit": unit_asked,
        "on-duty of a village, 8 units": village_asked,
    }
    lines: list[Line] = []
    for connections in (1, 8):
        floor: Load | None = None
        for what, make in makers.items():
            await run(port, [make() for _ in range(50)], expect={200}, connections=connections)  # warm
            load = await run(port, [make() for _ in range(ASKED)], expect={200}, connections=connections)
            floor = floor or load
            lines.append(_line(f"{what}, {connections} at once", load, floor))
    return lines


def _line(what: str, load: Load, floor: Load) -> Line:
    p50, p99 = load.quantile_ms(0.5), load.quantile_ms(0.99)
    detail = f"p50 {p50:.1f} ms, {load.per_second:,.0f}/s"
    ratio = p50 / floor.quantile_ms(0.5)
    most = None if load is floor else AIM_MS
    return Line(f"{what}: p99", p99, "ms", detail, ratio, aim_of="value", most=most)


def _moment(dice: random.Random) -> str:
    at = BEGINS + timedelta(minutes=dice.randrange(DAYS * 24 * 60 - 1))
    return quote(at.isoformat())


def _request(path: str, credential: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {credential}\r\n\r\n".encode()


if __name__ == "__main__":
    sys.exit(main())
