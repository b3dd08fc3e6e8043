"""/console/bench/figures: the monthly table, for the wall, for the drawer and for a spreadsheet."""

from itertools import groupby
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, Router, get
from litestar.params import QueryParameter

from backend.console.pages import page
from backend.core import clock
from backend.core.words import Term, say
from backend.laboratory import months
from backend.laboratory.month_routes import csv_of
from backend.laboratory.month_schemas import LabMonth
from backend.laboratory.month_tables import lines
from backend.people.actors import Actor
from backend.people.guards import SignedIn

HERE = "/console/bench/figures"
PLACES = 15
"""A county has hundreds of drop-offs: the spreadsheet has them all."""

Month = Annotated[str, QueryParameter(name="month", pattern=r"^([0-9]{4}-(0[1-9]|1[0-2]))?$", max_length=7)]
Unit = Annotated[str, QueryParameter(name="unit", pattern=r"^([0-9a-f-]{36})?$", max_length=36)]


@get("/bench/figures", include_in_schema=False)
async def show_month(by: SignedIn, month: Month = "", unit: Unit = "") -> Response[str]:
    """This month unless told; of one's first desk, or of all with `unit` empty for who tests them."""
    chosen = month or f"{clock.today():%Y-%m}"
    found, unit_id = await _read(by, chosen, unit)
    return page(
        "bench_figures/month.html",
        by=by,
        found=found,
        parts=[(part, list(those)) for part, those in groupby(lines(found, places=PLACES), key=lambda line: line.part)],
        says=_says(chosen),
        before=_address(_moved(chosen, -1), unit_id),
        after=_address(_moved(chosen, 1), unit_id) if chosen < f"{clock.today():%Y-%m}" else None,
        csv=f"{HERE}.csv?" + urlencode({"month": chosen, "unit": unit_id or ""}),
        units=(await months.scope(by)).units,
        unit_id=unit_id,
        chosen=chosen,
    )


@get("/bench/figures.csv", include_in_schema=False)
async def save_month(by: SignedIn, month: Month = "", unit: Unit = "") -> Response[Any]:
    """The same as a file."""
    found, _ = await _read(by, month or f"{clock.today():%Y-%m}", unit)
    return csv_of(found)


async def _read(by: Actor, month: str, unit: str) -> tuple[LabMonth, UUID | None]:
    """An overseer reads findings of one desk at a time: without a choice, of the first."""
    unit_id = UUID(unit) if unit else None
    scope = await months.scope(by)
    if unit_id is None and not scope.tests and scope.units:
        unit_id = scope.units[0].id
    return await months.lab_month(month=month, unit_id=unit_id, by=by), unit_id


def _address(month: str, unit_id: UUID | None) -> str:
    return f"{HERE}?" + urlencode({"month": month, "unit": unit_id or ""})


def _moved(month: str, by: int) -> str:
    """A month earlier or later.

    >>> _moved("2026-01", -1), _moved("2026-12", 1)
    ('2025-12', '2027-01')
    """
    n = int(month[:4]) * 12 + int(month[5:]) - 1 + by
    return f"{n // 12:04d}-{n % 12 + 1:02d}"


def _says(month: str) -> str:
    return say(Term("{month}/{year}"), year=month[:4], month=int(month[5:]))


router = Router(path="/console", route_handlers=[show_month, save_month])
