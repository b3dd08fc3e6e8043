"""A step that somebody takes with a sample: what it is given, what it does, what the page says afterwards."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.console.typed import Typed
from backend.core.words import Term
from backend.people.actors import Actor


class Taking(Struct, frozen=True, kw_only=True):
    """Who takes it, with which sample, and what he filled in."""

    sample_id: UUID
    by: Actor
    form: Typed


class Step(Struct, frozen=True):
    """`part`: the heading of the page that is looked at afterwards."""

    verb: Callable[[Taking], Awaitable[Any]]
    did: Term
    part: str = ""
