"""The web server: in this process, or in several that share the port. Each also works the job queue."""

import gc
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

import structlog
import uvicorn
from litestar import Litestar
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from backend.app import create_app
from backend.core import logs
from backend.core.settings import Settings
from backend.serving.listening import BACKLOG, address_of
from backend.serving.protocol import Protocol
from backend.serving.stopping import WORDS

LAST_REQUESTS_WITHIN_S = 30

log = structlog.get_logger()


APPLICATION = "backend.serving.web:application"


def serve(
    chosen: Settings, taken: socket.socket, *, when_ready: Callable[[], None], application: str = APPLICATION
) -> int:
    """Serve until a signal comes; the exit code. `when_ready` is called once, when the port answers.

    application   where uvicorn finds what makes the app; the benchmarks bring theirs
    """
    config = _config(chosen, application)
    if chosen.web_processes > 1:
        return _in_several(config, taken, when_ready)
    Server(config, when_ready).run(sockets=[taken])
    return 0


def _config(chosen: Settings, application: str) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        factory=True,
        workers=chosen.web_processes,
        http=Protocol,
        ws="none",
        loop="uvloop",
        lifespan="on",
        backlog=BACKLOG,
        server_header=False,
        access_log=False,  # core.logs writes a line per request, with the path redacted
        log_config=None,
        timeout_graceful_shutdown=LAST_REQUESTS_WITHIN_S,
        # Proxy headers count from loopback only, unless FORWARDED_ALLOW_IPS names the proxy: uvicorn's own default.
    )


class Server(uvicorn.Server):
    """uvicorn's, which tells when it listens."""

    def __init__(self, config: uvicorn.Config, when_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._when_ready = when_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and not self.should_exit:
            self._when_ready()


class Several(Multiprocess):
    """uvicorn's supervisor, which tells when the first of its processes listens, and lets go of the port at once when
    it is told to leave: what knocks later is refused, and not kept waiting for nobody.
    """

    when_ready: Callable[[], None] = staticmethod(lambda: None)

    def leave(self, word: int, _: FrameType | None) -> None:
        """For `signal.signal`."""
        self.signal_queue.append(word)
        for taken in self.sockets:
            with suppress(OSError):  # nobody listens yet
                taken.shutdown(socket.SHUT_RDWR)  # for every process at once: a slow one would go on holding it open
            taken.close()

    def keep_subprocess_alive(self) -> None:
        if not self.signal_queue:
            super().keep_subprocess_alive()

    def init_processes(self) -> None:
        super().init_processes()
        if self.processes[0].wait_until_ready(LAST_REQUESTS_WITHIN_S, self.should_exit):
            self.when_ready()


def _in_several(config: uvicorn.Config, taken: socket.socket, when_ready: Callable[[], None]) -> int:
    before = {word: signal.getsignal(word) for word in WORDS}
    several = Several(config, sockets=[taken])
    several.when_ready = when_ready
    for word in WORDS:
        signal.signal(word, several.leave)
    several.run()
    for word, handler in before.items():
        signal.signal(word, handler)
    return 1 if any(process.exitcode == STARTUP_FAILURE for process in several.processes) else 0


def tell_where(taken: socket.socket) -> Callable[[], None]:
    """For `when_ready`: a line in the log."""
    host, port = address_of(taken)
    return lambda: log.info("listening", host=host, port=port)


def application() -> Litestar:
    """What each process serves. A child of a supervisor that was killed leaves too: it would hold the port."""
    if (parent := multiprocessing.parent_process()) is not None:
        logs.configure()  # a process of its own has begun with Python's
        threading.Thread(target=_leave_after, args=[parent], daemon=True).start()
    app = create_app(worker=True)
    gc.collect()
    gc.freeze()  # the program itself is no garbage: walking it for every batch's rows again cost a fifth of the time
    return app


def _leave_after(parent: "multiprocessing.process.BaseProcess") -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
