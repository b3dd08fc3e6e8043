"""What the addresses of this room take in their query and headers.

Litestar drops msgspec's constraints on an optional parameter, so they are said here.
"""

from typing import Annotated
from uuid import UUID

from litestar.params import PathParameter, QueryParameter

from backend.core import creates
from backend.people.actors import Actor

Word = Annotated[str | None, QueryParameter(pattern=r"^[A-Za-z0-9_.:-]+$", max_length=40)]
Title = Annotated[str | None, QueryParameter(description="part of the title", min_length=1, max_length=60)]
Number = Annotated[str | None, QueryParameter(description="receipt number, or the province's", max_length=40)]
ReceiptNumber = Annotated[str, PathParameter(max_length=40)]


def id_of(given: UUID | None, key: str | None, *, operation: str, by: Actor) -> UUID:
    """The id of a step: the maker's, else the one its Idempotency-Key stands for, else a new one."""
    return creates.id_for(given=given, key=key, by=by.person_id, operation=operation)
