"""What a phone may do offline and send later: each command is a verb of the house with the arguments of its operation.

The modules of `commands/` call `offer` when they are imported; the package brings them all in. A command's
`verb` is the operationId of the operation that does the same online, and its arguments are that operation's body with
its path parameters in it, so whoever knows one knows the other.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.people.actors import Actor
from backend.sync.moments import by_our_clock
from backend.sync.words import CommandOutcome


class Doing(Struct, frozen=True, kw_only=True):
    """Around a command. `by` did it, at `captured_at` by his phone's clock; `carrier` brought it just now.

    ahead   how far that clock was ahead of ours as it was sent
    """

    command_id: UUID
    by: Actor
    carrier: Actor
    captured_at: datetime
    received_at: datetime
    ahead: timedelta = timedelta()
    request_id: str = ""

    @property
    def done_at(self) -> datetime:
        """When he did it, by our clock."""
        return by_our_clock(self.captured_at, ahead=self.ahead, received_at=self.received_at)


class Done(Struct, frozen=True, kw_only=True):
    """What a command did.

    outcome       STORED, MERGED, DUPLICATE (the verb says it was there already) or CONFLICT
    record        as it is now, for a phone that lost a race (MERGED, CONFLICT, DUPLICATE), and where it says something
                  that a phone cannot know or pull: a receipt's secret, a bag's number; else None
    flags         of a visit
    waiting_for   photos without which it was done; they are added when they come
    """

    record_id: UUID | None
    outcome: CommandOutcome = CommandOutcome.STORED
    record: Any = None
    flags: Sequence[str] = ()
    waiting_for: Sequence[UUID] = ()


class NotHereYet(Exception):
    """Raised by a command that names photos which have not arrived: it waits, and is done when they have."""

    def __init__(self, photo_ids: Sequence[UUID]) -> None:
        super().__init__("photos are not here yet")
        self.photo_ids = list(photo_ids)


class CommandKind(Struct, frozen=True, kw_only=True):
    """One command.

    run    raises what its verb refuses; inside a transaction, with a savepoint of its own. None: commands of this kind
           that follow one another are done together (`visit_runs`), and their verb knows a repeat by its record's id
    read   the record as it is now, for a phone that sends the command again

    A command that takes photos asks `photos_here.must_be_here` first.
    """

    verb: str
    arguments: type
    run: Callable[[Any, Doing], Awaitable[Done]] | None
    read: Callable[[UUID, Doing], Awaitable[Any]] | None = None


COMMANDS: dict[str, CommandKind] = {}
"""By verb; filled by `offer`."""


def offer(kind: CommandKind) -> None:
    """Make a command known."""
    if kind.verb in COMMANDS:
        raise RuntimeError(f"Two commands are called {kind.verb}")
    COMMANDS[kind.verb] = kind
