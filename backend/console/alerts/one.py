"""/console/alerts/{id}: one warning as it stands, and what may be done with it."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, QueryParameter

from backend.alerts import lists, looking, visibility
from backend.alerts.schemas import AlertRecord
from backend.alerts.words import AlertState
from backend.console.alerts import labels, looks
from backend.console.pages import page
from backend.core.words import say
from backend.people.actors import Actor
from backend.people.guards import SignedIn

SAID = {
    "drafted": "Written down. It goes out once a second person has approved it.",
    "approval": "It is out: in the feed, and on its way to people.",
    "refusal": "Refused. Its writer is told why.",
    "drop": "Taken back. Nobody is told of it.",
}
Did = Annotated[str, QueryParameter(max_length=20)]


@get("/alerts/{alert_id:uuid}", include_in_schema=False)
async def show_one(by: SignedIn, alert_id: FromPath[UUID], did: Did = "") -> Response[str]:
    """Raises AlertUnknown (404)."""
    return await one_page(by, alert_id, told=say(SAID[did]) if did in SAID else None)


async def one_page(
    by: Actor, alert_id: UUID, *, told: str | None = None, problem: str | None = None, note: str = "", status: int = 200
) -> Response[str]:
    """The page; `note` is what somebody wrote as a reason and could not leave."""
    one = await lists.get_alert(alert_id=alert_id, by=by)
    former = await looks.seen(one.refers_to_id, by)
    return page(
        "alerts/one.html",
        status=status,
        by=by,
        says=labels,
        one=one,
        mark=labels.mark(one.status),
        told=told,
        problem=problem,
        note=note,
        former=former,
        changes=await looks.changed_by(one, former) if former and one.type != "Cancel" else [],
        chain=await looks.chain(one, by),
        desk=await visibility.sits_at_a_desk(by),
        writes=bool(await visibility.drafts_in(by)),
        mine=one.drafted_by.id == by.person_id,
        **await _waiting(one, by),
    )


async def _waiting(one: AlertRecord, by: Actor) -> dict[str, Any]:
    """What the second person looks at, and who it could be."""
    if one.state is not AlertState.DRAFT:
        return {"look": None, "sms": None, "decides": False, "approvers": []}
    look = await looking.look_at_draft(alert_id=one.id, by=by)
    return {
        "look": look,
        "sms": looks.text_message(look),
        "decides": await looking.may_approve(alert_id=one.id, by=by),
        "approvers": await looking.approvers_of(alert_id=one.id, by=by),
    }


HANDLERS = (show_one,)
