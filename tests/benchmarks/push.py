"""Reaching a county: `python -m tests.benchmarks.push` (BENCH_SCALE=small: a tenth of it and less).

audience   25,000 staff and 100,000 citizens who opted in, resolved and queued by the job that does it, beside the
           floor: the same delivery rows copied into a table without an index
forward    4,119 groups: their owners' tasks asked and ticked, one tick after the other
stress     467,100 deliveries handed over by one worker process to a provider that says yes at once; meanwhile one
           emergency after another, from the verb's call to the provider's hands

PostgreSQL has fsync on. The client, PostgreSQL and the worker share the machine.
"""

import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import msgspec
import uvloop

from tests.benchmarks.processes import housed, postgres_cpu_s

SMALL = os.environ.get("BENCH_SCALE") == "small"
STAFF, CITIZENS, GROUPS, STRESS = (2_500, 10_000, 400, 20_000) if SMALL else (25_000, 100_000, 4_119, 467_100)
EMERGENCY_EVERY_S = 0.1
COUNTY, VILLAGE = "371526000000", "371526101335"
ROOT = Path(__file__).parents[2]


def main() -> int:
    """Measure and print."""
    with housed() as postgres:
        return uvloop.run(_measure(postgres.dsn, postgres.postmaster_pid or 0))


async def _measure(dsn: str, postmaster_pid: int) -> int:
    os.environ["DATABASE_URL"] = dsn
    from backend.core.settings import settings
    from backend.push import outlets, policies
    from backend.serving.preparing import pooled, prepare
    from tests.benchmarks.push_worker import Taking, without_nights
    from tests.cast import make_cast

    settings.cache_clear()
    taking = Taking()
    outlets.in_use = lambda: [taking]
    policies.PUSH_POLICIES = tuple(without_nights(policy) for policy in policies.PUSH_POLICIES)
    await prepare(settings())
    async with pooled(settings()):
        cast = await make_cast()
        await _staff()
        await _citizens(CITIZENS)
        await _audience(cast, postmaster_pid)
        await _forward(cast)
        await _citizens(STRESS - CITIZENS)
        await _stress(cast, dsn, postmaster_pid)
    return 0


async def _staff() -> None:
    """Cadres of one village with an app each."""
    from backend.core.database import connection, fetch_row

    village = await fetch_row("SELECT id FROM territory_division WHERE code = $1", VILLAGE)
    now, people = datetime.now(UTC), [uuid4() for _ in range(STAFF)]
    persons = [(id, "某人", b"", id.bytes, "zh", now, b"", 0) for id in people]
    roles = [(uuid4(), id, "cadre", village["id"], date(2026, 1, 1)) for id in people]
    async with connection() as acquired:
        await acquired.copy_records_to_table(
            "people_person",
            records=persons,
            columns=(
                *("id", "name", "phone_sealed", "phone_index", "language", "created_at", "arguments_digest"),
                "session_epoch",
            ),
        )
        await acquired.copy_records_to_table(
            "people_role_assignment", records=roles, columns=("id", "person", "role", "division", "valid_from")
        )
        await _addresses(acquired, people, "person", "fcm_token")
        await acquired.execute("ANALYZE")


async def _citizens(number: int) -> None:
    """Citizens of one village with a phone number each, who asked for it."""
    from backend.core.database import connection

    async with connection() as acquired:
        for start in range(0, number, 50_000):
            people = [uuid4() for _ in range(min(50_000, number - start))]
            await _addresses(acquired, people, "citizen", "sms")
        await acquired.execute("ANALYZE push_address")


