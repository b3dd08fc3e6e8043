"""What may be learnt from: photos that experts labelled and farmers gave for research."""

import argparse
import asyncio
from pathlib import Path

from backend.cli.refused import Refused
from backend.serving.housing import housed


def words(added: argparse.ArgumentParser) -> None:
    """Of `learning-set`."""
    added.add_argument("file", type=Path, metavar="FILE", help="a ZIP that is not there yet")
    added.add_argument("--crop", metavar="CODE", help="of one crop, for example maize")


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
