"""Files that survive a power cut: a name is on disk only when the folder that holds it was flushed, too."""

import os
from collections.abc import Iterable
from contextlib import suppress
from io import FileIO
from pathlib import Path
from uuid import uuid4


def write_whole(target: Path, content: bytes) -> None:
    """Put bytes under a name, in place of what was there: readers see all of the one or all of the other."""
    draft = Draft(target)
    try:
        draft.file.write(content)
        draft.keep()
    finally:
        draft.drop()


class Draft:
    """A file beside `target` that takes its name, whole and flushed, with `keep`, or goes with `drop`."""

    def __init__(self, target: Path) -> None:
        make_folder(target.parent)
        self._target = target
        self._path = target.with_name(f".{uuid4().hex}.part")
        self.file = self._path.open("xb")

    def keep(self) -> None:
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        self._path.replace(self._target)
        flush_folder(self._target.parent)

    def drop(self) -> None:
        """After `keep`: nothing. What a full disk did not take is still in the buffer and fails again."""
        with suppress(OSError):
            self.file.close()
        self._path.unlink(missing_ok=True)


def write_new(target: Path, pieces: Iterable[bytes]) -> None:
    """Write under a name that nobody was told yet; FileExistsError where something is there.

    In place: no name is changed afterwards, so ext4 writes its journal once and not twice.
    """
    make_folder(target.parent)
    with target.open("xb", buffering=0) as file:
        try:
            for piece in pieces:
                _write_all(file, piece)
            os.fsync(file.fileno())
        except BaseException:
            target.unlink(missing_ok=True)
            raise
    flush_folder(target.parent)


def _write_all(file: FileIO, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[file.write(left) :]


def remove(target: Path) -> None:
    """Take a file away; nothing there is no mistake."""
    try:
        target.unlink()
    except FileNotFoundError:
        return
    flush_folder(target.parent)


def remove_drafts(root: Path, before: float) -> int:
    """Take away drafts that a killed process left, not written to since `before` (Unix time); how many."""
    drafts = [path for path in root.glob("**/.*.part") if path.stat().st_mtime < before]
    for draft in drafts:
        draft.unlink(missing_ok=True)
    return len(drafts)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    flush_folder(folder.parent)


def flush_folder(folder: Path) -> None:
    """Put the names that a folder holds on disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
