"""The shapes of exchanges and gateways."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.core.shapes import NO_NUL, DivisionCode, Phone
from backend.hotline.words import SystemKind


class NewLineSystem(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A telephone exchange or an SMS gateway, the desk it serves, and the place its callers are of.

    line   the number that people dial or write to
    """

    kind: SystemKind
    name: Annotated[str, Meta(min_length=1, max_length=80, pattern=NO_NUL)]
    line: Phone
    unit_id: UUID
    division_code: DivisionCode
    id: UUID | None = None


class LineSystemRecord(Struct, frozen=True, kw_only=True):
    """A system. `secret` is told to whoever adds it, again to the same request, and by nothing else."""

    id: UUID
    kind: SystemKind
    name: str
    line: str
    unit_id: UUID
    division_code: str
    made_at: datetime
    ended_at: datetime | None
    post_to: str
    secret: str | None = None
