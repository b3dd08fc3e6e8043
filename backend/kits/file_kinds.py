"""Which files a kit may hold, how large each may be, and which of them phones carry: rows of `file_kinds.csv`."""

import csv
from functools import cache
from pathlib import Path, PurePosixPath

from msgspec import Struct

ALL = "(all)"
MOST_FILES = 400


class FileKind(Struct, frozen=True):
    """One kind: `pattern` of its path below the kit's folder; `carried` by phones, or only read by people here."""

    pattern: str
    most_bytes: int
    carried: bool


def kind_of(path: str) -> FileKind | None:
    """The kind of a file by its path below the kit's folder; none for one that a kit does not hold."""
    asked = PurePosixPath(path)
    for kind in _kinds():
        if len(asked.parts) == len(PurePosixPath(kind.pattern).parts) and asked.match(kind.pattern):
            return kind
    return None


def patterns() -> list[str]:
    """Of every kind, as a person is told them."""
    return [kind.pattern for kind in _kinds() if kind.pattern != ALL]


def most_bytes() -> int:
    """Of all files of a kit together."""
    return next(kind.most_bytes for kind in _kinds() if kind.pattern == ALL)


@cache
def _kinds() -> tuple[FileKind, ...]:
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as rows:
        return tuple(
            FileKind(row["pattern"], int(row["most_bytes"]), row["carried"] == "yes") for row in csv.DictReader(rows)
        )
