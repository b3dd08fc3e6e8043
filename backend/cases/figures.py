"""A supervisor's first figures: every number comes with the filters that open its list, and is counted with them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.cases.filters import CaseFilters, conditions
from backend.cases.lists import count_cases
from backend.cases.schemas import UnitShown
from backend.cases.words import CaseState
from backend.core import clock
from backend.core.database import fetch
from backend.deadlines.rules import Light
from backend.people.actors import Actor

SPAN = timedelta(days=7)


class Figure(Struct, frozen=True, kw_only=True):
    """A number, and what `listCases` takes to show what it counts."""

    value: int
    filters: dict[str, str]


class UnitFigure(Struct, frozen=True, kw_only=True):
    """The same for one unit; null: nobody has them yet."""

    unit: UnitShown | None
    value: int
    filters: dict[str, str]


class CaseFigures(Struct, frozen=True, kw_only=True):
    """What there is in a place.

    received, answered_in_time, answered_late, reopened   in the span `counted_from` to `counted_to`
    open, not_dispatched, second_hop, overdue             now; `overdue_by_unit`: the most first
    """

    counted_from: datetime
    counted_to: datetime
    received: Figure
    answered_in_time: Figure
    answered_late: Figure
    reopened: Figure
    open: Figure
    not_dispatched: Figure
    second_hop: Figure
    overdue: Figure
    overdue_by_unit: list[UnitFigure]


async def case_figures(
    *,
    by: Actor,
    division_code: str | None = None,
    counted_from: datetime | None = None,
    counted_to: datetime | None = None,
) -> CaseFigures:
    """Of a division, or of all that `by` sees; the last seven days unless told. Raises DivisionUnknown (404)."""
    ends = counted_to or clock.now()
    begins = counted_from or ends - SPAN
    place = CaseFilters(division_code=division_code)
    asked: dict[str, dict[str, Any]] = {
        "received": {"received_from": begins, "received_to": ends},
        "answered_in_time": {"answered_from": begins, "answered_to": ends, "answered_in_time": True},
        "answered_late": {"answered_from": begins, "answered_to": ends, "answered_in_time": False},
        "reopened": {"reopened_from": begins, "reopened_to": ends},
        "open": {"open": True},
        "not_dispatched": {"open": True, "state": CaseState.RECEIVED},
        "second_hop": {"open": True, "second_hop": True},
        "overdue": {"light": Light.RED},
    }
    counted = {name: await _figure(msgspec.structs.replace(place, **narrow), by) for name, narrow in asked.items()}
    by_unit = await _overdue_by_unit(msgspec.structs.replace(place, light=Light.RED), by)
    return CaseFigures(counted_from=begins, counted_to=ends, overdue_by_unit=by_unit, **counted)


async def _figure(filters: CaseFilters, by: Actor) -> Figure:
    return Figure(value=await count_cases(by=by, filters=filters), filters=parameters(filters))


async def _overdue_by_unit(filters: CaseFilters, by: Actor) -> list[UnitFigure]:
    found = await conditions(filters, by=by)
    rows = await fetch(
        f"""
        SELECT n.unit, u.name, u.public_phone, n.value FROM (
            SELECT c.assignee_unit AS unit, count(*) AS value FROM cases_case c WHERE {found.sql} GROUP BY 1
        ) n LEFT JOIN people_unit u ON u.id = n.unit ORDER BY n.value DESC, u.name
        """,
        *found.values,
    )
    return [_of_unit(row["unit"], row, filters) for row in rows]


def _of_unit(unit_id: UUID | None, row: Any, filters: CaseFilters) -> UnitFigure:
    if unit_id is None:
        narrowed = msgspec.structs.replace(filters, not_dispatched=True)
        return UnitFigure(unit=None, value=row["value"], filters=parameters(narrowed))
    narrowed = msgspec.structs.replace(filters, unit_id=unit_id)
    unit = UnitShown(unit_id, row["name"], row["public_phone"])
    return UnitFigure(unit=unit, value=row["value"], filters=parameters(narrowed))


def parameters(filters: CaseFilters) -> dict[str, str]:
    """The filters as `listCases` takes them in an address."""
    given = msgspec.to_builtins(filters)
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in given.items()
        if value is not None
    }
