"""The bounded pool of processes that look at pictures. One that dies or hangs costs a verdict, never the server.

Each thread of the pool keeps one process (`developing`), started when first needed: it imports Pillow and little else,
23 MB and 0.2 s. Python's own ProcessPoolExecutor loses every waiting picture when one process dies.
"""

import asyncio
import atexit
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import msgspec
import structlog

import backend
from backend.core.settings import settings
from backend.media import content_types
from backend.media.developing import Asked, Told
from backend.media.facts import Facts, Reason, refused

TRIES = 2
"""A process may be killed for what its neighbours use up; one that dies twice over the same picture dies of it."""
PICTURES_PER_PROCESS = 500
"""Then a fresh one: what decoders lose in memory stays bounded."""

log = structlog.get_logger()


class Died(Exception):
    """The process ended, or was ended because it took too long."""


async def look(content: bytes) -> tuple[Facts, dict[str, bytes]]:
    """The facts about some bytes, and the copies by name. Never raises over what the bytes are."""
    for _ in range(TRIES):
        try:
            return await asyncio.get_running_loop().run_in_executor(_threads(), _look, content)
        except Died:
            log.warning("a picture killed its process", size_bytes=len(content))
    return refused(Reason.TOO_HEAVY, content_types.content_type(content[: content_types.HEAD_BYTES])), {}


def processes() -> int:
    """How many pictures are looked at at once on this node: a core each, shared among the web processes."""
    chosen = settings()
    return chosen.photo_processes or max(1, (os.cpu_count() or 1) // chosen.web_processes)


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=processes(), thread_name_prefix="darkroom")


class _Process:
    """One process and the pipe to it."""

    def __init__(self, max_memory_bytes: int) -> None:
        self.looked_at = 0
        root = Path(backend.__file__).parents[1]
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "backend.media.developing", str(max_memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**_ENVIRONMENT, "PYTHONPATH": str(root)},
            cwd=root,
        )
        _running.add(self)

    def look(self, content: bytes, *, max_pixels: int, within_s: float) -> tuple[Facts, dict[str, bytes]]:
        """Raises Died."""
        self.looked_at += 1
        timer = threading.Timer(within_s, self._process.kill)
        timer.start()
        try:
            return self._ask(content, max_pixels)
        except (OSError, EOFError, msgspec.MsgspecError) as error:
            self.end()
            raise Died from error
        finally:
            timer.cancel()

    def _ask(self, content: bytes, max_pixels: int) -> tuple[Facts, dict[str, bytes]]:
        asked, told = self._process.stdin, self._process.stdout
        assert asked is not None  # noqa: S101 - both are pipes
        assert told is not None  # noqa: S101
        asked.write(msgspec.json.encode(Asked(len(content), max_pixels)) + b"\n")
        asked.write(content)
        asked.flush()
        answer = msgspec.json.decode(told.readline(), type=Told)
        copies = {name: told.read(size) for name, size in answer.copies}
        if any(len(copies[name]) != size for name, size in answer.copies):
            raise EOFError
        return answer.facts, copies

    def end(self) -> None:
        """Kill it and wait; harmless when it is gone."""
        _running.discard(self)
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:
                continue
        self._process.wait()


_ENVIRONMENT = {"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}
_mine = threading.local()
_running: set[_Process] = set()


def _look(content: bytes) -> tuple[Facts, dict[str, bytes]]:
    chosen = settings()
    process: _Process | None = getattr(_mine, "process", None)
    if process is None or process.looked_at >= PICTURES_PER_PROCESS:
        if process is not None:
            process.end()
        process = _mine.process = _Process(chosen.photo_process_bytes)
    try:
        return process.look(content, max_pixels=chosen.photo_max_pixels, within_s=chosen.photo_process_s)
    except Died:
        _mine.process = None
        raise


@atexit.register
def _end_all() -> None:
    for process in list(_running):
        process.end()
