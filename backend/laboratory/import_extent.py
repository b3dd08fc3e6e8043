"""How much a file is, before it is read: whether its answer can be waited for."""

import hashlib
from itertools import islice
from typing import IO

from msgspec import Struct

from backend.laboratory import reading_files, workbooks
from backend.laboratory.profiles import Profile
from backend.laboratory.reading_files import Found
from backend.laboratory.readings import Unread

AT_ONCE_LINES = 10_001
"""Ten thousand rows and their header."""
AT_ONCE_READINGS = 40_000
"""A row of a soil table is twenty readings."""
HEAD_BYTES = 65_536
CHUNK_BYTES = 1 << 20


class Extent(Struct, frozen=True, kw_only=True):
    """lines_n: as far as one can tell; null for a workbook of more than may be answered at once."""

    size_bytes: int
    sha256: bytes
    lines_n: int | None
    is_long: bool
    found: Found


def measured(source: IO[bytes], profile: Profile | None = None) -> Extent:
    """Of an open file; it is read once through."""
    found = reading_files.look(source, profile=profile)
    digest, size, breaks, braces, last = hashlib.sha256(), 0, 0, 0, b""
    source.seek(0)
    while chunk := source.read(CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
        breaks += max(chunk.count(b"\n"), chunk.count(b"\r"))
        braces += chunk.count(b"}")
        last = chunk[-1:]
    lines_n = {"workbook": None, "json": braces}.get(found.shape, breaks + (last not in b"\r\n"))
    if found.shape == "workbook":
        lines_n = _rows_of_workbook(source)
    too_many = lines_n is None or lines_n > AT_ONCE_LINES or lines_n * _readings_a_line(source) > AT_ONCE_READINGS
    return Extent(size_bytes=size, sha256=digest.digest(), lines_n=lines_n, is_long=too_many, found=found)


def _rows_of_workbook(source: IO[bytes]) -> int | None:
    source.seek(0)
    told = workbooks.rows(source)
    count = sum(1 for _ in islice(told, AT_ONCE_LINES + 1))
    return count if count <= AT_ONCE_LINES else None


def _readings_a_line(source: IO[bytes]) -> float:
    """By the beginning of a text."""
    source.seek(0)
    head = source.read(HEAD_BYTES)
    if len(head) < HEAD_BYTES or workbooks.looks_like_one(head):
        return 1
    told = list(reading_files.read(head))
    return len(told) / max(1, len({each.line for each in told if not isinstance(each, Unread)}))
