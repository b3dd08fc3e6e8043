"""What `postmaster.pid` says of a server, and whether it is still true.

Lines: pid, data folder, start time, port, socket folder, listen address, shared memory key, status.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE

from .account import Account

PID_FILE = "postmaster.pid"
NOBODYS_PID = 2**22 + 1  # above the kernel's highest


@dataclass(frozen=True)
class Postmaster:
    """One reading of the file. `socket_folder` is None when the server does not listen on a Unix socket."""

    pid: int
    port: int
    socket_folder: Path | None
    is_ready: bool


def read(cluster: Path) -> Postmaster | None:
    """None when there is no file, or one that is half written: a server that is starting has not filled it in yet."""
    try:
        lines = os.fsdecode((cluster / PID_FILE).read_bytes()).splitlines()
        pid, port, folder = int(lines[0]), int(lines[3]), lines[4]
    except (FileNotFoundError, IndexError, ValueError):
        return None
    return Postmaster(pid, port, Path(folder) if folder else None, lines[-1].strip() == "ready")


def disown_if_reused(file: Path, *, cluster: Path) -> None:
    """Put a pid nobody can have in place of one that is now another program's, or a zombie's.

    file  postmaster.pid or a socket's .lock: PostgreSQL would take such a pid for a live server and refuse to start

    The file itself stays: postmaster.pid names the shared memory block that PostgreSQL checks for orphaned backends. A
    dead pid is left to PostgreSQL, which knows what to do.
    """
    try:
        first, _, rest = file.read_bytes().partition(b"\n")
        pid = int(first)
    except (FileNotFoundError, ValueError):
        return
    if _is_alive(pid) and not serves(pid, cluster):
        file.write_bytes(b"%d\n" % NOBODYS_PID + rest)


def serves(pid: int, cluster: Path) -> bool:
    """Whether a live process is the PostgreSQL of this cluster: by name, owner and working folder.

    True as well where there is no /proc to ask; PostgreSQL then judges by the pid alone.
    """
    if not Path("/proc/self/stat").exists():
        return True
    process = Path("/proc", str(pid))
    try:
        name, _, after = process.joinpath("stat").read_text(errors="replace").rpartition(")")
        is_live_postgres = name.endswith("(postgres") and after.split()[0] not in "ZX"
        return is_live_postgres and process.stat().st_uid == cluster.stat().st_uid and _works_in(cluster, process)
    except (FileNotFoundError, ProcessLookupError):
        return False


def tenants(cluster: Path) -> list[int]:
    """The pids of all live PostgreSQL processes of the cluster, orphans too. Empty where there is no /proc."""
    pids = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
    return [pid for pid in pids if serves(pid, cluster)]


def _works_in(cluster: Path, process: Path) -> bool:
    """Root in a container lacks CAP_SYS_PTRACE and may not look at another account's process; the account itself may.

    Where that fails too, the name and the owner have to do.
    """
    try:
        return Path(os.readlink(process / "cwd")) == cluster
    except PermissionError:
        owner = cluster.stat()
        account = Account(owner.st_uid, owner.st_gid) if os.geteuid() == 0 else Account()
        command = ["/bin/sh", "-c", 'cd "$0/cwd" && pwd -P', str(process)]
        with account.popen(command, stdout=PIPE, stderr=DEVNULL) as asked:
            folder, _ = asked.communicate()
        return asked.returncode != 0 or Path(os.fsdecode(folder.removesuffix(b"\n"))) == cluster


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
