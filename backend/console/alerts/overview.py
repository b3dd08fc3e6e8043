"""/console/alerts: drafts that wait for a second person, what is in force, what is over."""

from typing import Annotated

from litestar import Response, get
from litestar.params import QueryParameter

from backend.alerts import lists, visibility
from backend.alerts.words import AlertState
from backend.console.alerts import labels
from backend.console.pages import page
from backend.people.guards import SignedIn

SHOWN = 30
After = Annotated[str, QueryParameter(max_length=400)]


@get("/alerts", include_in_schema=False)
async def show_alerts(by: SignedIn, older: After = "") -> Response[str]:
    """Whoever serves there reads what was published; desks also what waits. `older` pages through what is over."""
    waiting = await lists.list_alerts(by=by, state=AlertState.DRAFT, limit=SHOWN)
    counts = await lists.list_alerts(by=by, in_force=True, limit=SHOWN)
    rest = await lists.list_alerts(by=by, in_force=False, limit=SHOWN, cursor=older or None)
    return page(
        "alerts/alerts.html",
        by=by,
        says=labels,
        desk=await visibility.sits_at_a_desk(by),
        writes=bool(await visibility.drafts_in(by)),
        waiting=waiting.items,
        counts=counts.items,
        more=counts.next_cursor is not None,
        over=[each for each in rest.items if each.state is not AlertState.DRAFT],
        older=rest.next_cursor,
        pages=bool(older),
    )


HANDLERS = (show_alerts,)
