"""Where the server listens, and whether it answers there. A Unix socket only, in a folder nobody else can enter."""

import hashlib
import os
import re
import socket
from pathlib import Path

from .account import Account
from .errors import PostgresUnavailable

PORT = 5432
LOCK_FILE = f".s.PGSQL.{PORT}.lock"
LONGEST_BYTES = 100  # the kernel takes 107 on Linux, 103 on macOS
PLAIN = re.compile(r"[A-Za-z0-9/._-]+")  # a comma or a space means something to one client library or another
SHORT_PARENT = Path("/tmp")  # noqa: S108  not TMPDIR: another process must find it, whatever its environment

_STARTUP = b"\0\0\0\x24\0\3\0\0user\0app\0database\0postgres\0\0"  # its length (36 bytes), protocol 3.0, words
_TERMINATE = b"X\0\0\0\4"
_TOO_MANY_CLIENTS = b"C53300\0"  # SQLSTATE, as an error message carries it


def choose(data_dir: Path, *, account: Account) -> Path:
    """`data_dir/socket`, or a short name in /tmp made from the path of the data folder, always the same."""
    beside = data_dir / "socket"
    address = os.fsencode(beside / f".s.PGSQL.{PORT}")
    if len(address) <= LONGEST_BYTES and PLAIN.fullmatch(os.fsdecode(address)) and account.can_enter(data_dir):
        return beside
    return short_folder(data_dir)


def short_folder(data_dir: Path) -> Path:
    """It stays, empty, when the server stops: another program may be about to start one there."""
    return SHORT_PARENT / f"lianxin-{hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]}"


def prepare(folder: Path, *, account: Account) -> None:
    """Make the folder for the account alone. In /tmp somebody else may have made it first: such a one is refused."""
    folder.mkdir(mode=0o700, exist_ok=True)
    seen = folder.lstat()
    ours = {os.geteuid(), account.uid}
    if folder.is_symlink() or not folder.is_dir() or seen.st_uid not in ours or seen.st_mode & 0o077:
        raise PostgresUnavailable(
            f"{folder} should be a folder of ours that nobody else can enter, but it belongs to uid {seen.st_uid} "
            f"and its mode is {seen.st_mode & 0o7777:o}. See who made it, and remove it."
        )
    account.give(folder)


def answers(folder: Path, *, port: int) -> bool:
    """Whether a server lets `app` in through this socket, or would if it were not full. Waits 2 s at most a word."""
    with socket.socket(socket.AF_UNIX) as talk:
        talk.settimeout(2)
        try:
            talk.connect(str(folder / f".s.PGSQL.{port}"))
            talk.sendall(_STARTUP)
            reply = talk.recv(4096)
            talk.sendall(_TERMINATE)
            while talk.recv(4096):  # hear it out: hanging up early leaves a complaint in its log
                pass
        except OSError:
            return False
    return reply[:1] == b"R" or _TOO_MANY_CLIENTS in reply
