"""/console/alerts/{id}/reach: who was told, who knows, and who should knock on which door."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, QueryParameter
from msgspec import Struct

from backend.alerts import lists
from backend.alerts.reach import get_alert_reach
from backend.alerts.reach_schemas import DivisionReach, ReachCounts
from backend.console import notice_labels
from backend.console.alerts import labels
from backend.console.pages import page
from backend.core import clock
from backend.people.actors import Actor
from backend.people.guards import SignedIn

WIDTH = 1000
LEAST = 6
TOWNSHIP_DIGITS = 9
Place = Annotated[str, QueryParameter(pattern=r"^([0-9]{12}([0-9]{3})?)?$")]


class Piece(Struct, frozen=True):
    """A piece of a bar of 1,000 units."""

    kind: str
    begins: int
    width: int


@get("/alerts/{alert_id:uuid}/reach", include_in_schema=False)
async def show_reach(by: SignedIn, alert_id: FromPath[UUID], place: Place = "") -> Response[str]:
    """By township; with `place` by village. Raises as `get_alert_reach`."""
    return page("alerts/reach.html", by=by, **await _context(by, alert_id, place))


@get("/alerts/{alert_id:uuid}/reach/counts", include_in_schema=False)
async def show_counts(by: SignedIn, alert_id: FromPath[UUID], place: Place = "") -> Response[str]:
    """The counts alone, for the page's script."""
    return page("alerts/_reach.html", by=by, **await _context(by, alert_id, place))


async def _context(by: Actor, alert_id: UUID, place: str) -> dict[str, Any]:
    one = await lists.get_alert(alert_id=alert_id, by=by)
    reach = await get_alert_reach(alert_id=alert_id, division_code=place or None, by=by)
    return {
        "says": labels,
        "counts": notice_labels,
        "one": one,
        "mark": labels.mark(one.status),
        "reach": reach,
        "unreached": reach.unreached,
        "place": place,
        "place_name": _name(reach.divisions, place),
        "pieces_of": pieces_of,
        "opens": lambda each: bool(each.division_code) and not place and not _is_county(each.division_code),
        "moment": clock.now(),
    }


def _is_county(code: str) -> bool:
    return code[6:TOWNSHIP_DIGITS] == "000"


def _name(divisions: list[DivisionReach], place: str) -> str:
    found = next((each.division_name for each in divisions if each.division_code == place), None)
    return labels.place(found) if found else place


def pieces_of(counts: ReachCounts) -> list[Piece]:
    """Who said that he knows, whom it reached, who is still waited for, whom no way leads to; none for nobody."""
    known = min(counts.acknowledged, counts.recipients)
    reached = max(counts.reached - known, 0)
    waiting = max(counts.recipients - known - reached - counts.unreachable, 0)
    parts = {"shown": known, "delivered": reached, "pending": waiting, "failed": counts.unreachable}
    pieces, begins = [], 0
    for kind, n in parts.items():
        if n:
            width = max(LEAST, round(WIDTH * n / counts.recipients))
            pieces.append(Piece(kind, begins, width))
            begins += width
    return pieces


HANDLERS = (show_reach, show_counts)
