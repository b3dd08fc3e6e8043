"""`lianxin`: everything a person types at a server. `lianxin --help` lists it; settings come from the environment.

Rooms are imported inside the commands: a mistyped word, or a port in use, is answered at once.
"""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import asyncpg

from backend.core.migrations import MigrationFailed
from backend.core.postgres import PostgresUnavailable
from backend.core.settings import Settings, SettingsError, settings
from backend.serving.housing import DatabaseUnusable, housed
from backend.serving.listening import PortUnusable, take
from backend.serving.stopping import leaving_in_order

if TYPE_CHECKING:
    from backend.laboratory.import_schemas import NewImport

T = TypeVar("T")

SPEC = Path("mobile_api_spec")


class Refused(RuntimeError):
    """The command cannot do that; the message says why and what to do."""


SAID_PLAINLY = (Refused, SettingsError, PostgresUnavailable, DatabaseUnusable, PortUnusable, MigrationFailed)
WENT_AWAY = (asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, asyncpg.AdminShutdownError)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; its exit code. What is no bug of ours ends in one sentence, not in a traceback."""
    chosen = _parser().parse_args(words)
    try:
        with leaving_in_order():
            return chosen.command(chosen) or 0
    except SAID_PLAINLY as error:
        print(f"lianxin {chosen.name}: {error}", file=sys.stderr)
    except WENT_AWAY as error:
        print(f"lianxin {chosen.name}: The database went away: {error}. Nothing acknowledged is lost.", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lianxin", description="连心: the server of village field work.")
    commands = parser.add_subparsers(dest="name", metavar="command", required=True)
    for name, command, says in COMMANDS:
        added = commands.add_parser(name, help=says, description=says)
        added.set_defaults(command=command)
        if name == "seed":
            added.add_argument("--again", action="store_true", help="add what is missing where a county is already")
        if name == "notices":
            added.add_argument("--follow", action="store_true", help="again every second, until nothing runs any more")
        if name == "migration":
            added.add_argument("room", help="the room whose tables changed, for example visits")
            added.add_argument("says", help="why, in a few words")
        if name == "kits":
            _kits_words(added)
        if name == "learning-set":
            added.add_argument("file", type=Path, metavar="FILE", help="a ZIP that is not there yet")
            added.add_argument("--crop", metavar="CODE", help="of one crop, for example maize")
        if name == "lab":
            _lab_words(added)
    return parser


def _kits_words(added: argparse.ArgumentParser) -> None:
    added.add_argument(
        "verb",
        choices=["check", "build", "publish"],
        help="check: say every mistake with file and line; build: write bundles with their hashes; publish: into the "
        "database, from where phones get them",
    )
    added.add_argument(
        "folder", type=Path, nargs="?", metavar="FOLDER", help="a kit, or a folder of kits; field_kits/ if none"
    )
    added.add_argument("--to", type=Path, metavar="FOLDER", help="build: where to write the bundles")


def _lab_words(added: argparse.ArgumentParser) -> None:
    added.add_argument(
        "verb",
        choices=["read", "import", "watch", "limits"],
        help="read: judge a file row by row, nothing is stored; import: take it in; watch: take in what comes into a "
        "folder; limits: load a county's table of residue limits",
    )
    added.add_argument(
        "file", type=Path, metavar="FILE", help="CSV, TSV, XLS, XLSX, JSON, labels or queries; a folder; of limits CSV"
    )
    added.add_argument("--unit", metavar="NAME", help="import, watch: the desk, by name or id; the only studio if one")
    added.add_argument("--kind", choices=["produce", "soil"], help="import: what was sampled, if nothing else says it")
    added.add_argument("--profile", metavar="NAME", help="the instrument's profile, or a TOML file with one")
    added.add_argument("--crop", metavar="CODE", help="what was sampled, for example spinach, where no row says it")
    added.add_argument(
        "--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day of sampling: its rules count"
    )
    added.add_argument("--json", action="store_true", help="a line of JSON per row, with every reason")
    added.add_argument("--standard", metavar="CODE", help="limits: the edition, where no row names it")
    added.add_argument("--only-known", action="store_true", help="limits: refuse names that our own lists lack")
    added.add_argument("--dry-run", action="store_true", help="say what would become of each row; nothing is stored")


def demo(_: argparse.Namespace) -> int:
    """What `make run` starts: everything, with the demo county inside, and a banner that says where to look."""
    from seed.demo import run

    return run()


def serve(_: argparse.Namespace) -> int:
    """The production server: nothing is seeded, nothing secret is printed."""
    taken = take(settings().host, settings().port)
    from backend.core import logs

    logs.configure()
    with housed() as chosen:
        from backend.serving import web
        from backend.serving.preparing import prepare

        asyncio.run(prepare(chosen))
        return web.serve(chosen, taken, when_ready=web.tell_where(taken))


def worker(_: argparse.Namespace) -> None:
    """The queue alone."""
    from backend.core import logs

    logs.configure()
    with housed() as chosen:
        from backend.serving.preparing import prepare
        from backend.serving.worker import work

        asyncio.run(prepare(chosen))
        asyncio.run(work(chosen))


def migrate(_: argparse.Namespace) -> None:
    """Migrations and reference data."""
    with housed() as chosen:
        from backend.serving.preparing import prepare

        asyncio.run(prepare(chosen))
    print("The database is up to date.")


def seed(chosen: argparse.Namespace) -> None:
    """The demo county, into a database that has none."""
    with housed() as house:
        from backend.serving.preparing import pooled, prepare
        from seed import accounts, county

        async def plant() -> county.Seeded:
            async with pooled(house):
                if not chosen.again and await county.is_there():
                    raise Refused("The database has a county already. To add what the demo lacks: lianxin seed --again")
                planted = await county.plant()
                await accounts.set_passwords()
                return planted

        asyncio.run(prepare(house))
        seeded = asyncio.run(plant())
        print(f"{seeded.households} households and {seeded.visits} visits are in, all invented and marked as demo.")
        print(f"Every account of the cast signs in with the password {accounts.password()}")


def spec(_: argparse.Namespace) -> None:
    """The documents for whoever programs a phone, as the code has them."""
    from backend.serving.spec import files

    for name, text in files():
        SPEC.mkdir(exist_ok=True)
        (SPEC / name).write_text(text, encoding="utf-8")
        print(f"Wrote {SPEC / name}.")


def migration(chosen: argparse.Namespace) -> None:
    """A migration made from the difference between a room's tables and its migrations."""
    from piccolo.apps.migrations.commands.new import new

    if not Path(f"backend/{chosen.room}/piccolo_app.py").exists():
        raise Refused(f"There is no room {chosen.room!r} with tables under backend/.")
    asyncio.run(new(chosen.room, auto=True, desc=chosen.says))


