"""What phones carry, on a terminal: checked, built, published."""

import argparse
import asyncio
from pathlib import Path

from backend.cli.refused import Refused
from backend.serving.housing import housed


def words(added: argparse.ArgumentParser) -> None:
    """Of `kits`."""
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
