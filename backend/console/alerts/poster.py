"""/console/alerts/{id}/poster: A4 for the village board. No link and no QR code: forgers print those, too."""

from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from backend.alerts import lists
from backend.alerts.refusals import NotSent
from backend.alerts.schemas import AlertRecord
from backend.alerts.words import AlertScope, AlertState
from backend.console.alerts import labels
from backend.console.pages import page
from backend.core import words
from backend.core.refusals import Forbidden
from backend.people.guards import SignedIn

LONG = 220
"""Characters of what is said beside the headline; from here on the letters are smaller."""


@get("/alerts/{alert_id:uuid}/poster", include_in_schema=False)
async def show_poster(by: SignedIn, alert_id: FromPath[UUID]) -> Response[str]:
    """In Chinese whatever the reader's language. Raises AlertUnknown (404), NotSent (409), Forbidden (403)."""
    one = await lists.get_alert(alert_id=alert_id, by=by)
    if one.state is not AlertState.PUBLISHED:
        raise NotSent("It has not gone out. It is printed once it is approved.")
    if one.scope is not AlertScope.PUBLIC:
        raise Forbidden("It is for a circle of staff and hangs on no board.")
    spoken = words.language.set("zh")
    try:
        return page(
            "alerts/poster.html",
            by=by,
            says=labels,
            one=one,
            mark=labels.mark(one.status),
            size="longest" if _letters(one) > 3 * LONG else "long" if _letters(one) > LONG else "short",
        )
    finally:
        words.language.reset(spoken)


def _letters(one: AlertRecord) -> int:
    return len(one.description) + len(one.instruction)


HANDLERS = (show_poster,)
