"""Which program will stop the server: told by a lock that dies with the program, never by a pid that may be reused."""

import os
from pathlib import Path

from . import locks

OWNER_FILE = "owner.lock"


def claim(data_dir: Path) -> int | None:
    """For a program about to start a server. A new file, as one whose server died under it may hold the old one."""
    file = data_dir / OWNER_FILE
    file.unlink(missing_ok=True)
    return locks.try_take(file)


def declare(lock: int | None, *, pid: int) -> None:
    """Write into a claimed file which postmaster it is about."""
    if lock is not None:
        os.pwrite(lock, b"%d\n" % pid, 0)


def inherit(data_dir: Path, *, pid: int) -> int | None:
    """The lock, if a launcher started this postmaster and is dead. One that was started by hand is not ours to stop."""
    file = data_dir / OWNER_FILE
    if not file.exists() or file.read_bytes() != b"%d\n" % pid:
        return None
    return locks.try_take(file)
