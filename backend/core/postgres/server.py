"""Start, adopt and stop the server of one data folder. What it promises is told in the package's docstring."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from . import cluster as clusters
from . import locks, ownership, placement, postmaster, sockets
from .errors import PostgresUnavailable
from .journal import Journal
from .placement import Placement
from .postmaster import Postmaster

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "fsync": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",  # DETAIL quotes the offending row: names and phones
    "log_min_error_statement": "panic",  # and so does the statement
}
POLL_S = 0.005
FAST_STOP_S = 30.0
HARD_STOP_S = 10.0


class EmbeddedPostgres:
    """The PostgreSQL of one data folder, on a Unix socket that only we can enter; user `app`, no password.

    settings      postgresql.conf words laid over `SETTINGS`; a server that is adopted keeps those it was started with
    fallback_dir  for root only; what goes there is told in `placement`
    patience_s    how long to wait for recovery, for orphans of a killed server, or for another program's start

    Synchronous, and for the process that made it: a forked copy stops nothing. Every refusal is `PostgresUnavailable`.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        settings: dict[str, str] | None = None,
        fallback_dir: Path = Path("/var/lib/lianxin"),
        patience_s: float = 60.0,
    ) -> None:
        self.data_dir = Path(data_dir).resolve()
        self.settings = SETTINGS | (settings or {})
        self.fallback_dir = fallback_dir
        self.patience_s = patience_s
        self.adopted = False
        self._server: Postmaster | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._ownership: int | None = None
        self._process = os.getpid()
        self._journal = Journal(self.data_dir / "postgres.log")

    @property
    def dsn(self) -> str:
        """For asyncpg and libpq alike. The port is named so that a PGPORT in the environment cannot change it."""
        if self._server is None:
            raise PostgresUnavailable(f"The server of {self.data_dir} was not started here. Call start() first.")
        return f"postgresql://app@/postgres?host={quote(str(self._server.socket_folder))}&port={self._server.port}"

    @property
    def postmaster_pid(self) -> int | None:
        return self._server.pid if self._server else None

    @property
    def owned(self) -> bool:
        """Whether stop() will stop it: we started it, or inherited it from a program that is dead."""
        return self._ownership is not None and self._process == os.getpid()

    def start(self) -> str:
        """Return the DSN of a server that answers: ours from before, one that we adopt, or a new one."""
        try:
            self._adopt_or_launch()
        except OSError as error:
            raise PostgresUnavailable(
                f"PostgreSQL cannot be started on {self.data_dir}: {error}. Make sure that the folder and its parents "
                "belong to whoever runs this and that the disk has room; or set DATABASE_URL."
            ) from error
        return self.dsn

    def stop(self) -> None:
        """Fast shutdown: open transactions roll back, what was acknowledged is on disk. Harmless when repeated."""
        if self._server and self.owned and self._is_current(self._server):
            self._end(self._server)
        self._forget()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.stop()

    def _adopt_or_launch(self) -> None:
        place = placement.decide(self.data_dir, fallback_dir=self.fallback_dir)
        deadline = time.monotonic() + self.patience_s
        while not self._try_once(place, deadline):
            if time.monotonic() > deadline:
                raise self._nobody_answers(place)
            time.sleep(POLL_S)

    def _try_once(self, place: Placement, deadline: float) -> bool:
        """False when another program is at it, or orphans of a killed server still are."""
        if server := self._find(place):
            self._adopt(server)
            return True
        lock = locks.try_take(self.data_dir / "running.lock")
        if lock is None:
            return False
        try:
            self._launch(place, lock, deadline)
        finally:
            locks.let_go(lock)
        return True

    def _find(self, place: Placement) -> Postmaster | None:
        """The server that runs on the cluster and answers, if there is one."""
        seen = postmaster.read(place.cluster)
        if not seen or not seen.is_ready or not seen.socket_folder or not postmaster.serves(seen.pid, place.cluster):
            return None
        return seen if sockets.answers(seen.socket_folder, port=seen.port) else None

    def _adopt(self, server: Postmaster) -> None:
        if self._server and self._server.pid == server.pid:
            return
        self._forget()
        self._server, self.adopted = server, True
        self._ownership = ownership.inherit(self.data_dir, pid=server.pid)

    def _launch(self, place: Placement, lock: int, deadline: float) -> None:
        self._forget()
        self._make_or_check(place, lock)
        socket_folder = sockets.choose(self.data_dir, account=place.account)
        sockets.prepare(socket_folder, account=place.account)
        for file in (place.cluster / postmaster.PID_FILE, socket_folder / sockets.LOCK_FILE):
            postmaster.disown_if_reused(file, cluster=place.cluster)
        self._ownership = ownership.claim(self.data_dir)
        try:
            self._child = self._spawn(place, socket_folder, lock)
            ownership.declare(self._ownership, pid=self._child.pid)
            self._server, self.adopted = self._await_ready(place, self._child, deadline), False
        finally:
            if self._server is None:
                self._forget()

    def _make_or_check(self, place: Placement, lock: int) -> None:
        if not place.cluster.exists():
            clusters.make(place.cluster, binaries=place.binaries, account=place.account, lock=lock)
        if place.link and not place.link.is_symlink():
            place.link.symlink_to(place.cluster)
        clusters.check(place.cluster, binaries=place.binaries)

    def _spawn(self, place: Placement, socket_folder: Path, lock: int) -> "subprocess.Popen[bytes]":
        """In a session of its own: Ctrl-C, or SIGTERM to our group, is for the program, which then calls stop()."""
        where = {"unix_socket_directories": str(socket_folder), "port": str(sockets.PORT)}
        words = [word for name, value in (self.settings | where).items() for word in ("-c", f"{name}={value}")]
        command = [place.binaries["postgres"], "-D", str(place.cluster), *words]
        with self._journal.open() as log:
            return place.account.popen(command, stdout=log, stderr=log, pass_fds=[lock], start_new_session=True)

    def _await_ready(self, place: Placement, child: "subprocess.Popen[bytes]", deadline: float) -> Postmaster:
        try:
            while child.poll() is None:
                if (server := self._find(place)) and server.pid == child.pid:
                    return server
                if time.monotonic() > deadline:  # recovery cut short would begin from the same place again
                    raise self._nobody_answers(place)
                time.sleep(POLL_S)
        except (KeyboardInterrupt, SystemExit):
            child.send_signal(signal.SIGINT)
            raise
        raise PostgresUnavailable(
            f"PostgreSQL {place.binaries.version} ended with code {child.returncode} when starting on {place.cluster}. "
            f"Its log says:\n{self._journal.tail()}"
        )

    def _nobody_answers(self, place: Placement) -> PostgresUnavailable:
        pids = postmaster.tenants(place.cluster)
        return PostgresUnavailable(
            f"After {self.patience_s:.0f} s nobody answers on {place.cluster}, though processes hold it (pids {pids}; "
            "none means that they cannot be seen from here): a long recovery, orphans of a killed server, a server "
            "in another container. They were left alone. Start again to go on waiting, or end the orphans. "
            f"The log says:\n{self._journal.tail()}"
        )

    def _is_current(self, server: Postmaster) -> bool:
        """Whether the server we know is still the one that runs; another program may have started the next one."""
        cluster = (self.data_dir / "cluster").resolve()
        seen = postmaster.read(cluster)
        return seen is not None and seen.pid == server.pid and postmaster.serves(server.pid, cluster)

    def _end(self, server: Postmaster) -> None:
        for word, wait_s in ((signal.SIGINT, FAST_STOP_S), (signal.SIGQUIT, HARD_STOP_S)):
            try:
                os.kill(server.pid, word)
            except ProcessLookupError:
                return
            deadline = time.monotonic() + wait_s
            while time.monotonic() < deadline:
                if self._is_gone(server):
                    return
                time.sleep(POLL_S)
        raise PostgresUnavailable(
            f"PostgreSQL (pid {server.pid}) on {self.data_dir} does not stop. Nothing acknowledged is lost. "
            f"Its log says:\n{self._journal.tail()}"
        )

    def _is_gone(self, server: Postmaster) -> bool:
        """The postmaster goes last, after its backends."""
        if self._child is not None:
            return self._child.poll() is not None
        if (lock := locks.try_take(self.data_dir / "running.lock")) is not None:
            locks.let_go(lock)
            return True
        return not self._is_current(server)

    def _forget(self) -> None:
        if self._child is not None:
            with suppress(subprocess.TimeoutExpired):  # one that was killed takes a moment to be a zombie to be reaped
                self._child.wait(0.2)
        if self.owned and self._ownership is not None:
            locks.let_go(self._ownership)
        self._server, self._child, self._ownership = None, None, None
