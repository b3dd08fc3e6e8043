"""Two workers at one campaign; one is killed in the middle of its batches. Nothing is lost, at most those repeat."""

import asyncio
import signal
import subprocess
import sys
from datetime import timedelta
from uuid import uuid4

from backend.core import clock, database, ids
from backend.core.database import fetch
from backend.push import addresses, campaigns, dispatch
from backend.push.dispatch import Turn
from backend.push.planning import plan
from backend.push.policies import PUSH_POLICIES
from backend.push.provider import AddressKind, Category
from backend.push.schemas import NewNotice
from tests.cast import COUNTY, VILLAGE
from tests.house import ROOT

PEOPLE, BATCH, AT_ONCE = 600, 10, 4


async def test_a_worker_killed_in_the_middle_of_its_batches_loses_nothing(cast, ways, tmp_path):
    await asyncio.gather(*(_citizen(number) for number in range(PEOPLE)))
    words = {"title_zh": "防汛", "text_zh": "请远离河道", "category": Category.EMERGENCY}
    new = NewNotice(division_codes=[COUNTY], citizens=True, **words)
    sent = await campaigns.send_notice(id=ids.uuid7(), new=new, by=cast.supervisor)
    await plan(sent.record.id)

    files = [tmp_path / "first", tmp_path / "second"]
    (now,) = await fetch("SELECT clock_timestamp()")
    workers = [_start(path) for path in files]
    try:
        await _until(lambda: _both_listen(now[0]))
        for _ in range(2 * AT_ONCE):
            await dispatch.wake(sent.record.id, urgent=True)
        await _until(lambda: all(len(_written(path)) > 2 * BATCH for path in files))
        workers[0].send_signal(signal.SIGKILL)
        workers[0].wait()
        await _until(lambda: _rest_is_done(files))
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    handed = [_written(path) for path in files]
    assert set(handed[0]).isdisjoint(handed[1]), "two workers never take the same message"
    in_hand = await fetch("SELECT id FROM push_delivery WHERE state = 'pending'")
    assert 0 < len(in_hand) <= AT_ONCE * BATCH

    with clock.stopped(clock.now() + PUSH_POLICIES[-1].urgent_lease + timedelta(seconds=1)):
        await dispatch.run(Turn(sent.record.id), urgent=True)
    again = [message.dedupe_id for message in ways.sms.sent]
    assert sorted(again) == sorted(row["id"].hex for row in in_hand), "the same ids"
    assert len(set(handed[0] + handed[1] + again)) == PEOPLE
    rows = await fetch("SELECT state, sum(repeats) AS repeats, count(*) AS n FROM push_delivery GROUP BY state")
    assert [tuple(row) for row in rows] == [("accepted", len(again), PEOPLE)], "and the repeat is counted"


async def _citizen(number: int) -> None:
    await addresses.register_citizen_address(
        id=uuid4(), citizen_id=uuid4(), kind=AddressKind.SMS, value=f"139{number:08}", opted_in_text="v1",
        division_code=VILLAGE,
    )  # fmt: skip


async def _both_listen(since):
    """Each keeps a connection for each of at least three lanes."""
    rows = await fetch(
        "SELECT 1 FROM pg_stat_activity WHERE backend_start > $1 AND query LIKE '%pgqueuer%' "
        "AND pid <> pg_backend_pid()",
        since,
    )
    return len(rows) > 6


def _start(path):
    command = [sys.executable, "-m", "tests.push.worker", database.engine.config["dsn"], str(path)]
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True)


def _written(path):
    return path.read_text().split("\n")[:-1] if path.exists() else []


async def _rest_is_done(files):
    """All that the dead one did not have in hand is accepted."""
    rows = await fetch("SELECT 1 FROM push_delivery WHERE state = 'pending' AND claimed_by IS NULL LIMIT 1")
    claimed = await fetch("SELECT DISTINCT claimed_by FROM push_delivery WHERE claimed_by IS NOT NULL")
    return not rows and len(claimed) == 1


async def _until(condition, within_s=120):
    async with asyncio.timeout(within_s):
        while True:
            found = condition()
            if await found if asyncio.iscoroutine(found) else found:
                return
            await asyncio.sleep(0.02)
