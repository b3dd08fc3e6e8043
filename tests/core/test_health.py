import asyncio
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from litestar import get
from litestar.params import FromPath
from prometheus_client.parser import text_string_to_metric_families

from backend.core import database, health, jobs, migrations, storage
from backend.core.jobs import enqueue
from backend.core.settings import settings
from backend.core.storage_refusals import StorageDown


@pytest.fixture
def client(client_of):
    return client_of(health.router)


async def test_a_process_is_alive_whatever_happened_to_its_database(client, pool, monkeypatch):
    monkeypatch.setattr(database.engine, "pool", None)

    answer = await client.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_a_process_is_ready_when_database_migrations_and_storage_answer(client, pool):
    answer = await client.get("/health/ready")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_asking_whether_it_is_ready_leaves_nothing_in_the_storage(client, pool):
    await client.get("/health/ready")

    probes = Path(settings().storage.removeprefix("file://")) / "probes"
    assert list(probes.iterdir()) == []


async def test_without_its_database_a_process_is_not_ready_and_says_what_is_missing(client, pool, monkeypatch):
    monkeypatch.setattr(database.engine, "pool", None)
    monkeypatch.setattr(database.engine, "config", {"dsn": "postgresql://app@/postgres?host=/nowhere"})

    answer = await client.get("/health/ready")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["code"] == "core/not-ready"
    assert answer.json()["failing"] == ["database", "migrations"]
    assert answer.json()["detail"] == "尚未就绪：数据库、数据库升级。"


async def test_with_migrations_waiting_a_process_is_not_ready(client, pool, monkeypatch):
    async def behind():
        return ["visits 2027-01-01T00:00:00:000000"]

    monkeypatch.setattr(migrations, "pending", behind)
    assert (await client.get("/health/ready")).json()["failing"] == ["migrations"]


async def test_with_a_storage_that_cannot_be_written_a_process_is_not_ready(client, pool, monkeypatch):
    async def broken(path, content):
        raise StorageDown

    monkeypatch.setattr(storage, "put", broken)
    assert (await client.get("/health/ready")).json()["failing"] == ["storage"]


async def test_a_check_that_hangs_counts_as_failed_instead_of_holding_the_answer(client, pool, monkeypatch):
    async def hanging(path, content):
        await asyncio.sleep(60)

    monkeypatch.setattr(health, "_ANSWER_WITHIN_S", 0.1)
    monkeypatch.setattr(storage, "put", hanging)
    answer = await asyncio.wait_for(client.get("/health/ready"), 30)
    assert answer.json()["failing"] == ["storage"]


@pytest.fixture
def token(monkeypatch):
    chosen = msgspec.structs.replace(settings(), metrics_token="a-token-for-prometheus")
    monkeypatch.setattr(health, "settings", lambda: chosen)
    return chosen.metrics_token


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "127.9.9.9"])
async def test_numbers_are_read_from_this_machine_itself(client_of, pool, peer):
    assert (await client_of(health.router, peer=peer).get("/metrics")).status_code == 200


@pytest.mark.parametrize("peer", ["10.0.0.7", "203.0.113.9", "testclient"])
async def test_to_anybody_elsewhere_there_are_no_numbers(client_of, pool, peer):
    answer = await client_of(health.router, peer=peer).get("/metrics")

    assert (answer.status_code, answer.json()["code"]) == (404, "core/unknown")


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
async def test_a_proxy_on_this_machine_does_not_make_the_world_local(client, pool, header):
    assert (await client.get("/metrics", headers={header: "203.0.113.9"})).status_code == 404


async def test_where_a_token_is_set_it_opens_from_anywhere_and_nothing_else_does(client_of, pool, token):
    near, far = client_of(health.router), client_of(health.router, peer="203.0.113.9")

    assert (await far.get("/metrics", headers={"authorization": f"Bearer {token}"})).status_code == 200
    assert (await near.get("/metrics")).status_code == 404
    assert (await near.get("/metrics", headers={"authorization": "Bearer wrong"})).status_code == 404
    assert (await near.get("/metrics", headers={"authorization": token})).status_code == 404


async def _numbers(client):
    text = (await client.get("/metrics")).text
    return {
        (s.name, *sorted(s.labels.items())): s.value for f in text_string_to_metric_families(text) for s in f.samples
    }


@get("/counted/{number:int}")
async def counted(number: FromPath[int]) -> int:
    return number


COUNT = "lianxin_http_request_duration_seconds_count"


def _of(status, route="/counted/{number}", method="GET"):
    return COUNT, ("method", method), ("route", route), ("status", str(status))


async def test_requests_are_counted_by_route_template_method_and_status(client_of, pool):
    client = client_of(health.router, counted)
    before = await _numbers(client)
    for number in range(3):
        await client.get(f"/counted/{number}")
    await client.get("/counted/x")
    await client.request("BREW", "/counted/1")
    after = await _numbers(client)

    def grown(key):
        return after.get(key, 0) - before.get(key, 0)

    assert grown(_of(200)) == 3
    assert grown(_of(404, "unknown")) == 1
    assert grown(_of(405, "unknown", "other")) == 1
    assert not any("/counted/0" in str(key) for key in after)


async def test_the_pool_and_the_jobs_are_told(client, db, monkeypatch):
    monkeypatch.setattr(jobs, "registered", {})

    @jobs.job("test/waiting")
    async def waiting(_: None) -> None: ...

    await enqueue("test/waiting")
    await enqueue("test/waiting")
    async with database.connection() as connection:
        await connection.execute("UPDATE pgqueuer SET status = 'failed' WHERE id = (SELECT min(id) FROM pgqueuer)")
        numbers = await _numbers(client)

    assert (numbers["lianxin_jobs_queued",], numbers["lianxin_jobs_held",], numbers["lianxin_jobs_running",]) == (
        1,
        1,
        0,
    )
    assert numbers["lianxin_pool_connections",] >= 2
    assert numbers["lianxin_pool_idle_connections",] < numbers["lianxin_pool_connections",]


_ONE_OF_TWO = """
import sys
from backend.core import metrics
for _ in range(int(sys.argv[1])):
    metrics.observe("GET", "/counted", 200, 0.01)
print(metrics.exposition(pool_size=1, pool_idle=1, jobs={}).decode())
"""


def test_several_server_processes_are_counted_together(tmp_path):
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    told = [
        subprocess.run(
            [sys.executable, "-c", _ONE_OF_TWO, times], env=environment, capture_output=True, text=True, timeout=60
        )
        for times in ("3", "4")
    ]
    (count,) = [
        sample.value
        for family in text_string_to_metric_families(told[1].stdout)
        for sample in family.samples
        if sample.name == COUNT
    ]

    assert count == 7
