"""Every command with the shape of its arguments, out of the same structs that read them, so that none can drift."""

import inspect
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct

from backend.sync.commands import COMMANDS


class OfferedCommand(Struct, frozen=True, kw_only=True):
    """One thing that a phone may do offline.

    verb        the operationId of the operation that does the same online
    does        in a sentence or two
    arguments   JSON Schema (draft 2020-12) of the command's `arguments`, whole in itself
    """

    verb: str
    does: str
    arguments: dict[str, Any]


@cache
def catalogue() -> tuple[OfferedCommand, ...]:
    """All of them, by their verbs."""
    return tuple(
        OfferedCommand(verb=verb, does=_does(kind.arguments), arguments=msgspec.json.schema(kind.arguments))
        for verb, kind in sorted(COMMANDS.items())
    )


def _does(arguments: type) -> str:
    """The first paragraph of what is written over the arguments, in one line."""
    return " ".join((inspect.getdoc(arguments) or "").split("\n\n")[0].split())
