"""Which hours must be staffed, on the wire."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from backend.core.shapes import NO_NUL
from backend.rosters.roster_schemas import Reason
from backend.rosters.tables import Post

Weekday = Annotated[int, Meta(ge=1, le=7, description="1 is Monday")]


class NewDutyRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which hours of a post must be staffed, from `valid_from` on. It ends the rule before it the day before.

    staffed   00:00-24:00, 08:30-11:30,13:30-17:30, or 22:00-06:00 over midnight; by the clock in Shandong
    """

    unit_id: UUID
    post: Post
    staffed: Annotated[str, Meta(min_length=1, max_length=120, pattern=NO_NUL)]
    valid_from: date
    source: Reason
    weekdays: Annotated[list[Weekday], Meta(min_length=1, max_length=7)] = msgspec.field(
        default_factory=lambda: [1, 2, 3, 4, 5, 6, 7]
    )
    valid_to: date | None = None
    overlap_allowed: bool = False
    id: UUID | None = None


class DutyRuleRecord(Struct, frozen=True, kw_only=True):
    """A duty rule, and who said so. `valid_to` is the last day."""

    id: UUID
    unit_id: UUID
    post: Post
    staffed: str
    weekdays: list[int]
    overlap_allowed: bool
    valid_from: date
    valid_to: date | None
    source: str
