"""`lianxin doctor`: looks an installation over the way a patient colleague would, and says what to do about it."""

import asyncio
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import asyncpg
from piccolo.apps.migrations.commands.base import BaseMigrationManager
from piccolo.conf.apps import Finder

from backend.core import clock, storage
from backend.core.postgres import PostgresUnavailable
from backend.core.refusals import Refusal
from backend.core.settings import KEYS, Settings, SettingsError, settings
from backend.push import providers
from backend.serving.housing import DatabaseUnusable, housed, shown, version_of

SKEW_S = 2.0
LEAST_FREE_BYTES = 1_000_000_000


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what was seen and, where it is wrong, what to do."""

    says: str
    wrong: bool = False


def examine() -> int:
    """Look everything over and print it; 1 when something is wrong."""
    chosen = settings()
    findings = [
        *_folder(chosen),
        *_secrets(chosen),
        *_database(),
        *asyncio.run(_stores(chosen)),
        *_day_keys(chosen),
        _ways_out(chosen),
    ]
    for finding in findings:
        print(f"{'WRONG' if finding.wrong else 'ok   '}  {finding.says}")
    return 1 if any(finding.wrong for finding in findings) else 0


def _wrong(says: str) -> Finding:
    return Finding(says, wrong=True)


def _folder(chosen: Settings) -> Iterator[Finding]:
    folder = chosen.lianxin_data.resolve()
    trial = folder / f".doctor-{uuid4()}"
    try:
        trial.write_bytes(b"")
        trial.unlink()
    except OSError as error:
        yield _wrong(f"LIANXIN_DATA {folder}: {error.strerror}. Give the folder to the user that runs this.")
        return
    free = shutil.disk_usage(folder).free
    says = f"LIANXIN_DATA {folder} can be written; {free / 1e9:.1f} GB are free"
    yield Finding(says) if free > LEAST_FREE_BYTES else _wrong(f"{says}. Make room: photos need it.")


def _secrets(chosen: Settings) -> Iterator[Finding]:
    given = {name.upper(): getattr(chosen, name) for name in KEYS}
    names = ", ".join(given)
    if len(set(given.values())) < len(given):
        yield _wrong(f"{names} must differ from each other: a leaked one would open what the others guard.")
    else:
        yield Finding(f"{names} are set")
    for path in sorted((chosen.lianxin_data / "secrets").glob("*")):
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield _wrong(f"{path} can be read by others. Run: chmod 600 {path}")


def _database() -> Iterator[Finding]:
    try:
        with housed() as chosen:
            found = asyncio.run(_inside(chosen.database_url))
            yield from found
            if not any(finding.wrong for finding in found):
                yield asyncio.run(_timelines(chosen))
                yield from asyncio.run(_kits(chosen))
    except (PostgresUnavailable, DatabaseUnusable) as error:
        yield _wrong(str(error))


async def _inside(dsn: str) -> list[Finding]:
    version = await version_of(dsn)
    connection = await asyncpg.connect(dsn)
    try:
        found = [Finding(f"The database {shown(dsn)} answers; it is PostgreSQL {version}"), await _clocks(connection)]
        ran = await _ran(connection)
        return [*found, _migrations(ran), *([await _admins(connection)] if ran >= _ours() else [])]
    finally:
        await connection.close()


async def _timelines(chosen: Settings) -> Finding:
    """Whether what happened to cases still reads as it was written: a sample, held against the files in the store."""
    from backend.cases.anchors import verify_sample  # with its room, which is heavy
    from backend.serving.preparing import pooled

    async with pooled(chosen):
        found = await verify_sample()
    if found.newest is None:
        return Finding("No timeline of a case was anchored yet; the first file is written in the night (03:47)")
    if found.broken_files:
        days = ", ".join(str(day) for day in found.broken_files)
        return _wrong(f"Anchor files before {days} were changed or taken away. Compare with a backup of the store.")
    if found.wrong:
        cases = ", ".join(str(case) for case in found.wrong[:5])
        return _wrong(f"The timelines of {len(found.wrong)} cases are not as they were anchored, among them {cases}.")
    return Finding(
        f"{found.timelines_n} timelines of cases read as they were anchored; write down the newest file's SHA-256: "
        f"{found.newest} {found.sha256}"
    )


async def _kits(chosen: Settings) -> list[Finding]:
    """Whether phones get the kits that lie in folders here, ours and the county's."""
    from backend.kits.folders_publishing import unpublished_folders  # with its room, which is heavy
    from backend.openrosa import kit_verbs  # noqa: F401 - what a kit's forms may become
    from backend.serving.preparing import pooled

    async with pooled(chosen):
        wrong = await unpublished_folders()
    if not wrong:
        return [Finding("Phones get the kits of field_kits/, and the county's where KITS_DIR has any")]
    says = "is not published, phones keep the version before. Run: lianxin kits check"
    return [_wrong(f"Kit {each.kit_id} {says} ({each.why[0]})") for each in wrong]


