"""Records that two people may change at once: what of them is compared, and the verbs of their rooms that change them.

The modules `mergeable_*.py` say it for each kind. Values are as JSON has them, so that they can be kept and shown.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.core.database import fetch_row
from backend.people.actors import Actor
from backend.sync.words import ConflictKind


class Held(Struct, frozen=True):
    """A record as it is now, not changed by anybody else before the transaction ends. `version`: of a visit."""

    now: Mapping[str, Any]
    division_code: str
    version: int = 0


class Writer(Struct, frozen=True):
    """Who wrote what a field says now, and when."""

    person_id: UUID
    name: str
    at: datetime


class Mergeable(Struct, frozen=True, kw_only=True):
    """One kind of record.

    hold      the record, for whoever may amend it; raises what its room refuses
    amend     these fields become so, for this reason, through the room's own verb
    read      the record as its room tells it
    plain     a field's value as it is compared
    together  fields that tell one fact
    secret    fields that are never shown without a line in the access log
    writers   by field, for the fields asked for that anybody amended or whose author is known
    amendments   table of its amendments, and the column that names the record
    """

    kind: ConflictKind
    hold: Callable[[UUID, Actor], Awaitable[Held]]
    amend: Callable[[UUID, Mapping[str, Any], str, Held, Actor], Awaitable[None]]
    read: Callable[[UUID, Actor], Awaitable[Any]]
    plain: Callable[[str, Any], Any]
    writers: Callable[[UUID, Held, Sequence[str]], Awaitable[Mapping[str, Writer]]]
    amendments: tuple[str, str]
    together: Collection[Collection[str]] = ()
    secret: frozenset[str] = frozenset()

    async def amended_by_others(self, record_id: UUID, *, since: datetime, person_id: UUID) -> bool:
        """Whether anybody but this person changed any field of it since a moment."""
        table, record = self.amendments
        sql = f"SELECT EXISTS (SELECT FROM {table} WHERE {record} = $1 AND at > $2 AND by <> $3) AS found"
        row = await fetch_row(sql, record_id, since, person_id)
        return bool(row and row["found"])


def without_order(value: Sequence[str]) -> list[str]:
    """A list in which order says nothing, as it is compared.

    >>> without_order([" b", "a", "b", ""])
    ['a', 'b']
    """
    return sorted({text.strip() for text in value} - {""})


def trimmed(value: str | None) -> str | None:
    """A text as it is compared: none and an empty one are the same."""
    return (value.strip() or None) if value else None
