"""The real program for the benchmark of uploads, and how much memory it has."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx
import psutil

from tests.house import ENVIRONMENT, ROOT, free_port


class Serving:
    """`lianxin serve` on a free port, for the length of the block."""

    def __init__(self, dsn: str, data: Path) -> None:
        self.port = free_port()
        self._printed = data / "printed"
        self._environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
        self._environment |= {"DATABASE_URL": dsn, "LIANXIN_DATA": str(data), "PORT": str(self.port)}

    def __enter__(self) -> "Serving":
        with self._printed.open("wb") as printed:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "backend.cli", "serve"],
                cwd=ROOT,
                env=self._environment,
                stdout=printed,
                stderr=printed,
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            with suppress(httpx.TransportError):
                if httpx.get(f"http://127.0.0.1:{self.port}/health/ready", timeout=5).status_code == 200:
                    return self
            time.sleep(0.05)
        raise RuntimeError(self._printed.read_text()[-2000:])

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=60)

    def pss_mb(self) -> float:
        """Of the program and its processes, shared pages counted once."""
        server = psutil.Process(self._process.pid)
        total = 0
        for each in [server, *server.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                total += each.memory_full_info().pss
        return total / 1e6
