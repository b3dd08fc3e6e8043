"""/console/desk: what the duty desk has before it, most urgent first; the lists renew themselves every 15 seconds."""

from typing import Any

from litestar import Response, get

from backend.cases.due_counts import count_by_due
from backend.cases.filters import CaseFilters, Sort
from backend.cases.lists import list_cases
from backend.console import case_labels
from backend.console.cases import clock_of
from backend.console.desk.callbacks import words
from backend.console.desk.due import urgency
from backend.console.pages import page
from backend.core import clock
from backend.hotline.callback_schemas import CallbackRecord
from backend.hotline.callbacks import list_callbacks
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.tables import Role
from backend.rosters import duty
from backend.rosters.schemas import DutyAnswer
from backend.rosters.units import readable_units

CASES = 10
CALLBACKS = 5
LOOKED_AT = 100
"""Callbacks read to find the most urgent: they come by time, whose call was missed goes first."""


@get("/", include_in_schema=False)
async def show_board(by: SignedIn) -> Response[str]:
    """The whole page."""
    return page("desk/board.html", by=by, opens_cases=by.has(*OPENS_CASES), **await shown(by))


@get("/lists", include_in_schema=False)
async def show_lists(by: SignedIn) -> Response[str]:
    """What changes, for the page's script."""
    return page("desk/_lists.html", by=by, **await shown(by))


async def shown(by: Actor) -> dict[str, Any]:
    """Whom to ring first, the queue of cases by clock, and who is on duty."""
    ringing = await _to_ring(by)
    return {
        "ringing": ringing[:CALLBACKS],
        "more_to_ring": max(len(ringing) - CALLBACKS, 0),
        "counts": await count_by_due(by=by),
        "queue": (await list_cases(by=by, filters=CaseFilters(open=True), sort=Sort.DUE, limit=CASES)).items,
        "clock_of": clock_of,
        "cases": case_labels,
        "duty": await _on_duty(by),
        **words(),
    }


async def _to_ring(by: Actor) -> list[CallbackRecord]:
    """Those whose time has come."""
    found = (await list_callbacks(by=by, limit=LOOKED_AT)).items
    return sorted((each for each in found if each.due_at <= clock.now()), key=urgency)


async def _on_duty(by: Actor) -> DutyAnswer | None:
    """In the first unit whose roster he reads, his own before others; else in those that serve his place."""
    units = await readable_units(by=by)
    if units:
        return await duty.who_is_on_duty(by=by, unit_id=units[0].id)
    return await duty.who_is_on_duty(by=by, division_code=by.held[0].division_code) if by.held else None


OPENS_CASES = (Role.OPERATOR, Role.SUPERVISOR, Role.ADMIN)
HANDLERS = (show_board, show_lists)
