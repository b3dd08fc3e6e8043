"""An hour of an exchange within a minute: every eighth call missed, one post in ten sent twice, in any order."""

import json
import os
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
from standardwebhooks import Webhook

from tests.benchmarks.load import WrongAnswer, http, run
from tests.benchmarks.processes import Server, postgres_cpu_s
from tests.benchmarks.report import Line

SMALL = os.environ.get("BENCH_SCALE") == "small"
POSTS = 1_080 if SMALL else 10_800
AGAIN, MISSED = 0.1, 0.12
TWICE_MISSED = 0.1
"""Of those who are missed, how many try once more before anybody rang them: still one callback."""
LATE_S = 30
"""How long after its moment a post is sent, and again: so that they come in any order."""
CONNECTIONS = 16
SERVED = "tests.benchmarks.antifraud_server:application"
"""With a provider that takes every text message and push."""
SEED = 20261122


@dataclass(frozen=True)
class Exchange:
    """What it signs with."""

    system_id: UUID
    secret: str


@dataclass(frozen=True)
class Counts:
    """What there is. `rung`: different callers whom somebody is to ring; `messages`: ids that came."""

    calls: int
    missed_calls: int
    answered: int
    callbacks: int
    rung: int
    messages: int


@dataclass(frozen=True)
class Hour:
    """What is posted, and what there has to be afterwards."""

    posts: list[bytes]
    comes_to: Counts


async def measured(exchange: Exchange, dsn: str, postmaster_pid: int) -> AsyncIterator[Line]:
    """Posts a second, how long one took, and what they cost; raises WrongAnswer where something was lost or doubled."""
    os.environ["HANDED"] = os.devnull
    with Server(dsn, SERVED) as server:
        hour = _hour(exchange)
        server_s, postgres_s = server.cpu_s(), postgres_cpu_s(postmaster_pid)
        load = await run(server.port, hour.posts, expect={200, 201}, connections=CONNECTIONS)
        server_s, postgres_s = server.cpu_s() - server_s, postgres_cpu_s(postmaster_pid) - postgres_s
    if (found := await _counted(dsn, exchange)) != hour.comes_to:
        raise WrongAnswer(f"{hour.comes_to} was posted, {found} is there")
    n = len(hour.posts)
    busy = f"load {os.getloadavg()[0]:.1f}"
    cpu = f"CPU {server_s / n * 1000:.2f} + PostgreSQL {postgres_s / n * 1000:.2f} ms each"
    yield Line(
        f"{n:,} posts of an exchange",
        load.per_second,
        "posts/s",
        f"{cpu}; {hour.comes_to.calls:,} calls, {hour.comes_to.rung} to ring back, in {load.seconds:.0f} s; {busy}",
        aim_of="value",
        least=180,
    )
    yield Line("  answered, p99", load.quantile_ms(0.99), "ms", f"p50 {load.quantile_ms(0.5):.0f} ms")


def _hour(exchange: Exchange) -> Hour:
    """The same on every run but for its moments: an hour's, drawn together into the minute from now."""
    chance, now = random.Random(SEED), datetime.now(UTC)
    posts: list[tuple[float, bytes]] = []
    calls = missed_calls = missed = messages = 0
    while len(posts) < POSTS:
        lost = chance.random() < MISSED
        missed += lost
        caller, began_s = f"199 {missed if lost else 50_000_000 + calls:08d}", chance.uniform(0, 3600)
        for _ in range(2 if lost and chance.random() < TWICE_MISSED else 1):
            calls, missed_calls, reference = calls + 1, missed_calls + lost, f"C-{calls:06d}"
            for event, at_s in _events(began_s, chance, lost=lost):
                messages += 1
                said = {"reference": reference, "event": event, "caller": caller}
                post = _post(exchange, said | {"at": (now + timedelta(seconds=at_s / 60)).isoformat()}, now)
                sent_s = at_s + chance.uniform(0, LATE_S)
                again = [sent_s + chance.uniform(0, LATE_S)] if chance.random() < AGAIN else []
                posts += [(each, post) for each in (sent_s, *again)]
            began_s += 60
    in_order = [post for _, post in sorted(posts, key=lambda each: each[0])]
    return Hour(in_order, Counts(calls, missed_calls, calls - missed_calls, missed, missed, messages))


def _events(began_s: float, chance: random.Random, *, lost: bool) -> list[tuple[str, float]]:
    if lost:
        return [("ringing", began_s), ("missed", began_s + 25)]
    return [("ringing", began_s), ("answered", began_s + 8), ("ended", began_s + 8 + chance.uniform(30, 300))]


def _post(exchange: Exchange, said: dict[str, str], now: datetime) -> bytes:
    body, message_id = json.dumps(said), f"{said['reference']}-{said['event']}"
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(exchange.secret).sign(message_id, now, body),
        "content-type": "application/json",
    }
    path = f"/api/v1/hotline/calls/posts/{exchange.system_id}"
    return http("POST", path, body=body.encode(), headers=headers)


_COUNTS = """
SELECT (SELECT count(*) FROM hotline_call WHERE system = $1) AS calls,
       (SELECT count(*) FROM hotline_call WHERE system = $1 AND state = 'missed') AS missed_calls,
       (SELECT count(*) FROM hotline_call WHERE system = $1 AND state = 'ended' AND answered_at IS NOT NULL
        AND ended_at IS NOT NULL) AS answered,
       (SELECT count(*) FROM hotline_callback b JOIN hotline_call c ON c.id = b.call WHERE c.system = $1) AS callbacks,
       (SELECT count(DISTINCT c.caller_index) FROM hotline_callback b JOIN hotline_call c ON c.id = b.call
        WHERE c.system = $1 AND b.state = 'open' AND b.assignee IS NOT NULL) AS rung,
       (SELECT count(*) FROM hotline_post WHERE system = $1) AS messages
"""


async def _counted(dsn: str, exchange: Exchange) -> Counts:
    connection = await asyncpg.connect(dsn)
    row = await connection.fetchrow(_COUNTS, exchange.system_id)
    await connection.close()
    return Counts(**row)
