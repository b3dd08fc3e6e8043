"""The tables that the stall's form chooses from, as CSV: where stalls stand, and the villages of one's territory.

The bytes follow from the rows, so that a phone fetches a table again exactly when it changed.
"""

from backend.openrosa.round_csv import written
from backend.people.actors import Actor
from backend.people.stations import list_desks
from backend.territory import queries as territory
from backend.territory.queries import DivisionFilters
from backend.territory.tables import Level

MOST_VILLAGES = 5000


async def markets_csv(by: Actor) -> bytes:
    """Stations and studios in and around his places, his own first; `name` is the unit's id."""
    return written(("name", "label"), [(each.id, each.name) for each in await list_desks(by=by)])


async def villages_csv(by: Actor) -> bytes:
    """Villages in which he may open a case."""
    found: dict[str, str] = {}
    for held in by.held:
        filters = DivisionFilters(under=held.division_code, level=Level.VILLAGE)
        found |= {each.code: each.name for each in await territory.list_divisions(filters=filters, limit=MOST_VILLAGES)}
    return written(("name", "label"), sorted(found.items()))
