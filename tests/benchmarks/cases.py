"""`python -m tests.benchmarks.cases`: openCase and dispatchCase beside the floor, lists of a desk, a timeline verified.

What grows with the years is what was closed: both databases have the same two thousand open cases.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import uvloop

from backend.cases import anchors, opening, routing, working
from backend.cases.dispatching import dispatch
from backend.cases.schemas import NewCase, NewRoute
from backend.cases.words import Channel
from backend.core import ids
from backend.core.postgres import EmbeddedPostgres
from backend.core.settings import settings
from backend.people import actions, sessions
from backend.people.actors import Actor
from backend.people.tables import Role, UnitKind
from backend.serving.preparing import pooled, prepare
from backend.territory.actions import load_divisions
from seed.places import DIVISIONS, DIVISIONS_SINCE, DIVISIONS_SOURCE
from tests.benchmarks import county, report
from tests.benchmarks.county import COUNTY, SINCE, TOKEN_VALID_FOR
from tests.benchmarks.load import Load, WrongAnswer, http, run
from tests.benchmarks.processes import Server, another, housed
from tests.benchmarks.report import Line

LARGE = "large"
OPEN = 2_000
UNITS = 40
WATER = "planning_construction.water"
VILLAGE = "371526101335"


@dataclass(frozen=True)
class Scale:
    """How much of everything."""

    small_cases: int
    large_cases: int
    rounds: int
    window: int


SCALES = {"small": Scale(10_000, 100_000, 3, 96), "full": Scale(10_000, 1_000_000, 7, 480)}


@dataclass(frozen=True)
class Desk:
    """Who asks: an operator of the hotline, a handler of a unit, a supervisor, a cadre."""

    operator: Actor
    handler: Actor
    unit_id: UUID
    tokens: dict[str, str]


async def measure(scale: Scale, postgres: EmbeddedPostgres) -> list[Line]:
    """Every line of the table."""
    dsn = postgres.dsn
    desk = await _founded(scale, dsn)
    lines: list[Line] = []
    with Server(dsn) as small, Server(another(dsn, LARGE)) as large:
        for measured in (lists(scale, desk, small, large), writes(scale, desk, small, large)):
            lines += [line async for line in measured]
            print(lines[-1].what, file=sys.stderr, flush=True)
    async with pooled(settings()):
        lines.append(await verification(desk))
    return lines


async def _founded(scale: Scale, dsn: str) -> Desk:
    os.environ["DATABASE_URL"] = dsn
    settings.cache_clear()
    await prepare(settings())
    async with pooled(settings()):
        desk = await _desk()
    await county.lay_floor(dsn)
    await _grow(dsn, scale.small_cases)
    connection = await asyncpg.connect(another(dsn, "template1"))
    await connection.execute(f"CREATE DATABASE {LARGE} TEMPLATE postgres")
    await connection.close()
    await _grow(another(dsn, LARGE), scale.large_cases)
    return desk


async def _desk() -> Desk:
    await load_divisions(path=DIVISIONS, source=DIVISIONS_SOURCE, valid_from=DIVISIONS_SINCE)
    units = [await _unit(f"单位{number}") for number in range(UNITS)]
    people = {
        "operator": await _person(1, Role.OPERATOR, units[0]),
        "handler": await _person(2, Role.HANDLER, units[1]),
        "supervisor": await _person(3, Role.SUPERVISOR, None),
        "cadre": await _person(4, Role.CADRE, None, VILLAGE),
    }
    new = NewRoute(category_code=WATER, division_code=COUNTY, unit_id=units[1], source="a benchmark")
    await routing.add_route(id=ids.uuid7(), new=new, by=people["supervisor"])
    tokens = {
        who: await sessions.access_token_for(person_id=actor.person_id, valid_for=TOKEN_VALID_FOR)
        for who, actor in people.items()
    }
    return Desk(people["operator"], people["handler"], units[1], tokens)


async def _unit(name: str) -> UUID:
    unit = await actions.open_unit(id=ids.uuid7(), name=name, kind=UnitKind.STATION, division_code=COUNTY)
    return unit.id


async def _person(number: int, role: Role, unit_id: UUID | None, division_code: str = COUNTY) -> Actor:
    person = await actions.open_account(id=ids.uuid7(), name=f"{role} {number}", phone=f"199 0002 {number:04}")
    await actions.assign_role(
        person_id=person.id, role=role, division_code=division_code, unit_id=unit_id, valid_from=SINCE
    )
    return await sessions.actor(person_id=person.id)


async def _grow(dsn: str, cases: int) -> None:
    """Cases with their clocks, set-wise; foreign keys are not checked meanwhile."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute(county._UUID7)
            have = await connection.fetchval("SELECT count(*) FROM cases_case")
            await connection.execute(_MORE_CASES, have, cases - 1, OPEN)
            await connection.execute(_MORE_CLOCKS)
            await connection.execute(f"SELECT setval('cases_number', {cases + 1})")
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