def doctor(_: argparse.Namespace) -> int:
    """What is wrong with this installation, in plain words; exit code 1 when something is."""
    from backend.serving.doctor import examine

    return examine()


def notices(chosen: argparse.Namespace) -> None:
    """Campaigns that run, with a bar each, and how the providers do."""
    with housed() as house:
        from backend.push.telling import tell
        from backend.serving.preparing import pooled

        async def told() -> None:
            async with pooled(house):
                await tell(print, follow=chosen.follow)

        asyncio.run(told())


def kits(chosen: argparse.Namespace) -> int:
    """What phones carry; exit code 1 when a kit has mistakes."""
    from backend.kits import telling
    from backend.openrosa import kit_verbs  # noqa: F401 - what a kit's forms may become

    if chosen.folder is not None and not chosen.folder.is_dir():
        raise Refused(f"There is no folder {chosen.folder}.")
    found = telling.folders(chosen.folder)
    if not found:
        raise Refused(f"There is no kit in {chosen.folder or 'field_kits'}: a kit is a folder with kit.toml.")
    if chosen.verb == "check":
        return 1 if any(checked.mistakes for checked in telling.tell_checked(found, write=print)) else 0
    if chosen.verb == "build":
        if chosen.to is None:
            raise Refused("Say where to write the bundles: lianxin kits build --to FOLDER")
        return 0 if telling.tell_built(found, to=chosen.to, write=print) else 1
    with housed() as house:
        from backend.serving.preparing import pooled

        async def published() -> bool:
            async with pooled(house):
                return await telling.tell_published(found, write=print)

        return 0 if asyncio.run(published()) else 1


def learning_set(chosen: argparse.Namespace) -> None:
    """Photos that experts labelled and farmers gave for research, as a ZIP with labels, README and terms."""
    if chosen.file.exists():
        raise Refused(f"{chosen.file} is there already. Name another file, or take that one away first.")
    if not chosen.file.absolute().parent.is_dir():
        raise Refused(f"There is no folder {chosen.file.absolute().parent}.")
    with housed() as house:
        from backend.diagnosis.learning_files import write
        from backend.serving.preparing import pooled

        async def written() -> str:
            async with pooled(house):
                return await write(chosen.file, crop_code=chosen.crop)

        print(asyncio.run(written()))


