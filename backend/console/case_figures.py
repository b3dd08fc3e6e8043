"""The first figures on a supervisor's front page: each number opens the list of what it counts."""

from typing import Any
from urllib.parse import urlencode

from backend.cases.figures import CaseFigures, Figure, case_figures
from backend.core.words import say
from backend.people.actors import Actor
from backend.people.tables import Role

SHOWN_UNITS = 8


async def _figures(by: Actor) -> dict[str, Any]:
    """Nothing for those who see no more than their own."""
    if not by.has(Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN, Role.OPERATOR):
        return {"figures": None}
    found = await case_figures(by=by)
    units = [
        (each.unit.name if each.unit else say("no unit yet"), each.value, _address(each.filters))
        for each in found.overdue_by_unit[:SHOWN_UNITS]
    ]
    return {"figures": _rows(found), "units": units, "most": max((value for _, value, _ in units), default=1)}


def _rows(found: CaseFigures) -> list[tuple[str, int, str, str]]:
    """Name, number, address and tone, what has to be looked at first."""
    return [
        _row(say("Over the limit"), found.overdue, "bad" if found.overdue.value else ""),
        _row(say("To be sent"), found.not_dispatched, "warn" if found.not_dispatched.value else ""),
        _row(say("Being done"), found.open, ""),
        _row(say("Received, 7 days"), found.received, ""),
        _row(say("Answered in time, 7 days"), found.answered_in_time, ""),
        _row(say("Answered too late, 7 days"), found.answered_late, "warn" if found.answered_late.value else ""),
        _row(say("Opened again, 7 days"), found.reopened, "warn" if found.reopened.value else ""),
        _row(say("Sent on twice or more"), found.second_hop, "warn" if found.second_hop.value else ""),
    ]


def _row(name: str, figure: Figure, tone: str) -> tuple[str, int, str, str]:
    return name, figure.value, _address(figure.filters), tone


def _address(filters: dict[str, str]) -> str:
    return "/console/cases?" + urlencode(filters)


PART_OF_TODAY = ("cases/_figures.html", _figures)
