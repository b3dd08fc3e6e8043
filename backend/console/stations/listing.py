"""/console/stations: every station around one's own places, its hours of today, the next market there."""

from typing import Annotated
from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import QueryParameter

from backend.console.pages import page
from backend.console.stations import near, words
from backend.people.guards import SignedIn
from backend.people.station_codes import KEEPERS
from backend.people.tables import UnitKind
from backend.rosters.market_lunar import lunar_text
from backend.rosters.station_lists import list_stations_around

ROWS = 30
Kind = Annotated[str, QueryParameter(max_length=12)]
PlaceCode = Annotated[str, QueryParameter(name="place", pattern="^([0-9]{12})?$", max_length=12)]
Open = Annotated[str, QueryParameter(name="open", max_length=3)]
After = Annotated[str, QueryParameter(max_length=900)]
OPEN = {"yes": True, "no": False}


@get("/", include_in_schema=False)
async def show_stations(
    by: SignedIn, kind: Kind = "", chosen: PlaceCode = "", opened: Open = "", after: After = ""
) -> Response[str]:
    """A page of them; filters that are none are left aside."""
    wanted = UnitKind(kind) if kind in tuple(words.KINDS) else None
    found = await list_stations_around(
        by=by,
        kind=wanted,
        division_code=chosen or None,
        open_now=OPEN.get(opened),
        limit=ROWS,
        cursor=after or None,
    )
    asked = {"kind": kind, "place": chosen, "open": opened}
    return page(
        "stations/stations.html",
        by=by,
        found=found,
        asked=asked,
        more=_more(asked, found.next_cursor),
        narrowed=any(asked.values()),
        kinds=[(each.value, words.kind(each)) for each in words.KINDS],
        townships=await near.townships(by),
        keeper=by.has(*KEEPERS),
        words=words,
        lunar=lunar_text,
    )


def _more(asked: dict[str, str], cursor: str | None) -> str | None:
    given = {name: value for name, value in asked.items() if value}
    return "/console/stations?" + urlencode(given | {"after": cursor}) if cursor else None


HANDLERS = (show_stations,)