async def _addresses(acquired: asyncpg.Connection, people: list[UUID], subject_kind: str, kind: str) -> None:
    from backend.core.cipher import seal
    from backend.push.messages import ADDRESS_COLUMN

    now, person = datetime.now(UTC), subject_kind == "person"
    records = [
        (
            *(uuid4(), id, subject_kind, id if person else None, kind, seal(id.hex, column=ADDRESS_COLUMN), id.bytes),
            *("zh", [], [], [], VILLAGE, None if person else "v1", now, now),
        )
        for id in people
    ]
    await acquired.copy_records_to_table(
        "push_address",
        records=records,
        columns=(
            *("id", "subject", "subject_kind", "person", "kind", "value_sealed", "value_index"),
            *("language", "muted", "interests", "topics", "division_code", "opted_in_text", "registered_at"),
            "last_confirmed_at",
        ),
    )


async def _send(cast, **more) -> UUID:
    """A campaign, not planned yet."""
    from backend.core import ids
    from backend.push import campaigns
    from backend.push.schemas import NewNotice

    words = {"title_zh": "防汛", "text_zh": "今夜有暴雨，请远离河道。", "public": True, "category": "service"}
    new = msgspec.convert({"division_codes": [COUNTY], **words, **more}, NewNotice)
    return (await campaigns.send_notice(id=ids.uuid7(), new=new, by=cast.supervisor)).record.id


async def _audience(cast, postmaster_pid: int) -> None:
    from backend.core.database import fetch, fetch_row
    from backend.push.planning import plan

    notice_id = await _send(cast, roles=["cadre"], citizens=True)
    before, worked, began = _peak_mb(), postgres_cpu_s(postmaster_pid), time.perf_counter()
    await plan(notice_id)
    taken, worked = time.perf_counter() - began, postgres_cpu_s(postmaster_pid) - worked
    counted = await fetch_row("SELECT count(*) AS n FROM push_delivery WHERE notice = $1", notice_id)
    await fetch("CREATE TABLE floor (LIKE push_delivery)")
    began = time.perf_counter()
    await fetch("INSERT INTO floor SELECT * FROM push_delivery")
    floor = time.perf_counter() - began
    await fetch("DROP TABLE floor")
    _say(
        f"audience of {STAFF + CITIZENS:,}",
        f"{counted['n']:,} deliveries queued in {taken:.2f} s ({worked:.2f} s of CPU), "
        f"floor {floor:.2f} s, ratio {taken / floor:.1f}, this process {_peak_mb() - before:+.0f} MB",
    )
    await fetch("UPDATE push_notice SET campaign_state = 'paused' WHERE id = $1", notice_id)


async def _forward(cast) -> None:
    from backend.core.database import connection, fetch, fetch_row
    from backend.push.planning import plan
    from backend.tasks.actions import complete_task

    village = await fetch_row("SELECT id FROM territory_division WHERE code = $1", VILLAGE)
    now, owner = datetime.now(UTC), cast.cadre.person_id
    groups = [(uuid4(), f"群{n}", "wechat", village["id"], VILLAGE, owner, 113, now.date(), now) for n in range(GROUPS)]
    async with connection() as acquired:
        await acquired.copy_records_to_table(
            "push_group",
            records=groups,
            columns=(
                *("id", "name", "kind", "division", "division_code", "owner", "headcount", "headcount_as_of"),
                "opened_at",
            ),
        )
    notice_id = await _send(cast, groups=True)
    began = time.perf_counter()
    await plan(notice_id)
    asked = time.perf_counter() - began
    rows = await fetch("SELECT id FROM tasks_task WHERE origin_id = $1", notice_id)
    began = time.perf_counter()
    for row in rows:
        await complete_task(task_id=row["id"], by=cast.cadre)
    ticked = time.perf_counter() - began
    _say(
        f"{len(rows):,} forward tasks",
        f"asked in {asked:.2f} s ({len(rows) / asked:,.0f}/s), ticked in {ticked:.1f} s ({len(rows) / ticked:,.0f}/s)",
    )