def lab(chosen: argparse.Namespace) -> int:
    """The studio's bench on a terminal; exit code 1 when nothing of a file could be read."""
    return {"read": _read, "import": _import, "watch": _watch, "limits": _limits}[chosen.verb](chosen)


def _read(chosen: argparse.Namespace) -> int:
    """An instrument's file, read and judged row by row; nothing is stored."""
    from backend.laboratory import telling
    from backend.laboratory.profiles import ProfileWrong

    try:
        read = telling.tell(
            chosen.file, profile=chosen.profile, crop=chosen.crop, on=chosen.on, as_json=chosen.json, write=print
        )
    except (ProfileWrong, OSError) as error:
        raise Refused(str(error)) from error
    return 0 if read else 1


def _import(chosen: argparse.Namespace) -> int:
    """An instrument's file, taken in; what became of each row."""
    if not chosen.file.is_file():
        raise Refused(f"There is no file {chosen.file}.")
    with housed() as house:
        from backend.laboratory import import_telling

        async def imported() -> bool:
            told = await _told(chosen)
            return await import_telling.tell(chosen.file, told=told, as_json=chosen.json, write=print)

        return 0 if asyncio.run(_at_the_bench(house, imported)) else 1


def _watch(chosen: argparse.Namespace) -> int:
    """What comes into a folder, taken in until told to stop."""
    if not chosen.file.is_dir():
        raise Refused(f"There is no folder {chosen.file}.")
    with housed() as house:
        from backend.laboratory.watching import Watch

        async def watched() -> None:
            print(f"Watching {chosen.file}; stop with Ctrl+C.", flush=True)
            await Watch(chosen.file, told=await _told(chosen), write=partial(print, flush=True)).go_on(asyncio.Event())

        asyncio.run(_at_the_bench(house, watched))
    return 0


async def _told(chosen: argparse.Namespace) -> "NewImport":
    from backend.laboratory.import_schemas import NewImport
    from backend.laboratory.import_telling import desk
    from backend.laboratory.words import SampleKind

    return NewImport(
        dry_run=chosen.dry_run,
        unit_id=await desk(chosen.unit),
        profile=chosen.profile,
        crop=chosen.crop,
        sampled_on=chosen.on,
        kind=SampleKind(chosen.kind) if chosen.kind else None,
    )


async def _at_the_bench(house: Settings, work: Callable[[], Awaitable[T]]) -> T:
    """Run it with the pool open; what is refused is said in a sentence."""
    from backend.core.problems import problem
    from backend.core.refusals import Refusal
    from backend.laboratory.import_telling import DeskUnknown
    from backend.serving.preparing import pooled

    try:
        async with pooled(house):
            return await work()
    except DeskUnknown as error:
        raise Refused(str(error)) from error
    except Refusal as refusal:
        told = problem(refusal)
        raise Refused(" ".join([told["detail"], *(each["detail"] for each in told.get("errors", []))])) from refusal


def _limits(chosen: argparse.Namespace) -> int:
    """A county's table of residue limits; exit code 1 when nothing of it could be taken."""
    try:
        data = chosen.file.read_bytes()
    except OSError as error:
        raise Refused(str(error)) from error
    with housed() as house:
        from backend.laboratory.limit_loading import load_limits
        from backend.laboratory.limit_telling import told
        from backend.serving.preparing import pooled

        async def loaded() -> int:
            async with pooled(house):
                taken = await load_limits(
                    data=data, standard=chosen.standard, only_known=chosen.only_known, dry_run=chosen.dry_run
                )
            print("\n".join(told(taken, dry_run=chosen.dry_run)))
            return 0 if taken.taken else 1

        return asyncio.run(loaded())


COMMANDS = (
    ("demo", demo, "start everything with an invented county, and say where to look (what make run does)"),
    ("serve", serve, "start the web server with a worker inside"),
    ("worker", worker, "work the job queue alone"),
    ("migrate", migrate, "bring the database up to date"),
    ("seed", seed, "put the demo county into an empty database"),
    ("kits", kits, "check what phones carry, build it into bundles, publish it"),
    ("learning-set", learning_set, "write labelled photos that farmers gave for research into a ZIP"),
    ("lab", lab, "read an instrument's file, take it in, watch a folder; load a table of residue limits"),
    ("notices", notices, "show how far running campaigns of notices have come"),
    ("spec", spec, "write the documents of mobile_api_spec/ anew"),
    ("migration", migration, "write a new migration for a room whose tables changed"),
    ("doctor", doctor, "look for what is wrong, and say what to do about it"),
)


if __name__ == "__main__":
    sys.exit(main())
