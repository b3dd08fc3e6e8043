"""What rooms above keep of a round's doors, and how it goes: with the marks, in the transaction that closes the round.

A room registers its statement when it is imported, as it does its rules of `people.retention`:

    round_ends.forget("openrosa.doors", statement="UPDATE … SET xml_sealed = '' WHERE antifraud_round = $1")

$1 is the round. Whatever fails keeps the round open, so that nothing of a door outlives it.
"""

from uuid import UUID

from backend.core.database import fetch

_statements: dict[str, str] = {}


def forget(name: str, *, statement: str) -> None:
    """Register a statement under a name of its own, `room.what`."""
    if name in _statements:
        raise RuntimeError(f"Two rooms forget {name}")
    _statements[name] = statement


async def forget_doors(round_id: UUID) -> None:
    """Run them all, inside the caller's transaction."""
    for statement in _statements.values():
        await fetch(statement, round_id)
