import asyncio
import re
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import asyncpg
import msgspec
import pytest
from pgqueuer.core.executors import ScheduleExecutorFactoryParameters
from structlog.testing import capture_logs

from backend.core import database, job_queue, job_worker, jobs, logs
from backend.core.database import transaction
from backend.core.job_queue import held_jobs, release_held
from backend.core.job_worker import worker
from backend.core.jobs import enqueue, job, schedule

SOON = timedelta(milliseconds=20)


class Told(msgspec.Struct):
    visit_id: UUID
    at: datetime


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    """Only what the test itself registers."""
    monkeypatch.setattr(jobs, "registered", {})
    monkeypatch.setattr(job_worker, "_RECONNECT_AFTER_S", 0.2)
    monkeypatch.setattr(job_worker, "_LOOK_AGAIN_AFTER", timedelta(seconds=1))


@pytest.fixture(autouse=True)
async def empty_queue(db):
    """`db` empties the queue after each test; the schedules' table stands in no test's way before it."""
    async with database.connection() as connection:
        await connection.execute("TRUNCATE pgqueuer, pgqueuer_log, pgqueuer_schedules")


@asynccontextmanager
async def _working():
    stop = asyncio.Event()
    task = asyncio.create_task(worker(stop))
    try:
        yield stop
    finally:
        stop.set()
        await asyncio.wait_for(task, 20)


async def _until(condition, within_s=15):
    async with asyncio.timeout(within_s):
        while not (found := await condition()):
            await asyncio.sleep(0.02)
    return found


async def _queued():
    return (await job_queue.counts())["queued"]


async def test_a_job_runs_with_the_payload_in_its_own_type():
    done = asyncio.get_running_loop().create_future()

    @job("test/tell")
    async def tell(told: Told) -> None:
        done.set_result(told)

    told = Told(UUID(int=7), datetime(2026, 5, 1, tzinfo=UTC))
    assert await enqueue("test/tell", told) > 0
    async with _working():
        assert await asyncio.wait_for(done, 15) == told
    assert await job_queue.counts() == {"queued": 0, "picked": 0, "failed": 0}


async def test_a_verb_that_rolls_back_leaves_no_job():
    @job("test/never")
    async def never(_: None) -> None:
        """Never runs."""

    @transaction
    async def failing_verb():
        await enqueue("test/never")
        assert await _queued() == 1
        raise LookupError

    with pytest.raises(LookupError):
        await failing_verb()
    assert await _queued() == 0


async def test_a_job_is_seen_by_others_only_when_its_verb_has_committed():
    @job("test/later")
    async def later(_: None) -> None:
        """Waits."""

    @transaction
    async def verb(dsn):
        await enqueue("test/later")
        outside = await asyncpg.connect(dsn)
        seen = await outside.fetchval("SELECT count(*) FROM pgqueuer")
        await outside.close()
        return seen

    assert await verb(database.engine.config["dsn"]) == 0
    assert await _queued() == 1


async def test_the_same_key_waits_only_once_and_costs_the_verb_nothing():
    @job("test/once")
    async def once(_: None) -> None:
        """Waits."""

    @transaction
    async def verb():
        return [await enqueue("test/once", dedupe="visit 7"), await enqueue("test/once", dedupe="visit 7")]

    first, second = await verb()
    assert first is not None
    assert second is None
    assert await _queued() == 1


async def test_a_name_nobody_registered_is_refused_at_once():
    with pytest.raises(LookupError, match="test/unheard-of"):
        await enqueue("test/unheard-of")


def test_two_jobs_of_one_name_and_an_impossible_cron_are_mistakes_in_the_code():
    @job("test/twice")
    async def first(_: None) -> None: ...

    with pytest.raises(RuntimeError, match="test/twice"):
        job("test/twice")(first)
    with pytest.raises(ValueError, match="99 99"):
        schedule("test/never", "99 99 * * *")


async def test_a_job_that_fails_is_tried_again_each_time_later():
    tried = []

    @job("test/third-time", retries=3, first_delay=timedelta(milliseconds=150))
    async def third_time(_: None) -> None:
        tried.append(asyncio.get_running_loop().time())
        if len(tried) < 3:
            raise ConnectionError("the provider is away")

    await enqueue("test/third-time")
    async with _working():

        async def ran_thrice():
            return len(tried) == 3 and await _queued() == 0

        await _until(ran_thrice)

    first, second = tried[1] - tried[0], tried[2] - tried[1]
    assert first >= 0.15
    assert second >= 0.6, "four times as long"
    assert await held_jobs() == []


async def test_a_job_that_keeps_failing_is_held_listed_and_can_be_released():
    tried = []
    mended = False

    @job("test/hopeless", retries=2, first_delay=SOON)
    async def hopeless(_: None) -> None:
        tried.append(1)
        if not mended:
            raise KeyError("13800000000")

    number = await enqueue("test/hopeless")
    async with _working():
        (held,) = await _until(held_jobs)
        assert (held.id, held.entrypoint, len(tried)) == (number, "test/hopeless", 3)
        assert re.fullmatch(r"KeyError at \S+\.py:\d+", held.reason)

        mended = True
        await release_held(job_ids=[number])

        async def ran():
            return len(tried) == 4

        await _until(ran)
    assert await held_jobs() == []


async def test_what_a_failure_said_is_written_down_nowhere():
    @job("test/indiscreet", retries=1, first_delay=SOON)
    async def indiscreet(_: None) -> None:
        raise ValueError("刘大爷 13800000000")

    await enqueue("test/indiscreet")
    with capture_logs() as logged:
        async with _working():
            await _until(held_jobs)

    kept = await database.fetch("SELECT traceback::text AS text FROM pgqueuer_log WHERE traceback IS NOT NULL")
    assert len(kept) == 2
    told = [logs.described(None, "", dict(line)) for line in logged]
    assert "13800000000" not in str([row["text"] for row in kept]) + str(told)
    assert "刘大爷" not in str([row["text"] for row in kept]) + str(told)


