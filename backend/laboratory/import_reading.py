"""Reading a file in a process beside: parsing costs as much as all the rest, and the server has other things to do.

`python -m backend.laboratory.import_reading TOLD` reads its standard input, a file, and writes frames: four bytes of
length, then a chunk in MessagePack; one of length 0 is the end. There is no way to the database or a key in there.
"""

import os
import subprocess
import sys
from collections.abc import Generator, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import IO
from uuid import UUID

import msgspec
from msgspec import Struct

import backend
from backend.laboratory import import_keys, reading_files
from backend.laboratory.import_keys import Entry
from backend.laboratory.profiles import Profile
from backend.laboratory.readings import Unread

CHUNK = 2_000
LENGTH_BYTES = 4

Chunk = list[Entry | Unread]
Chunks = Generator[Chunk, None, None]


class ReadingFailed(RuntimeError):
    """The process ended before the file did: a bug of ours, or it was killed."""


class Asked(Struct, frozen=True, kw_only=True):
    """What reading depends on; the words are those of `import_keys.entries`. `at_once`: rows of a chunk, about."""

    county: str
    unit_id: UUID
    serial: str | None
    received_on: date
    profile: Profile | None = None
    at_once: int = CHUNK


class Line(Struct, frozen=True, array_like=True, gc=False):
    """One of both."""

    entry: Entry | None
    unread: Unread | None = None


def here(source: IO[bytes], asked: Asked) -> Chunks:
    """Chunks of a file, read by whoever asks for the next one."""
    told = reading_files.read(source, profile=asked.profile)
    entries = import_keys.entries(
        told, county=asked.county, unit_id=asked.unit_id, serial=asked.serial, received_on=asked.received_on
    )
    yield from _chunks(entries, asked.at_once)


def apart(source: IO[bytes], asked: Asked) -> Chunks:
    """The same, read by a process of its own, a few chunks ahead. Raises ReadingFailed.

    source   with a file descriptor
    """
    root = Path(backend.__file__).parents[1]
    source.seek(0)
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "backend.laboratory.import_reading", msgspec.json.encode(asked).decode()],
        stdin=source,
        stdout=subprocess.PIPE,
        env={**_ENVIRONMENT, "PYTHONPATH": str(root)},
        cwd=root,
    )
    try:
        assert process.stdout is not None  # noqa: S101 - a pipe
        yield from _heard(process.stdout)
    finally:
        process.kill()
        if process.stdout is not None:
            process.stdout.close()
        process.wait()


_ENVIRONMENT = {"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1"}
_encoder = msgspec.msgpack.Encoder(decimal_format="string")
_decoder = msgspec.msgpack.Decoder(list[Line])


def _chunks(entries: Iterable[Entry | Unread], at_once: int) -> Iterator[Chunk]:
    """Never through the middle of a line: one reading of it may tell the pH for another."""
    chunk: Chunk = []
    for each in entries:
        if len(chunk) >= at_once and _line(each) != _line(chunk[-1]):
            yield chunk
            chunk = []
        chunk.append(each)
    if chunk:
        yield chunk


def _line(each: Entry | Unread) -> tuple[str | None, int]:
    told = each if isinstance(each, Unread) else each.reading
    return told.sheet, told.line


def _heard(told: IO[bytes]) -> Iterator[Chunk]:
    while length := _length(told):
        frame = told.read(length)
        if len(frame) < length:
            raise ReadingFailed
        yield [each for line in _decoder.decode(frame) if (each := line.entry or line.unread)]


def _length(told: IO[bytes]) -> int:
    said = told.read(LENGTH_BYTES)
    if len(said) < LENGTH_BYTES:
        raise ReadingFailed
    return int.from_bytes(said, "big")


def main(told: str) -> None:
    """Read, tell, end."""
    asked = msgspec.json.decode(told, type=Asked)
    with os.fdopen(0, "rb") as source, os.fdopen(1, "wb") as out:
        for chunk in here(source, asked):
            lines = [Line(None, each) if isinstance(each, Unread) else Line(_bare(each)) for each in chunk]
            frame = _encoder.encode(lines)
            out.write(len(frame).to_bytes(LENGTH_BYTES, "big") + frame)
        out.write(bytes(LENGTH_BYTES))


def _bare(entry: Entry) -> Entry:
    """Without the row as it came: its key is made."""
    msgspec.structs.force_setattr(entry.reading, "raw", {})
    return entry


if __name__ == "__main__":
    main(sys.argv[1])
