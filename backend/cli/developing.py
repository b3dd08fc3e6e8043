"""For whoever changes the code: documents and migrations written anew."""

import argparse
import asyncio
from pathlib import Path

from backend.cli.refused import Refused

SPEC = Path("mobile_api_spec")


def migration_words(added: argparse.ArgumentParser) -> None:
    """Of `migration`."""
    added.add_argument("room", help="the room whose tables changed, for example visits")
    added.add_argument("says", help="why, in a few words")


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
