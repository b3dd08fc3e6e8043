"""What several addresses of this room take in their query and headers.

Litestar drops msgspec's constraints on an optional parameter, so they are said again here.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar.params import FromQuery, QueryParameter

from backend.core import creates
from backend.core.paging import MAX_LIMIT
from backend.core.refusals import FieldError, Invalid
from backend.people.actors import Actor

OneDivision = Annotated[
    str, QueryParameter(description="this division and all below it", pattern=r"^[0-9]{12}([0-9]{3})?$", max_length=15)
]
Word = Annotated[str | None, QueryParameter(pattern=r"^[A-Za-z0-9_.:-]+$", max_length=40)]
At = FromQuery[datetime | None]
Limit = Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT)]
Cursor = Annotated[str | None, QueryParameter(max_length=400)]


def with_zone(name: str, moment: datetime | None) -> datetime | None:
    """The moment itself. Raises Invalid (400) where it has no offset."""
    if moment is not None and moment.tzinfo is None:
        wrong = FieldError(pointer=name, detail="Give the offset too, such as 2026-03-01T08:00:00+08:00.", code="shape")
        raise Invalid("A time without an offset could be any of 24.", errors=[wrong])
    return moment


def id_of(given: UUID | None, key: str | None, *, operation: str, by: Actor) -> UUID:
    """The id of what is being created: the maker's, else the one its Idempotency-Key stands for, else a new one."""
    return creates.id_for(given=given, key=key, by=by.person_id, operation=operation)
