"""The studio's bench on a terminal: files read, taken in, watched for; a county's residue limits loaded."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from backend.cli.refused import Refused
from backend.core.settings import Settings
from backend.serving.housing import housed

if TYPE_CHECKING:
    from backend.laboratory.import_schemas import NewImport

T = TypeVar("T")


def words(added: argparse.ArgumentParser) -> None:
    """Of `lab`."""
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
