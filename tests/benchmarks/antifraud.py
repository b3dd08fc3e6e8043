"""From the police centre to the phone, beside a county alert: `python -m tests.benchmarks.antifraud`.

warnings   30 a minute for ten minutes, each signed, to one `lianxin serve` that meanwhile hands over a county's alert;
           from the first byte of the webhook to the provider's hands
next       nobody acknowledges: how late, against its second, each goes on to the next on duty (full scale only: a high
           warning's five minutes are waited for)
round      getOutreach of a running round, the county's villages and households, 60 % of the doors marked
figures    antifraudFigures with five years of cases, warnings, letters and talks on file

PostgreSQL has fsync on; the client, PostgreSQL and the server share the machine. BENCH_SCALE=small: a tenth and less.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import msgspec
import uvloop
from standardwebhooks import Webhook

from backend.antifraud import warning_sources
from backend.antifraud.warning_schemas import NewWarningSource
from backend.core import clock, ids
from backend.core.cipher import seal
from backend.core.postgres import EmbeddedPostgres
from backend.core.settings import settings
from backend.people.actors import Actor
from backend.people.tables import Role
from backend.push import campaigns, outlets, policies
from backend.push.messages import ADDRESS_COLUMN
from backend.push.planning import plan
from backend.push.schemas import NewNotice
from backend.serving.preparing import pooled, prepare
from backend.territory.actions import load_divisions
from seed.places import DIVISIONS, DIVISIONS_SINCE, DIVISIONS_SOURCE
from tests.benchmarks import county, report
from tests.benchmarks.antifraud_years import fill
from tests.benchmarks.county import COUNTY
from tests.benchmarks.load import Load, WrongAnswer, http, run
from tests.benchmarks.processes import Server, housed
from tests.benchmarks.push_worker import Taking, without_nights
from tests.benchmarks.report import Line

SMALL = os.environ.get("BENCH_SCALE") == "small"
WARNINGS, EVERY_S = (15, 0.5) if SMALL else (300, 2.0)
CITIZENS = 20_000 if SMALL else 467_100
HOUSEHOLDS = 20_000 if SMALL else 209_000
WINDOWS, WINDOW = (3, 5) if SMALL else (9, 10)
VILLAGES_WARNED, ASSISTANTS = 10, 2
YEARS = 5
ACKNOWLEDGE_WITHIN = timedelta(minutes=5)
"""Of a high warning, by the shipped policy."""

QINGZHOU = "370781000000"
"""A county of 1,080 villages."""

SERVED = "tests.benchmarks.antifraud_server:application"


@dataclass(frozen=True)
class Place:
    """Who asks and who is warned."""

    admin: Actor
    supervisor: Actor
    qingzhou: county.Somebody
    villages: list[str]
    source_id: UUID
    secret: str
    dsn: str


def main() -> int:
    """Measure and print."""
    with housed() as postgres:
        print(report.table(uvloop.run(measure(postgres))))
    return 0


async def measure(postgres: EmbeddedPostgres) -> list[Line]:
    """Every line of the table."""
    os.environ["DATABASE_URL"] = postgres.dsn
    settings.cache_clear()
    await prepare(settings())
    taking = Taking()
    outlets.in_use = lambda: [taking]
    policies.PUSH_POLICIES = tuple(without_nights(policy) for policy in policies.PUSH_POLICIES)
    async with pooled(settings()):
        place = await _founded(postgres.dsn)
        lines = [line async for line in _warnings(place)]
        await fill(place.dsn, by=place.qingzhou.actor.person_id, households=HOUSEHOLDS, years=YEARS)
        with Server(postgres.dsn) as server:
            return lines + [line async for line in _reads(place, server)]


async def _founded(dsn: str) -> Place:
    await load_divisions(path=DIVISIONS, source=DIVISIONS_SOURCE, valid_from=DIVISIONS_SINCE)
    villages = county._villages()
    admin = (await county._somebody(900, Role.ADMIN, COUNTY)).actor
    overseer = await county._somebody(901, Role.SUPERVISOR, COUNTY)
    qingzhou = await county._somebody(902, Role.SUPERVISOR, QINGZHOU)
    connection = await asyncpg.connect(dsn)
    for number in range(VILLAGES_WARNED * ASSISTANTS):
        village = villages[number // ASSISTANTS]
        assistant = await county._somebody(100 + number, Role.ASSISTANT, village)
        await _address(connection, [assistant.actor.person_id], "person", "fcm_token", village)
    for start in range(0, CITIZENS, 50_000):
        people = [uuid4() for _ in range(min(50_000, CITIZENS - start))]
        await _address(connection, people, "citizen", "sms", villages[0])
    await connection.execute("ANALYZE")
    await connection.close()
    new = NewWarningSource(name="a police centre", division_code=COUNTY)
    source = await warning_sources.add_warning_source(id=None, new=new, by=admin, base_url="http://bench")
    secret = source.record.secret or ""
    return Place(admin, overseer.actor, qingzhou, villages, source.record.id, secret, dsn)


async def _address(
    connection: asyncpg.Connection, people: list[UUID], subject_kind: str, kind: str, village: str
) -> None:
    now, person = datetime.now(UTC), subject_kind == "person"
    await connection.copy_records_to_table(
        "push_address",
        records=[
            (
                *(uuid4(), id, subject_kind, id if person else None, kind, seal(id.hex, column=ADDRESS_COLUMN)),
                *(id.bytes, "zh", [], [], [], village, None if person else "v1", now, now),
            )
            for id in people
        ],
        columns=(
            *("id", "subject", "subject_kind", "person", "kind", "value_sealed", "value_index"),
            *("language", "muted", "interests", "topics", "division_code", "opted_in_text", "registered_at"),
            "last_confirmed_at",
        ),
    )


async def _warnings(place: Place) -> AsyncIterator[Line]:
    """The county's alert is queued, then the warnings come, while it is handed over."""
    with _noted() as handed, Server(place.dsn, SERVED) as server:
        notice_id = await _county_alert(place)
        begun = {}
        answered = Load()
        for number in range(WARNINGS):
            due = asyncio.get_running_loop().time() + EVERY_S
            reference = f"YJ-{number:05d}"
            begun[reference] = time.time()
            load = await run(server.port, [_post(place, reference, number)], expect={201}, connections=1)
            answered.latencies_ms += load.latencies_ms
            await asyncio.sleep(max(due - asyncio.get_running_loop().time(), 0))
        left = CITIZENS - await _accepted(notice_id)
        await asyncio.sleep(2)
        told = await _told(place, begun, handed)
        yield Line(
            f"{WARNINGS} warnings, webhook to provider, p95",
            _quantile(told, 0.95) * 1000,
            "ms",
            f"p50 {_quantile(told, 0.5) * 1000:.0f}, worst {told[-1] * 1000:.0f} ms; of {CITIZENS:,} of the county's "
            f"alert {left:,} were left at the end",
            aim_of="value",
            most=1000,
        )
        yield Line("  the webhook answered, p95", answered.quantile_ms(0.95), "ms")
        if not SMALL:
            yield await _going_on(place)


