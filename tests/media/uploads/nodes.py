"""Several real servers on one database and one store, and a bad line in front of them."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.house import ENVIRONMENT, ROOT, free_port, wait_until_ready


class Nodes:
    """Programs as somebody would start them. They share the tests' database and data folder (keys, objects)."""

    def __init__(self, dsn: str, printed: Path, **environment: str) -> None:
        self._environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
        self._environment |= {"DATABASE_URL": dsn, "LIANXIN_DATA": os.environ["LIANXIN_DATA"], **environment}
        self._printed = printed
        self.running: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, port: int | None = None, preexec_fn: Callable[[], None] | None = None) -> int:
        """A node that answers; its port."""
        port = port or free_port()
        with self._printed.open("ab") as printed:
            self.running[port] = subprocess.Popen(
                [sys.executable, "-m", "backend.cli", "serve"],
                cwd=ROOT,
                env=self._environment | {"PORT": str(port)},
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
                start_new_session=True,
                preexec_fn=preexec_fn,
            )
        wait_until_ready(f"http://127.0.0.1:{port}", self.running[port], self._printed)
        return port

    def kill(self, port: int) -> None:
        """Without a word."""
        process = self.running.pop(port)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)

    def close(self) -> None:
        for port in list(self.running):
            self.kill(port)


class Line:
    """A proxy that treats bytes as a hill road does.

    bits_per_s  in each direction, all connections together
    latency_s   added to every delivery
    cut_every   bytes upwards after which a connection is cut; what was cut may come through late or not at all
    stalls_s    how long it hangs before the cut
    """

    def __init__(
        self,
        ports: Callable[[], list[int]],
        *,
        bits_per_s: float,
        latency_s: float,
        cut_every: int,
        stalls_s: float = 0.0,
    ) -> None:
        self._ports, self._latency_s, self._cut_every, self._stalls_s = ports, latency_s, cut_every, stalls_s
        self._bytes_per_s = bits_per_s / 8
        self._connections = 0
        self.cuts = 0
        self.carried_bytes = 0

    async def __aenter__(self) -> "Line":
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0, limit=16_384)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _carry(self, phone_reader: asyncio.StreamReader, phone_writer: asyncio.StreamWriter) -> None:
        ports = self._ports()
        port = ports[self._connections % len(ports)]  # each connection to another node
        self._connections += 1
        try:
            node_reader, node_writer = await asyncio.open_connection("127.0.0.1", port, limit=16_384)
        except OSError:
            phone_writer.transport.abort()
            return
        up = asyncio.create_task(self._pump(phone_reader, node_writer, self._cut_every))
        down = asyncio.create_task(self._pump(node_reader, phone_writer, None))
        await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
        if not up.done() or up.result() == "ended":
            await asyncio.wait({down}, timeout=self._latency_s + 1)
        for task in (up, down):
            task.cancel()
        for writer in (phone_writer, node_writer):
            writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, most: int | None) -> str:
        """`ended`, `cut` or `broken`. Bytes are delivered `latency_s` after they were taken, at the line's speed."""
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        delivering = asyncio.create_task(_deliver(waiting, writer))
        carried = 0
        try:
            while chunk := await reader.read(2048):
                carried += len(chunk)
                await asyncio.sleep(len(chunk) / self._bytes_per_s)
                waiting.put_nowait((time.monotonic() + self._latency_s, chunk))
                if most is not None:
                    self.carried_bytes += len(chunk)
                if most is not None and carried >= most:
                    self.cuts += 1
                    # every other cut loses what is still on its way
                    await asyncio.sleep(self._stalls_s + (self._latency_s + 0.1 if self.cuts % 2 else 0))
                    return "cut"
            await asyncio.sleep(self._latency_s + 0.05)
            return "ended"
        except OSError:
            return "broken"
        finally:
            delivering.cancel()


async def _deliver(waiting: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while True:
            due, chunk = await waiting.get()
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            writer.write(chunk)
            await writer.drain()
