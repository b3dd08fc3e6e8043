"""/console/warnings: what one has now, big enough for a thumb, what nobody has taken first."""

from datetime import UTC, datetime
from typing import Annotated, Any

from litestar import Response, get
from litestar.params import QueryParameter

from backend.antifraud import reading
from backend.antifraud.receiving import DESK
from backend.antifraud.warning_schemas import FraudWarningRecord
from backend.antifraud.warning_words import WarningState
from backend.console import labels as places
from backend.console.pages import page
from backend.console.warnings import clocks, labels
from backend.core.words import Term, say
from backend.people.actors import OVERSEERS, Actor
from backend.people.guards import SignedIn
from backend.people.tables import Role

Did = Annotated[str, QueryParameter(max_length=20)]
SAID = {
    "closure": Term("Closed. Thank you for going."),
    "hand-over": Term("Handed over. Your colleague is being rung."),
}
_LAST = datetime.max.replace(tzinfo=UTC)


@get("/", include_in_schema=False)
async def show_mine(by: SignedIn, did: Did = "") -> Response[str]:
    """My warnings, and the ways on."""
    return page(
        "warnings/mine.html",
        by=by,
        told=say(SAID[did]) if did in SAID else None,
        entered=await reading.list_entered_warnings(by=by) if by.has(*DESK) else [],
        **ways(by),
        **await shown(by),
    )


@get("/mine", include_in_schema=False)
async def show_list(by: SignedIn) -> Response[str]:
    """The list alone, for the page's script."""
    return page("warnings/_mine.html", by=by, **await shown(by))


async def shown(by: Actor) -> dict[str, Any]:
    """Those nobody has taken first, then by what is due."""
    found = await reading.list_my_warnings(by=by)
    return {"mine": sorted(found, key=_urgency), "says": labels, "clocks": clocks, "place": places.place}


def _urgency(one: FraudWarningRecord) -> tuple[bool, datetime]:
    return one.state != WarningState.OPEN, clocks.next_step(one)[1] or _LAST


def ways(by: Actor) -> dict[str, bool]:
    """What else of the warnings is for this person."""
    return {"enters": by.has(*DESK), "oversees": by.has(*OVERSEERS), "keeps_sources": by.has(Role.ADMIN)}


async def _part(by: Actor) -> dict[str, Any]:
    """For the front page: nothing where nothing stands open."""
    return await shown(by)


PART_OF_TODAY = ("warnings/_today.html", _part)
HANDLERS = (show_mine, show_list)