async def _stress(cast, dsn: str, postmaster_pid: int) -> None:
    from backend.core.database import connection, fetch
    from backend.push.planning import plan

    async with connection() as acquired:
        await _addresses(acquired, [cast.assistant.person_id], "person", "fcm_token")
    notice_id = await _send(cast, citizens=True)
    began = time.perf_counter()
    await plan(notice_id)
    _say(f"{STRESS:,} deliveries", f"queued in {time.perf_counter() - began:.1f} s")
    with _worker(dsn) as (worker, handed):
        while not await _accepted(notice_id):
            await asyncio.sleep(0.05)
        first, began = await _accepted(notice_id), time.perf_counter()
        cpu, worked = _cpu_s(worker), postgres_cpu_s(postmaster_pid)
        stop = asyncio.Event()
        latencies = asyncio.create_task(_emergencies(cast, handed, stop))
        while (done := await _accepted(notice_id)) < STRESS:
            await asyncio.sleep(0.1)
        taken = time.perf_counter() - began
        stop.set()
        told = await latencies
        cpu_us = (_cpu_s(worker) - cpu) / (done - first) * 1e6
        postgres_us = (postgres_cpu_s(postmaster_pid) - worked) / (done - first) * 1e6
    _say(
        "  handed over by one worker",
        f"{(done - first) / taken:,.0f}/s ({taken:.1f} s), "
        f"CPU for one: {cpu_us:.0f} µs here, {postgres_us:.0f} µs in PostgreSQL",
    )
    rows = await fetch("SELECT sum(repeats) AS repeats FROM push_delivery WHERE notice = $1", notice_id)
    _say("  repeats", f"{rows[0]['repeats']}")
    _say(f"  {len(told)} emergencies meanwhile", _percentiles(told))
    with _worker(dsn) as (_, handed):
        await _one_emergency(cast)
        while not handed.read_text():
            await asyncio.sleep(0.05)
        stop = asyncio.Event()
        alone = asyncio.create_task(_emergencies(cast, handed, stop))
        await asyncio.sleep(3 if SMALL else 10)
        stop.set()
        told = await alone
    _say(f"  {len(told)} emergencies alone", _percentiles(told))


async def _emergencies(cast, handed: Path, stop: asyncio.Event) -> list[float]:
    """One after another until told to stop; how long each took to the provider, in seconds."""
    begun: dict[str, float] = {}
    while not stop.is_set():
        at = time.time()
        begun[await _one_emergency(cast)] = at
        await asyncio.sleep(EMERGENCY_EVERY_S)
    await asyncio.sleep(2)
    arrived: dict[str, float] = {}
    for line in handed.read_text().splitlines():
        notice, _, at_text = line.partition(" ")
        arrived.setdefault(notice, float(at_text))
    lost = begun.keys() - arrived.keys()
    if lost:
        print(f"{len(lost)} emergencies did not arrive within 2 s", flush=True)
    return sorted(arrived[notice] - at for notice, at in begun.items() if notice in arrived)


async def _one_emergency(cast) -> str:
    from backend.push import actions as push
    from backend.push.provider import Category

    told = {"text": push.Text(zh="火"), "category": Category.EMERGENCY, "dedupe_key": f"fire {time.time()}"}
    return str(await push.notify(to=cast.assistant.person_id, **told))


async def _accepted(notice_id: UUID) -> int:
    from backend.push.campaign_queries import counted

    return (await counted([notice_id])).get(notice_id, {}).get("accepted", 0)


@contextmanager
def _worker(dsn: str):
    with tempfile.TemporaryDirectory() as folder:
        handed = Path(folder) / "handed"
        handed.touch()
        command = [sys.executable, "-m", "tests.benchmarks.push_worker", dsn, str(handed)]
        process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            yield process, handed
        finally:
            process.kill()
            process.wait()


def _cpu_s(process: subprocess.Popen[bytes]) -> float:
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _percentiles(sorted_s: list[float]) -> str:
    if not sorted_s:
        return "none"
    at = [sorted_s[min(len(sorted_s) - 1, int(len(sorted_s) * share))] * 1000 for share in (0.5, 0.95)]
    return f"p50 {at[0]:.0f} ms, p95 {at[1]:.0f} ms, worst {sorted_s[-1] * 1000:.0f} ms"


def _say(what: str, figures: str) -> None:
    print(f"{what:32}{figures}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
