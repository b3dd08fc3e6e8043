"""/markets: which market is when, and when deputies are there. No sign-in, no script.

GET /markets            the townships to choose from
GET /markets?place=…    the days of a township, of a village's township
"""

from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, Response, Router, get
from litestar.params import QueryParameter

from backend.console.pages import page
from backend.console.refused import told
from backend.console.stations import words
from backend.console.stations.months import day_names, marks_of, months_of
from backend.core import clock
from backend.core.refusals import Refusal
from backend.core.words import say
from backend.rosters.market_lunar import lunar_text
from backend.rosters.public_markets import MONTHS, public_markets

Place = Annotated[str, QueryParameter(name="place", pattern="^([0-9]{12}([0-9]{3})?)?$", max_length=15)]
Big = Annotated[str, QueryParameter(max_length=1)]


@get("/markets", include_in_schema=False)
async def show_markets(place: Place = "", big: Big = "") -> Response[str]:
    """For everybody."""
    found = await public_markets(division_code=place or None)
    return page(
        "markets/markets.html",
        found=found,
        big=big,
        words=words,
        lunar=lunar_text,
        months=months_of(clock.today(), MONTHS, marks_of(found.markets, found.stalls)) if found.place else [],
        day_names=day_names(),
        today=clock.today(),
        other_size=_address(place, "" if big else "1"),
        everywhere=_address("", big),
        places=[(words.place(each.name), each.next_on, _address(each.code, big)) for each in found.places],
    )


def _address(place: str, big: str) -> str:
    given = urlencode({name: value for name, value in (("place", place), ("big", big)) if value})
    return f"/markets?{given}" if given else "/markets"


def refused(_: Request[Any, Any, Any], refusal: Refusal) -> Response[str]:
    """No such place."""
    return page("markets/refused.html", status=refusal.status, title=say(refusal.title), detail=told(refusal))


router = Router(path="/", route_handlers=[show_markets], exception_handlers={Refusal: refused})
