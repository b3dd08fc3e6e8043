"""/console/deadlines/calendars: the working calendar of a year; `calendar_form` is where a notice comes in."""

from typing import Annotated

from litestar import Response, Router, get
from litestar.params import QueryParameter

from backend.console.calendar_form import Year, publish, show_form
from backend.console.calendar_months import calendar_of, day_names, months_of
from backend.console.pages import page
from backend.core import clock
from backend.core.words import say
from backend.deadlines.publishing import list_calendars
from backend.people.guards import SignedIn
from backend.people.tables import Role

Did = Annotated[str, QueryParameter(max_length=20)]
Version = Annotated[int, QueryParameter(ge=0, le=1_000_000)]


@get("/deadlines/calendars", include_in_schema=False)
async def show_calendar(by: SignedIn, year: Year = 0, version: Version = 0, did: Did = "") -> Response[str]:
    """A year as the newest version has it, or an older one; below it where each version comes from."""
    versions = await list_calendars()
    years = sorted({told.year for each in versions for told in each.years})
    shown = year or clock.today().year
    found = await calendar_of(shown, version or None)
    return page(
        "deadlines/calendars.html",
        by=by,
        year=shown,
        years=[each for each in years if abs(each - shown) <= 4],
        found=found,
        months=months_of(shown, found.days) if found else [],
        day_names=day_names(),
        versions=[each for each in versions if version == 0 or each.version >= version],
        older=version and version < versions[0].version,
        today=clock.today(),
        publishes=by.has(Role.ADMIN),
        told=did == "published" and say("Published. Clocks that run keep their dates; what would move is proposed."),
    )


router = Router(path="/console", route_handlers=[show_calendar, show_form, publish])
