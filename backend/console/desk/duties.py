"""/console/desk/duties: the five duties of each unit in a month, for the wall, for the drawer and for a spreadsheet."""

import csv
from collections.abc import Iterable
from datetime import date, timedelta
from io import StringIO
from typing import Annotated

from litestar import Response, get
from litestar.params import QueryParameter

from backend.console.desk.duty_months import UnitMonth, five_duties, month_after, total
from backend.console.labels import place
from backend.console.pages import page
from backend.core import clock
from backend.core.words import Term, say
from backend.laboratory.csv_cells import harmless
from backend.people.actors import Actor
from backend.people.guards import SignedIn

ROWS = 50
AT_ONCE = 500
"""Units read at once for a file and for the sum of all: a county has some eight hundred."""

Month = Annotated[str, QueryParameter(name="month", pattern=r"^(20[0-9]{2}-(0[1-9]|1[0-2]))?$", max_length=7)]
After = Annotated[str, QueryParameter(max_length=400)]
HEADER = (
    Term("Unit"),
    Term("Place"),
    Term("Reception shifts"),
    Term("Reception shifts missed"),
    Term("In-person visits"),
    Term("Suggestions handed in"),
    Term("Meetings attended"),
    Term("Hotline shifts"),
    Term("Hotline shifts missed"),
    Term("Calls answered"),
    Term("Callbacks done"),
)


@get("/duties", include_in_schema=False)
async def show_duties(by: SignedIn, month: Month = "", after: After = "") -> Response[str]:
    """This month unless told."""
    chosen = _month(month)
    found = await five_duties(by=by, month=chosen, limit=ROWS, cursor=after or None)
    every = await _every(by, chosen) if after or found.next_cursor else found.items
    this = clock.today().replace(day=1)
    return page(
        "desk/duties.html",
        by=by,
        found=found,
        total=total(every),
        units_n=len(every),
        place=place,
        chosen=chosen,
        says=say(Term("{month}/{year}"), year=chosen.year, month=chosen.month),
        before=(chosen - timedelta(days=1)).replace(day=1),
        after=month_after(chosen) if chosen < this else None,
        now_on=chosen == this,
    )


@get("/duties.csv", include_in_schema=False)
async def save_duties(by: SignedIn, month: Month = "") -> Response[bytes]:
    """All units as a file."""
    chosen = _month(month)
    rows = await _every(by, chosen)
    headers = {
        "Content-Disposition": f'attachment; filename="duties-{chosen:%Y-%m}.csv"',
        "Cache-Control": "no-store",
        "Vary": "Accept-Language, Cookie",
    }
    return Response(as_csv(rows), media_type="text/csv; charset=utf-8", headers=headers)


async def _every(by: Actor, month: date) -> list[UnitMonth]:
    found = await five_duties(by=by, month=month, limit=AT_ONCE)
    rows = list(found.items)
    while found.next_cursor:
        found = await five_duties(by=by, month=month, limit=AT_ONCE, cursor=found.next_cursor)
        rows += found.items
    return rows


def as_csv(rows: Iterable[UnitMonth]) -> bytes:
    """With a byte order mark, or a spreadsheet reads Chinese as something else."""
    written = StringIO()
    table = csv.writer(written)
    table.writerow([say(name) for name in HEADER])
    table.writerows([harmless(cell) for cell in _cells(row)] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def _cells(row: UnitMonth) -> tuple[str | int, ...]:
    return (
        *(row.unit_name, place(row.division_name), row.reception.kept, row.reception.missed, row.visits),
        *(row.suggestions, row.meetings, row.hotline.kept, row.hotline.missed),
        *(row.line.answered, row.line.rung_back),
    )


def _month(text: str) -> date:
    return date.fromisoformat(f"{text}-01") if text else clock.today().replace(day=1)


HANDLERS = (show_duties, save_duties)