@contextmanager
def _noted():
    with tempfile.TemporaryDirectory() as folder:
        handed = Path(folder) / "handed"
        handed.touch()
        os.environ["HANDED"] = str(handed)
        yield handed


async def _county_alert(place: Place) -> UUID:
    words = {"title_zh": "防汛", "text_zh": "今夜有暴雨，请远离河道。", "public": True, "category": "service"}
    new = msgspec.convert({"division_codes": [COUNTY], "citizens": True, **words}, NewNotice)
    notice_id = (await campaigns.send_notice(id=ids.uuid7(), new=new, by=place.supervisor)).record.id
    await plan(notice_id)
    return notice_id


def _post(place: Place, reference: str, number: int) -> bytes:
    person = {"name": "某人", "phone": f"199 1000 {number:04d}", "address_note": "村西头", "known": "正在通话"}
    village = place.villages[number % VILLAGES_WARNED]
    said = {"reference": reference, "level": "high", "division_code": village, "person": person}
    body = json.dumps(said, ensure_ascii=False)
    now = datetime.now(UTC)
    headers = {
        "webhook-id": f"msg-{reference}",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(place.secret).sign(f"msg-{reference}", now, body),
        "content-type": "application/json",
    }
    path = f"/api/v1/antifraud/warnings/posts/{place.source_id}"
    return http("POST", path, body=body.encode(), headers=headers)