_MORE_CASES = """
WITH villages AS (
    SELECT id, code, row_number() OVER (ORDER BY code) - 1 AS place, count(*) OVER () AS many
    FROM territory_division WHERE level = 'village' AND prefix LIKE '371526%'
), units AS (SELECT id, row_number() OVER (ORDER BY name) - 1 AS place, count(*) OVER () AS many FROM people_unit),
categories AS (
    SELECT code, row_number() OVER (ORDER BY code) - 1 AS place, count(*) OVER () AS many FROM cases_category
),
numbered AS (
    SELECT n, n < $3 AS is_open, CASE WHEN n < $3 THEN now() - interval '5 days' * (n::float8 / $3)
           ELSE now() - interval '6 days' - interval '1 minute' * (n - $3) END AS at
    FROM generate_series($1::int, $2::int) n
)
INSERT INTO cases_case (id, number, channel, kind, category_code, title, description, division, division_code, state,
    state_since, policy_code, owner_unit, assignee_unit, hops, loop, reopened_n, opened_at, received_at, entered_late,
    closed_at, outcome, version, coarse, arguments_digest, responded_at)
SELECT pg_temp.uuid7(x.at), lpad(x.n::text, 12, '0'), 'phone', 'request', k.code, '水管坏了', '两天没水了，快派人来',
       v.id, v.code, CASE WHEN x.is_open THEN 'dispatched' ELSE 'evaluated' END, x.at, 'general', u.id, u.id,
       CASE WHEN x.n % 50 = 0 THEN 2 ELSE 0 END, 1, 0, x.at, x.at, FALSE,
       CASE WHEN x.is_open THEN NULL ELSE x.at + interval '1 day' END,
       CASE WHEN x.is_open THEN NULL ELSE 'solved' END, 2, FALSE, '',
       CASE WHEN x.is_open THEN NULL ELSE x.at + interval '1 day' END
FROM numbered x JOIN villages v ON v.place = x.n % v.many JOIN units u ON u.place = x.n % u.many
JOIN categories k ON k.place = x.n % k.many
"""

_MORE_CLOCKS = """
INSERT INTO deadlines_clock (id, subject_room, subject_id, kind, label, unit, division_code, policy, ladder,
    calendar_version, provisional, round, state, opened_at, due_at, expedite_percents, expedite_at, expedited_percent,
    notices, stopped_at, stop_recorded_at, revision, arguments_digest)
SELECT gen_random_uuid(), 'cases', c.id, p.kind, c.number, c.assignee_unit, c.division_code, p.id, p.ladder,
       1, FALSE, 1, CASE WHEN c.closed_at IS NULL THEN 'running' ELSE 'stopped' END, c.opened_at,
       CASE WHEN p.kind = 'response' THEN c.opened_at + interval '4 days' END, '{}', '{}', 0, 0, c.closed_at,
       c.closed_at, 1, ''
FROM cases_case c JOIN deadlines_policy p ON p.code = 'general'
WHERE NOT EXISTS (SELECT FROM deadlines_clock k WHERE k.subject_room = 'cases' AND k.subject_id = c.id)
"""


VILLAGES = county._villages()


def _new(id: UUID) -> dict[str, object]:
    """A case somewhere in the county: a thousand at one spot would be a flood of likely pairs to look at."""
    return {
        "id": str(id),
        "channel": "phone",
        "category_code": WATER,
        "title": "村东水管坏了",
        "description": "两天没水了，请派人来看看。",
        "division_code": VILLAGES[id.int % len(VILLAGES)],
        "contact_name": "林大山",
        "contact_phone": "199 0000 0051",
    }


async def writes(scale: Scale, desk: Desk, small: Server, large: Server) -> AsyncIterator[Line]:
    """The floor, opening and dispatching, in turn."""
    loads: dict[str, list[Load]] = {}
    for number in range(scale.rounds + 1):
        for where, server in (("", small), (f" at {scale.large_cases:,} cases", large)):
            for what, load in (await _window(scale, desk, server)).items():
                if number:  # the first round warms up
                    loads.setdefault(f"{what}{where}", []).append(load)
    base = loads["floor: one durable insert"]
    for what, rounds in loads.items():
        ratio = statistics.median(one.per_second / floor.per_second for one, floor in zip(rounds, base, strict=True))
        told = f"p50 {statistics.median(load.quantile_ms(0.5) for load in rounds):.1f} ms"
        yield Line(what, statistics.median(load.per_second for load in rounds), "requests/s", told, ratio)


