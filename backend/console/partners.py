"""/console/partners: which systems are told what and what for, and exactly what each was sent."""

from collections.abc import Iterable
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from backend.console.pages import page
from backend.console.refused import told
from backend.core.paging import Page
from backend.core.refusals import Refusal
from backend.core.words import Term, language, say
from backend.open311 import deliveries, partners
from backend.open311.fields import LABELS
from backend.open311.partner_schemas import DeliveryRecord, PartnerRecord
from backend.open311.words import Answer, DeliveryState, Permission
from backend.people.actors import Actor
from backend.people.guards import SignedIn

ROWS = 20
STATES = {
    DeliveryState.WAITING: (Term("waits for its next try"), "warn"),
    DeliveryState.DELIVERED: (Term("was received"), "good"),
    DeliveryState.HELD: (Term("held: tried too often"), "bad"),
}
ANSWERS = {
    Answer.ACCEPTED: Term("received by the partner"),
    Answer.REFUSED: Term("not accepted"),
    Answer.NO_ANSWER: Term("sent, no answer"),
    Answer.UNREACHABLE: Term("not reached, nothing was sent"),
    Answer.ADDRESS_FORBIDDEN: Term("address not allowed, nothing was sent"),
    Answer.SWITCHED_OFF: Term("switched off, nothing was sent"),
}
MAY = {Permission.FILE: Term("file cases"), Permission.UPDATE: Term("add to them")}

State = Annotated[str, QueryParameter(name="state", max_length=12)]
After = Annotated[str, QueryParameter(max_length=400)]


class Log(Struct, frozen=True):
    """What one partner was sent, as far as it is shown."""

    partner: PartnerRecord
    state: DeliveryState | None
    page: Page[DeliveryRecord]

    @property
    def older(self) -> str | None:
        """The address of the next ones."""
        if not self.page.next_cursor:
            return None
        asked = {"state": self.state.value} if self.state else {}
        return f"/console/partners/{self.partner.id}?{urlencode(asked | {'after': self.page.next_cursor})}"


@get("/partners", include_in_schema=False)
async def show_partners(by: SignedIn) -> Response[str]:
    """All of one's territory."""
    return await _page(by)


@get("/partners/{partner_id:uuid}", include_in_schema=False)
async def show_partner(
    by: SignedIn, partner_id: FromPath[UUID], in_state: State = "", after: After = ""
) -> Response[str]:
    """One, with what it was sent; a state that is none shows all."""
    state = DeliveryState(in_state) if in_state in tuple(DeliveryState) else None
    return await _page(by, partner_id, state=state, after=after)


@post("/partners/{partner_id:uuid}/deliveries/{delivery_id:uuid}/resending", include_in_schema=False, status_code=200)
async def send_again(by: SignedIn, partner_id: FromPath[UUID], delivery_id: FromPath[UUID]) -> Response[Any]:
    """Once more, under the same id."""
    try:
        await deliveries.resend(delivery_id=delivery_id, by=by)
    except Refusal as refusal:
        return await _page(by, partner_id, problem=told(refusal))
    return Redirect(f"/console/partners/{partner_id}#delivery-{delivery_id}", status_code=303)


async def _page(
    by: Actor,
    partner_id: UUID | None = None,
    *,
    state: DeliveryState | None = None,
    after: str = "",
    problem: str | None = None,
) -> Response[str]:
    listed = await partners.list_partners(by=by)
    log = await _log(by, partner_id, state, after) if partner_id else None
    return page(
        "partners/partners.html",
        by=by,
        partners=[log.partner] if log else listed,
        log=log,
        keeper=by.has(*partners.KEEPERS),
        fields=lambda names: _joined(LABELS[each] for each in names),
        events=_joined,
        may=lambda names: _joined(MAY[each] for each in names),
        states=[(each.value, say(label)) for each, (label, _) in STATES.items()],
        state_of=lambda each: (say(STATES[each.state][0]), STATES[each.state][1]),
        answer_of=lambda each: say(ANSWERS[each.answer]) if each.answer else "",
        pretty=_pretty,
        problem=problem,
    )


async def _log(by: Actor, partner_id: UUID, state: DeliveryState | None, after: str) -> Log:
    partner = partners.record(await partners.seen(partner_id, by=by))
    found = await deliveries.list_deliveries(
        partner_id=partner_id, by=by, state=state, limit=ROWS, cursor=after or None
    )
    return Log(partner, state, found)


def _joined(names: Iterable[str]) -> str:
    """Words of ours as a list in the reader's language."""
    return ("、" if language.get() == "zh" else ", ").join(say(each) for each in names)


def _pretty(body: str) -> str:
    """A message with its lines apart, so that a person can read it."""
    return msgspec.json.format(body, indent=2)


router = Router(path="/console", route_handlers=[show_partners, show_partner, send_again])