async def _clocks(connection: asyncpg.Connection) -> Finding:
    theirs: datetime = await connection.fetchval("SELECT clock_timestamp()")
    apart_s = abs((clock.now() - theirs).total_seconds())
    says = f"This machine's clock and the database's are {apart_s:.1f} s apart"
    return Finding(says) if apart_s < SKEW_S else _wrong(f"{says}. Let both follow one time server (chrony, ntp).")


def _migrations(ran: set[tuple[str, str]]) -> Finding:
    ours = _ours()
    if newer := ran - ours:
        return _wrong(f"The database has {len(newer)} migrations that this program does not know: it is too old.")
    if missing := ours - ran:
        return _wrong(f"{len(missing)} migrations have not run. Run: lianxin migrate (lianxin serve does it too)")
    return Finding(f"All {len(ours)} migrations have run")


async def _ran(connection: asyncpg.Connection) -> set[tuple[str, str]]:
    if not await connection.fetchval("SELECT to_regclass('migration') IS NOT NULL"):
        return set()
    return {(row[0], row[1]) for row in await connection.fetch("SELECT app_name, name FROM migration")}


def _ours() -> set[tuple[str, str]]:
    apps = Finder().get_app_registry().app_configs.values()
    return {(app.app_name, name) for app in apps for name in _modules(app.resolved_migrations_folder_path)}


def _modules(folder: str) -> list[str]:
    return list(BaseMigrationManager().get_migration_modules(folder))


async def _admins(connection: asyncpg.Connection) -> Finding:
    count = await connection.fetchval(
        "SELECT count(DISTINCT person) FROM people_role_assignment "
        "WHERE role = 'admin' AND (valid_to IS NULL OR valid_to >= CURRENT_DATE)"
    )
    if not count:
        return _wrong("Nobody is admin, so nobody can open accounts. For a trial county run: lianxin seed")
    return Finding(f"Accounts are opened by {count} person(s) with the role admin")


def _ways_out(chosen: Settings) -> Finding:
    try:
        names = [way.name for way in providers.configured(chosen)]
    except SettingsError as error:
        return _wrong(str(error))
    if not names:
        return Finding(
            "Notices wait in the inbox alone: no way to phones is set up. See PUSH_, SMS_ and WECHAT_ settings"
        )
    return Finding(f"Notices go out by {', '.join(names)}, and wait in the inbox")


async def _stores(chosen: Settings) -> list[Finding]:
    photos = await _kept("Photos", chosen.storage, setting="STORAGE_URL")
    return [photos, await _kept("Day keys of warnings", chosen.warning_keys, setting="WARNING_KEYS_URL")]


async def _kept(what: str, url: str, *, setting: str) -> Finding:
    shown_url, path = url.split("?")[0], f"doctor/{uuid4()}"
    try:
        place = storage.place(url)
        await place.put(path, b"written by lianxin doctor")
        await place.delete(path)
    except (Refusal, OSError) as refusal:
        return _wrong(f"{what} cannot be kept in {shown_url}: {refusal}. See {setting}, and who may write there.")
    return Finding(f"{what} can be kept in {shown_url}")


def _day_keys(chosen: Settings) -> Iterator[Finding]:
    """A key that lies among the objects is in every backup of them, and its purge purges nothing."""
    keys, objects = (each.split("?")[0].rstrip("/") + "/" for each in (chosen.warning_keys, chosen.storage))
    if keys.startswith(objects):
        yield _wrong(
            f"Day keys of warnings lie in {keys}, among the objects of {objects}. Give WARNING_KEYS_URL another."
        )
