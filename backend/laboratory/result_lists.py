"""Results page by page, the newest first. What a reader may not read is not listed: its absence tells nothing."""

from backend.core.paging import Page, Position, page, position
from backend.laboratory import result_queries
from backend.laboratory.result_queries import Filters
from backend.laboratory.result_records import records
from backend.laboratory.result_schemas import ResultRecord
from backend.laboratory.visibility import reader
from backend.people.actors import Actor

EVERYTHING = Filters()


async def list_results(
    *, by: Actor, filters: Filters = EVERYTHING, limit: int = 50, cursor: str | None = None
) -> Page[ResultRecord]:
    """One page of what `by` reads. Raises Invalid (400) for a cursor of another list."""
    found = await result_queries.found(await reader(by), filters, limit=limit + 1, after=position(cursor))
    cut = page(found, limit, lambda row: Position(row["received_at"], row["id"]))
    return Page(await records([row["id"] for row in cut.items]), cut.next_cursor)
