"""/pledges: what offices promised everybody, and whether they kept it. No sign-in, no script.

GET /pledges                  the newest year
GET /pledges?place=…&year=…   of a place, of a year
GET /pledges?…&batch=…        one batch, where a year has too many for one page; a part of it at a time
"""

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, Router, get
from litestar.params import FromQuery, QueryParameter
from msgspec import Struct
from msgspec.structs import replace

from backend.console import labels
from backend.console.pages import page
from backend.console.refused import told
from backend.core.refusals import Refusal
from backend.core.words import Term, say
from backend.hotline import pledges
from backend.hotline.pledge_rules import counts
from backend.hotline.pledge_schemas import PledgeCounts, PublicPledge, PublicPledgeBatch, PublicPledges
from backend.hotline.words import PledgeState

Place = Annotated[str, QueryParameter(name="place", pattern="^([0-9]{12})?$", max_length=12)]
Year = Annotated[int, QueryParameter(name="year", ge=0, le=2100)]
Big = Annotated[str, QueryParameter(max_length=1)]
From = Annotated[int, QueryParameter(name="from", ge=0, le=500)]
MOST, MOST_LATE = 60, 10
"""Pledges on one page: with more a year is shown batch by batch, so that a page stays light on a thin line."""


class Sign(Struct, frozen=True):
    """How a pledge stands: a tone, a sign and words, so that no colour has to be seen."""

    tone: str
    glyph: str
    words: str


class Bar(Struct, frozen=True):
    """A piece of the picture of 1,000 units: what it stands for, how many, from where and how wide."""

    kind: str
    glyph: str
    words: str
    n: int
    begins: int
    width: int


@get("/pledges", include_in_schema=False)
async def show_pledges(
    place: Place = "", year: Year = 0, big: Big = "", batch: FromQuery[UUID | None] = None, start: From = 0
) -> Response[str]:
    """For everybody."""
    found = await pledges.public_pledges(division_code=place or None, year=year or None)
    chosen = next((each for each in found.batches if each.id == batch), None)

    def of_batch(each: PublicPledgeBatch, begins: int = 0) -> str:
        return _address(place, found.year, big, batch=str(each.id), **({"from": str(begins)} if begins else {}))

    return page(
        "pledges/pledges.html",
        found=found,
        batches=[_part(chosen, start)] if chosen else found.batches,
        chosen=chosen,
        whole=chosen is not None or found.counts.pledges_n <= MOST,
        all_batches=_address(place, found.year, big),
        late=_late(found),
        counts=counts,
        bars=bars,
        of_batch=of_batch,
        more=of_batch(chosen, start + MOST) if chosen and chosen.pledges[start + MOST :] else None,
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


def bars(n: PledgeCounts) -> list[Bar]:
    """The picture of a count, what was kept first; nothing is drawn of what there is none of."""
    pieces = (
        ("kept", "✓", say(Term("done in time")), n.done_in_time_n),
        ("late", "△", say(Term("done late")), n.done_late_n),
        ("open", "●", say(Term("underway, in time")), n.underway_n - n.overdue_n),
        ("overdue", "✕", say(Term("overdue")), n.overdue_n),
        ("dropped", "－", say(Term("dropped")), n.dropped_n),
    )
    made: list[Bar] = []
    done_n = 0
    for kind, glyph, words, each_n in pieces:
        begins, done_n = round(1000 * done_n / max(n.pledges_n, 1)), done_n + each_n
        if each_n:
            width = round(1000 * done_n / n.pledges_n) - begins
            made.append(Bar(kind, glyph, words, each_n, begins, width))
    return made


def _part(batch: PublicPledgeBatch, start: int) -> PublicPledgeBatch:
    return replace(batch, pledges=batch.pledges[start : start + MOST])


def _late(found: PublicPledges) -> list[PublicPledge]:
    """What is overdue and not done, the longest first, as many as fit."""
    every = [each for batch in found.batches for each in batch.pledges]
    late = [each for each in every if each.overdue and each.state is PledgeState.UNDERWAY]
    return sorted(late, key=lambda each: -each.late_days)[:MOST_LATE]


def _address(place: str, year: int, big: str, **more: str) -> str:
    given = {"place": place, "year": str(year), "big": big} | more
    return "/pledges?" + urlencode({name: value for name, value in given.items() if value})


def refused(_: Request[Any, Any, Any], refusal: Refusal) -> Response[str]:
    """No such place."""
    return page("pledges/refused.html", status=refusal.status, title=say(refusal.title), detail=told(refusal))


router = Router(path="/", route_handlers=[show_pledges], exception_handlers={Refusal: refused})