async def test_a_job_for_later_waits_its_time():
    ran = []

    @job("test/later")
    async def later(_: None) -> None:
        ran.append(1)

    await enqueue("test/later", after=timedelta(seconds=60))
    async with _working():
        await asyncio.sleep(0.5)
    assert ran == []
    assert await _queued() == 1


async def test_the_more_urgent_job_goes_first():
    order = []

    @job("test/order")
    async def in_order(name: str) -> None:
        order.append(name)

    await enqueue("test/order", "routine")
    await enqueue("test/order", "urgent", priority=10)
    async with _working():

        async def both():
            return len(order) == 2

        await _until(both)
    assert order == ["urgent", "routine"]


async def test_a_schedule_fires_and_its_firing_is_a_job():
    fired = []

    @schedule("test/every-second", "* * * * * *")
    async def every_second() -> None:
        fired.append(logs.request_id.get())

    async with _working():

        async def twice():
            return len(fired) >= 2

        await _until(twice)
    assert fired[0].startswith("job-")


async def test_two_workers_fire_a_schedule_once():
    fired = []

    @schedule("test/every-two-seconds", "* * * * * */2")
    async def every_two_seconds() -> None:
        fired.append(asyncio.get_running_loop().time())

    async with _working(), _working():

        async def thrice():
            return len(fired) >= 3

        await _until(thrice)
    assert min(later - earlier for earlier, later in pairwise(fired)) > 0.9


async def test_a_scheduled_job_that_fails_is_retried_and_held_like_any_other():
    @schedule("test/failing", "* * * * * *", retries=1, first_delay=SOON)
    async def failing() -> None:
        raise RuntimeError

    async with _working():
        held = await _until(held_jobs)
    assert held[0].entrypoint == "test/failing"


def test_a_schedule_reads_the_clock_on_the_wall_in_shandong(monkeypatch):
    evening_in_utc = datetime(2026, 4, 30, 18, 0, tzinfo=UTC)  # 2 in the morning of 1 May in Shandong
    monkeypatch.setattr(job_worker, "utc_now", lambda: evening_in_utc)
    due = job_worker._InShandong(
        ScheduleExecutorFactoryParameters("test/nightly", "23 3 * * *", None, False)
    ).get_next()

    assert due == datetime(2026, 4, 30, 19, 23, tzinfo=UTC)


async def test_a_stop_lets_the_running_job_finish_and_starts_no_other():
    begun, finished = asyncio.Event(), []

    @job("test/slow")
    async def slow(name: str) -> None:
        begun.set()
        await asyncio.sleep(0.5)
        finished.append(name)

    await enqueue("test/slow", "first")
    async with _working() as stop:
        await asyncio.wait_for(begun.wait(), 15)
        await asyncio.sleep(0.1)  # the worker asks for more work as soon as it has begun some
        stop.set()
        await enqueue("test/slow", "second")
    assert finished == ["first"]
    assert await job_queue.counts() == {"queued": 1, "picked": 0, "failed": 0}


async def test_a_worker_torn_down_in_the_middle_of_a_job_puts_it_back():
    begun, finished = asyncio.Event(), []

    @job("test/interrupted")
    async def interrupted(_: None) -> None:
        if not begun.is_set():
            begun.set()
            await asyncio.sleep(60)
        finished.append(1)

    await enqueue("test/interrupted")
    task = asyncio.create_task(worker(asyncio.Event()))
    await asyncio.wait_for(begun.wait(), 15)
    running = next(each for each in asyncio.all_tasks() if "_dispatch" in str(each.get_coro()))
    running.cancel()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.wait_for(task, 20)
    assert finished == []

    async with _working():

        async def ran():
            return finished

        await _until(ran)


async def test_a_worker_whose_connection_died_takes_up_its_work_again():
    ran = asyncio.Event()

    @job("test/after-the-storm")
    async def after_the_storm(_: None) -> None:
        ran.set()

    async with _working():

        async def listening():
            return await database.fetch(
                "SELECT pid FROM pg_stat_activity WHERE query ILIKE '%pgqueuer%' AND pid <> pg_backend_pid()"
            )

        for row in await _until(listening):
            await database.fetch("SELECT pg_terminate_backend($1)", row["pid"])
        await enqueue("test/after-the-storm")
        await asyncio.wait_for(ran.wait(), 60)


async def test_the_counts_tell_what_waits_and_what_is_held():
    @job("test/waiting")
    async def waiting(_: None) -> None:
        """Waits."""

    await enqueue("test/waiting")
    await enqueue("test/waiting")
    assert await job_queue.counts() == {"queued": 2, "picked": 0, "failed": 0}


async def test_the_queues_own_log_is_forgotten_after_thirty_days():
    async with database.connection() as connection:
        await connection.execute(
            "INSERT INTO pgqueuer_log (job_id, status, priority, entrypoint, aggregated, created) VALUES "
            "(1, 'successful', 0, 'a', true, now() - interval '31 days'), "
            "(2, 'successful', 0, 'a', true, now() - interval '29 days'), "
            "(3, 'successful', 0, 'a', false, now() - interval '31 days')"
        )
    await job_queue.forget_finished_jobs()

    assert [row["job_id"] for row in await database.fetch("SELECT job_id FROM pgqueuer_log ORDER BY 1")] == [2, 3]
