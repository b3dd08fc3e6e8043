"""/console/warnings/county: what stands open in a territory, and how soon warnings are taken. No citizen's name."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Annotated, Any

from litestar import Response, get
from litestar.params import QueryParameter

from backend.antifraud import warning_oversight
from backend.antifraud.warning_oversight import STANDING
from backend.antifraud.warning_schemas import FraudWarningRecord
from backend.antifraud.warning_words import WarningState
from backend.console import labels as places
from backend.console.pages import page
from backend.console.warnings import clocks, labels
from backend.console.warnings.mine import ways
from backend.core import clock
from backend.core.words import Term, say
from backend.people.actors import OVERSEERS, Actor
from backend.people.guards import SignedIn
from backend.territory import queries as territory
from backend.territory.queries import DivisionFilters
from backend.territory.tables import Level

SHOWN, IN_A_FILE = 100, 5000
DAYS = 30
CHOICES = {
    "standing": (Term("Not closed"), STANDING),
    "open": (Term("Nobody has taken it"), (WarningState.OPEN,)),
    "acknowledged": (Term("Somebody has it"), (WarningState.ACKNOWLEDGED,)),
    "closed": (Term("Closed"), (WarningState.CLOSED,)),
    "all": (Term("all"), tuple(WarningState)),
}
Under = Annotated[str, QueryParameter(max_length=15)]
Which = Annotated[str, QueryParameter(max_length=20)]
_HEAD = (
    *(Term("Level"), Term("State"), Term("Exercise"), Term("When it came"), Term("Village"), Term("Who has it")),
    *(Term("Went on"), Term("Taken at"), Term("Called at"), Term("Met at"), Term("Outcome"), Term("Closed at")),
)


@get("/county", include_in_schema=False)
async def show_county(by: SignedIn, under: Under = "", which: Which = "standing") -> Response[str]:
    """For supervisors, auditors and administrators. Raises Forbidden (403)."""
    by.must_have(*OVERSEERS)
    chosen = which if which in CHOICES else "standing"
    found = await _found(by, under, chosen, limit=SHOWN + 1)
    today = clock.today()
    return page(
        "warnings/county.html",
        by=by,
        rows=found[:SHOWN],
        more=len(found) > SHOWN,
        by_level=await warning_oversight.standing_by_level(by=by, under=under or None),
        figures=await warning_oversight.figures_of(
            by=by, under=under or _home(by), since=today - timedelta(days=DAYS - 1), until=today
        ),
        figures_of=await _name(under or _home(by)),
        days=DAYS,
        townships=await _townships(by),
        states=[(name, say(term)) for name, (term, _) in CHOICES.items()],
        under=under,
        which=chosen,
        says=labels,
        clocks=clocks,
        place=places.place,
        **ways(by),
    )


@get("/county.csv", include_in_schema=False)
async def send_county(by: SignedIn, under: Under = "", which: Which = "all") -> Response[bytes]:
    """The same rows for a spreadsheet; the mark at the front tells it that they are UTF-8."""
    found = await _found(by, under, which if which in CHOICES else "all", limit=IN_A_FILE)
    text = StringIO()
    writer = csv.writer(text)
    writer.writerows([[say(term) for term in _HEAD], *(_line(each) for each in found)])
    headers = {"Content-Disposition": 'attachment; filename="warnings.csv"', "Cache-Control": "no-store"}
    return Response(text.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


async def _found(by: Actor, under: str, state: str, *, limit: int) -> list[FraudWarningRecord]:
    return await warning_oversight.oversee_warnings(by=by, under=under or None, states=CHOICES[state][1], limit=limit)


def _line(one: FraudWarningRecord) -> list[Any]:
    moments = (one.acknowledged_at, one.answered_call_at, one.answered_meet_at)
    return [
        *(labels.level(one.level).word, labels.state(one).word, say("yes") if one.exercise else ""),
        *(_moment(one.received_at), one.division_name or one.division_code, one.assignee_name or "", one.hand_overs),
        *(_moment(each) for each in moments),
        *(labels.outcome(one.outcome) if one.outcome else "", _moment(one.closed_at)),
    ]


def _moment(at: Any) -> str:
    return clock.local(at).strftime("%Y-%m-%d %H:%M:%S") if at else ""


def _home(by: Actor) -> str:
    """The first territory that he oversees: its figures, unless another place is chosen."""
    return next(held.division_code for held in by.held if held.role in OVERSEERS)


async def _name(code: str) -> str:
    return places.place((await territory.division(code=code)).name)


async def _townships(by: Actor) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for held in by.held:
        if held.role in OVERSEERS:
            filters = DivisionFilters(under=held.division_code, level=Level.TOWNSHIP)
            found |= {each.code: each.name for each in await territory.list_divisions(filters=filters, limit=400)}
    return sorted(found.items())


HANDLERS = (show_county, send_county)
