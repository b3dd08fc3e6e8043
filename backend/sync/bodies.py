"""From what a phone says to what a verb takes: the body of the operation, and what to tell back."""

from typing import Any, TypeVar
from uuid import UUID

from msgspec import Struct

from backend.core.creates import Outcome
from backend.sync.command_kinds import Done
from backend.sync.words import CommandOutcome

T = TypeVar("T", bound=Struct)


def body(said: Struct, shape: type[T], **changes: Any) -> T:
    """The operation's own body out of a command's arguments, so that a verb cannot tell by which door it was called."""
    return shape(**{name: getattr(said, name) for name in shape.__struct_fields__} | changes)


def made(outcome: Outcome[Any], record_id: UUID) -> Done:
    """What a verb says that knows a repeat by the record's id: it may have been sent online before."""
    if outcome.created:
        return Done(record_id=record_id)
    return Done(record_id=record_id, outcome=CommandOutcome.DUPLICATE, record=outcome.record)
