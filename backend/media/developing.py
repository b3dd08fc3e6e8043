"""A process that looks at pictures until its standard input ends: `python -m backend.media.developing BYTES`.

In: a line of JSON (`Asked`) and as many bytes as it says. Out: a line of JSON (`Told`) and the copies after each other.
It has no way to the database, the store or a key, a bounded memory, and gives way to the web server.
"""

import os
import resource
import signal
import sys
from typing import BinaryIO

import msgspec
from msgspec import Struct

from backend.media import pictures
from backend.media.facts import Facts

GIVE_WAY = 5


class Asked(Struct, frozen=True):
    """What is to be looked at."""

    size_bytes: int
    max_pixels: int


class Told(Struct, frozen=True):
    """What was seen; `copies` are names and sizes, in the order in which they follow."""

    facts: Facts
    copies: list[tuple[str, int]]


def main(max_memory_bytes: int) -> None:
    """Until the input ends; a signal to the whole group is the parent's business."""
    for word in (signal.SIGINT, signal.SIGTERM):
        signal.signal(word, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (max_memory_bytes, max_memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(GIVE_WAY)
    told = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    with told:
        _serve(sys.stdin.buffer, told)


def _serve(asked: BinaryIO, told: BinaryIO) -> None:
    while line := asked.readline():
        each = msgspec.json.decode(line, type=Asked)
        content = asked.read(each.size_bytes)
        if len(content) < each.size_bytes:
            return
        facts, copies = pictures.look(content, max_pixels=each.max_pixels)
        answer = Told(facts, [(name, len(copy)) for name, copy in copies.items()])
        told.write(msgspec.json.encode(answer) + b"\n")
        told.writelines(copies.values())
        told.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
