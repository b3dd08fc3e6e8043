"""A real server, as somebody would start it: a process of its own, in a session of its own, on a free port."""

import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).parents[1]
ENVIRONMENT = ("PATH", "HOME", "PG_BIN", "LANG", "TMPDIR", "VIRTUAL_ENV")
START_WITHIN_S = 180
"""A demo is planted in some 20 s where nothing else runs; beside other work it takes several times that."""


class House:
    """One data folder and the programs that run on it. Everything they print is kept in `printed`."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.printed = data.with_name(data.name + ".printed")
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.started: list[subprocess.Popen[bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
        return kept | {"LIANXIN_DATA": str(self.data), "PORT": str(self.port), "PYTHONUNBUFFERED": "1"} | more

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """One command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "backend.cli", *words],
            cwd=ROOT,
            env=self.environment(**more),
            capture_output=True,
            text=True,
            timeout=300,
        )

    def begin(self, *words: str, **more: str) -> subprocess.Popen[bytes]:
        """One command, not waited for."""
        with self.printed.open("ab") as printed:
            process = subprocess.Popen(
                [sys.executable, "-m", "backend.cli", *words],
                cwd=ROOT,
                env=self.environment(**more),
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def open(self, command: str = "serve", **more: str) -> None:
        """Start the server and wait until it says that it is ready."""
        self.process = self.begin(command, **more)
        wait_until_ready(self.url, self.process, self.printed)

    def close(self, *, group: bool = False) -> int:
        """SIGTERM to the server, or to its whole group; the exit code."""
        assert self.process is not None
        (os.killpg if group else os.kill)(self.process.pid, signal.SIGTERM)
        return self.process.wait(timeout=60)

    def everybody(self) -> list[psutil.Process]:
        """The server, its children, the postmaster and every backend."""
        found: dict[int, psutil.Process] = {}
        for process in self.started:
            with suppress(psutil.NoSuchProcess):
                parent = psutil.Process(process.pid)
                found |= {each.pid: each for each in [parent, *parent.children(recursive=True)]}
        if postmaster := self.postmaster():
            found |= {each.pid: each for each in [postmaster, *postmaster.children(recursive=True)]}
        return list(found.values())

    def postmaster(self) -> psutil.Process | None:
        pid_file = (self.data / "postgres" / "cluster").resolve() / "postmaster.pid"
        try:
            process = psutil.Process(int(pid_file.read_text().split()[0]))
            return process if "postgres" in process.name() else None
        except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
            return None

    def kill_everybody(self, *, postgres_first: bool) -> None:
        """SIGKILL, one after the other and without a word."""
        everybody = sorted(self.everybody(), key=lambda each: (each.name() != "postgres") == postgres_first)
        for each in everybody:
            with suppress(psutil.NoSuchProcess):
                each.kill()
        psutil.wait_procs(everybody, timeout=10)
        for process in self.started:
            process.wait(timeout=10)

    def password(self) -> str:
        """Put the demo county in; the password of its accounts."""
        done = self.run("seed")
        assert done.returncode == 0, done.stderr
        found = re.search(r"password (\S+)", done.stdout)
        assert found, done.stdout
        return found[1]

    def move_in(self, seeded: Path) -> str:
        """Begin with a copy of what `seed_into` made, in a hundredth of its time; the password of its accounts."""
        if (seeded / "data" / "postgres" / "cluster").is_symlink():  # PostgreSQL's account could not pass into it
            return self.password()
        subprocess.run(["cp", "-a", seeded / "data", self.data], check=True)
        return (seeded / "password").read_text()

    def sign_in(self, phone: str, password: str) -> dict[str, str]:
        """The header of somebody who is signed in."""
        answer = httpx.post(f"{self.url}/api/v1/sessions", json={"phone": phone, "password": password}, timeout=10)
        assert answer.is_success, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def seed_into(folder: Path) -> None:
    """Put the demo county into a house of its own, and keep the password of its accounts beside it."""
    (folder / "password").write_text(House(folder / "data").password())


def wait_until_ready(url: str, process: subprocess.Popen[bytes], printed: Path) -> None:
    """Until a server says that it is ready; a failure shows what it `printed`.

    One client asks all the time: each that is made reads 140 certificates, 20 ms of a core that the start needs.
    """
    deadline = time.monotonic() + START_WITHIN_S
    with httpx.Client(base_url=url, timeout=5) as client:
        while time.monotonic() < deadline:
            assert process.poll() is None, printed.read_text()
            with suppress(httpx.TransportError):
                if client.get("/health/ready").status_code == 200:
                    return
            time.sleep(0.05)
    raise AssertionError(f"not ready: {printed.read_text()}")


_BLOCK = (os.getppid() + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))) % 20
_PORTS = itertools.cycle(range(10_000 + 1_000 * _BLOCK, 11_000 + 1_000 * _BLOCK))


def free_port() -> int:
    """One that stays free until its server is up: below those that the kernel gives to whoever connects (32,768 and
    on), of a thousand that are this worker's alone."""
    for port in _PORTS:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("a cycle has no end")
