"""XLS and XLSX, read by a process of their own (`unfolding`): one that dies or hangs costs a file, never the server."""

import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import IO

import msgspec

import backend
from backend.laboratory.readings import Unread
from backend.laboratory.rows import Row
from backend.laboratory.unfolding import Told

MAX_MEMORY_BYTES = 150_000_000
MAX_FILE_BYTES = 30_000_000
WITHIN_S = 120
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How an XLSX begins, and an XLS."""
FAILED = 1
"""The process stumbled over what is in the workbook; one that used up its memory or its time is ended by a signal."""

_ENVIRONMENT = {"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1"}


def looks_like_one(head: bytes) -> bool:
    """By its first bytes: many an .xls is text."""
    return head.startswith((ZIP, OLE))


def rows(stream: IO[bytes], *, max_memory_bytes: int = MAX_MEMORY_BYTES) -> Iterator[Row | Unread]:
    """Every row that is not empty, of every sheet, as texts. What stops it is told with line 0.

    stream   at its beginning
    """
    with tempfile.TemporaryFile() as book:
        if _copied(stream, book) > MAX_FILE_BYTES:
            yield Unread(line=0, reason="workbook_too_large")
            return
        yield from _unfolded(book, max_memory_bytes)


def _copied(stream: IO[bytes], into: IO[bytes]) -> int:
    size = 0
    while size <= MAX_FILE_BYTES and (more := stream.read(1 << 20)):
        size += into.write(more)
    into.seek(0)
    return size


def _unfolded(book: IO[bytes], max_memory_bytes: int) -> Iterator[Row | Unread]:
    root = Path(backend.__file__).parents[1]
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "backend.laboratory.unfolding", str(max_memory_bytes)],
        stdin=book,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**_ENVIRONMENT, "PYTHONPATH": str(root)},
        cwd=root,
    )
    timer = threading.Timer(WITHIN_S, process.kill)
    timer.start()
    try:
        assert process.stdout is not None  # noqa: S101 - a pipe
        ended = yield from _heard(process.stdout)
        if not ended:
            yield Unread(line=0, reason="workbook_broken" if process.wait() == FAILED else "workbook_too_heavy")
    finally:
        timer.cancel()
        process.kill()
        if process.stdout is not None:
            process.stdout.close()
        process.wait()


def _heard(told: IO[bytes]) -> Generator[Row | Unread, None, bool]:
    """Until `end`; whether it came."""
    sheet, small = None, frozenset[int]()
    decoder = msgspec.json.Decoder(Told)
    for line in told:
        try:
            each = decoder.decode(line)
        except msgspec.DecodeError:
            break
        if each.end:
            return True
        if each.refused:
            yield Unread(line=0, reason=each.refused, sheet=sheet)
        elif each.sheet is not None:
            sheet, small = each.sheet, frozenset(each.small)
        else:
            yield Row(each.line, list(each.cells), sheet=sheet, small=small, exact=False)
    return False
