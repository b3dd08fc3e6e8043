"""`lianxin demo`, which is what `make run` starts: everything, with the demo county inside, told step by step."""

import asyncio
import io
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from time import monotonic
from typing import TextIO

from backend.core import logs
from backend.core.settings import settings
from backend.serving.housing import housed
from backend.serving.listening import address_of, lan_address, take

STEPS = (
    "PostgreSQL · 数据库",
    "Tables and reference data · 建表",
    "Demo county · 演示县",
    "Web server and worker · 服务",
)
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - told apart here, not listened on
LOG_KEPT_BYTES = 10_000_000


def run() -> int:
    """Take the port, start PostgreSQL, migrate, seed an empty county, write demo.json, serve, show the banner."""
    os.environ.setdefault("SMS_STAND_IN", "true")  # numbers here belong to nobody: pages show what would be sent
    settings.cache_clear()
    taken = take(settings().host, settings().port)
    base_url = settings().public_url.rstrip("/") or url_of(*address_of(taken))
    steps = Steps(sys.stdout)
    with ExitStack() as house:
        steps.begin()
        log_path = settings().lianxin_data.resolve() / "server.log"
        logs.configure(stream=house.enter_context(_opened(log_path)))
        chosen = house.enter_context(housed())
        steps.begin()
        from backend.serving.preparing import prepare  # the rooms are heavy, and by now the reader has seen a line

        asyncio.run(prepare(chosen))
        steps.begin()
        from seed.furnishing import furnish

        written = asyncio.run(furnish(chosen, base_url))
        steps.begin()
        from backend.serving import web
        from seed.banner import banner

        def show() -> None:
            steps.end()
            print(banner(written, log_path=log_path, styled=sys.stdout.isatty()), flush=True)

        return web.serve(chosen, taken, when_ready=show)


def url_of(host: str, port: int) -> str:
    """Where others find what listens on `host`: for every address, the one this machine has in its network."""
    if host in EVERYWHERE:
        host = lan_address() or "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Steps:
    """The lines that tell how far the start has come, with the seconds that each step took."""

    def __init__(self, out: TextIO) -> None:
        if isinstance(out, io.TextIOWrapper):
            out.reconfigure(errors="replace")  # a console that knows no Chinese gets question marks, not a traceback
        self._out, self._number, self._since = out, 0, monotonic()

    def begin(self) -> None:
        """End the step before, if there was one, and name the next."""
        if self._number:
            self.end()
        self._number, self._since = self._number + 1, monotonic()
        print(f"[{self._number}/{len(STEPS)}] {STEPS[self._number - 1]} …", end="", file=self._out, flush=True)

    def end(self) -> None:
        """Say how long it took."""
        print(f" {monotonic() - self._since:.1f} s", file=self._out, flush=True)


def _opened(path: Path) -> TextIO:
    """The demo's log; the last 10 MB are kept beside it as server.log.1."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_KEPT_BYTES:
        path.replace(path.with_name(path.name + ".1"))
    return path.open("a", encoding="utf-8", buffering=1)
