"""How fast messages go out to FCM tokens, per process: `python -m tests.benchmarks.push_tokens`.

ours     backend.push.providers.fcm, from Outgoing to Verdict, in batches of 500
raw      aiohttp alone, posting the same bodies ready-made to the same stand-in over as many connections
google   firebase_admin's own send_each_async, fewer of them, for it is slow

The first two in turns of a third of a second, so that what else the machine does meets both, against tests.outside.fcm
in a process of its own. Messages a second depend on the stand-in too; processor time for each does not.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import aiohttp
import msgspec
import uvloop

from backend.push.provider import AddressKind, Category, Outgoing, Sent
from backend.push.providers.fcm import CONNECTIONS, Fcm
from backend.push.providers.fcm_messages import Shapes
from tests.benchmarks.load import WrongAnswer
from tests.benchmarks.report import Line, table

SMALL = os.environ.get("BENCH_SCALE") == "small"
ROUNDS, MESSAGES = (3, 1_000) if SMALL else (15, 2_000)
GOOGLES_ROUNDS, GOOGLES = (1, 100) if SMALL else (3, 500)
BATCH = 500


class Pace(NamedTuple):
    """Messages a second, and microseconds of this process's processor for each."""

    per_second: float
    cpu_us: float


def main() -> int:
    """Measure and print."""
    lines = uvloop.run(measured())
    print(table([*lines, *weights()]))
    return 0


async def measured() -> list[Line]:
    """The lines for the table of all benchmarks."""
    with standing() as (url, account):
        ours, raw, google = await _in_turns(url, account)
    ratio = statistics.median(mine.per_second / bare.per_second for mine, bare in zip(ours, raw, strict=True))
    return [
        _line("push: FCM token path, per process", ours, ratio=ratio, aim_of="ratio", least=0.8),
        _line("push: raw aiohttp, same stand-in", raw),
        _line("push: firebase_admin.send_each_async", google),
    ]


def weights() -> Iterator[Line]:
    """What the heavy libraries add to a process that sends."""
    for name, modules in {
        "firebase_admin": "firebase_admin.messaging",
        "apprise": "apprise.plugins.wecombot",
        "aiohttp": "aiohttp",
    }.items():
        script = (
            "import psutil, time, warnings; warnings.simplefilter('ignore'); import backend.push.providers;"
            "was, at = psutil.Process().memory_info().rss, time.perf_counter();"
            f"import {modules}; print(time.perf_counter() - at, psutil.Process().memory_info().rss - was)"
        )
        told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        seconds, size = map(float, told.stdout.split())
        yield Line(what=f"push: import {name}", value=size / 1e6, unit="MB", detail=f"{seconds * 1000:.0f} ms")


@contextmanager
def standing() -> Iterator[tuple[str, dict[str, str]]]:
    """FCM's stand-in in a process of its own: its address, and an account that it knows."""
    folder = Path(tempfile.mkdtemp(prefix="lianxin-bench-fcm-"))
    port, account = folder / "url", folder / "account.json"
    process = subprocess.Popen([sys.executable, "-m", "tests.outside.fcm", str(port), str(account)])
    try:
        until = time.monotonic() + 30
        while not port.exists() or not port.read_text():
            if time.monotonic() > until:
                raise WrongAnswer("The stand-in for FCM did not start.")
            time.sleep(0.05)
        yield port.read_text(), msgspec.json.decode(account.read_bytes())
    finally:
        process.terminate()
        process.wait(10)


async def _in_turns(url: str, account: dict[str, str]) -> tuple[list[Pace], list[Pace], list[Pace]]:
    batch = [_message(number) for number in range(MESSAGES)]
    bodies = [Shapes().body_of(message) for message in batch]
    ours: list[Pace] = []
    raw: list[Pace] = []
    async with aclosing(Fcm(account=account, url=url, per_second=10_000)) as fcm, _session() as session:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {await fcm._token.text()}"}
        door = f"{url}/v1/projects/{account['project_id']}/messages:send"
        with _google(url, account) as by_google:
            for _ in range(ROUNDS + 1):
                raw.append(await _pace(MESSAGES, lambda: _raw(session, door, headers, bodies)))
                ours.append(await _pace(MESSAGES, lambda: _ours(fcm, batch)))
            google = [await _pace(GOOGLES, by_google) for _ in range(GOOGLES_ROUNDS + 1)]
    return ours[1:], raw[1:], google[1:]  # the first round opens the connections


async def _pace(messages: int, work: Callable[[], Awaitable[None]]) -> Pace:
    at, cpu = time.perf_counter(), time.process_time()
    await work()
    took, worked = time.perf_counter() - at, time.process_time() - cpu
    return Pace(messages / took, worked / messages * 1e6)


async def _ours(fcm: Fcm, batch: Sequence[Outgoing]) -> None:
    for start in range(0, len(batch), BATCH):
        verdicts = await fcm.send(batch[start : start + BATCH])
        if any(verdict.sent is not Sent.ACCEPTED for verdict in verdicts):
            raise WrongAnswer(f"FCM's stand-in said {verdicts[0]}")


async def _raw(session: aiohttp.ClientSession, door: str, headers: dict[str, str], bodies: Sequence[bytes]) -> None:
    left = iter(bodies)

    async def walk() -> None:
        for body in left:
            async with session.post(door, data=body, headers=headers) as answer:
                await answer.read()
                if answer.status != 200:
                    raise WrongAnswer(f"FCM's stand-in said {answer.status}")

    await asyncio.gather(*(walk() for _ in range(CONNECTIONS)))


@contextmanager
def _google(url: str, account: dict[str, str]) -> Iterator[Callable[[], Awaitable[None]]]:
    """firebase_admin's own way, pointed at the stand-in."""
    import firebase_admin
    from firebase_admin import credentials, messaging

    warnings.simplefilter("ignore", DeprecationWarning)  # Message.token
    was, messaging._MessagingService.FCM_URL = (
        messaging._MessagingService.FCM_URL,
        url + "/v1/projects/{0}/messages:send",
    )
    app = firebase_admin.initialize_app(credentials.Certificate(account), name="benchmark")
    app.credential.get_credential()._after_refresh = lambda *asked: None
    notification = messaging.Notification(title="连心", body="您有一条新的待办，请打开应用查看。")
    batch = [
        messaging.Message(token=_address(n), notification=notification, data={"n": str(n)}) for n in range(GOOGLES)
    ]

    async def send() -> None:
        answered = await messaging.send_each_async(batch, app=app)
        if answered.failure_count:
            raise WrongAnswer(f"firebase_admin met {answered.responses[0].exception}")

    try:
        yield send
    finally:
        messaging._MessagingService.FCM_URL = was


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS))


def _address(number: int) -> str:
    return f"phone-{number}:APA91b{'x' * 134}"


def _message(number: int) -> Outgoing:
    delivery_id = uuid4()
    return Outgoing(
        delivery_id=delivery_id,
        dedupe_id=delivery_id.hex,
        kind=AddressKind.FCM_TOKEN,
        address=_address(number),
        title="连心",
        body="您有一条新的待办，请打开应用查看。",
        category=Category.SERVICE,
        link="/console/today",
        data={"kind": "task"},
    )


def _line(what: str, paces: Sequence[Pace], **judged: object) -> Line:
    cpu = statistics.median(pace.cpu_us for pace in paces)
    value = statistics.median(pace.per_second for pace in paces)
    return Line(what=what, value=value, unit="/s", detail=f"{cpu:.0f} µs of processor each", **judged)


if __name__ == "__main__":
    sys.exit(main())
