"""/console/warnings/purges: which days' keys are gone and how much went dark with each, and which days are next."""

from datetime import date, timedelta
from typing import NamedTuple

from litestar import Response, get

from backend.antifraud import day_keys, purging
from backend.antifraud.warning_tables import DAY_KEY_DAYS
from backend.console.pages import page
from backend.console.warnings.mine import ways
from backend.people.guards import SignedIn

SHOWN = 200


class Readable(NamedTuple):
    """A day whose key is still there, and the day on which it is destroyed, soon after midnight."""

    day: date
    destroyed_on: date


@get("/purges", include_in_schema=False)
async def show_purges(by: SignedIn) -> Response[str]:
    """For supervisors, auditors and administrators. Raises Forbidden (403)."""
    gone = await purging.list_purges(by=by, limit=SHOWN, before=None)
    readable = [Readable(day, day + timedelta(days=DAY_KEY_DAYS + 1)) for day in await day_keys.days_with_keys()]
    return page("warnings/purges.html", by=by, gone=gone, readable=readable[::-1], days=DAY_KEY_DAYS, **ways(by))


HANDLERS = (show_purges,)