async def _window(scale: Scale, desk: Desk, server: Server) -> dict[str, Load]:
    token, cases = desk.tokens["operator"], [ids.uuid7() for _ in range(scale.window)]
    floors = [_floor(token) for _ in cases]
    opens = [http("POST", "/api/v1/cases", token=token, body=_json(_new(id))) for id in cases]
    sends = [
        http("POST", f"/api/v1/cases/{id}/dispatch", token=token, body=_json({"id": str(ids.uuid7())})) for id in cases
    ]
    return {
        "floor: one durable insert": await run(server.port, floors, expect={201}),
        "openCase": await run(server.port, opens, expect={201}),
        "dispatchCase": await run(server.port, sends, expect={200}),
    }


def _floor(token: str) -> bytes:
    row = {
        "id": str(ids.uuid7()),
        "occurred_at": "2026-05-01T08:00:00+08:00",
        "longitude": 116.3,
        "latitude": 36.9,
        "note": "两天没水了，请派人来看看。" * 8,
    }
    return http("POST", "/floor", token=token, body=_json(row))


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


async def lists(scale: Scale, desk: Desk, small: Server, large: Server) -> AsyncIterator[Line]:
    """Pages of fifty and figures, of the small and of the large database in turn."""
    unit = f"unit_id={desk.unit_id}"
    asked = {
        "the county's newest (operator)": ("operator", "/cases?limit=50"),
        "the county's open ones by due (operator)": ("operator", "/cases?limit=50&sort=due"),
        "the overdue ones (supervisor)": ("supervisor", "/cases?limit=50&light=red"),
        "a unit's open ones by due (supervisor)": ("supervisor", f"/cases?limit=50&sort=due&{unit}"),
        "a village's (operator)": ("operator", f"/cases?limit=50&division_code={VILLAGE}"),
        "a category's (operator)": ("operator", f"/cases?limit=50&category_code={WATER}"),
        "his unit's newest (handler)": ("handler", "/cases?limit=50"),
        "his unit's open ones by due (handler)": ("handler", "/cases?limit=50&sort=due"),
        "not dispatched (operator)": ("operator", "/cases?limit=50&open=true&not_dispatched=true"),
        "figures of 7 days (supervisor)": ("supervisor", "/case-figures"),
    }
    for what, (who, path) in asked.items():
        request = http("GET", f"/api/v1{path}", token=desk.tokens[who], headers={"Accept-Encoding": "identity"})
        yield await _compared(what, scale, request, small, large)


async def _compared(what: str, scale: Scale, request: bytes, small: Server, large: Server) -> Line:
    medians: dict[Server, list[float]] = {small: [], large: []}
    for number in range(scale.rounds + 1):
        for server, told in medians.items():
            load = await run(server.port, [request] * 15, expect={200}, connections=1)
            if number:
                told.append(load.quantile_ms(0.5))
    ratio = statistics.median(big / little for little, big in zip(medians[small], medians[large], strict=True))
    large_ms, small_ms = statistics.median(medians[large]), statistics.median(medians[small])
    detail = f"p50 at {scale.large_cases:,}; {small_ms:.2f} ms at {scale.small_cases:,}"
    return Line(f"cases: {what}", large_ms, "ms", detail, ratio, aim_of="ratio", most=1.3)


async def verification(desk: Desk) -> Line:
    """A timeline of a thousand lines, reckoned again and held against its anchor."""
    new = NewCase(channel=Channel.PHONE, category_code=WATER, title="村东水管坏了", division_code=VILLAGE)
    case = (await opening.open_case(new=new, by=desk.operator)).record.case
    await dispatch(case_id=case.id, id=ids.uuid7(), by=desk.operator)
    for number in range(998):
        await working.note(case_id=case.id, id=ids.uuid7(), remark=f"第{number}次查看，还没修好。", by=desk.handler)
    await anchors.anchor_heads()
    took = []
    for _ in range(7):
        began = time.perf_counter()
        verdict = await anchors.verify(case_id=case.id)
        took.append((time.perf_counter() - began) * 1000)
        if not verdict.intact or verdict.lines_n != 1000:
            raise WrongAnswer(f"The timeline is not whole: {verdict}")
    return Line("verifyTimeline of 1,000 lines", statistics.median(took), "ms")


def main() -> int:
    """Measure at BENCH_SCALE and tell."""
    scale = SCALES[os.environ.get("BENCH_SCALE") or "full"]
    with housed() as postgres:
        print(report.table(uvloop.run(measure(scale, postgres))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
