"""The server's own log, so that a refusal can quote it."""

from pathlib import Path
from typing import BinaryIO

LONGEST_BYTES = 10_000_000


class Journal:
    """A file that is added to. One that has grown too long when a server starts is set aside as `….1`."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._start = 0

    def open(self) -> BinaryIO:
        if self._size() > LONGEST_BYTES:
            self.file.replace(self.file.with_name(f"{self.file.name}.1"))
        self._start = self._size()
        self.file.touch(mode=0o600)
        return self.file.open("ab")

    def tail(self) -> str:
        """The last words since open(), or of the whole file if it was opened by another process."""
        written = self.file.read_bytes()[self._start :] if self.file.exists() else b""
        return written[-2000:].decode(errors="replace").strip() or "(nothing)"

    def _size(self) -> int:
        return self.file.stat().st_size if self.file.exists() else 0
