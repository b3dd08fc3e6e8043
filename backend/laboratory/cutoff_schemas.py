"""The shapes of strips' cut-offs."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.cases.schemas import PersonShown
from backend.core.shapes import NO_NUL

Text80 = Annotated[str, Meta(min_length=1, max_length=80, pattern=NO_NUL)]


class NewCutoff(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The cut-off of one kit.

    analyte     code or name of the substance
    tc_cutoff   T/C at or below which a strip counts as positive, as its maker prints it
    valid_from  today unless told; a later row for the same substance ends what it says from its own first day
    source      where it is printed: leaflet, batch
    """

    analyte: Text80
    tc_cutoff: Annotated[float, Meta(gt=0, le=100)]
    kit: Text80
    source: Annotated[str, Meta(min_length=4, max_length=300, pattern=NO_NUL)]
    id: UUID | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class CutoffRecord(Struct, frozen=True, kw_only=True):
    """A cut-off as it is on file."""

    id: UUID
    analyte: str
    analyte_name: str
    tc_cutoff: float
    kit: str
    valid_from: date
    valid_to: date | None
    source: str
    entered_by: PersonShown | None
