"""File locks that the kernel lets go of when the last process holding them is gone, however it died."""

import fcntl
import os
from pathlib import Path

_held: set[int] = set()


def try_take(path: Path) -> int | None:
    """An open descriptor that holds the lock, or None if another process (or object) holds it.

    Passed on to a child by `pass_fds`, the lock is the child's too, and its children's, until all of them are gone.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    _held.add(descriptor)
    return descriptor


def let_go(descriptor: int) -> None:
    """Close our copy. Never LOCK_UN: that would unlock it for the children too."""
    _held.discard(descriptor)
    os.close(descriptor)


def _close_inherited() -> None:
    for descriptor in list(_held):
        let_go(descriptor)


os.register_at_fork(after_in_child=_close_inherited)  # a forked worker that outlives us must not look like us
