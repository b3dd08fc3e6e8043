"""A roster as it is sent and what becomes of it, on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.core.shapes import Line, Moment
from backend.rosters.tables import Post

MAX_ROWS = 1000
Reason = Annotated[Line, Meta(min_length=1)]


class NewShift(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One person for one span of at most 72 hours. Without an id the roster's own id and the row's content make it."""

    person_id: UUID
    starts_at: Moment
    ends_at: Moment
    id: UUID | None = None


class NewRoster(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A roster for one post. Every staffed hour of its span has to have somebody, those on shifts published before too.

    allow_gaps   publish although hours stay without anybody; `gap_reason` says why, and a task finds them somebody
    """

    unit_id: UUID
    post: Post
    starts_at: Moment
    ends_at: Moment
    shifts: Annotated[list[NewShift], Meta(max_length=MAX_ROWS)]
    allow_gaps: bool = False
    gap_reason: Reason | None = None
    id: UUID | None = None


class RowVerdict(Struct, frozen=True, kw_only=True):
    """What became of one row: stored, duplicate, refused, or held (it fits, and waits for the others)."""

    index: int
    id: UUID
    outcome: str
    problem: str | None = None


class Hours(Struct, frozen=True):
    """A span of time; `ends_at` is not included."""

    starts_at: datetime
    ends_at: datetime


class RosterVerdict(Struct, frozen=True, kw_only=True):
    """A published roster, row by row. `gaps` are hours nobody holds, each with a task for the supervisor."""

    id: UUID
    unit_id: UUID
    post: Post
    starts_at: datetime
    ends_at: datetime
    stored: int
    duplicate: int
    refused: int
    rows: list[RowVerdict]
    gaps: list[Hours]
