"""What the room's addresses take in their query and headers.

Litestar drops msgspec's constraints on an optional parameter, so they are said again here.
"""

from typing import Annotated
from uuid import UUID

from litestar.params import FromQuery, QueryParameter

from backend.tasks.tables import TaskState

InState = Annotated[TaskState | None, QueryParameter(name="state")]
Room = Annotated[str | None, QueryParameter(pattern=r"^[a-z0-9_]+$", max_length=20)]
Id = FromQuery[UUID | None]
