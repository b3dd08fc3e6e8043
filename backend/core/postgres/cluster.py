"""PostgreSQL's own files: made whole or not at all, and never opened by another major version."""

import os
import shutil
import subprocess
from pathlib import Path

from .account import Account
from .binaries import Binaries
from .errors import PostgresUnavailable

BUILTIN_SINCE = 17  # the first major version with a locale provider that depends on nothing outside


def make(cluster: Path, *, binaries: Binaries, account: Account, lock: int) -> None:
    """Run initdb beside `cluster` and rename it into place, so that a killed initdb leaves no half of one.

    lock  handed to initdb, so that one that outlives us is waited for and not written over
    """
    unfinished = cluster.with_name(f"{cluster.name}.unfinished")
    for choice in _locales(binaries.major):
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        account.give(unfinished)
        said = _initdb(unfinished, choice, binaries=binaries, account=account, lock=lock)
        if said is None:
            unfinished.rename(cluster)
            _flush(cluster.parent)
            return
    raise PostgresUnavailable(f"initdb could not make {unfinished} (programs from {binaries.origin}). It said:\n{said}")


def check(cluster: Path, *, binaries: Binaries) -> None:
    """Refuse a folder that is not a cluster, or one that another major version made."""
    try:
        made_by = int((cluster / "PG_VERSION").read_text())
    except (FileNotFoundError, ValueError):
        raise PostgresUnavailable(
            f"{cluster} is there, but holds no PostgreSQL data (no PG_VERSION). "
            "Put back what belongs there, from a backup if need be, or remove it to begin with an empty database."
        ) from None
    if made_by != binaries.major:
        raise PostgresUnavailable(
            f"The data in {cluster} was made by PostgreSQL {made_by}; the programs found are {binaries.version} "
            f"({binaries.origin}, {binaries.folder}). Point PG_BIN at the programs of version {made_by}; to move to "
            f"{binaries.major}, dump with those (pg_dump), start with an empty folder and restore."
        )


def _locales(major: int) -> list[list[str]]:
    """In order of liking. Dates, money and messages stay C in all: people's text is not PostgreSQL's to word."""
    if major >= BUILTIN_SINCE:
        return [["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]]
    return [["--locale=C", "--lc-ctype=C.UTF-8", "--lc-collate=C.UTF-8"], ["--locale=C"]]


def _initdb(folder: Path, locale: list[str], *, binaries: Binaries, account: Account, lock: int) -> str | None:
    """None when it went well, else what it said."""
    chosen = ["--username=app", "--encoding=UTF8", "--auth=trust", "--data-checksums", *locale]
    command = [binaries["initdb"], "-D", str(folder), *chosen]
    with account.popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, pass_fds=[lock]) as initdb:
        said, _ = initdb.communicate()
    return None if initdb.returncode == 0 else said.decode(errors="replace")[-2000:]


def _flush(folder: Path) -> None:
    """A rename is on disk when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