async def _told(place: Place, begun: dict[str, float], handed: Path) -> list[float]:
    """How long each took, in seconds, sorted. Warnings and references are in one order. Raises WrongAnswer."""
    first: dict[str, float] = {}
    for line in handed.read_text().splitlines():
        notice, _, at = line.partition(" ")
        first.setdefault(notice, float(at))
    connection = await asyncpg.connect(place.dsn)
    rows = await connection.fetch(
        "SELECT DISTINCT ON (w.received_at, w.id) n.id::text AS notice FROM antifraud_warning w "
        "JOIN push_notice n ON n.origin_room = 'antifraud' AND n.origin_id = w.id "
        "ORDER BY w.received_at, w.id, n.id"
    )
    await connection.close()
    if len(rows) != len(begun) or any(row["notice"] not in first for row in rows):
        raise WrongAnswer(f"Of {len(begun)} warnings {len(rows)} rang, {len(first)} messages were handed over")
    return sorted(first[row["notice"]] - at for row, at in zip(rows, begun.values(), strict=True))


async def _accepted(notice_id: UUID) -> int:
    from backend.push.campaign_queries import counted

    return (await counted([notice_id])).get(notice_id, {}).get("accepted", 0)


async def _going_on(place: Place) -> Line:
    """Whatever the first hand did not take goes on: how many milliseconds after its second, the worst and most."""
    connection = await asyncpg.connect(place.dsn)
    asked = "SELECT count(*) FROM antifraud_hand WHERE number = 2"
    until = time.monotonic() + 2 * ACKNOWLEDGE_WITHIN.total_seconds()
    while await connection.fetchval(asked) < WARNINGS and time.monotonic() < until:
        await asyncio.sleep(1)
    rows = await connection.fetch(
        "SELECT extract(epoch FROM b.at - a.at - $1::interval)::float8 AS late_s FROM antifraud_hand a "
        "JOIN antifraud_hand b ON b.warning = a.warning AND b.number = 2 WHERE a.number = 1 ORDER BY late_s",
        ACKNOWLEDGE_WITHIN,
    )
    await connection.close()
    late = [row["late_s"] for row in rows]
    if len(late) != WARNINGS:
        raise WrongAnswer(f"Of {WARNINGS} warnings that nobody took {len(late)} went on")
    detail = f"p50 {_quantile(late, 0.5) * 1000:.0f}, earliest {late[0] * 1000:.0f}, worst {late[-1] * 1000:.0f} ms"
    return Line("  on to the next, after its second, p95", _quantile(late, 0.95) * 1000, "ms", detail, most=1000)


def _figures(years: int) -> str:
    since = clock.today() - timedelta(days=365 * years - 1)
    return f"/api/v1/antifraud/figures?division_code={QINGZHOU}&since={since}&until={clock.today()}"


def _quantile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


async def _reads(place: Place, server: Server) -> AsyncIterator[Line]:
    connection = await asyncpg.connect(place.dsn)
    round_id = await connection.fetchval("SELECT id FROM antifraud_round")
    await connection.close()
    asked = {
        f"getOutreach, 1,080 villages, {HOUSEHOLDS:,} households": (f"/api/v1/antifraud/rounds/{round_id}", 300),
        f"antifraudFigures of a year, {YEARS} years on file": (_figures(1), None),
        f"antifraudFigures of all {YEARS} years": (_figures(YEARS), None),
    }
    for what, (path, most) in asked.items():
        request = http("GET", path, token=place.qingzhou.token)
        p50: list[float] = []
        pooled_ms: list[float] = []
        for number in range(WINDOWS + 1):
            load = await run(server.port, [request] * WINDOW, expect={200}, connections=1)
            if number:
                p50.append(load.quantile_ms(0.5))
                pooled_ms += load.latencies_ms
        worst = Load(latencies_ms=pooled_ms).quantile_ms(0.99)
        aim = "value" if most else ""
        yield Line(what, statistics.median(p50), "ms", f"p99 {worst:.0f} ms", aim_of=aim, most=most)


if __name__ == "__main__":
    sys.exit(main())
