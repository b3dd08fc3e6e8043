"""`lianxin`: everything a person types at a server. `lianxin --help` lists it; settings come from the environment.

Rooms are imported inside the commands: a mistyped word, or a port in use, is answered at once.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

import asyncpg

from backend.cli import developing, kits, lab, learning_set, running
from backend.cli.refused import Refused
from backend.core.migrations import MigrationFailed
from backend.core.postgres import PostgresUnavailable
from backend.core.settings import SettingsError
from backend.serving.housing import DatabaseUnusable
from backend.serving.listening import PortUnusable
from backend.serving.stopping import leaving_in_order

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
    for each in COMMANDS:
        added = commands.add_parser(each.name, help=each.says, description=each.says)
        added.set_defaults(command=each.run)
        if each.words:
            each.words(added)
    return parser


class Command(NamedTuple):
    """A word that `lianxin` knows. `run` gives its exit code, None for 0; `words` what else may be typed."""

    name: str
    run: Callable[[argparse.Namespace], int | None]
    says: str
    words: Callable[[argparse.ArgumentParser], None] | None = None


COMMANDS = (
    Command(
        "demo", running.demo, "start everything with an invented county, and say where to look (what make run does)"
    ),
    Command("serve", running.serve, "start the web server with a worker inside"),
    Command("worker", running.worker, "work the job queue alone"),
    Command("migrate", running.migrate, "bring the database up to date"),
    Command("seed", running.seed, "put the demo county into an empty database", running.seed_words),
    Command("kits", kits.kits, "check what phones carry, build it into bundles, publish it", kits.words),
    Command(
        "learning-set",
        learning_set.learning_set,
        "write labelled photos that farmers gave for research into a ZIP",
        learning_set.words,
    ),
    Command(
        "lab",
        lab.lab,
        "read an instrument's file, take it in, watch a folder; load a table of residue limits",
        lab.words,
    ),
    Command("notices", running.notices, "show how far running campaigns of notices have come", running.notices_words),
    Command("spec", developing.spec, "write the documents of mobile_api_spec/ anew"),
    Command(
        "migration",
        developing.migration,
        "write a new migration for a room whose tables changed",
        developing.migration_words,
    ),
    Command("doctor", running.doctor, "look for what is wrong, and say what to do about it"),
)
