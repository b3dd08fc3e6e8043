"""/pledges: what offices promised everybody, and whether they kept it. No sign-in, no script.

GET /pledges                  the newest year
GET /pledges?place=…&year=…   of a place, of a year
"""

from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, Response, Router, get
from litestar.params import QueryParameter
from msgspec import Struct

from backend.console import labels
from backend.console.pages import page
from backend.console.refused import told
from backend.core.refusals import Refusal
from backend.core.words import Term, say
from backend.hotline import pledges
from backend.hotline.pledge_schemas import PublicPledge
from backend.hotline.words import PledgeState

Place = Annotated[str, QueryParameter(name="place", pattern="^([0-9]{12})?$", max_length=12)]
Year = Annotated[int, QueryParameter(name="year", ge=0, le=2100)]
Big = Annotated[str, QueryParameter(max_length=1)]


class Sign(Struct, frozen=True):
    """How a pledge stands: a tone, a sign and words, so that no colour has to be seen."""

    tone: str
    glyph: str
    words: str


@get("/pledges", include_in_schema=False)
async def show_pledges(place: Place = "", year: Year = 0, big: Big = "") -> Response[str]:
    """For everybody."""
    found = await pledges.public_pledges(division_code=place or None, year=year or None)
    return page(
        "pledges/pledges.html",
        found=found,
        big=big,
        place=labels.place,
        sign=sign,
        other_size=_address(place, found.year, "" if big else "1"),
        everywhere=_address("", found.year, big),
        years=[(each, _address(place, each, big)) for each in found.years],
        places=[(labels.place(each.name), _address(each.code, found.year, big), each.code) for each in found.places],
    )


def sign(each: PublicPledge) -> Sign:
    """How one stands."""
    if each.state is PledgeState.DROPPED:
        return Sign("middle", "－", say(Term("Dropped")))
    if each.state is PledgeState.DONE:
        if each.overdue:
            return Sign("middle", "△", say(Term("Done, {n} days late"), n=each.late_days))
        return Sign("high", "✓", say(Term("Done in time")))
    if each.overdue:
        return Sign("low", "✕", say(Term("Not done, {n} days overdue"), n=each.late_days))
    return Sign("plain", "●", say(Term("Underway")))


def _address(place: str, year: int, big: str) -> str:
    given = (("place", place), ("year", str(year)), ("big", big))
    return "/pledges?" + urlencode({name: value for name, value in given if value})


def refused(_: Request[Any, Any, Any], refusal: Refusal) -> Response[str]:
    """No such place."""
    return page("pledges/refused.html", status=refusal.status, title=say(refusal.title), detail=told(refusal))


router = Router(path="/", route_handlers=[show_pledges], exception_handlers={Refusal: refused})
