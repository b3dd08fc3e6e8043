"""Who PostgreSQL runs as. It refuses to be root, so root hands it to an account that can do nothing else."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import PostgresUnavailable

ACCOUNTS = ("lianxin", "postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """How to run a program: as ourselves (`uid` is None), or as another account.

    `may_search`  with CAP_DAC_READ_SEARCH and nothing else, which passes 0700 parents such as /root. It also reads
                  any file on the machine, so it is asked for only where there is no other way.
    """

    uid: int | None = None
    gid: int | None = None
    may_search: bool = False

    def popen(self, command: Sequence[str], **options: Any) -> "subprocess.Popen[bytes]":
        """Start a program; PGPORT, PGDATA and their like, which mislead it, are taken out of its environment."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
        settled: dict[str, Any] = {"cwd": "/", "env": clean | {"LC_ALL": "C"}, "stdin": subprocess.DEVNULL}
        if self.uid is not None and self.may_search:
            command = [*_setpriv(self.uid, self.gid), *command]
        elif self.uid is not None:
            settled |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return subprocess.Popen(command, **settled | options)  # noqa: S603  only PostgreSQL's programs and sh come here

    def succeeds(self, *command: str) -> bool:
        """Whether the account can run this at all: asked of the kernel, not worked out from mode bits and ACLs."""
        try:
            return self.popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).wait() == 0
        except OSError:
            return False

    def can_enter(self, folder: Path) -> bool:
        return self.succeeds("/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder))

    def give(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


def for_cluster(cluster: Path) -> Account:
    """Ourselves, or, for root, the owner of the cluster; where there is none yet, the first of `ACCOUNTS` there is."""
    if os.geteuid() != 0:
        return Account()
    if cluster.exists():
        return _owner(cluster)
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise PostgresUnavailable(
        f"PostgreSQL does not run as root, and none of the accounts {', '.join(ACCOUNTS)} exists. "
        "Add one (useradd --system lianxin), or run as an ordinary user."
    )


def searching(account: Account) -> Account | None:
    """The same account with CAP_DAC_READ_SEARCH, or None where setpriv is missing or the capability is refused.

    Containers refuse it unless they are told otherwise (`--cap-add DAC_READ_SEARCH`).
    """
    with_capability = Account(account.uid, account.gid, may_search=True)
    return with_capability if shutil.which("setpriv") and with_capability.succeeds("/bin/sh", "-c", ":") else None


def _owner(cluster: Path) -> Account:
    seen = cluster.stat()
    if seen.st_uid == 0:
        raise PostgresUnavailable(
            f"{cluster} belongs to root, and PostgreSQL does not run as root. "
            f"Give it back to the account that made it, for example: chown -R nobody: '{cluster}'"
        )
    return Account(seen.st_uid, seen.st_gid)


def _setpriv(uid: int, gid: int | None) -> list[str]:
    """no_setuid_fixup: PostgreSQL asks access(2) about its programs, which leaves capabilities aside without it."""
    only = "-all,+dac_read_search"
    return [
        "setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups",
        "--securebits=+no_setuid_fixup", f"--inh-caps={only}", f"--ambient-caps={only}", "--",
    ]  # fmt: skip
